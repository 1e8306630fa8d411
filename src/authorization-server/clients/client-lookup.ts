/** Client lookup: a cached client is enough to accept, but a refusal is based on the primary. */
import type { Deps } from '../../http/context.ts';
import { isClientDocumentUrl } from '../../protocol/document-url.ts';
import { OAuthError, tooManyRequests } from '../../protocol/oauth-error.ts';
import { findClientFromPrimary, findClientFromReplica } from '../../storage/clients/clients.ts';
import { builtInClient } from './built-in-clients.ts';
import type { Client } from './client.ts';
import type * as documents from './metadata-document.ts';

export type ClientLookupDeps = Pick<
  Deps,
  | 'databases'
  | 'moment'
  | 'rateLimits'
  | 'network'
  | 'site'
  | 'config'
  | 'settings'
  | 'cache'
  | 'waitUntil'
  | 'capabilities'
>;

/** The client of a metadata document. Its module is loaded with the first such client. */
const metadataDocumentClient: typeof documents.metadataDocumentClient = async (...parameters) => {
  const loaded = await import('./metadata-document.ts');
  return loaded.metadataDocumentClient(...parameters);
};

/**
 * A decision about a client. May run twice: with the cached client and, if that is refused, with the one from the primary.
 * It must have no side effect where it throws.
 * @param isLatest true if the client was read from the primary, so that a refusal is final.
 */
export type RepeatableDecision<T> = (client: Client, isLatest: boolean) => T | Promise<T>;

/**
 * Decides with a client. The cached client may be accepted; before a refusal, or for an unknown client, the primary is
 * read once.
 * @param decide may run twice.
 * @throws OAuthError invalid_client for an unknown client, and the errors of `decide`.
 */
export async function withClient<T>(deps: ClientLookupDeps, id: string, decide: RepeatableDecision<T>): Promise<T> {
  const own = builtInClient(id, deps.config, await deps.settings());
  if (own) return decideAndName(own, decide);
  if (isClientDocumentUrl(id, deps.config.isLoopback)) return decideOnDocumentClient(deps, id, decide);
  const near = await findClientFromReplica(deps.databases, id, deps.moment.now);
  if (near) {
    try {
      return await decide(near, false);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
    }
  } else {
    // Invented ids would each read the primary.
    const { success } = await deps.rateLimits.unknownClient.limit({ key: deps.network });
    if (!success) throw tooManyRequests('too many requests for unknown clients from your network.', 60);
  }
  const latest = await findClientFromPrimary(deps.databases, id, deps.moment.now);
  if (!latest) throw unknownClient(id);
  return decideAndName(latest, decide);
}

const unknownClient = (id: string) =>
  new OAuthError('invalid_client', 'no client with this client_id exists.', { about: { unknownClient: id } });

/** The final decision, whose error names the client. */
async function decideAndName<T>(client: Client, decide: RepeatableDecision<T>): Promise<T> {
  try {
    return await decide(client, true);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    throw error.withAbout({ client: client.id, name: client.metadata.client_name });
  }
}

/** Decides with a client of a metadata document: before a refusal the document is fetched again. */
async function decideOnDocumentClient<T>(
  deps: ClientLookupDeps,
  url: string,
  decide: RepeatableDecision<T>,
): Promise<T> {
  const cached = await metadataDocumentClient(deps, url, 'cached');
  try {
    return await decide(cached, false);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
  }
  return decideAndName(await metadataDocumentClient(deps, url, 'latest'), decide);
}

/**
 * The client as read from the primary, for use after a cutoff that is newer than the cached client.
 * @throws OAuthError invalid_client for a deleted client.
 */
export async function findLatestClient(deps: ClientLookupDeps, id: string): Promise<Client> {
  const own = builtInClient(id, deps.config, await deps.settings());
  if (own) return own;
  if (isClientDocumentUrl(id, deps.config.isLoopback)) return metadataDocumentClient(deps, id, 'latest row');
  const latest = await findClientFromPrimary(deps.databases, id, deps.moment.now);
  if (!latest) throw unknownClient(id);
  return latest;
}
