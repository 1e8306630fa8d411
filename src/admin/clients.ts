/** /api/admin/clients: the records of clients. A secret is shown once, when it is made. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { type Client, hasSecret } from '../authorization-server/clients/client.ts';
import { describedClient } from '../authorization-server/clients/metadata-document.ts';
import { sha256 } from '../crypto/digest.ts';
import { parseClientMetadata } from '../protocol/client-metadata.ts';
import { newClientId, newClientSecret, type PersonId } from '../protocol/credentials.ts';
import { isDocumentUrl } from '../protocol/document-url.ts';
import { HOUR } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { parseScope } from '../protocol/scope.ts';
import {
  type ClientChanges,
  changeClient,
  findClientLatest,
  createClient as insertClient,
  deleteClient as removeClient,
  replaceClientSecret,
  setClientDisabled,
} from '../storage/clients.ts';
import { CLIENT_ORDERS, listClients as readClients } from '../storage/lists.ts';
import { findPerson } from '../storage/people.ts';
import type { Web } from '../web/context.ts';
import { actorOf } from './authenticate.ts';
import { askedFilter, askedPage, askedSort, writeCursor } from './parse.ts';
import type { ClientChangesRequest, NewClientRequest, RotateSecretRequest } from './requests.ts';

export async function listClients(c: Context<Web>) {
  const search = askedFilter(c, 'name_begins', 'address_begins');
  const query = { sort: askedSort(c, CLIENT_ORDERS), name: search.name_begins, address: search.address_begins };
  const { rows, next } = await readClients(c.get('deps').databases, query, askedPage(c));
  return c.json({ clients: rows.map(show), next: writeCursor(next) });
}

export async function createClient(c: Context<Web>, request: z.infer<typeof NewClientRequest>) {
  const { capabilities, databases, moment } = c.get('deps');
  const metadata = parseClientMetadata(request.metadata, capabilities, 'administrator');
  const secret = hasSecret(metadata) ? newClientSecret() : undefined;
  const client = {
    id: newClientId(),
    origin: 'administrator' as const,
    metadata,
    secretHash: secret === undefined ? null : sha256(secret),
    ...(await standingOf(c, request)),
  };
  await insertClient(databases, moment, actorOf(c), client);
  return c.json({ ...show(await find(c, client.id)), ...(secret ? { client_secret: secret } : {}) }, 201);
}

/** What an administrator says of a client, as far as the request says it. */
async function standingOf(c: Context<Web>, said: z.infer<typeof ClientChangesRequest>) {
  const { trusted, roles, allowed_origins, refresh_grace_seconds, acts_as, exchange } = said;
  if (acts_as) {
    const person = await findPerson(c.get('deps').databases, acts_as as PersonId);
    if (!person) throw new OAuthError('invalid_request', 'acts_as: there is no such person.');
  }
  return {
    ...(trusted !== undefined && { trusted }),
    ...(roles && { roles }),
    ...(allowed_origins && { allowedOrigins: allowed_origins }),
    ...(refresh_grace_seconds !== undefined && { refreshGraceSeconds: refresh_grace_seconds }),
    ...(acts_as !== undefined && { actsAs: acts_as as PersonId | null }),
    ...(exchange !== undefined && { exchange }),
  } satisfies ClientChanges;
}

export async function getClient(c: Context<Web>) {
  return c.json(show(await find(c)));
}

export async function patchClient(c: Context<Web>, request: z.infer<typeof ClientChangesRequest>) {
  const { capabilities, databases, moment } = c.get('deps');
  const client = await find(c);
  const { disabled, metadata } = request;
  if (metadata && client.origin !== 'administrator') {
    throw new OAuthError('conflict', 'this client described itself: what it says of itself is its own to change.');
  }
  const changed = metadata && parseClientMetadata({ ...client.metadata, ...metadata }, capabilities, 'administrator');
  const changes: ClientChanges = { ...(changed && { metadata: changed }), ...(await standingOf(c, request)) };
  // A client that a document describes has no row until an administrator says something of it.
  if (client.origin === 'document') await insertClient(databases, moment, actorOf(c), client);
  if (Object.keys(changes).length > 0) {
    await changeClient(databases, moment, actorOf(c), client.id, changes, narrows(client, changes));
  }
  if (disabled !== undefined) await setClientDisabled(databases, moment, actorOf(c), client.id, disabled);
  return c.json(show(await find(c)));
}

/** Whether something that was issued before may now be too much: then it ends. */
function narrows(client: Client, changes: ClientChanges): boolean {
  const before = client.metadata.scope;
  const after = changes.metadata?.scope;
  if (after !== undefined && after !== before) {
    const allowed = parseScope(after);
    if (before === undefined || parseScope(before).some((scope) => !allowed.includes(scope))) return true;
  }
  if (changes.actsAs !== undefined && client.actsAs !== null && changes.actsAs !== client.actsAs) return true;
  return changes.roles !== undefined && changes.roles.length > 0 && changes.roles.join() !== client.roles.join();
}

/** A new secret; the old one stays good for a while, so that nobody has to be quick. */
export async function rotateClientSecret(c: Context<Web>, request: z.infer<typeof RotateSecretRequest>) {
  const { databases, moment, settings } = c.get('deps');
  const client = await find(c);
  if (!hasSecret(client.metadata)) throw new OAuthError('conflict', 'this client has no secret.');
  const hours = request.overlap_hours ?? (await settings()).secret_overlap_hours;
  const secret = newClientSecret();
  await replaceClientSecret(databases, moment, actorOf(c), client, secret, hours * HOUR);
  const until = hours > 0 ? new Date(moment.now + hours * HOUR).toISOString() : undefined;
  return c.json({ client_id: client.id, client_secret: secret, old_secret_good_until: until });
}

export async function deleteClient(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const client = await find(c);
  await removeClient(databases, moment, actorOf(c), client.id);
  return c.body(null, 204);
}

async function find(c: Context<Web>, id = c.req.param('id') ?? ''): Promise<Client> {
  const deps = c.get('deps');
  if (isDocumentUrl(id, deps.config.isLoopback)) return describedClient(deps, id, 'latest');
  const client = await findClientLatest(deps.databases, id, deps.moment.now);
  if (!client) throw new OAuthError('not_found', 'there is no such client.');
  return client;
}

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
