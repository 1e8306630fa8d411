/** The guard of what is protected here (RFC 6750, RFC 9068 §4, RFC 9449 §7). A token that was revoked is refused at once. */
import type { Context, MiddlewareHandler } from 'hono';
import { admit } from '../guard/admit.ts';
import { schemesFor } from '../guard/schemes.ts';
import type { Proof } from '../protocol/dpop.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { resourcesHolding } from '../protocol/resource.ts';
import { findClientNear } from '../storage/clients.ts';
import type { Deps, Web } from '../web/context.ts';
import { ownProofs } from '../web/dpop.ts';
import { holderOf, ownKeys } from './own-tokens.ts';

/** Lets a request in whose token holds, was made for this path, and has every one of the scopes. One round. */
export function requireToken(...scopes: string[]): MiddlewareHandler<Web> {
  return async function guard(c, next) {
    const deps = c.get('deps');
    let proof: Proof | undefined;
    const proofs = await ownProofs(c, (found) => {
      proof = found;
    });
    const principal = await admit(presented(c), {
      ...{ schemes: schemesFor(proofs, false), verifier: ownKeys(deps), scopes },
      audiences: resourcesHolding(c.req.path, deps.config.issuer),
    });
    const { clientId, scopes: granted, expiresAt } = principal;
    const { person, claims } = await holderOf(deps, principal, proof);
    if (!person) throw new OAuthError('invalid_token', 'this is only for people: the token is of a client by itself.');
    Object.assign(c.get('facts'), { client: clientId, person: person.id });
    c.set('clientOrigins', await originsOf(deps, clientId, c.req.header('origin')));
    c.set('principal', { by: 'token', person, clientId, scopes: granted, claims, expiresAt });
    await next();
  };
}

/** The request with a token that came in its body where the guard looks for it; a bound one is then refused, as it must be. */
function presented(c: Context<Web>): Request {
  const token = c.get('bodyToken');
  if (token === undefined) return c.req.raw;
  return new Request(c.req.url, { method: c.req.method, headers: { authorization: `Bearer ${token}` } });
}

/** Only a browser's request needs them. */
async function originsOf(deps: Deps, clientId: string, origin: string | undefined): Promise<string[]> {
  if (origin === undefined) return [];
  return (await findClientNear(deps.databases, clientId, deps.moment.now))?.allowedOrigins ?? [];
}
