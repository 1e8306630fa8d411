/** The fingerprint of a key: the JWK SHA-256 thumbprint (RFC 7638) of its public half. */

import { sha256 } from './digest.ts';
import type { JWK } from './jwt.ts';

/** RFC 7638 §3.2, RFC 8037 §2: the members that are required, in lexicographic order. */
const MEMBERS: Record<string, readonly (keyof JWK)[]> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

export function keyFingerprint(jwk: JWK): string {
  const members = MEMBERS[jwk.kty ?? ''] ?? [];
  return sha256(JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]]))));
}
