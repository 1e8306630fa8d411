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
    const token = readToken(credentials);
    if (token.length > LONGEST_TOKEN) throw new InvalidJwt('longer than any token of ours');
    return verifier.verify(token);
  },
};

/** @throws OAuthError invalid_request for what is not one token. */
export function readToken(credentials: string): string {
  // RFC 6750 §3.1, invalid_request: ... or is otherwise malformed. Several headers arrive joined by commas.
  if (!TOKEN.test(credentials)) {
    throw new OAuthError('invalid_request', 'the Authorization header must be "Bearer", a space, and one token.');
  }
  return credentials;
}
