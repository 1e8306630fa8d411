/** The Bearer scheme of the Authorization header (RFC 6750 §2.1). */
import { readToken } from '@postern/resource-server/building-blocks';
import { OAuthError } from '../protocol/oauth-error.ts';

/**
 * Reads the access token of an Authorization header; undefined without the header.
 * @throws OAuthError invalid_token for another scheme, which is refused rather than ignored; invalid_request for a
 * header that is not "Bearer", a space and one token (RFC 6750 §3.1).
 */
export function readBearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  if (!/^Bearer(?: |$)/i.test(authorization)) {
    throw new OAuthError('invalid_token', 'this endpoint accepts an access token with the scheme Bearer only.');
  }
  return readToken(authorization.replace(/^Bearer */i, ''));
}
