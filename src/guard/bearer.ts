/** The Bearer scheme (RFC 6750 §2.1): whoever has the token may use it. */
import { InvalidJwt } from '../crypto/jwt.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Scheme } from './scheme.ts';

/** b64token */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/** Longer than any token of ours: it is not looked at. */
export const LONGEST_TOKEN = 8 * 1024;

export const bearer: Scheme = {
  name: 'Bearer',
  async authenticate(credentials, _request, verifier) {
    const principal = await verifier.verify(presentedToken(credentials, 'Bearer'));
    // RFC 9449 §7.2: a resource server MUST NOT accept a DPoP-bound access token as a bearer token.
    if (principal?.confirmation !== undefined) {
      throw new OAuthError('invalid_token', 'this token is bound to a key: use the DPoP scheme, with a proof.');
    }
    return principal;
  },
};

/** @throws OAuthError invalid_request for what is not one token; InvalidJwt for what is too long to be one of ours. */
export function presentedToken(credentials: string, scheme: string): string {
  const token = readToken(credentials, scheme);
  if (token.length > LONGEST_TOKEN) throw new InvalidJwt('longer than any token of ours');
  return token;
}

/** @throws OAuthError invalid_request for what is not one token. */
export function readToken(credentials: string, scheme = 'Bearer'): string {
  // RFC 6750 §3.1, invalid_request: ... or is otherwise malformed. Several headers arrive joined by commas.
  if (!TOKEN.test(credentials)) {
    throw new OAuthError('invalid_request', `the Authorization header must be "${scheme}", a space, and one token.`);
  }
  return credentials;
}
