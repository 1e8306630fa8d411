/** JWTs that are signed here, and verified by the keys that sign (RFC 7515, RFC 7519). jose stays inside this room. */
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

/** A key that signs: the private half stays inside, `publicJwk` is what the JWKS shows. */
export type SigningKey = { slot: number; kid: string; alg: SigningAlgorithm; privateJwk: JWK; publicJwk: JWK };

/** The algorithms a signing key may have; the first is the default. */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A token that is not what it says: forged, expired, of another kind. Its message is for the log. */
export class InvalidJwt extends Error {}

/** None of the keys at hand made it: there may be newer ones. */
export class NoSuchKey extends InvalidJwt {}

/** What the library says of a JWT or a key that is not one, as an InvalidJwt; any other failure as it is. */
export function asInvalidJwt(error: unknown): unknown {
  const isAbout = error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException;
  return isAbout ? new InvalidJwt(error.message) : error;
}

// Importing a key waits for no I/O, so a promise of one may be shared between requests. Keyed by the JWK itself: a key
// that changes is another entry, and one that is no longer held is forgotten with it.
const imported = new WeakMap<JWK, Promise<CryptoKey | Uint8Array>>();

function importKey(jwk: JWK, alg: string): Promise<CryptoKey | Uint8Array> {
  let key = imported.get(jwk);
  if (!key) {
    key = importJWK(jwk, alg);
    imported.set(jwk, key);
  }
  return key;
}

/** The JWS compact form of the claims, with `kid` and the explicit `typ` (RFC 8725 §3.11). */
export async function signJwt(key: SigningKey, typ: string, claims: JWTPayload): Promise<string> {
  const header = { alg: key.alg, kid: key.kid, typ };
  return new SignJWT(claims).setProtectedHeader(header).sign(await importKey(key.privateJwk, key.alg));
}

/** How long a secret that is made for one request is good, in seconds. */
const CLIENT_SECRET_LIFE = 300;

/**
 * A JWT with which this server proves itself as a client, under an ES256 key that the provider gave (PKCS #8, PEM).
 * `now` is in milliseconds.
 * @throws InvalidJwt for what is no such key.
 */
export async function signAsClient(
  pem: string,
  kid: string,
  { iss, sub, aud, now }: { iss: string; sub: string; aud: string; now: number },
): Promise<string> {
  const key = await importPKCS8(pem, 'ES256').catch((cause: unknown) => {
    throw new InvalidJwt('the private key cannot be read: it must be the .p8 file as it was downloaded', { cause });
  });
  const iat = Math.floor(now / 1000);
  const claims = { iss, sub, aud, iat, exp: iat + CLIENT_SECRET_LIFE };
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(key);
}

/** A key that verifies: another server's, or the public half of one that signs. */
export type VerificationKey = Pick<SigningKey, 'kid' | 'alg' | 'publicJwk'>;

export type Expectations = {
  typ: string;
  issuer: string;
  now: number;
  /** Whether one that has expired will do. */
  evenExpired?: boolean;
};

/**
 * The claims of a JWT signed by one of these keys. `now` is in milliseconds; `exp` is judged to the second.
 * @throws InvalidJwt when the signature, `typ`, `iss`, `exp` or form is not as expected; NoSuchKey for its `kid`.
 */
export async function verifyJwt(
  token: string,
  keys: readonly VerificationKey[],
  expected: Expectations,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(
      token,
      // RFC 8725 §3.1: the algorithm is the key's own, never what the token claims.
      (header) => {
        const key = keys.find((candidate) => candidate.kid === header.kid && candidate.alg === header.alg);
        if (!key) throw new NoSuchKey('none of the keys has this kid and alg');
        return importKey(key.publicJwk, key.alg);
      },
      {
        typ: expected.typ,
        issuer: expected.issuer,
        // At the beginning of time nothing has expired.
        currentDate: new Date(expected.evenExpired ? 0 : expected.now),
        requiredClaims: ['iss', 'exp', 'iat', 'sub'],
        algorithms: [...SIGNING_ALGORITHMS],
      },
    );
    return payload;
  } catch (error) {
    throw asInvalidJwt(error);
  }
}

/** What a JWT claims, not verified: only to find out whose keys to verify it with. Undefined for what is no JWT. */
export function decodeClaims(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** The `typ` that a JWT says it is, not verified. */
export function decodeTyp(token: string): string | undefined {
  try {
    return plainType(decodeProtectedHeader(token).typ);
  } catch {
    return undefined;
  }
}

/** RFC 7515 §4.1.9: a media type, whose "application/" may be left out. */
export const plainType = (typ: unknown): string | undefined =>
  typ === undefined
    ? undefined
    : String(typ)
        .toLowerCase()
        .replace(/^application\//, '');

/** The private key itself, for a library that signs by itself. */
export function privateKeyOf(key: SigningKey): Promise<CryptoKey> {
  return importKey(key.privateJwk, key.alg) as Promise<CryptoKey>;
}

/** The public half of a private JWK, with `use`, `alg` and `kid` (RFC 7517 §4). */
export function publicHalf(jwk: JWK): JWK {
  const { kty, crv, x, y, n, e, kid, alg } = jwk;
  return Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e, kid, alg, use: 'sig' }).filter(([, value]) => value !== undefined),
  ) as JWK;
}
