/** /api/admin/clients: the records of clients. A secret is shown once, when it is made. */
import type { Context } from 'hono';
import type * as z from 'zod';
import type { Client } from '../../authorization-server/clients/client.ts';
import { deleteClient as removeClient } from '../../storage/clients.ts';
import { CLIENT_SORTS, listClients as readClients } from '../../storage/lists.ts';
import { clientIsAsRead } from '../../storage/precondition.ts';
import { type ApiTable, route } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { addClient, alterClient, findClient, rotateSecret } from '../acts/clients.ts';
import { askedFilter, askedOrder, askedPage, writeCursor } from '../parse.ts';
import type { ClientChangesRequest, NewClientRequest, RotateSecretRequest } from '../requests.ts';
import * as requests from '../requests.ts';
import * as answers from './answers.ts';
import { actorOf, makingAsked } from './authenticate.ts';
import { sorted } from './queries.ts';

async function listClients(c: Context<Web>) {
  const search = askedFilter(c, 'name_begins', 'address_begins');
  const query = { ...askedOrder(c, CLIENT_SORTS), name: search.name_begins, address: search.address_begins };
  const { rows, next } = await readClients(c.get('deps').databases, query, askedPage(c));
  return c.json({ clients: rows.map(show), next: writeCursor(next) });
}

async function createClient(c: Context<Web>, request: z.infer<typeof NewClientRequest>) {
  const { client, secret } = await addClient(c.get('deps'), actorOf(c), request, makingAsked(c, request));
  return c.json({ ...show(client), ...(secret ? { client_secret: secret } : {}) }, 201);
}

async function getClient(c: Context<Web>) {
  return c.json(show(await find(c)));
}

const clientIsStill = async (c: Context<Web>) => clientIsAsRead(await find(c));

async function patchClient(c: Context<Web>, request: z.infer<typeof ClientChangesRequest>) {
  return c.json(show(await alterClient(c.get('deps'), actorOf(c), await find(c), request)));
}

async function rotateClientSecret(c: Context<Web>, request: z.infer<typeof RotateSecretRequest>) {
  const client = await find(c);
  const { secret, oldGoodUntil } = await rotateSecret(c.get('deps'), actorOf(c), client, request.overlap_hours);
  const until = oldGoodUntil === undefined ? undefined : new Date(oldGoodUntil).toISOString();
  return c.json({ client_id: client.id, client_secret: secret, old_secret_good_until: until });
}

async function deleteClient(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const client = await find(c);
  await removeClient(databases, moment, actorOf(c), client.id);
  return c.body(null, 204);
}

const find = (c: Context<Web>): Promise<Client> => findClient(c.get('deps'), c.req.param('id') ?? '');

/** Never the secret's hash. */
function show(client: Client) {
  return {
    client_id: client.id,
    origin: client.origin,
    metadata: client.metadata,
    trusted: client.trusted,
    roles: client.roles,
    allowed_origins: client.allowedOrigins,
    refresh_grace_seconds: client.refreshGraceSeconds,
    acts_as: client.actsAs,
    exchange: client.exchange,
    created_at: new Date(client.createdAt).toISOString(),
    last_used_at: new Date(client.lastUsedAt).toISOString(),
    disabled: client.disabledAt !== null,
  };
}

/** What the API table says of them. */
export const CLIENT_ROUTES: ApiTable['routes'] = {
  listClients: {
    ...{ method: 'GET', path: '/clients', summary: 'Clients' },
    query: {
      ...sorted(CLIENT_SORTS),
      name_begins: 'Only those whose name begins like this, by name.',
      address_begins: 'Only those whose first redirect URI begins like this behind its scheme, by that address.',
    },
    ...{ answer: answers.ClientList, handle: listClients },
  },
  createClient: route({
    ...{ method: 'POST', path: '/clients', summary: 'Makes a client; its secret is shown this once', status: 201 },
    ...{ takesKey: true, body: requests.NewClientRequest, answer: answers.NewClient, handle: createClient },
  }),
  getClient: {
    ...{ method: 'GET', path: '/clients/{id}', summary: 'One client' },
    ...{ answer: answers.Client, handle: getClient, isAsRead: clientIsStill },
  },
  patchClient: route({
    ...{ method: 'PATCH', path: '/clients/{id}', summary: 'Changes a client; what it may no longer do ends at once' },
    ...{ body: requests.ClientChangesRequest, answer: answers.Client, handle: patchClient },
  }),
  deleteClient: {
    ...{ method: 'DELETE', path: '/clients/{id}', summary: 'Removes a client and ends its grants' },
    handle: deleteClient,
  },
  rotateClientSecret: route({
    ...{ method: 'POST', path: '/clients/{id}/secret', summary: 'A new secret; the old one stays good for a while' },
    ...{ body: requests.RotateSecretRequest, bodyIsOptional: true },
    ...{ answer: answers.NewClientSecret, handle: rotateClientSecret },
  }),
};
