/** What an administrator does to clients: the same for the API, and so the command, and for the console. */
import type * as z from 'zod';
import { type Client, hasSecret } from '../../authorization-server/clients/client.ts';
import { describedClient } from '../../authorization-server/clients/metadata-document.ts';
import { sha256 } from '../../crypto/digest.ts';
import { parseClientMetadata } from '../../protocol/client-metadata.ts';
import { newClientId, newClientSecret, type PersonId } from '../../protocol/credentials.ts';
import { isDocumentUrl } from '../../protocol/document-url.ts';
import { HOUR } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { parseScope } from '../../protocol/scope.ts';
import {
  type ClientChanges,
  changeClient,
  createClient,
  findClientLatest,
  replaceClientSecret,
  setClientDisabled,
} from '../../storage/clients.ts';
import { findPerson } from '../../storage/people.ts';
import type { Deps } from '../../web/context.ts';
import { BY_CHANCE, type Making } from '../../web/idempotency-key.ts';
import type { ClientChangesRequest, NewClientRequest } from '../requests.ts';

/**
 * @returns the client, and its secret, which is nowhere else.
 * @throws OAuthError invalid_redirect_uri, invalid_client_metadata, invalid_request, conflict.
 */
export async function addClient(
  deps: Deps,
  actor: string,
  request: z.infer<typeof NewClientRequest>,
  making: Making = BY_CHANCE,
): Promise<{ client: Client; secret: string | undefined }> {
  const metadata = parseClientMetadata(request.metadata, deps.capabilities, 'administrator');
  const secret = hasSecret(metadata) ? newClientSecret(making.secret) : undefined;
  const client = {
    id: newClientId(making.id),
    origin: 'administrator' as const,
    metadata,
    secretHash: secret === undefined ? null : sha256(secret),
    ...(await standingOf(deps, request)),
  };
  await createClient(deps.databases, deps.moment, actor, client);
  const made = await findClientLatest(deps.databases, client.id, deps.moment.now);
  const isSame = (one: Client) =>
    one.secretHash === client.secretHash && JSON.stringify(one.metadata) === JSON.stringify(metadata);
  const checked = making.check(made, isSame);
  if (!checked) throw new OAuthError('conflict', 'it was not made: please try again.');
  return { client: checked, secret };
}

/** What an administrator says of a client, as far as the request says it. */
async function standingOf(deps: Pick<Deps, 'databases'>, said: z.infer<typeof ClientChangesRequest>) {
  const { trusted, roles, allowed_origins, refresh_grace_seconds, acts_as, exchange } = said;
  if (acts_as) {
    const person = await findPerson(deps.databases, acts_as as PersonId);
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

/** Changes a client. What it may no longer do ends at once. */
export async function alterClient(
  deps: Deps,
  actor: string,
  client: Client,
  request: z.infer<typeof ClientChangesRequest>,
): Promise<Client> {
  const { capabilities, databases, moment } = deps;
  const { disabled, metadata } = request;
  if (metadata && client.origin !== 'administrator') {
    throw new OAuthError('conflict', 'this client described itself: what it says of itself is its own to change.');
  }
  const changed = metadata && parseClientMetadata({ ...client.metadata, ...metadata }, capabilities, 'administrator');
  const changes: ClientChanges = { ...(changed && { metadata: changed }), ...(await standingOf(deps, request)) };
  // A client that a document describes has no row until an administrator says something of it.
  if (client.origin === 'document') await createClient(databases, moment, actor, client);
  if (Object.keys(changes).length > 0) {
    await changeClient(databases, moment, actor, client.id, changes, narrows(client, changes));
  }
  if (disabled !== undefined) await setClientDisabled(databases, moment, actor, client.id, disabled);
  return findClient(deps, client.id);
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

/**
 * A new secret; the old one stays good for a while, so that nobody has to be quick.
 * @param hours how long; the setting's own where it is left out.
 */
export async function rotateSecret(deps: Deps, actor: string, client: Client, hours: number | undefined) {
  if (!hasSecret(client.metadata)) throw new OAuthError('conflict', 'this client has no secret.');
  const overlap = (hours ?? (await deps.settings()).secret_overlap_hours) * HOUR;
  const secret = newClientSecret();
  await replaceClientSecret(deps.databases, deps.moment, actor, client, secret, overlap);
  return { secret, oldGoodUntil: overlap > 0 ? deps.moment.now + overlap : undefined };
}

/** @throws OAuthError not_found, or what is wrong with the document that describes it. */
export async function findClient(deps: Deps, id: string): Promise<Client> {
  if (isDocumentUrl(id, deps.config.isLoopback)) return describedClient(deps, id, 'latest');
  const client = await findClientLatest(deps.databases, id, deps.moment.now);
  if (!client) throw new OAuthError('not_found', 'there is no such client.');
  return client;
}
