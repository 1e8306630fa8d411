/** The routing of the old paths: a request to one of them is answered as at the endpoint of this server. */
import { ENDPOINTS } from '../protocol/endpoints.ts';
import { FRAPPE_ENDPOINTS } from '../protocol/frappe-paths.ts';
import { keysOf } from '../protocol/table.ts';

// An authorization request is redirected, so that the browser stays at one address for all that follows.
const ENDPOINT_OF = new Map<string, string>(
  keysOf(FRAPPE_ENDPOINTS)
    .filter((name) => name !== 'authorization_endpoint')
    .map((name) => [FRAPPE_ENDPOINTS[name], ENDPOINTS[name]]),
);

/** The path by which a request is routed: that of the endpoint, or its own. */
export function endpointPath(request: Request): string {
  const { pathname } = new URL(request.url);
  return ENDPOINT_OF.get(pathname) ?? pathname;
}
