/** The Bearer scheme (RFC 6750 §2.1). */
import { InvalidJwt } from '../../../src/crypto/invalid-jwt.ts';
import { OAuthError } from '../../../src/protocol/oauth-error.ts';
import type { Scheme } from './scheme.ts';

/** b64token */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/** Longer than any issued token: it is not parsed. */
const MAX_TOKEN_LENGTH = 8 * 1024;

export const bearer: Scheme = {
  name: 'Bearer',
  async authenticate(credentials, _request, verifier) {
    const principal = await verifier.verify(presentedToken(credentials, 'Bearer'));
    // RFC 9449 §7.2: a resource server MUST NOT accept a DPoP-bound access token as a bearer token.
    if (principal?.confirmation !== undefined) {
      throw new OAuthError('invalid_token', 'this token is sender-constrained: use the DPoP scheme with a proof.');
    }
    return principal;
  },
};

/** @throws OAuthError invalid_request for another number of tokens than one; InvalidJwt for one that is too long. */
export function presentedToken(credentials: string, scheme: string): string {
  const token = readToken(credentials, scheme);
  if (token.length > MAX_TOKEN_LENGTH) throw new InvalidJwt('longer than any issued token');
  return token;
}

/** @throws OAuthError invalid_request for another number of tokens than one. */
export function readToken(credentials: string, scheme = 'Bearer'): string {
  // RFC 6750 §3.1, invalid_request: ... or is otherwise malformed. Several headers arrive joined by commas.
  if (!TOKEN.test(credentials)) {
    throw new OAuthError('invalid_request', `the Authorization header must be "${scheme}", a space, and one token.`);
  }
  return credentials;
}
