/**
 * JWTs that others sign: assertions about themselves or about people (RFC 7523), id_tokens, and proofs that carry their
 * own key (RFC 7515 §4.1.3).
 */
import {
  base64url,
  calculateJwkThumbprint,
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  EmbeddedJWK,
  errors,
  type JWK,
  type JWTPayload,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose';
import { asInvalidJwt, InvalidJwt, NoSuchKey, plainType } from './jwt.ts';

/** The algorithms that clients and other issuers may sign assertions with. */
export const ASSERTION_ALGORITHMS = ['ES256', 'RS256', 'PS256', 'Ed25519', 'EdDSA'] as const;

/** The algorithms of proofs of possession: asymmetric ones only (RFC 9449 §4.2). */
export const PROOF_ALGORITHMS = ['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256'] as const;

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
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
      throw new NoSuchKey('none of the registered keys fits it');
    }
    if (error instanceof errors.JWSSignatureVerificationFailed) throw new NoSuchKey('its signature does not fit');
    throw asInvalidJwt(error);
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

/**
 * Whether one of these public keys signed it. What it claims is judged elsewhere.
 * @throws NoSuchKey, or InvalidJwt with a reason that may be shown.
 */
export async function verifySignature(token: string, keys: JWK[]): Promise<void> {
  try {
    await compactVerify(token, createLocalJWKSet({ keys }), { algorithms: [...ASSERTION_ALGORITHMS] });
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed) {
      throw new NoSuchKey('none of the published keys made its signature');
    }
    throw asInvalidJwt(error);
  }
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
    throw asInvalidJwt(error);
  }
}

/** SHA-256 of an access token, in base64url: what a proof that comes with it says of it (RFC 9449 §4.2, `ath`). */
export async function accessTokenHash(token: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))));
}
