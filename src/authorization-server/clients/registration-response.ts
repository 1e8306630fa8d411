/** The parsing of registrations, and their response (RFC 7591 §3.2.1, RFC 7592 §3). */
import type { Context } from 'hono';
import type { Deps, Web } from '../../http/context.ts';
import { authMethodOf } from '../../protocol/authentication-method.ts';
import { type ClientMetadata, parseClientMetadata } from '../../protocol/client-metadata.ts';
import { ENDPOINTS } from '../../protocol/endpoints.ts';
import { AUTHORIZATION_CODE, DEVICE_CODE } from '../../protocol/grant-type.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { filterScopes } from '../../protocol/scope.ts';
import { parseSchemes } from '../../protocol/uri-scheme.ts';
import type { ClientRow } from '../../storage/clients/clients.ts';
import { idTokenSigningKey } from '../client-signing-key.ts';
import { scopesOfResources } from '../resources.ts';

type NewCredentials = { secret?: string | undefined; registrationToken?: string | undefined };

/** The grants that issue id_tokens. */
const ID_TOKEN_GRANT_TYPES = [AUTHORIZATION_CODE, DEVICE_CODE];

/**
 * Validates a self-registration, and fixes the algorithm of its id_tokens, which the response states.
 * @throws OAuthError invalid_redirect_uri or invalid_client_metadata (RFC 7591 §3.2.2).
 */
export async function parseRegistration(
  deps: Pick<Deps, 'capabilities' | 'config' | 'settings'>,
  sent: unknown,
): Promise<ClientMetadata> {
  const settings = await deps.settings();
  const privateUseSchemes = parseSchemes(settings.private_use_schemes);
  const metadata = parseClientMetadata(sent, { ...deps.capabilities, privateUseSchemes }, 'client');
  if (!metadata.grant_types.some((grantType) => ID_TOKEN_GRANT_TYPES.includes(grantType))) return metadata;
  return { ...metadata, id_token_signed_response_alg: idTokenSigningKey(deps, settings, metadata).alg };
}

/** Sends all registered metadata (RFC 7591 §3.2.1: the server MUST return it). Secrets only where they are new. */
export async function sendRegistration(
  c: Context<Web>,
  client: Pick<ClientRow, 'id' | 'createdAt' | 'metadata'>,
  { secret, registrationToken }: NewCredentials,
  status: 200 | 201,
) {
  const { id, createdAt, metadata } = client;
  const answer = {
    client_id: id,
    client_id_issued_at: Math.floor(createdAt / SECOND),
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    ...(registrationToken === undefined
      ? {}
      : {
          registration_access_token: registrationToken,
          registration_client_uri: `${c.get('deps').config.issuer}${ENDPOINTS.registration_endpoint}/${id}`,
        }),
    ...metadata,
    token_endpoint_auth_method: authMethodOf(metadata),
    // JSON omits undefined members.
    scope: await grantableScope(c.get('deps'), metadata.scope),
  };
  return c.json(answer, status, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
}

/**
 * The registered scopes that can be granted. RFC 7591 §3.2.1: the server may replace or reject any of the client's
 * requested metadata values; a scope that every request would drop is not returned.
 */
async function grantableScope(
  { config: { issuer }, settings, registry }: Pick<Deps, 'config' | 'settings' | 'registry'>,
  scope: string | undefined,
): Promise<string | undefined> {
  if (scope === undefined) return undefined;
  const at = { issuer, settings: await settings(), registry: await registry() };
  const known = scopesOfResources([issuer, ...at.registry.keys()], at);
  const grantable = known.filter(({ listed }) => listed).map(({ name }) => name);
  return filterScopes(scope, { within: grantable, omitted: [], noneLeft: 'omitted' }).join(' ') || undefined;
}
