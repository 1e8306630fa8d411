/** /api/admin/clients: the records of clients. A secret is shown once, when it is made. */
import type { Context } from 'hono';
import { capabilities } from '../authorization-server/capabilities.ts';
import { type Client, isPublic } from '../authorization-server/clients/client.ts';
import { parseClientMetadata } from '../protocol/client-metadata.ts';
import { newClientId, newClientSecret } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { parseScope } from '../protocol/scope.ts';
import {
  type ClientChanges,
  changeClient,
  findClientLatest,
  createClient as insertClient,
  listClients as readClients,
  deleteClient as removeClient,
  replaceClientSecret,
  setClientDisabled,
} from '../storage/clients.ts';
import type { Web } from '../web/context.ts';
import { actorOf } from './authenticate.ts';
import { cursorAfter, PAGE_SIZE, parseBody, parseCursor } from './parse.ts';
import { ClientChangesRequest, NewClientRequest } from './requests.ts';

export async function listClients(c: Context<Web>) {
  const rows = await readClients(c.get('deps').databases, parseCursor(c.req.query('after')), PAGE_SIZE);
  return c.json({ clients: rows.map(show), next: cursorAfter(rows) });
}

export async function createClient(c: Context<Web>) {
  const { config, databases, moment } = c.get('deps');
  const request = await parseBody(c, NewClientRequest);
  const metadata = parseClientMetadata(request.metadata, capabilities(config));
  const secret = metadata.token_endpoint_auth_method === 'none' ? undefined : newClientSecret();
  const client = {
    id: newClientId(),
    origin: 'administrator' as const,
    metadata,
    trusted: request.trusted ?? false,
    roles: request.roles ?? [],
    allowedOrigins: request.allowed_origins ?? [],
    refreshGraceSeconds: request.refresh_grace_seconds ?? null,
  };
  await insertClient(databases, moment, actorOf(c), client, secret);
  return c.json({ ...show(await find(c, client.id)), ...(secret ? { client_secret: secret } : {}) }, 201);
}

export async function getClient(c: Context<Web>) {
  return c.json(show(await find(c)));
}

export async function patchClient(c: Context<Web>) {
  const { config, databases, moment } = c.get('deps');
  const client = await find(c);
  const { disabled, metadata, trusted, roles, allowed_origins, refresh_grace_seconds } = await parseBody(
    c,
    ClientChangesRequest,
  );
  if (metadata && client.origin === 'registration') {
    throw new OAuthError('conflict', 'this client registered itself: what it says of itself is its own to change.');
  }
  const changes: ClientChanges = {
    ...(metadata && { metadata: parseClientMetadata({ ...client.metadata, ...metadata }, capabilities(config)) }),
    ...(trusted !== undefined && { trusted }),
    ...(roles && { roles }),
    ...(allowed_origins && { allowedOrigins: allowed_origins }),
    ...(refresh_grace_seconds !== undefined && { refreshGraceSeconds: refresh_grace_seconds }),
  };
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
  return changes.roles !== undefined && changes.roles.length > 0 && changes.roles.join() !== client.roles.join();
}

export async function rotateClientSecret(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const client = await find(c);
  if (isPublic(client)) throw new OAuthError('conflict', 'this is a public client: it has no secret.');
  const secret = newClientSecret();
  await replaceClientSecret(databases, moment, actorOf(c), client.id, secret);
  return c.json({ client_id: client.id, client_secret: secret });
}

export async function deleteClient(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const client = await find(c);
  await removeClient(databases, moment, actorOf(c), client.id);
  return c.body(null, 204);
}

async function find(c: Context<Web>, id = c.req.param('id') ?? ''): Promise<Client> {
  const { databases, moment } = c.get('deps');
  const client = await findClientLatest(databases, id, moment.now);
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
    created_at: new Date(client.createdAt).toISOString(),
    last_used_at: new Date(client.lastUsedAt).toISOString(),
    disabled: client.disabledAt !== null,
  };
}
