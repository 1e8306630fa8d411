/** Signing of JWTs, and verification with the signing keys (RFC 7515, RFC 7519). Only this folder imports jose. */
import { CompactSign, type CryptoKey, importJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { NoMatchingKey, toInvalidJwt } from './invalid-jwt.ts';

export type { JWK, JWTPayload };

/** A signing key; `publicJwk` is its entry in the JWKS. */
export type SigningKey = { slot: number; kid: string; alg: SigningAlgorithm; privateJwk: JWK; publicJwk: JWK };

/** The algorithms of signing keys; the first is the default. */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

// Importing a key needs no I/O, so requests can share the promise. Keyed by the JWK object: a replaced key is another
// entry, and an unused one is garbage-collected.
const importedKeys = new WeakMap<JWK, Promise<CryptoKey | Uint8Array>>();

function importKey(jwk: JWK, alg: string): Promise<CryptoKey | Uint8Array> {
  let key = importedKeys.get(jwk);
  if (!key) {
    key = importJWK(jwk, alg);
    importedKeys.set(jwk, key);
  }
  return key;
}

/** Signs claims as compact JWS with `kid` and explicit `typ` (RFC 8725 §3.11). */
export async function signJwt(key: SigningKey, typ: string, claims: JWTPayload): Promise<string> {
  const header = { alg: key.alg, kid: key.kid, typ };
  const payload = new TextEncoder().encode(JSON.stringify(claims));
  return new CompactSign(payload).setProtectedHeader(header).sign(await importKey(key.privateJwk, key.alg));
}

/** A verification key: another server's, or the public part of a signing key. */
export type VerificationKey = Pick<SigningKey, 'kid' | 'alg' | 'publicJwk'>;

/** The expected properties of a JWT. */
export type JwtExpectations = {
  typ: string;
  issuer: string;
  now: number;
  /** The accepted clock difference for `exp` and `nbf`, in seconds; default 0. */
  tolerance?: number | undefined;
  /** Accepts an expired JWT. */
  allowExpired?: boolean;
};

/**
 * Verifies a JWT with these keys and validates `typ`, `iss` and times. `now` is in milliseconds.
 * @throws InvalidJwt, or NoMatchingKey for an unknown `kid`.
 */
export async function verifyJwt(
  token: string,
  keys: readonly VerificationKey[],
  expected: JwtExpectations,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(
      token,
      // RFC 8725 §3.1: the algorithm is the key's own, never the token's.
      (header) => {
        const key = keys.find((candidate) => candidate.kid === header.kid && candidate.alg === header.alg);
        if (!key) throw new NoMatchingKey('none of the keys has this kid and alg');
        return importKey(key.publicJwk, key.alg);
      },
      {
        typ: expected.typ,
        issuer: expected.issuer,
        // At time 0 nothing has expired.
        currentDate: new Date(expected.allowExpired ? 0 : expected.now),
        clockTolerance: expected.tolerance ?? 0,
        requiredClaims: ['iss', 'exp', 'iat', 'sub'],
        algorithms: [...SIGNING_ALGORITHMS],
      },
    );
    return payload;
  } catch (error) {
    throw toInvalidJwt(error);
  }
}

/** The hint in errors about `iat`: one of the two clocks is wrong. */
export const serverTimeHint = (now: number): string => `this server's time is ${Math.floor(now / 1000)}`;

/** The private key as CryptoKey, for libraries that sign. */
export function importPrivateKey(key: SigningKey): Promise<CryptoKey> {
  return importKey(key.privateJwk, key.alg) as Promise<CryptoKey>;
}

/** The public part of a private JWK, with `use`, `alg` and `kid` (RFC 7517 §4). */
export function toPublicJwk(jwk: JWK): JWK {
  const { kty, crv, x, y, n, e, kid, alg } = jwk;
  return Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e, kid, alg, use: 'sig' }).filter(([, value]) => value !== undefined),
  ) as JWK;
}
