/** /api/admin/api-keys: the API keys of everybody. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { ApiKey, NewApiKey, showApiKey, showNewApiKey } from '../../protocol/api-key.ts';
import { KEY_SORTS, listKeys } from '../../storage/lists.ts';
import { apiKeyIsAsRead } from '../../storage/precondition.ts';
import { type ApiTable, route } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { addApiKey, endApiKey, findApiKey } from '../acts/api-keys.ts';
import { askedFilter, askedOrder, askedPage, writeCursor } from '../parse.ts';
import type { NewApiKeyForRequest } from '../requests.ts';
import * as requests from '../requests.ts';
import * as answers from './answers.ts';
import { actorOf, makingAsked } from './authenticate.ts';
import { ofPerson, sorted } from './queries.ts';

async function listApiKeys(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { rows, next } = await listKeys(
    databases,
    { ...askedOrder(c, KEY_SORTS), ...askedFilter(c, 'person') },
    moment.now,
    askedPage(c),
  );
  return c.json({ api_keys: rows.map(showApiKey), next: writeCursor(next) });
}

async function getApiKey(c: Context<Web>) {
  return c.json(showApiKey(await find(c)));
}

const apiKeyIsStill = async (c: Context<Web>) => apiKeyIsAsRead(await find(c));

const find = (c: Context<Web>) => findApiKey(c.get('deps'), c.req.param('id') ?? '');

/** The person gets it from whoever made it: it is shown this once. */
async function createApiKey(c: Context<Web>, request: z.infer<typeof NewApiKeyForRequest>) {
  const { key, secret } = await addApiKey(c.get('deps'), actorOf(c), request, makingAsked(c, request));
  return c.json(showNewApiKey(key, secret), 201);
}

async function deleteApiKey(c: Context<Web>) {
  await endApiKey(c.get('deps'), actorOf(c), c.req.param('id') ?? '');
  return c.body(null, 204);
}

/** What the API table says of them. */
export const API_KEY_ROUTES: ApiTable['routes'] = {
  listApiKeys: {
    ...{ method: 'GET', path: '/api-keys', summary: 'API keys that are good, oldest first or last' },
    ...{ query: { ...sorted(KEY_SORTS), person: ofPerson }, answer: answers.ApiKeyPage, handle: listApiKeys },
  },
  getApiKey: {
    ...{ method: 'GET', path: '/api-keys/{id}', summary: 'One key that is good' },
    ...{ answer: ApiKey, handle: getApiKey, isAsRead: apiKeyIsStill },
  },
  createApiKey: route({
    ...{ method: 'POST', path: '/api-keys', summary: 'Makes a key for a person; its secret is shown this once' },
    ...{ status: 201, takesKey: true, body: requests.NewApiKeyForRequest, answer: NewApiKey },
    handle: createApiKey,
  }),
  deleteApiKey: {
    ...{ method: 'DELETE', path: '/api-keys/{id}', summary: 'Revokes a key at once' },
    handle: deleteApiKey,
  },
};
