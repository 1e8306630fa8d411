/** The guard of resources that take an API key of a person where others take an access token. */
import type { MiddlewareHandler } from 'hono';
import { demandScopes } from '../guard/admit.ts';
import type { ApiKeyId } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError, tooManyRequests } from '../protocol/oauth-error.ts';
import { findKeyHolder, touchKey } from '../storage/api-keys.ts';
import { readApiKey } from '../web/authorization.ts';
import type { Deps, Web } from '../web/context.ts';
import { requireToken } from './require-token.ts';

/** Lets a request in whose access token or API key holds and has every one of the scopes. One round. */
export function requireTokenOrKey(...scopes: string[]): MiddlewareHandler<Web> {
  const guardByToken = requireToken(...scopes);
  return async function guard(c, next) {
    const presented = readApiKey(c.req.header('authorization'));
    if (!presented) return guardByToken(c, next);
    const deps = c.get('deps');
    const { key, person } = await holderOf(deps, presented);
    Object.assign(c.get('facts'), { api_key: key.id, person: person.id });
    demandScopes(key, scopes);
    const expiresAt = Math.floor(key.expiresAt / SECOND);
    c.set('principal', { by: 'api-key', person, keyId: key.id, scopes: key.scopes, expiresAt });
    deps.later('noting the use of an API key', touchKey(deps.databases, key, deps.moment.now));
    await next();
  };
}

/** @throws OAuthError invalid_token, or too_many_requests for somebody who keeps guessing. */
async function holderOf(deps: Deps, presented: { id: ApiKeyId; secret: string }) {
  const holder = await findKeyHolder(deps.databases, presented, deps.moment.now);
  if (holder) return holder;
  const { success } = await deps.ceilings.failedAuthentication.limit({ key: deps.network });
  if (!success) throw tooManyRequests('too many wrong API keys came from your network.', 60);
  throw new OAuthError('invalid_token', 'the API key is wrong, expired or revoked, or its owner is disabled.');
}
