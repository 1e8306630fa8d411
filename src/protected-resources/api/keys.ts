/** /api/me/api-keys: a user's own API keys. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { notifyOwner } from '../../http/account-notice.ts';
import { auditActor, type Web } from '../../http/context.ts';
import {
  apiKeyResponse,
  apiKeyScopes,
  type NewApiKeyRequest,
  newApiKeyResponse,
  parseApiKeyScope,
  type RotateApiKeyRequest,
} from '../../protocol/api-key.ts';
import { newApiKeyId, newApiKeySecret, parseApiKeyId } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { createKey, replaceKeySecret, revokeKey } from '../../storage/users/api-key-changes.ts';
import { listKeysOf } from '../../storage/users/api-keys.ts';

export async function listMyKeys(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const rows = await listKeysOf(databases, { user: c.get('principal').user.id }, moment.now);
  return c.json({ api_keys: rows.map(apiKeyResponse) });
}

/** Creates a key, whose scopes are limited to those of the credential of the request. */
export async function createMyKey(c: Context<Web>, request: z.infer<typeof NewApiKeyRequest>) {
  const { databases, moment, settings } = c.get('deps');
  const principal = c.get('principal');
  const { user } = principal;
  const allowed = apiKeyScopes((await settings()).scopes_supported, user.roles)
    .map((scope) => scope.name)
    .filter((name) => principal.scopes.includes(name));
  const key = {
    id: newApiKeyId(),
    userId: user.id,
    name: request.name,
    scopes: parseApiKeyScope(request.scope, allowed),
    secret: newApiKeySecret(),
    expiresAt: moment.now + request.days * DAY,
  };
  if (!(await createKey(databases, moment, auditActor(principal), key))) {
    throw new OAuthError('conflict', 'you have too many API keys: revoke one first.');
  }
  notifyOwner(c.get('deps'), user, 'key-created', key.name);
  return c.json(newApiKeyResponse({ ...key, createdAt: moment.now, lastUsedAt: null }, key.secret), 201);
}

/** Rotates the secret and renews the lifetime; the old secret is revoked at once. Needs the scopes of the key. */
export async function rotateMyKey(c: Context<Web>, { days }: z.infer<typeof RotateApiKeyRequest>) {
  const { databases, moment } = c.get('deps');
  const principal = c.get('principal');
  const id = parseApiKeyId(c.req.param('id') ?? '');
  if (!id) throw apiKeyNotFound();
  const of = { id, user: principal.user.id };
  const [key] = await listKeysOf(databases, of, moment.now);
  if (key) parseApiKeyScope(key.scopes.join(' '), principal.scopes);
  const secret = newApiKeySecret();
  const change = { secret, expiresAt: moment.now + days * DAY };
  const changed = key && (await replaceKeySecret(databases, moment, auditActor(principal), of, change));
  if (!changed) throw apiKeyNotFound();
  notifyOwner(c.get('deps'), principal.user, 'key-rotated', changed.name);
  return c.json(newApiKeyResponse(changed, secret));
}

export async function deleteMyKey(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const principal = c.get('principal');
  const id = parseApiKeyId(c.req.param('id') ?? '');
  if (!id) throw apiKeyNotFound();
  const of = { id, user: principal.user.id };
  if (!(await revokeKey(databases, moment, auditActor(principal), of))) throw apiKeyNotFound();
  return c.body(null, 204);
}

const apiKeyNotFound = () => new OAuthError('not_found', 'no such API key.');
