/** A client whose id is an https URL, and what stands there describes it (Client ID Metadata Documents). */
import { type ClientMetadata, parseClientMetadata } from '../../protocol/client-metadata.ts';
import { documentUrlProblem } from '../../protocol/document-url.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { findClientLatest, findClientNear, holdClient, newClientRow } from '../../storage/clients.ts';
import type { Deps } from '../../web/context.ts';
import { type DocumentDeps, foreignDocument } from '../../web/foreign-document.ts';
import { OutboundFailure, SMALL_DOCUMENT } from '../../web/outbound.ts';
import type { Client } from './client.ts';

/** CIMD §4.1: no method based on a shared secret. */
const METHODS = ['private_key_jwt', 'none'];

/** How the client stands with an administrator until one says otherwise. */
const STANDING = { origin: 'document' as const };

/**
 * The client that a document describes, with what an administrator decided about it.
 * @throws OAuthError invalid_client that says what is wrong with the URL or the document.
 */
export async function describedClient(
  deps: DocumentDeps & Pick<Deps, 'databases' | 'capabilities'>,
  url: string,
  will: 'held' | 'latest',
): Promise<Client> {
  const problem = documentUrlProblem(url, deps.config.isLoopback);
  if (problem) throw new OAuthError('invalid_client', `client_id cannot be the address of a document: ${problem}.`);
  const find = will === 'held' ? findClientNear : findClientLatest;
  const [metadata, row] = await Promise.all([
    readDocument(deps, url, will),
    find(deps.databases, url, deps.moment.now),
  ]);
  const client = { ...(row ?? newClientRow({ id: url, metadata, ...STANDING }, deps.moment.now)), metadata };
  if (!row) holdClient(client, deps.moment.now);
  return client;
}

async function readDocument(
  deps: DocumentDeps & Pick<Deps, 'capabilities'>,
  url: string,
  will: 'held' | 'latest',
): Promise<ClientMetadata> {
  const parse = (json: unknown) => parseDocument(deps, url, json);
  const freshness = will === 'held' ? 'fresh' : 'latest';
  try {
    const wanted = { kind: 'client', url, largest: SMALL_DOCUMENT, parse, will: freshness } as const;
    return (await foreignDocument(deps, wanted)).content;
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
    const description = `the description of this client cannot be used: ${error.message}.`;
    throw new OAuthError('invalid_client', description, { cause: error.cause });
  }
}

function parseDocument(deps: Pick<Deps, 'capabilities'>, url: string, json: unknown): ClientMetadata {
  const document = typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  // CIMD §4.1: the client_id property MUST be present and MUST match the URL, by simple string comparison.
  if (document.client_id !== url) throw new OutboundFailure('its client_id is not the address that it stands at');
  // CIMD §4.1: client_secret and client_secret_expires_at MUST NOT be used.
  const secret = Object.keys(document).find((name) => name.startsWith('client_secret'));
  if (secret) throw new OutboundFailure(`it holds ${secret}: what everybody can read is no secret`);
  const can = { ...deps.capabilities, authMethods: METHODS };
  // It cannot have the default of RFC 7591, which is a secret.
  const given = document.token_endpoint_auth_method ?? document.token_endpoint_auth_methods_supported;
  try {
    return parseClientMetadata(given ? document : { ...document, token_endpoint_auth_method: 'none' }, can, 'anybody');
  } catch (error) {
    if (error instanceof OAuthError) throw new OutboundFailure(error.description.replace(/\.$/, ''), { cause: error });
    throw error;
  }
}
