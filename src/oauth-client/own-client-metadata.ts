/** The client metadata of this server, as a Client ID Metadata Document and for Dynamic Client Registration (RFC 7591 §2). */
import { NO_AUTHENTICATION, PRIVATE_KEY_JWT } from '../protocol/authentication-method.ts';
import { clientDocumentPath, connectedAppCallbackPath } from '../protocol/connected-app.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import { AUTHORIZATION_CODE, REFRESH_TOKEN } from '../protocol/grant-type.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';

/** The Client ID Metadata Document of this server as the client of an app (CIMD §4). */
export function clientMetadataDocument(issuer: string, app: ConnectedApp): Record<string, unknown> {
  const { authMethod, how } = app.registration;
  return {
    client_id: issuer + clientDocumentPath(app.id),
    client_name: `Postern at ${new URL(issuer).host}`,
    client_uri: issuer,
    redirect_uris: [issuer + connectedAppCallbackPath(app.id)],
    grant_types: [AUTHORIZATION_CODE, REFRESH_TOKEN],
    response_types: ['code'],
    application_type: 'web',
    // CIMD §4.1: never a method with a secret.
    ...(how === 'document' && authMethod === PRIVATE_KEY_JWT
      ? { token_endpoint_auth_method: PRIVATE_KEY_JWT, jwks_uri: issuer + ENDPOINTS.jwks_uri }
      : { token_endpoint_auth_method: NO_AUTHENTICATION }),
  };
}
