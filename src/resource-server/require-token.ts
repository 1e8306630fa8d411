/** The guard of what is protected here (RFC 6750, RFC 9068 §4). A token that was revoked is refused at once. */
import type { MiddlewareHandler } from 'hono';
import { admit } from '../guard/admit.ts';
import type { Principal, TokenVerifier } from '../guard/principal.ts';
import { principalOf } from '../guard/principal-of-token.ts';
import { SCHEMES } from '../guard/schemes.ts';
import { verifyAccessToken } from '../protocol/access-token.ts';
import type { GrantId, TokenId } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { resourcesHolding } from '../protocol/resource.ts';
import { findClientNear } from '../storage/clients.ts';
import { findTokenHolder } from '../storage/token-holder.ts';
import type { Deps, Web } from '../web/context.ts';

/** Lets a request in whose token holds, was made for this path, and has every one of the scopes. One round. */
export function requireToken(...scopes: string[]): MiddlewareHandler<Web> {
  return async function guard(c, next) {
    const deps = c.get('deps');
    const principal = await admit(c.req.raw, {
      ...{ schemes: SCHEMES, verifier: ownKeys(deps), scopes },
      audiences: resourcesHolding(c.req.path, deps.config.issuer),
    });
    const { person, clientId, scopes: granted, expiresAt } = { ...principal, person: await holderOf(deps, principal) };
    Object.assign(c.get('facts'), { client: clientId, person: person.id });
    c.set('clientOrigins', await originsOf(deps, clientId, c.req.header('origin')));
    c.set('principal', { by: 'token', person, clientId, scopes: granted, expiresAt });
    await next();
  };
}

/** What the token says, by the keys at hand: storage is asked when all else is right. */
function ownKeys({ config, moment }: Deps): TokenVerifier {
  const expected = { keys: config.signingKeys, issuer: config.issuer, now: moment.now };
  return { verify: async (token) => principalOf(await verifyAccessToken(token, expected)) };
}

/** @throws OAuthError invalid_token where it was revoked, or whom it speaks for is gone, disabled or no person. */
async function holderOf({ databases }: Deps, { tokenId, subject, clientId, grant, issuedAt }: Principal) {
  const token = { jti: tokenId as TokenId, sub: subject, client_id: clientId, grant: grant as GrantId, iat: issuedAt };
  const holder = await findTokenHolder(databases, token);
  if (!holder?.person) throw new OAuthError('invalid_token', 'the token was revoked, or its owner is disabled.');
  return holder.person;
}

/** Only a browser's request needs them. */
async function originsOf(deps: Deps, clientId: string, origin: string | undefined): Promise<string[]> {
  if (origin === undefined) return [];
  return (await findClientNear(deps.databases, clientId, deps.moment.now))?.allowedOrigins ?? [];
}
