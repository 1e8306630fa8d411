/** The guard of what is protected here: only a token made for it, with the scopes it needs (RFC 6750, RFC 9068 §4). */
import type { MiddlewareHandler } from 'hono';
import { InvalidJwt } from '../crypto/jwt.ts';
import { type AccessTokenClaims, verifyAccessToken } from '../protocol/access-token.ts';
import type { PersonId } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { resourcesHolding } from '../protocol/resource.ts';
import { findClientNear } from '../storage/clients.ts';
import { findPerson } from '../storage/people.ts';
import { tokenHolds } from '../storage/tokens.ts';
import { readBearer } from '../web/bearer.ts';
import type { Deps, Web } from '../web/context.ts';
import { NoCredentials } from './challenge.ts';

/** Longer than any token of ours. */
export const LONGEST_TOKEN = 8 * 1024;

/** Lets a request in whose token holds, was made for this path, and has every one of the scopes. One round. */
export function requireToken(...scopes: string[]): MiddlewareHandler<Web> {
  return async function guard(c, next) {
    const deps = c.get('deps');
    const token = readBearer(c.req.header('authorization'));
    if (token === undefined) throw new NoCredentials(scopes.join(' '));
    if (token.length > LONGEST_TOKEN) throw invalid('the token is not one of ours.');
    const claims = await verify(deps, token, c.req.path);
    const granted = (claims.scope ?? '').split(' ');
    checkScopes(granted, scopes);
    const [person, holds] = await Promise.all([
      findPerson(deps.databases, claims.sub as PersonId),
      tokenHolds(deps.databases, claims),
    ]);
    if (!holds || !person || person.disabledAt !== null)
      throw invalid('the token was revoked, or its owner is disabled.');
    Object.assign(c.get('facts'), { client: claims.client_id, person: person.id });
    c.set('clientOrigins', await originsOf(deps, claims.client_id, c.req.header('origin')));
    c.set('principal', { by: 'token', person, clientId: claims.client_id, scopes: granted, expiresAt: claims.exp });
    await next();
  };
}

/** @throws OAuthError insufficient_scope */
export function checkScopes(granted: readonly string[], needed: readonly string[]): void {
  if (needed.every((scope) => granted.includes(scope))) return;
  // RFC 6750 §3.1: insufficient_scope: 403, and the "scope" attribute with the scope necessary to access it.
  throw new OAuthError('insufficient_scope', 'this needs scopes that were not granted.', { scope: needed.join(' ') });
}

const invalid = (description: string, cause?: unknown) => new OAuthError('invalid_token', description, { cause });

async function verify(deps: Deps, token: string, path: string): Promise<AccessTokenClaims> {
  const { issuer, signingKeys } = deps.config;
  try {
    return await verifyAccessToken(token, {
      keys: signingKeys,
      issuer,
      audiences: resourcesHolding(path, issuer),
      now: deps.moment.now,
    });
  } catch (cause) {
    if (cause instanceof InvalidJwt) throw invalid('the token is expired, malformed, or not made for this.', cause);
    throw cause;
  }
}

/** Only a browser's request needs them. */
async function originsOf(deps: Deps, clientId: string, origin: string | undefined): Promise<string[]> {
  if (origin === undefined) return [];
  return (await findClientNear(deps.databases, clientId, deps.moment.now))?.allowedOrigins ?? [];
}
