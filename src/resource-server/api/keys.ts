/** /api/me/api-keys: a person's own API keys. */
import type { Context } from 'hono';
import type * as z from 'zod';
import {
  type NewApiKeyRequest,
  parseKeyScope,
  type RotateApiKeyRequest,
  scopesForKeys,
  showApiKey,
  showNewApiKey,
} from '../../protocol/api-key.ts';
import { type ApiKeyId, newApiKeyId, newApiKeySecret } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { createKey, listKeysOf, replaceKeySecret, revokeKey } from '../../storage/api-keys.ts';
import { actorOfPrincipal, type Web } from '../../web/context.ts';

export async function listMyKeys(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const rows = await listKeysOf(databases, { person: c.get('principal').person.id }, moment.now);
  return c.json({ api_keys: rows.map(showApiKey) });
}

/** Nobody gives away more than they hold: a key's scopes are among those of the token that makes it. */
export async function createMyKey(c: Context<Web>, request: z.infer<typeof NewApiKeyRequest>) {
  const { databases, moment, settings } = c.get('deps');
  const principal = c.get('principal');
  const { person } = principal;
  const may = scopesForKeys((await settings()).scopes_supported, person.roles)
    .map((scope) => scope.name)
    .filter((name) => principal.scopes.includes(name));
  const key = {
    ...{ id: newApiKeyId(), personId: person.id, name: request.name, scopes: parseKeyScope(request.scope, may) },
    ...{ secret: newApiKeySecret(), expiresAt: moment.now + request.days * DAY },
  };
  if (!(await createKey(databases, moment, actorOfPrincipal(principal), key))) {
    throw new OAuthError('conflict', 'you have too many API keys: revoke one that you no longer need.');
  }
  return c.json(showNewApiKey({ ...key, createdAt: moment.now, lastUsedAt: null }, key.secret), 201);
}

/** Another secret, and the time begins anew; the old one is over at once. Its scopes must be held here, too. */
export async function rotateMyKey(c: Context<Web>, { days }: z.infer<typeof RotateApiKeyRequest>) {
  const { databases, moment } = c.get('deps');
  const principal = c.get('principal');
  const of = { id: idOf(c), person: principal.person.id };
  const [key] = await listKeysOf(databases, of, moment.now);
  if (key) parseKeyScope(key.scopes.join(' '), principal.scopes);
  const secret = newApiKeySecret();
  const change = { secret, expiresAt: moment.now + days * DAY };
  const changed = key && (await replaceKeySecret(databases, moment, actorOfPrincipal(principal), of, change));
  if (!changed) throw nobodys();
  return c.json(showNewApiKey(changed, secret));
}

export async function deleteMyKey(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const principal = c.get('principal');
  const of = { id: idOf(c), person: principal.person.id };
  if (!(await revokeKey(databases, moment, actorOfPrincipal(principal), of))) throw nobodys();
  return c.body(null, 204);
}

const idOf = (c: Context<Web>) => (c.req.param('id') ?? '') as ApiKeyId;
const nobodys = () => new OAuthError('not_found', 'you have no such API key.');
