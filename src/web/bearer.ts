/** The Bearer scheme of the Authorization header (RFC 6750 §2.1). */
import { OAuthError } from '../protocol/oauth-error.ts';

/** b64token */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

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
  const token = BEARER.exec(authorization)?.[1];
  if (!token)
    throw new OAuthError('invalid_request', 'the Authorization header must be "Bearer", a space, and one token.');
  return token;
}
