/** Operations of administrators on clients, shared by the API (and so the command) and the console. */
import type * as z from 'zod';
import { type Client, usesClientSecret } from '../../authorization-server/clients/client.ts';
import { metadataDocumentClient } from '../../authorization-server/clients/metadata-document.ts';
import { sha256 } from '../../crypto/digest.ts';
import type { Deps } from '../../http/context.ts';
import { type Capabilities, type ClientMetadata, parseClientMetadata } from '../../protocol/client-metadata.ts';
import { newClientId, newClientSecret, parseUserId, type UserId } from '../../protocol/credentials.ts';
import { isClientDocumentUrl } from '../../protocol/document-url.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import {
  type ClientChanges,
  changeClient,
  createClient,
  setClientDisabled,
} from '../../storage/clients/client-changes.ts';
import { findClientFromPrimary } from '../../storage/clients/clients.ts';
import { findUser, findUserByEmail } from '../../storage/users/users.ts';
import { columnOf } from '../client-columns.ts';
import type { ClientChangesRequest, NewClientRequest } from '../records/client-requests.ts';
import type { Acting } from './acting.ts';
import { checkExemption, checkIdJag, narrowingOf } from './client-checks.ts';
import { checkWorkload } from './workload-check.ts';

/**
 * @returns the client, and its secret, which is nowhere else.
 * @throws OAuthError invalid_redirect_uri, invalid_client_metadata, invalid_request, conflict.
 */
export async function createClientRecord(
  { deps, actor, creation }: Acting,
  request: z.infer<typeof NewClientRequest>,
): Promise<{ row: Client; once: { client_secret?: string } }> {
  const metadata = parseMetadata(request.metadata, deps.capabilities);
  checkExemption(deps.config, { origin: 'administrator', metadata, requirePkce: request.require_pkce });
  checkWorkload(deps.config, metadata, request.workload);
  checkIdJag(deps.config, request.id_jag);
  const secret = usesClientSecret(metadata) ? newClientSecret(creation.secret) : undefined;
  const client = {
    id: newClientId(creation.id),
    origin: 'administrator' as const,
    metadata,
    secretHash: secret === undefined ? null : sha256(secret),
    ...(await administeredIn(deps, request)),
  };
  await createClient(deps.databases, deps.moment, actor, client);
  const made = await findClientFromPrimary(deps.databases, client.id, deps.moment.now);
  const isSame = (one: Client) =>
    one.secretHash === client.secretHash && JSON.stringify(one.metadata) === JSON.stringify(metadata);
  const checked = creation.check(made, isSame);
  if (!checked) throw new OAuthError('conflict', 'it was not created: please try again.');
  return { row: checked, once: secret === undefined ? {} : { client_secret: secret } };
}

/** Client metadata as an administrator registers it. @throws OAuthError whose `fields` name members of the request. */
function parseMetadata(sent: unknown, can: Capabilities): ClientMetadata {
  try {
    return parseClientMetadata(sent, can, 'administrator');
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const { code, description, cause } = error;
    const fields = error.fields.map(({ pointer, detail }) => ({ pointer: `#/metadata${pointer.slice(1)}`, detail }));
    throw new OAuthError(code, description, { cause, fields });
  }
}

/** The columns of what an administrator sets, as far as the request names it. */
async function administeredIn(
  deps: Pick<Deps, 'databases'>,
  { metadata: _, disabled: __, ...fields }: z.infer<typeof ClientChangesRequest>,
): Promise<ClientChanges> {
  const { acts_as } = fields;
  const given = { ...fields, ...(acts_as && { acts_as: await userNamed(deps, acts_as) }) };
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [columnOf(name), value]));
}

/** The id of a user who is named by id or e-mail address. @throws OAuthError invalid_request */
async function userNamed({ databases }: Pick<Deps, 'databases'>, name: string): Promise<UserId> {
  const id = parseUserId(name);
  const user = id ? await findUser(databases, id) : await findUserByEmail(databases, name.toLowerCase());
  if (!user) throw new OAuthError('invalid_request', 'acts_as: there is no such user.');
  return user.id;
}

/** Changes a client. What it may no longer do ends at once. */
export async function updateClient(
  { deps, actor }: Acting,
  client: Client,
  request: z.infer<typeof ClientChangesRequest>,
): Promise<Client> {
  const { capabilities, databases, moment } = deps;
  const { disabled, metadata } = request;
  if (metadata && client.origin !== 'administrator') {
    throw new OAuthError('conflict', 'this client described itself: what it says of itself is its own to change.');
  }
  const changed = metadata && parseMetadata({ ...client.metadata, ...metadata }, capabilities);
  checkExemption(deps.config, {
    origin: client.origin,
    metadata: changed ?? client.metadata,
    requirePkce: request.require_pkce ?? client.requirePkce,
  });
  checkWorkload(
    deps.config,
    changed ?? client.metadata,
    request.workload === undefined ? client.workload : request.workload,
  );
  checkIdJag(deps.config, request.id_jag);
  // A secret that is no longer registered is deleted for good, and so are those before it.
  const secretless = changed !== undefined && !usesClientSecret(changed) && client.secretHash !== null;
  // Trust is for the redirect URIs that the document listed when it was given, and for no others.
  const trustedAs = client.origin === 'document' && request.trusted ? client.metadata : undefined;
  const changes: ClientChanges = {
    ...(trustedAs && { metadata: trustedAs }),
    ...(changed && { metadata: changed }),
    ...(secretless && { secretHash: null, previousSecrets: [] }),
    ...(await administeredIn(deps, request)),
  };
  // A client with a Client ID Metadata Document has no row until an administrator sets something of it.
  if (client.origin === 'document') await createClient(databases, moment, actor, client);
  if (Object.keys(changes).length > 0) {
    await changeClient(databases, moment, actor, client.id, changes, narrowingOf(client, changes));
  }
  if (disabled !== undefined) await setClientDisabled(databases, moment, actor, client.id, disabled);
  return requireClient(deps, client.id);
}

/**
 * The client of a metadata document by that document; where it cannot be fetched, by the record of its last use.
 * @throws OAuthError not_found; for a document client that no user has allowed, the reason why its document is unusable.
 */
export async function requireClient(deps: Deps, id: string): Promise<Client> {
  const recorded = () => findClientFromPrimary(deps.databases, id, deps.moment.now);
  if (isClientDocumentUrl(id, deps.config.isLoopback)) {
    try {
      return await metadataDocumentClient(deps, id, 'latest');
    } catch (error) {
      const client = error instanceof OAuthError ? await recorded() : undefined;
      if (!client) throw error;
      return client;
    }
  }
  const client = await recorded();
  if (!client) throw new OAuthError('not_found', 'there is no such client.');
  return client;
}
