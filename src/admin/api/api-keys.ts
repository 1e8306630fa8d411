/** /api/admin/api-keys: the API keys of everybody. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { parseKeyScope, scopesForKeys, showApiKey, showNewApiKey } from '../../protocol/api-key.ts';
import { type ApiKeyId, newApiKeyId, newApiKeySecret, type PersonId } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { createKey, findKey, revokeKey } from '../../storage/api-keys.ts';
import { listKeys } from '../../storage/lists.ts';
import { findPerson } from '../../storage/people.ts';
import { apiKeyIsAsRead } from '../../storage/precondition.ts';
import type { Web } from '../../web/context.ts';
import { askedFilter, askedPage, writeCursor } from '../parse.ts';
import type { NewApiKeyForRequest } from '../requests.ts';
import { actorOf } from './authenticate.ts';

export async function listApiKeys(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { rows, next } = await listKeys(databases, askedFilter(c, 'person'), moment.now, askedPage(c));
  return c.json({ api_keys: rows.map(showApiKey), next: writeCursor(next) });
}

export async function getApiKey(c: Context<Web>) {
  return c.json(showApiKey(await find(c)));
}

export const apiKeyIsStill = async (c: Context<Web>) => apiKeyIsAsRead(await find(c));

async function find(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const key = await findKey(databases, (c.req.param('id') ?? '') as ApiKeyId, moment.now);
  if (!key) throw new OAuthError('not_found', 'there is no such API key.');
  return key;
}

/** The person gets it from whoever made it: it is shown this once. */
export async function createApiKey(c: Context<Web>, request: z.infer<typeof NewApiKeyForRequest>) {
  const { databases, moment, settings } = c.get('deps');
  const person = await findPerson(databases, request.person as PersonId);
  if (!person || person.disabledAt !== null) {
    throw new OAuthError('invalid_request', 'person: there is no such person, or they are disabled.');
  }
  const may = scopesForKeys((await settings()).scopes_supported, person.roles);
  const scopes = parseKeyScope(
    request.scope,
    may.map((scope) => scope.name),
  );
  const key = {
    ...{ id: newApiKeyId(), personId: person.id, name: request.name, scopes },
    ...{ secret: newApiKeySecret(), expiresAt: moment.now + request.days * DAY },
  };
  if (!(await createKey(databases, moment, actorOf(c), key))) {
    throw new OAuthError('conflict', 'this person has too many API keys: revoke one first.');
  }
  return c.json(showNewApiKey({ ...key, createdAt: moment.now, lastUsedAt: null }, key.secret), 201);
}

export async function deleteApiKey(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const id = (c.req.param('id') ?? '') as ApiKeyId;
  if (!(await revokeKey(databases, moment, actorOf(c), { id }))) {
    throw new OAuthError('not_found', 'there is no such API key.');
  }
  return c.body(null, 204);
}
