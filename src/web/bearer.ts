/** A Bearer token where nothing but that is expected: registering, and managing a registration (RFC 7591, RFC 7592). */
import { readToken } from '../guard/bearer.ts';

/**
 * The token of an Authorization header, or undefined where there is none.
 * @throws OAuthError invalid_request for a header that is not "Bearer", a space and one token (RFC 6750 §3.1).
 */
export function readBearer(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : readToken(/^Bearer +(.*)$/i.exec(authorization)?.[1] ?? '');
}
