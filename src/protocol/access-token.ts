/** Access tokens: JWTs that any resource server verifies with the public keys alone (RFC 9068). */
// zod/mini: this file is part of the bundle of resource servers.
import * as z from 'zod/mini';
import { InvalidJwt } from '../crypto/invalid-jwt.ts';
import { type SigningKey, serverTimeHint, signJwt, type VerificationKey, verifyJwt } from '../crypto/jwt.ts';
import type { GrantId, TokenId } from './credentials.ts';

/** RFC 9068 §2.1: the "typ" header is "at+jwt". */
const TYP = 'at+jwt';

/** The `act` claim (RFC 8693 §4.1): the current actor, and the earlier ones inside. */
const Actor: z.ZodMiniType<Actor> = z.lazy(() => z.object({ sub: z.string(), act: z.optional(Actor) }));
export type Actor = { sub: string; act?: Actor | undefined };

/** The claims of RFC 9068 §2.2, and the grant of the token. Times are in seconds. */
const AccessTokenClaims = z.lazy(() =>
  z.object({
    iss: z.string(),
    sub: z.string(),
    aud: z.union([z.string(), z.array(z.string())]),
    client_id: z.string(),
    scope: z.optional(z.string()),
    jti: z.string() as unknown as z.ZodMiniType<TokenId>,
    /** Absent for client credentials. */
    grant: z.optional(z.string() as unknown as z.ZodMiniType<GrantId>),
    act: z.optional(Actor),
    /** The thumbprint of the key that the token is bound to (RFC 9449 §6). */
    cnf: z.optional(z.object({ jkt: z.string() })),
    iat: z.number(),
    exp: z.number(),
  }),
);
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;

/**
 * Signs an access token (RFC 9068 §2).
 * @param mapped claims of the client's claim mapping; never override the token's own.
 */
export function signAccessToken(
  key: SigningKey,
  claims: AccessTokenClaims,
  mapped: Record<string, unknown> = {},
): Promise<string> {
  return signJwt(key, TYP, { ...mapped, ...claims });
}

/** Thrown for a token whose `iat` is in the future: one of the two clocks is wrong. Its message is public. */
export class IssuedInFuture extends InvalidJwt {}

/** The accepted difference between the clocks of two servers, in seconds. */
export const CLOCK_TOLERANCE = 60;

export type AccessTokenExpectations = {
  keys: readonly VerificationKey[];
  issuer: string;
  /** Milliseconds. */
  now: number;
  /** Seconds after `exp` in which a token is still valid: clocks differ. */
  tolerance?: number;
};

/**
 * Validates signature, issuer, type and times of an access token (RFC 9068 §4), without storage. The caller validates
 * the audience.
 * @throws InvalidJwt with the reason, for the log.
 */
export async function verifyAccessToken(token: string, expected: AccessTokenExpectations): Promise<AccessTokenClaims> {
  const { keys, issuer, now, tolerance } = expected;
  const payload = await verifyJwt(token, keys, { typ: TYP, issuer, now, tolerance });
  const claims = AccessTokenClaims.safeParse(payload);
  if (!claims.success) throw new InvalidJwt('a claim is missing or of the wrong type');
  if (claims.data.iat * 1000 > now + CLOCK_TOLERANCE * 1000) {
    throw new IssuedInFuture(`the token was issued in the future: ${serverTimeHint(now)}`);
  }

  return claims.data;
}
