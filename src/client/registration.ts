/** Becoming a client of a server that nobody registered us at: by our own document, else by registering (RFC 7591). */
import * as oauth from 'oauth4webapi';
import {
  type AppRegistration,
  CLIENT_AUTH_METHODS,
  type ClientAuthMethod,
  type ConnectedAppDescription,
  callbackPath,
  clientDocumentPath,
} from '../protocol/connected-app.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { ServerMetadata } from '../protocol/server-metadata.ts';
import { type ConnectedApp, openManagementToken, sealManagementToken } from '../storage/connected-apps.ts';
import { OutboundFailure, PROTOCOL, sendForeign } from '../web/outbound.ts';
import { guarded, type PartyDeps } from './party.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';

type Became = { registration: AppRegistration; secret: string | undefined };

/**
 * In the order that MCP asks for: pre-registered (then this is not asked), our document, dynamic registration.
 * @throws OAuthError invalid_request where the server offers neither; ProviderFailure
 */
export async function becomeClient(
  deps: PartyDeps,
  id: string,
  server: ServerMetadata,
  description: ConnectedAppDescription,
): Promise<Became> {
  if (server.client_id_metadata_document_supported && canFetchFromUs(deps, server)) {
    const authMethod = description.auth_method ?? (supports(server, 'private_key_jwt') ? 'private_key_jwt' : 'none');
    if (!authMethod.startsWith('client_secret')) {
      const clientId = deps.config.issuer + clientDocumentPath(id);
      return { registration: { how: 'document', clientId, authMethod }, secret: undefined };
    }
  }
  if (server.registration_endpoint) return register(deps, id, server, description);
  const host = new URL(server.issuer).host;
  throw new OAuthError(
    'invalid_request',
    `${host} registers nobody by itself: register there, and give the client id.`,
  );
}

/** A server on this very machine is seen by others on it only. */
function canFetchFromUs({ config }: PartyDeps, server: ServerMetadata): boolean {
  return !config.isLoopback || ['localhost', '127.0.0.1', '[::1]'].includes(new URL(server.issuer).hostname);
}

/** RFC 8414 §2: if omitted, the default is client_secret_basic. */
const supports = (server: ServerMetadata, method: ClientAuthMethod) =>
  (server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']).includes(method);

/** How to use a secret that a server gave. */
export const defaultMethod = (server: ServerMetadata): ClientAuthMethod =>
  !supports(server, 'client_secret_basic') && supports(server, 'client_secret_post')
    ? 'client_secret_post'
    : 'client_secret_basic';

/** A secret of ours that nobody else has beats one that they gave; none at all only where they take nothing else. */
const PREFERRED: readonly ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];

async function register(
  deps: PartyDeps,
  id: string,
  server: ServerMetadata,
  description: ConnectedAppDescription,
): Promise<Became> {
  const { issuer } = deps.config;
  const wanted = description.auth_method ?? PREFERRED.find((method) => supports(server, method)) ?? 'none';
  const grants = ['authorization_code', 'refresh_token'];
  const metadata = {
    client_name: `Postern at ${new URL(issuer).host}`,
    client_uri: issuer,
    redirect_uris: [issuer + callbackPath(id)],
    grant_types: grants.filter((grant) => server.grant_types_supported?.includes(grant) ?? true),
    response_types: ['code'],
    // MCP: clients MUST say which kind they are.
    application_type: deps.config.isLoopback ? 'native' : 'web',
    token_endpoint_auth_method: wanted,
    ...(wanted === 'private_key_jwt' && { jwks_uri: issuer + ENDPOINTS.jwks_uri }),
    ...(description.scopes && { scope: description.scopes.join(' ') }),
  };
  try {
    const response = await oauth.dynamicClientRegistrationRequest(server, metadata, guarded(deps));
    const client = await oauth.processDynamicClientRegistrationResponse(await asCreated(response));
    const method = CLIENT_AUTH_METHODS.find((known) => known === client.token_endpoint_auth_method);
    // RFC 7591 §3.2.1: the server may have replaced what was asked for.
    const authMethod = method ?? (client.client_secret ? defaultMethod(server) : wanted);
    if (authMethod.startsWith('client_secret') && !client.client_secret)
      throw new ProviderFailure('unusable', `${new URL(server.issuer).host} registered this server without a secret`);
    const until = Number(client.client_secret_expires_at ?? 0) * SECOND;
    const registration = {
      ...{ how: 'registered' as const, clientId: client.client_id, authMethod },
      ...(until > 0 && { secretUntil: until }),
      ...(await managementIn(deps, { id, issuer: server.issuer }, client)),
    };
    return { registration, secret: client.client_secret as string | undefined };
  } catch (error) {
    throw asProviderFailure(new URL(server.issuer).host, error);
  }
}

/** RFC 7592 §3: where the registration can be ended; a server that offers it names an address and a token. */
async function managementIn(
  { config }: PartyDeps,
  app: Pick<ConnectedApp, 'id' | 'issuer'>,
  { registration_client_uri: uri, registration_access_token: token }: oauth.OmitSymbolProperties<oauth.Client>,
): Promise<Pick<AppRegistration, 'management'>> {
  if (typeof uri !== 'string' || typeof token !== 'string' || uri.length > 2000 || token.length > 10_000) return {};
  return { management: { uri, sealedToken: await sealManagementToken(config.root, app, token) } };
}

/**
 * Ends the registration that this server made for itself (RFC 7592 §2.3).
 * @returns what came of it, in words; undefined where there is nothing to end.
 */
export async function deregister(deps: PartyDeps, app: ConnectedApp): Promise<string | undefined> {
  const { management } = app.registration;
  if (!management) return undefined;
  const token = await openManagementToken(deps.config.root, app);
  if (token === undefined) return 'the token for it cannot be read';
  try {
    const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' };
    const { status } = await sendForeign(deps, management.uri, { method: 'DELETE', headers }, PROTOCOL);
    // RFC 7592 §2.3: 204. 401: there is no such registration any more.
    return status === 204 || status === 200 ? 'ended' : `answered ${status}`;
  } catch (error) {
    if (error instanceof OutboundFailure) return error.message;
    throw error;
  }
}

/** RFC 7591 §3.2.1 says 201, and an expiry beside every secret; servers in the wild say 200, and leave it out. */
async function asCreated(response: Response): Promise<Response> {
  if (response.status !== 200 && response.status !== 201) return response;
  const body = (await response
    .clone()
    .json()
    .catch(() => undefined)) as Record<string, unknown> | undefined;
  if (typeof body !== 'object' || body === null) return response;
  const headers = { 'content-type': response.headers.get('content-type') ?? '' };
  const { client_secret, ...rest } = body;
  // A public client sometimes gets an empty or null one.
  const secret = client_secret ? { client_secret, client_secret_expires_at: 0 } : {};
  return new Response(JSON.stringify({ ...secret, ...rest }), { status: 201, headers });
}

/** The document with which this server describes itself as the client of an app (CIMD §4). */
export function clientDocument(issuer: string, app: ConnectedApp): Record<string, unknown> {
  const { authMethod, how } = app.registration;
  return {
    client_id: issuer + clientDocumentPath(app.id),
    client_name: `Postern at ${new URL(issuer).host}`,
    client_uri: issuer,
    redirect_uris: [issuer + callbackPath(app.id)],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: 'web',
    // CIMD §4.1: never a method with a secret.
    ...(how === 'document' && authMethod === 'private_key_jwt'
      ? { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: issuer + ENDPOINTS.jwks_uri }
      : { token_endpoint_auth_method: 'none' }),
  };
}
