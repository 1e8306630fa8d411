/** GET and POST /userinfo: the claims of the token's scopes (OpenID Connect Core §5.3), signed if the client registered it. */
import type { Context } from 'hono';
import { type SigningKey, signJwt } from '../crypto/jwt.ts';
import type { Deps, Web } from '../http/context.ts';
import { mappedClaims } from '../protocol/claim-mapping.ts';
import type { ClaimMapping } from '../protocol/claim-mapping-schema.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { userClaims } from '../protocol/user-claims.ts';

/** Reads the options of a client: the signing key, undefined for plain JSON, and the claim mapping. */
export type UserinfoOptionsOf = (
  deps: Deps,
  clientId: string,
) => Promise<{ signer: SigningKey | undefined; claimMapping: ClaimMapping | null }>;

export function userinfo(userinfoOf: UserinfoOptionsOf) {
  return async function answerUserinfo(c: Context<Web>) {
    const principal = c.get('principal');
    // An API key has no client: its user is at /api/me.
    if (principal.by !== 'token') throw new OAuthError('invalid_token', 'this needs an access token.');
    const { user, scopes, claims: named, clientId } = principal;
    const { config, moment } = c.get('deps');
    const { signer, claimMapping } = await userinfoOf(c.get('deps'), clientId);
    const mapped = mappedClaims(claimMapping, user, 'userinfo', scopes);
    const claims = { ...userClaims(user, scopes, named), ...mapped };
    if (!signer) return c.json(claims, 200, { 'Cache-Control': 'no-store' });
    // §5.3.2: The signed UserInfo Response SHOULD contain the Claims iss and aud as members.
    const response = { ...claims, iss: config.issuer, aud: clientId, iat: Math.floor(moment.now / SECOND) };
    const jwt = await signJwt(signer, 'JWT', response);
    return c.body(jwt, 200, { 'Content-Type': 'application/jwt', 'Cache-Control': 'no-store' });
  };
}
