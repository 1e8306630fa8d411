/** The one door to jose: signing, verifying and encrypting (RFC 7515 to 7519). */
import {
  base64url,
  type CryptoKey,
  calculateJwkThumbprint,
  compactVerify,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  EmbeddedJWK,
  errors,
  importJWK,
  importPKCS8,
  type JWK,
  type JWTPayload,
  type JWTVerifyResult,
  jwtVerify,
  SignJWT,
} from 'jose';

export type { JWK, JWTPayload };

/** A key that signs: the private half stays inside, `publicJwk` is what the JWKS shows. */
export type SigningKey = { slot: number; kid: string; alg: SigningAlgorithm; privateJwk: JWK; publicJwk: JWK };

/** The algorithms a signing key may have; the first is the default. */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** The algorithms that clients and other issuers may sign assertions with. */
export const ASSERTION_ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

/** The algorithms of proofs of possession: asymmetric ones only (RFC 9449 §4.2). */
export const PROOF_ALGORITHMS = ['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256'] as const;

/** A token that is not what it says: forged, expired, of another kind. Its message is for the log. */
export class InvalidJwt extends Error {}

/** None of the keys at hand made it: there may be newer ones. */
export class NoSuchKey extends InvalidJwt {}

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
    if (error instanceof InvalidJwt) throw error;
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw new InvalidJwt(error.message);
    throw error;
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
const plainType = (typ: unknown): string | undefined =>
  typ === undefined
    ? undefined
    : String(typ)
        .toLowerCase()
        .replace(/^application\//, '');

/** What is expected of an assertion (RFC 7523 §3). Times are milliseconds. */
export type AssertionExpectations = {
  issuer: string;
  /** Undefined where any subject will do. */
  subject?: string;
  audiences: string[];
  /** The explicit types that it may have (RFC 8725 §3.11), beside none and plain `JWT`. */
  types: readonly string[];
  algorithms?: readonly string[];
  now: number;
  /** How far in the future it may expire. */
  longest: number;
};

/** How far the clocks of others may be off, in seconds. */
const SKEW = 60;

/**
 * The claims of a JWT that somebody else signed with one of these public keys.
 * @throws NoSuchKey, or InvalidJwt with a reason that may be shown.
 */
export async function verifyAssertion(
  token: string,
  keys: JWK[],
  expected: AssertionExpectations,
): Promise<JWTPayload & { sub: string; exp: number }> {
  try {
    return judgeAssertion(await verifyWithAny(token, keys, expected), expected);
  } catch (error) {
    if (error instanceof InvalidJwt) throw error;
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
      throw new NoSuchKey('none of the registered keys fits it');
    }
    if (error instanceof errors.JWSSignatureVerificationFailed) throw new NoSuchKey('its signature does not fit');
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) {
      throw new InvalidJwt(error.message);
    }
    throw error;
  }
}

/** Where it names no key and several are of the right kind, each is tried. */
async function verifyWithAny(token: string, keys: JWK[], expected: AssertionExpectations): Promise<JWTVerifyResult> {
  const { issuer, subject, now, algorithms = ASSERTION_ALGORITHMS } = expected;
  const options = {
    issuer,
    ...(subject === undefined ? {} : { subject }),
    currentDate: new Date(now),
    clockTolerance: SKEW,
    requiredClaims: ['iss', 'sub', 'aud', 'exp'],
    algorithms: [...algorithms],
  };
  try {
    return await jwtVerify(token, createLocalJWKSet({ keys }), options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const verified = await jwtVerify(token, key, options).catch((cause: unknown) => {
        if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause;
      });
      if (verified) return verified;
    }
    throw error;
  }
}

/** What the signature does not say: for whom it is, of which kind, and for how long. */
function judgeAssertion(
  { payload, protectedHeader }: JWTVerifyResult,
  { audiences, types, now, longest }: AssertionExpectations,
): JWTPayload & { sub: string; exp: number } {
  const { aud = [], exp = 0, iat, sub, jti } = payload;
  const typ = plainType(protectedHeader.typ);
  // A token of another kind that the same key signed (an access token, a proof of possession) is no assertion.
  if (typ !== undefined && typ !== 'jwt' && !types.includes(typ))
    throw new InvalidJwt(`its typ is ${typ.slice(0, 60)}`);
  const named = [aud].flat();
  // For us and for nobody else: one that others accept, too, could be taken from there and used here.
  if (named.length === 0 || !named.every((one) => audiences.includes(one)))
    throw new InvalidJwt('its aud is not this server alone');
  if (typeof sub !== 'string' || sub === '') throw new InvalidJwt('its sub is not a text');
  if (exp * 1000 > now + longest) throw new InvalidJwt('it expires too far in the future');
  if (iat !== undefined && iat * 1000 > now + SKEW * 1000) throw new InvalidJwt('it was issued in the future');
  if (jti !== undefined && (typeof jti !== 'string' || jti.length > 500))
    throw new InvalidJwt('its jti is not a short text');
  return { ...payload, sub, exp };
}

/** Members of a JWK that only its owner may know (RFC 7518 §6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * What a JWT says that is signed by the public key that it carries (RFC 7515 §4.1.3), and that key's thumbprint
 * (RFC 7638, SHA-256). It proves nothing but that its sender holds the key.
 * @throws InvalidJwt with a reason that may be shown.
 */
export async function verifySelfSigned(
  token: string,
  { typ, now }: { typ: string; now: number },
): Promise<{ payload: JWTPayload; thumbprint: string }> {
  try {
    const { jwk } = decodeProtectedHeader(token);
    if (typeof jwk !== 'object' || jwk === null) throw new InvalidJwt('it carries no key (jwk)');
    if (PRIVATE_MEMBERS.some((name) => name in jwk)) throw new InvalidJwt('its jwk is not a public key');
    const { payload } = await jwtVerify(token, EmbeddedJWK, {
      typ,
      currentDate: new Date(now),
      clockTolerance: SKEW,
      algorithms: [...PROOF_ALGORITHMS],
    });
    return { payload, thumbprint: await calculateJwkThumbprint(jwk, 'sha256') };
  } catch (error) {
    if (error instanceof InvalidJwt) throw error;
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) {
      throw new InvalidJwt(error.message);
    }
    throw error;
  }
}

/** SHA-256 of an access token, in base64url: what a proof that comes with it says of it (RFC 9449 §4.2, `ath`). */
export async function accessTokenHash(token: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))));
}

/** The private key itself, for a library that signs by itself. */
export function privateKeyOf(key: SigningKey): Promise<CryptoKey> {
  return importKey(key.privateJwk, key.alg) as Promise<CryptoKey>;
}

/**
 * Whether one of these public keys signed it. What it claims is judged elsewhere.
 * @throws NoSuchKey, or InvalidJwt with a reason that may be shown.
 */
export async function verifySignature(token: string, keys: JWK[]): Promise<void> {
  try {
    await compactVerify(token, createLocalJWKSet({ keys }), { algorithms: [...ASSERTION_ALGORITHMS, 'Ed25519'] });
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed) {
      throw new NoSuchKey('none of the published keys made its signature');
    }
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) {
      throw new InvalidJwt(error.message);
    }
    throw error;
  }
}

/** The public half of a private JWK, with `use`, `alg` and `kid` (RFC 7517 §4). */
export function publicHalf(jwk: JWK): JWK {
  const { kty, crv, x, y, n, e, kid, alg } = jwk;
  return Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e, kid, alg, use: 'sig' }).filter(([, value]) => value !== undefined),
  ) as JWK;
}
