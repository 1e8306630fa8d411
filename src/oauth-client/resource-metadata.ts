/** Discovery and validation of protected resource metadata (RFC 9728 §3.3). */
import type { DocumentDeps } from '../http/outbound/external-document.ts';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import { ResourceMetadata, resourceMetadataUrls } from '../protocol/server-metadata.ts';
import {
  type DiscoveredServer,
  type Freshness,
  fetchDocument,
  firstDocument,
  parseMetadata,
} from './metadata-document.ts';

/**
 * The metadata of a resource, at the address of its challenge or at the well-known one.
 * @throws OutboundFailure
 */
export function discoverResource(
  deps: DocumentDeps,
  resource: string,
  challenged: string | undefined,
  freshness: Freshness,
): Promise<DiscoveredServer<ResourceMetadata>> {
  const addresses = challenged === undefined ? resourceMetadataUrls(resource) : [challenged];
  return firstDocument(addresses, (url) =>
    fetchDocument(deps, 'protected-resource', url, freshness, (json) => {
      const metadata = parseMetadata(ResourceMetadata, json);
      // RFC 9728 §3.3: the "resource" value MUST be identical to the identifier. Some servers describe with one
      // document everything below an address, so an ancestor is accepted; another address never.
      if (!coversResource(metadata.resource, resource))
        throw new OutboundFailure(`${url} describes ${metadata.resource}, which is not ${resource}`);
      return metadata;
    }),
  );
}

/** True where a resource is the requested one, or an ancestor of it on the same origin. */
function coversResource(resource: string, requested: string): boolean {
  if (!URL.canParse(resource)) return false;
  const [outer, inner] = [new URL(resource), new URL(requested)];
  const folder = (path: string) => (path.endsWith('/') ? path : `${path}/`);
  return outer.origin === inner.origin && folder(inner.pathname).startsWith(folder(outer.pathname));
}
