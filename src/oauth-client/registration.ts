/** Registration of this server as a client: Client ID Metadata Document, else Dynamic Client Registration (RFC 7591). */
import * as oauth from 'oauth4webapi';
import {
  CLIENT_AUTH_METHODS,
  CLIENT_SECRET_BASIC,
  CLIENT_SECRET_POST,
  type ClientAuthMethod,
  DEFAULT_METHOD,
  NO_AUTHENTICATION,
  PRIVATE_KEY_JWT,
} from '../protocol/authentication-method.ts';
import {
  type AppRegistration,
  type ConnectedAppDescription,
  clientDocumentPath,
  connectedAppCallbackPath,
} from '../protocol/connected-app.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import { AUTHORIZATION_CODE, REFRESH_TOKEN } from '../protocol/grant-type.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { ServerMetadata } from '../protocol/server-metadata.ts';
import { conformingFetchOptions, type ProviderClientDeps } from './provider-client.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';
import { managementIn } from './registered-client-management.ts';

type ObtainedRegistration = { registration: AppRegistration; secret: string | undefined };

/**
 * A registration, in the order of MCP: pre-registered (then this is not called), metadata document, dynamic registration.
 * @throws OAuthError invalid_request where the server offers neither; ProviderFailure
 */
export async function obtainRegistration(
  deps: ProviderClientDeps,
  id: string,
  server: ServerMetadata,
  description: ConnectedAppDescription,
): Promise<ObtainedRegistration> {
  if (server.client_id_metadata_document_supported && canFetchDocument(deps, server)) {
    const authMethod =
      description.auth_method ?? (supports(server, PRIVATE_KEY_JWT) ? PRIVATE_KEY_JWT : NO_AUTHENTICATION);
    if (!authMethod.startsWith('client_secret')) {
      const clientId = deps.config.issuer + clientDocumentPath(id);
      return { registration: { how: 'document', clientId, authMethod }, secret: undefined };
    }
  }
  if (server.registration_endpoint) return register(deps, id, server, description);
  const host = new URL(server.issuer).host;
  throw new OAuthError(
    'invalid_request',
    `${host} does not support dynamic client registration: register a client there, and set the client id.`,
  );
}

/** True where the server can fetch the document: a loopback address is reachable on this machine only. */
function canFetchDocument({ config }: ProviderClientDeps, server: ServerMetadata): boolean {
  return !config.isLoopback || ['localhost', '127.0.0.1', '[::1]'].includes(new URL(server.issuer).hostname);
}

/** RFC 8414 §2: if omitted, the default is client_secret_basic. */
const supports = (server: ServerMetadata, method: ClientAuthMethod) =>
  (server.token_endpoint_auth_methods_supported ?? [DEFAULT_METHOD]).includes(method);

/** The authentication method for a client secret, where none was registered. */
export const defaultAuthMethod = (server: ServerMetadata): ClientAuthMethod =>
  !supports(server, CLIENT_SECRET_BASIC) && supports(server, CLIENT_SECRET_POST)
    ? CLIENT_SECRET_POST
    : CLIENT_SECRET_BASIC;

async function register(
  deps: ProviderClientDeps,
  id: string,
  server: ServerMetadata,
  description: ConnectedAppDescription,
): Promise<ObtainedRegistration> {
  const { issuer } = deps.config;
  const requested =
    description.auth_method ?? CLIENT_AUTH_METHODS.find((method) => supports(server, method)) ?? NO_AUTHENTICATION;
  const grants = [AUTHORIZATION_CODE, REFRESH_TOKEN];
  const metadata = {
    client_name: `Postern at ${new URL(issuer).host}`,
    client_uri: issuer,
    redirect_uris: [issuer + connectedAppCallbackPath(id)],
    grant_types: grants.filter((grant) => server.grant_types_supported?.includes(grant) ?? true),
    response_types: ['code'],
    // MCP: clients MUST specify an appropriate application_type.
    application_type: deps.config.isLoopback ? 'native' : 'web',
    token_endpoint_auth_method: requested,
    ...(requested === PRIVATE_KEY_JWT && { jwks_uri: issuer + ENDPOINTS.jwks_uri }),
    ...(description.scopes && { scope: description.scopes.join(' ') }),
  };
  try {
    const response = await oauth.dynamicClientRegistrationRequest(
      server,
      metadata,
      conformingFetchOptions(deps, server, 'registration'),
    );
    const client = await oauth.processDynamicClientRegistrationResponse(response);
    const method = CLIENT_AUTH_METHODS.find((known) => known === client.token_endpoint_auth_method);
    // RFC 7591 §3.2.1: the server may have replaced the requested values.
    const authMethod = method ?? (client.client_secret ? defaultAuthMethod(server) : requested);
    if (authMethod.startsWith('client_secret') && !client.client_secret)
      throw new ProviderFailure('unusable', `${new URL(server.issuer).host} registered this server without a secret`);
    const until = Number(client.client_secret_expires_at ?? 0) * SECOND;
    const registration = {
      how: 'registered' as const,
      clientId: client.client_id,
      authMethod,
      ...(until > 0 && { secretUntil: until }),
      ...(await managementIn(deps, { id, issuer: server.issuer }, client)),
    };
    return { registration, secret: client.client_secret as string | undefined };
  } catch (error) {
    throw asProviderFailure(new URL(server.issuer).host, error);
  }
}
