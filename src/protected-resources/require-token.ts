/** Middleware of this server's protected resources (RFC 6750, RFC 9068 §4, RFC 9449 §7), which detects revocation at once. */

import { admitRequest, schemesFor } from '@postern/resource-server/building-blocks';
import type { Context, MiddlewareHandler } from 'hono';
import type { Deps, Web } from '../http/context.ts';
import { ownResourceProofPolicy } from '../http/dpop.ts';
import type { DpopProof } from '../protocol/dpop.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { resourcesOfPath } from '../protocol/resource.ts';
import { findClientFromReplica } from '../storage/clients/clients.ts';
import { ownTokenVerifier, requireActiveToken } from './own-tokens.ts';

/** Paths that only show the user to a client. All others, those of administrators among them, read the primary. */
const READS_REPLICA: readonly string[] = [ENDPOINTS.userinfo_endpoint, '/api/me'];

/** Requires an active access token for this path with all of the scopes. One round. */
export function requireOwnToken(...scopes: string[]): MiddlewareHandler<Web> {
  return async function guard(c, next) {
    const deps = c.get('deps');
    let proof: DpopProof | undefined;
    const proofs = await ownResourceProofPolicy(c, (found) => {
      proof = found;
    });
    const audiences = resourcesOfPath(c.req.path, deps.config.issuer);
    // The issuer as second audience is for /userinfo only.
    const resources = c.req.path === ENDPOINTS.userinfo_endpoint ? undefined : audiences;
    const verifier = ownTokenVerifier(deps, resources);
    const principal = await admitRequest(withHeaderToken(c), {
      schemes: schemesFor(proofs, false),
      verifier,
      audiences,
      scopes,
    });
    const { clientId, scopes: granted, expiresAt } = principal;
    const source = READS_REPLICA.includes(c.req.path) ? 'replica' : 'primary';
    const { user, claims } = await requireActiveToken(deps, principal, proof, source);
    if (!user) throw new OAuthError('invalid_token', 'this needs a token of a user, not of a client.');
    Object.assign(c.get('logFields'), { client: clientId, user: user.id });
    c.set('clientOrigins', await allowedOriginsOf(deps, clientId, c.req.header('origin')));
    c.set('principal', { by: 'token', user, clientId, scopes: granted, claims, expiresAt });
    await next();
  };
}

/** The request with the token of its body moved to the header; a DPoP-bound one is then refused. */
function withHeaderToken(c: Context<Web>): Request {
  const token = c.get('bodyToken');
  if (token === undefined) return c.req.raw;
  return new Request(c.req.url, { method: c.req.method, headers: { authorization: `Bearer ${token}` } });
}

/** The allowed origins of the client, for a request from a browser. */
async function allowedOriginsOf(deps: Deps, clientId: string, origin: string | undefined): Promise<string[]> {
  if (origin === undefined) return [];
  return (await findClientFromReplica(deps.databases, clientId, deps.moment.now))?.allowedOrigins ?? [];
}
