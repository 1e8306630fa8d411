/** A key of a client or issuer under the test's control, and JWTs signed with it. */
import { exportJWK, type JWK, SignJWT } from 'jose';
import { keyPair } from './key-pairs.ts';
import { ISSUER } from './server.ts';

export type TestKey = {
  publicJwk: JWK;
  sign: (claims: Record<string, unknown>, header?: Record<string, unknown>) => Promise<string>;
};

export async function makeKey(alg = 'ES256', kid = 'k1'): Promise<TestKey> {
  const { privateKey, publicKey } = await keyPair(alg);
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg };
  return {
    publicJwk,
    sign: (claims, header = {}) => new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
  };
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let count = 0;

/** The claims of a client assertion, right in every part but for `changes`. */
export function assertionClaims(clientId: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: ISSUER,
    jti: `jti-${++count}`,
    iat: now,
    exp: now + 60,
    ...changes,
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}
