/** Access tokens: JWTs that any resource server verifies with the public keys alone (RFC 9068). */
// The small half of zod: resource servers carry this file with them.
import * as z from 'zod/mini';
import { InvalidJwt, type SigningKey, signJwt, type VerificationKey, verifyJwt } from '../crypto/jwt.ts';
import type { GrantId, TokenId } from './credentials.ts';

/** RFC 9068 §2.1: the "typ" header is "at+jwt". */
const TYP = 'at+jwt';

/** RFC 8693 §4.1: who acts, and for whom before. */
const Actor: z.ZodMiniType<Actor> = z.lazy(() => z.object({ sub: z.string(), act: z.optional(Actor) }));
export type Actor = { sub: string; act?: Actor | undefined };

/** RFC 9068 §2.2, and the grant that the token came from. Times are in seconds. */
const AccessTokenClaims = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  client_id: z.string(),
  scope: z.optional(z.string()),
  jti: z.string() as unknown as z.ZodMiniType<TokenId>,
  /** None where a client acts by itself. */
  grant: z.optional(z.string() as unknown as z.ZodMiniType<GrantId>),
  act: z.optional(Actor),
  /** The key that it is bound to (RFC 9449 §6). */
  cnf: z.optional(z.object({ jkt: z.string() })),
  iat: z.number(),
  exp: z.number(),
});
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;

export function signAccessToken(key: SigningKey, claims: AccessTokenClaims): Promise<string> {
  return signJwt(key, TYP, claims);
}

export type Verification = {
  keys: readonly VerificationKey[];
  issuer: string;
  /** The identifiers that this resource answers to; one of them must be the token's audience. Not judged where it is left out. */
  audiences?: readonly string[];
  /** Milliseconds. */
  now: number;
};

/**
 * The claims of a valid access token (RFC 9068 §4). Asks no storage.
 * @throws InvalidJwt with the reason, for the log.
 */
export async function verifyAccessToken(token: string, expected: Verification): Promise<AccessTokenClaims> {
  const payload = await verifyJwt(token, expected.keys, { typ: TYP, issuer: expected.issuer, now: expected.now });
  const claims = AccessTokenClaims.safeParse(payload);
  if (!claims.success) throw new InvalidJwt('a claim is missing or of the wrong type');
  if (claims.data.iat * 1000 > expected.now + 60_000) throw new InvalidJwt('issued in the future');
  // RFC 9068 §4: The resource server MUST validate that the "aud" claim contains a resource indicator value
  // corresponding to an identifier the resource server expects for itself.
  const { audiences } = expected;
  if (audiences && ![claims.data.aud].flat().some((aud) => audiences.includes(aud)))
    throw new InvalidJwt('made for another resource');
  return claims.data;
}
