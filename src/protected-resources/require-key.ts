/** Middleware of resources that accept an access token or an API key. */

import { demandScopes } from '@postern/resource-server/building-blocks';
import type { MiddlewareHandler } from 'hono';
import { readApiKey } from '../http/api-key-header.ts';
import type { Deps, Web } from '../http/context.ts';
import type { ApiKeyId } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError, tooManyRequests } from '../protocol/oauth-error.ts';
import { findKeyHolder, touchKey } from '../storage/users/api-keys.ts';
import { requireOwnToken } from './require-token.ts';

/** Requires an active access token or API key with all of the scopes. One round. */
export function requireTokenOrKey(...scopes: string[]): MiddlewareHandler<Web> {
  const guardByToken = requireOwnToken(...scopes);
  return async function guard(c, next) {
    const presented = readApiKey(c.req.header('authorization'));
    if (!presented) return guardByToken(c, next);
    const deps = c.get('deps');
    const { key, user } = await requireActiveApiKey(deps, presented);
    Object.assign(c.get('logFields'), { api_key: key.id, user: user.id });
    demandScopes(key, scopes);
    const expiresAt = Math.floor(key.expiresAt / SECOND);
    c.set('principal', { by: 'api-key', user, keyId: key.id, scopes: key.scopes, expiresAt });
    deps.waitUntil('update last use of an API key', touchKey(deps.databases, key, deps.moment.now));
    await next();
  };
}

/** The key and its user. @throws OAuthError invalid_token, or too_many_requests after repeated failures. */
async function requireActiveApiKey(deps: Deps, presented: { id: ApiKeyId; secret: string }) {
  const holder = await findKeyHolder(deps.databases, presented, deps.moment.now);
  if (holder) return holder;
  const { success } = await deps.rateLimits.failedAuthentication.limit({ key: deps.network });
  if (!success) throw tooManyRequests('too many wrong API keys from your network.', 60);
  throw new OAuthError('invalid_token', 'the API key is wrong, expired or revoked, or its owner is disabled.');
}
