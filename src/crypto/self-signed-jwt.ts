/** JWTs with an embedded key (RFC 7515 §4.1.3), as DPoP proofs are (RFC 9449 §4.2). */
import {
  base64url,
  calculateJwkThumbprint,
  decodeProtectedHeader,
  EmbeddedJWK,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { CLOCK_SKEW_SECONDS } from './foreign-signature.ts';
import { InvalidJwt, toInvalidJwt } from './invalid-jwt.ts';

/** The accepted algorithms of DPoP proofs: asymmetric ones only (RFC 9449 §4.2). */
export const DPOP_ALGORITHMS = ['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256'] as const;

/** The private members of a JWK (RFC 7518 §6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * Verifies a JWT with its embedded public key (RFC 7515 §4.1.3), which proves possession of that key and nothing else.
 * @returns the payload, and the key's SHA-256 thumbprint (RFC 7638).
 * @throws InvalidJwt with a public reason.
 */
export async function verifySelfSigned(
  token: string,
  { typ, now }: { typ: string; now: number },
): Promise<{ payload: JWTPayload; thumbprint: string }> {
  try {
    const { jwk } = decodeProtectedHeader(token);
    if (typeof jwk !== 'object' || jwk === null) throw new InvalidJwt('it has no key (jwk)');
    if (PRIVATE_MEMBERS.some((name) => name in jwk)) throw new InvalidJwt('its jwk is not a public key');
    const { payload } = await jwtVerify(token, EmbeddedJWK, {
      typ,
      currentDate: new Date(now),
      clockTolerance: CLOCK_SKEW_SECONDS,
      algorithms: [...DPOP_ALGORITHMS],
    });
    return { payload, thumbprint: await calculateJwkThumbprint(jwk, 'sha256') };
  } catch (error) {
    throw toInvalidJwt(error);
  }
}

/** The `ath` claim of a DPoP proof: SHA-256 of the access token, in base64url (RFC 9449 §4.2). */
export async function accessTokenHash(token: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))));
}
