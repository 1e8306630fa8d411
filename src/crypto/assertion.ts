/** Verification of assertions (RFC 7523 §3). */
import { errors, type JWK, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyResult, jwtVerify } from 'jose';
import { CLOCK_SKEW_SECONDS, tryEachKey } from './foreign-signature.ts';
import { InvalidJwt, NoMatchingKey, toInvalidJwt } from './invalid-jwt.ts';
import { serverTimeHint } from './jwt.ts';
import { normalizeTyp } from './jwt-decoding.ts';

/** The accepted algorithms of assertions. */
export const ASSERTION_ALGORITHMS = ['ES256', 'RS256', 'PS256', 'Ed25519', 'EdDSA'] as const;

/** The expected properties of an assertion (RFC 7523 §3). Times are in milliseconds. */
export type AssertionExpectations = {
  /** Undefined accepts any issuer, and none: the keys are those of one. */
  issuer?: string;
  /** Undefined accepts any subject. */
  subject?: string;
  audiences: string[];
  /** Accepted explicit types (RFC 8725 §3.11), beside none and `JWT`. */
  types: readonly string[];
  algorithms?: readonly string[];
  now: number;
  /** The latest accepted expiry, from now. */
  maxLifetime: number;
};

/** The claims of a verified assertion. `exp` is in seconds. */
export type AssertionClaims = JWTPayload & { sub: string; exp: number };

/** The longest accepted assertion, in characters. */
export const MAX_ASSERTION_LENGTH = 16 * 1024;

/**
 * Verifies an assertion with public keys and validates its claims.
 * @throws NoMatchingKey, or InvalidJwt with a public reason.
 */
export async function verifyAssertion(
  token: string,
  keys: JWK[],
  expected: AssertionExpectations,
): Promise<AssertionClaims> {
  try {
    return checkAssertionClaims(await verifyWithAny(token, keys, expected), expected);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
      throw new NoMatchingKey('none of the registered keys matches it');
    }
    if (error instanceof errors.JWSSignatureVerificationFailed) throw new NoMatchingKey('its signature does not match');
    throw toInvalidJwt(error);
  }
}

async function verifyWithAny(token: string, keys: JWK[], expected: AssertionExpectations): Promise<JWTVerifyResult> {
  const { issuer, subject, now, algorithms = ASSERTION_ALGORITHMS } = expected;
  const options = {
    ...(issuer === undefined ? {} : { issuer }),
    ...(subject === undefined ? {} : { subject }),
    currentDate: new Date(now),
    clockTolerance: CLOCK_SKEW_SECONDS,
    requiredClaims: [...(issuer === undefined ? [] : ['iss']), 'sub', 'aud', 'exp'],
    algorithms: [...algorithms],
  };
  return tryEachKey(keys, (key) => jwtVerify(token, key as JWTVerifyGetKey, options));
}

/** Validates type, audience and times, which a valid signature alone does not prove. */
function checkAssertionClaims(
  { payload, protectedHeader }: JWTVerifyResult,
  { audiences, types, now, maxLifetime: longest }: AssertionExpectations,
): AssertionClaims {
  const { aud = [], exp = 0, iat, sub, jti } = payload;
  const typ = normalizeTyp(protectedHeader.typ);
  // A token of another type signed by the same key (an access token, a DPoP proof) is no assertion.
  if (typ !== undefined && typ !== 'jwt' && !types.includes(typ))
    throw new InvalidJwt(`its typ is ${typ.slice(0, 60)}`);
  const intended = [aud].flat();
  // This server alone: an assertion that another server accepts, too, could be replayed here.
  if (intended.length === 0 || !intended.every((one) => audiences.includes(one)))
    throw new InvalidJwt('its aud is not this server alone');
  if (typeof sub !== 'string' || sub === '') throw new InvalidJwt('its sub is not a text');
  if (exp * 1000 > now + longest) throw new InvalidJwt('it expires too far in the future');
  if (iat !== undefined && iat * 1000 > now + CLOCK_SKEW_SECONDS * 1000)
    throw new InvalidJwt(`it was issued in the future: ${serverTimeHint(now)}`);
  if (jti !== undefined && (typeof jti !== 'string' || jti.length > 500))
    throw new InvalidJwt('its jti is not a short text');
  return { ...payload, sub, exp };
}
