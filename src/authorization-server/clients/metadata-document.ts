/** Clients of a Client ID Metadata Document (CIMD): the client_id is the https URL of the metadata. */
import type { Deps } from '../../http/context.ts';
import { type DocumentDeps, externalDocument } from '../../http/outbound/external-document.ts';
import { type OutboundBudget, OutboundFailure } from '../../http/outbound/outbound-budget.ts';
import { MAX_SMALL_DOCUMENT_BYTES } from '../../http/outbound/safe-fetch.ts';
import { NO_AUTHENTICATION, PRIVATE_KEY_JWT } from '../../protocol/authentication-method.ts';
import { type ClientMetadata, parseClientMetadata } from '../../protocol/client-metadata.ts';
import { clientDocumentUrlProblem } from '../../protocol/document-url.ts';
import { isJsonObject } from '../../protocol/json-object.ts';
import { READ_MARGIN, REPLICA_LAG } from '../../protocol/lifetimes.ts';
import { presentMembers } from '../../protocol/not-set.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { redirectsAreSame } from '../../storage/clients/client-redirects.ts';
import {
  cacheClient,
  findClientFromPrimary,
  findClientFromReplica,
  newClientRow,
} from '../../storage/clients/clients.ts';
import type { Client } from './client.ts';

/** CIMD §4.1: no method based on a shared secret. */
const SECRETLESS_AUTH_METHODS = [PRIVATE_KEY_JWT, NO_AUTHENTICATION];

/** The freshness of document and row: cached, both latest, or only the row from the primary. */
type Freshness = 'cached' | 'latest' | 'latest row';

/**
 * The client of a metadata document, with the settings of its row, if any.
 * @throws OAuthError invalid_client with the error of the URL or the document.
 */
export async function metadataDocumentClient(
  deps: DocumentDeps & Pick<Deps, 'databases' | 'capabilities'>,
  url: string,
  freshness: Freshness,
): Promise<Client> {
  const problem = clientDocumentUrlProblem(url, deps.config.isLoopback);
  if (problem)
    throw new OAuthError('invalid_client', `client_id cannot be the URL of a metadata document: ${problem}.`);
  const find = freshness === 'cached' ? findClientFromReplica : findClientFromPrimary;
  const found = find(deps.databases, url, deps.moment.now);
  // A client has a row after a change by an administrator, or a user's consent.
  const budget = async () => ((await found)?.disabledAt === null ? 'client' : 'unauthenticated');
  const [metadata, row] = await Promise.all([readDocument(deps, url, freshness, budget), found]);
  const { now } = deps.moment;
  const readAt = freshness === 'cached' ? now - REPLICA_LAG : now - READ_MARGIN;
  const known = row ?? { ...newClientRow({ id: url, metadata, origin: 'document' }, now), readAt, isStored: false };
  // Trust covers only the redirect URIs at the time of the administrator's decision.
  const client = { ...known, metadata, trusted: known.trusted && redirectsAreSame(known.metadata, metadata) };
  if (!row) cacheClient(client, now);
  return client;
}

async function readDocument(
  deps: DocumentDeps & Pick<Deps, 'capabilities'>,
  url: string,
  freshness: Freshness,
  budget: () => Promise<OutboundBudget>,
): Promise<ClientMetadata> {
  const parse = (json: unknown) => parseDocument(deps, url, json);
  try {
    const source = {
      kind: 'client',
      url,
      maxBytes: MAX_SMALL_DOCUMENT_BYTES,
      parse,
      freshness: freshness === 'latest' ? freshness : 'fresh',
      budget,
    } as const;
    return (await externalDocument(deps, source)).content;
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
    const description = `the metadata document of this client is invalid: ${error.message}.`;
    throw new OAuthError('invalid_client', description, { cause: error.cause });
  }
}

function parseDocument(deps: Pick<Deps, 'capabilities'>, url: string, json: unknown): ClientMetadata {
  const present = presentMembers(json);
  const document = isJsonObject(present) ? present : {};
  // CIMD §4.1: the client_id property MUST be present and MUST match the URL, by simple string comparison.
  if (document.client_id !== url) throw new OutboundFailure('its client_id is not its URL');
  // CIMD §4.1: client_secret and client_secret_expires_at MUST NOT be used.
  const secret = Object.keys(document).find((name) => name.startsWith('client_secret'));
  if (secret) throw new OutboundFailure(`it has ${secret}, which must not be public`);
  const can = { ...deps.capabilities, authMethods: SECRETLESS_AUTH_METHODS };
  // The default of RFC 7591, a client secret, is not possible.
  const method = document.token_endpoint_auth_method ?? document.token_endpoint_auth_methods_supported;
  try {
    return parseClientMetadata(
      method ? document : { ...document, token_endpoint_auth_method: NO_AUTHENTICATION },
      can,
      'client',
    );
  } catch (error) {
    if (error instanceof OAuthError) throw new OutboundFailure(error.description.replace(/\.$/, ''), { cause: error });
    throw error;
  }
}
