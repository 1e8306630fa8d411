/** The Bearer scheme of the Authorization header (RFC 6750 §2.1). */
import { readToken } from '../guard/bearer.ts';
import { OAuthError } from '../protocol/oauth-error.ts';

/**
 * The token of an Authorization header, or undefined where there is none.
 * @throws OAuthError invalid_token for another scheme: credentials that are not taken are refused, never ignored;
 * invalid_request for a header that is not "Bearer", a space and one token (RFC 6750 §3.1).
 */
export function readBearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  if (!/^Bearer(?: |$)/i.test(authorization)) {
    throw new OAuthError('invalid_token', 'this takes access tokens by the scheme Bearer, and no other credentials.');
  }
  return readToken(authorization.replace(/^Bearer */i, ''));
}
