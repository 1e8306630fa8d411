/** Middleware of resources that accept an access token or an API key. */

import { demandScopes } from '@postern/resource-server/building-blocks';
import type { MiddlewareHandler } from 'hono';
import { notApiKey, type PresentedApiKey, readApiKey } from '../http/api-key-header.ts';
import type { Deps, Web } from '../http/context.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError, tooManyRequests } from '../protocol/oauth-error.ts';
import { findKeyHolder, findLegacyKeyHolder, touchKey } from '../storage/users/api-key-lookup.ts';
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

/**
 * The key and its user. Imported keys are accepted while the setting frappe_endpoints is enabled.
 * @throws OAuthError invalid_token, or too_many_requests after repeated failures.
 */
async function requireActiveApiKey(deps: Deps, presented: PresentedApiKey) {
  const { databases, moment, rateLimits, network, settings } = deps;
  const isOwn = 'id' in presented;
  if (!isOwn && !(await settings()).frappe_endpoints) throw notApiKey();
  const find = isOwn
    ? findKeyHolder(databases, presented, moment.now)
    : findLegacyKeyHolder(databases, presented, moment.now);
  const holder = await find;
  if (holder) return holder;
  const { success } = await rateLimits.failedAuthentication.limit({ key: network });
  if (!success) throw tooManyRequests('too many wrong API keys from your network.', 60);
  throw new OAuthError('invalid_token', 'the API key is wrong, expired or revoked, or its owner is disabled.');
}
