/** A token that somebody sends to ask about it or to end it: whatever it is, with a right, wrong or missing hint. */
import { InvalidJwt } from '../crypto/jwt.ts';
import { type AccessTokenClaims, verifyAccessToken } from '../protocol/access-token.ts';
import { type GrantId, parseRefreshToken, refreshTokenBody } from '../protocol/credentials.ts';
import { parseScope } from '../protocol/scope.ts';
import type { IssuedToken } from '../storage/tokens.ts';
import type { Deps } from '../web/context.ts';

export type PresentedToken =
  | { is: 'access'; claims: AccessTokenClaims }
  | { is: 'refresh'; grant: GrantId; generation: number };

/** The token, or undefined for what this server did not make, or what has expired. Asks no storage. */
export async function openPresented(deps: Pick<Deps, 'config' | 'moment'>, text: string) {
  const { issuer, root, signingKeys } = deps.config;
  const refresh = parseRefreshToken(text);
  if (refresh) {
    const { grant, generation, mac } = refresh;
    const isOurs = root.macMatches('refresh', refreshTokenBody(grant, generation), mac);
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

/** The same as storage knows it. */
export function issuedToken(claims: AccessTokenClaims): IssuedToken {
  return { ...claims, resource: [claims.aud].flat()[0] ?? '', scopes: parseScope(claims.scope ?? '') };
}
