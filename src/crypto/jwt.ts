/** Signing of JWTs, and verification with the signing keys (RFC 7515, RFC 7519). Only this folder imports jose. */
import {
  type CryptoKey,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importJWK,
  importPKCS8,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';

export type { JWK, JWTPayload };

/** A signing key; `publicJwk` is its entry in the JWKS. */
export type SigningKey = { slot: number; kid: string; alg: SigningAlgorithm; privateJwk: JWK; publicJwk: JWK };

/** The algorithms of signing keys; the first is the default. */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** Thrown for a forged, expired or otherwise invalid JWT. Its message is for the log. */
export class InvalidJwt extends Error {}

/** Thrown for an expired JWT that is otherwise valid. */
export class ExpiredJwt extends InvalidJwt {}

/** Thrown where none of the known keys matches: there may be newer ones. */
export class NoMatchingKey extends InvalidJwt {}

/** Maps jose's errors about invalid JWTs and keys to InvalidJwt; returns any other error unchanged. */
export function toInvalidJwt(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new ExpiredJwt(error.message);
  const isAbout = error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException;
  return isAbout ? new InvalidJwt(error.message) : error;
}

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
  return new SignJWT(claims).setProtectedHeader(header).sign(await importKey(key.privateJwk, key.alg));
}

/** The lifetime of a generated client secret, in seconds. */
const CLIENT_SECRET_LIFETIME = 300;

/**
 * Signs a client secret that is a JWT (Apple), with an ES256 key from the provider (PKCS #8, PEM). `now` is in
 * milliseconds.
 * @throws InvalidJwt for any other key.
 */
export async function signClientSecretJwt(
  pem: string,
  kid: string,
  { iss, sub, aud, now }: { iss: string; sub: string; aud: string; now: number },
): Promise<string> {
  const key = await importPKCS8(pem, 'ES256').catch((cause: unknown) => {
    throw new InvalidJwt('the private key is invalid: it must be the .p8 file as downloaded', { cause });
  });
  const iat = Math.floor(now / 1000);
  const claims = { iss, sub, aud, iat, exp: iat + CLIENT_SECRET_LIFETIME };
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(key);
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

/** The claims of a JWT, not verified: only to find its verification keys. Undefined for any other text. */
export function decodeClaims(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** The `typ` of a JWT, not verified. */
export function decodeTyp(token: string): string | undefined {
  try {
    return normalizeTyp(decodeProtectedHeader(token).typ);
  } catch {
    return undefined;
  }
}

/** The media type without "application/" (RFC 7515 §4.1.9). */
export const normalizeTyp = (typ: unknown): string | undefined =>
  typ === undefined
    ? undefined
    : String(typ)
        .toLowerCase()
        .replace(/^application\//, '');

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
