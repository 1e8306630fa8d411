/** GET and POST /userinfo: the claims that the token opens (OpenID Connect Core §5.3), signed where the client asks. */
import type { Context } from 'hono';
import { type SigningKey, signJwt } from '../crypto/jwt.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { personClaims } from '../protocol/person-claims.ts';
import type { Deps, Web } from '../web/context.ts';

/** The key that signs the answer for a client; undefined where it takes plain JSON. */
export type UserinfoSigner = (deps: Deps, clientId: string) => Promise<SigningKey | undefined>;

export function userinfo(signerOf: UserinfoSigner) {
  return async function answerUserinfo(c: Context<Web>) {
    const principal = c.get('principal');
    // An API key is of no client: what it may read stands at /api/me.
    if (principal.by !== 'token') throw new OAuthError('invalid_token', 'this needs an access token.');
    const { person, scopes, claims: named, clientId } = principal;
    const { config, moment } = c.get('deps');
    const claims = personClaims(person, scopes, named);
    const signer = await signerOf(c.get('deps'), clientId);
    if (!signer) return c.json(claims, 200, { 'Cache-Control': 'no-store' });
    // §5.3.2: The signed UserInfo Response SHOULD contain the Claims iss and aud as members.
    const response = { ...claims, iss: config.issuer, aud: clientId, iat: Math.floor(moment.now / SECOND) };
    const jwt = await signJwt(signer, 'JWT', response);
    return c.body(jwt, 200, { 'Content-Type': 'application/jwt', 'Cache-Control': 'no-store' });
  };
}
