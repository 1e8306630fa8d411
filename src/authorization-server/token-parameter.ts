/** The `token` parameter of introspection and revocation: an access or refresh token, whatever the hint. */
import { InvalidJwt } from '../crypto/invalid-jwt.ts';
import type { Deps } from '../http/context.ts';
import { type AccessTokenClaims, verifyAccessToken } from '../protocol/access-token.ts';
import type { GrantId } from '../protocol/credentials.ts';
import { parseScope } from '../protocol/scope.ts';
import { parseRefreshToken, refreshTokenBody } from '../protocol/token-format.ts';
import type { IssuedToken } from '../storage/grants/tokens.ts';

export type PresentedToken =
  | { is: 'access'; claims: AccessTokenClaims }
  | { is: 'refresh'; grant: GrantId; generation: number };

/** Parses and verifies a token without storage; undefined for a foreign or expired one. */
export async function parsePresentedToken(deps: Pick<Deps, 'config' | 'moment'>, text: string) {
  const { issuer, root, signingKeys } = deps.config;
  const refresh = parseRefreshToken(text);
  if (refresh) {
    const { grant, generation, mac } = refresh;
    const isOurs = root.macMatches('refresh', refreshTokenBody(refresh), mac);
    return isOurs ? ({ is: 'refresh', grant, generation } satisfies PresentedToken) : undefined;
  }
  try {
    const claims = await verifyAccessToken(text, { keys: signingKeys, issuer, now: deps.moment.now });
    return { is: 'access', claims } satisfies PresentedToken;
  } catch (error) {
    if (error instanceof InvalidJwt) return undefined;
    throw error;
  }
}

/** The token in the form of storage. */
export function toIssuedToken(claims: AccessTokenClaims): IssuedToken {
  return { ...claims, resource: [claims.aud].flat()[0] ?? '', scopes: parseScope(claims.scope ?? '') };
}
