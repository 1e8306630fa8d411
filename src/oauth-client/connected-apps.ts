/** Connected apps: this server as their client, their scopes, and the addresses that their tokens may be sent to. */
import type { NoticeDeps } from '../http/account-notice.ts';
import { connectedAppCallbackPath } from '../protocol/connected-app.ts';
import { OFFLINE_ACCESS } from '../protocol/scope-names.ts';
import type { ServerMetadata } from '../protocol/server-metadata.ts';
import { templateOf } from '../providers/index.ts';
import { openAppSecret } from '../storage/providers/connected-app-secrets.ts';
import { saveAppAuthMethod } from '../storage/providers/connected-app-server.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import type { ProviderClient, ProviderClientDeps } from './provider-client.ts';
import { clientOfRecord } from './record-client.ts';

export type AppDeps = ProviderClientDeps & NoticeDeps;

/**
 * This server as the client of an app.
 * @throws ProviderFailure
 */
export async function providerClientOfApp(deps: AppDeps, app: ConnectedApp): Promise<ProviderClient> {
  const provider = templateOf(app.template);
  return {
    ...(await clientOfRecord(deps, provider, {
      stored: app,
      endpoints: app.description.endpoints,
      description: app.description,
      authMethod: app.registration.authMethod,
      clientSecret: await openAppSecret(deps.config.root, app),
      saveAuthMethod: (method) => saveAppAuthMethod(deps.databases, deps.moment, app, method),
    })),
    clientId: app.registration.clientId,
    redirectUri: deps.config.issuer + connectedAppCallbackPath(app.id),
    // RFC 8707 §2, RFC 9728 §2: the identifier that the resource publishes, byte for byte.
    resource: app.publishedResource ?? app.description.resource,
    query: app.description.query ?? provider.connectedApp.query ?? {},
  };
}

/** The scopes requested by default. */
export function scopesOfApp(app: ConnectedApp, server: Pick<ServerMetadata, 'scopes_supported'>): string[] {
  const { scopes } = app.description;
  if (scopes) return scopes;
  const { requiresPkce, connectedApp } = templateOf(app.template);
  const wanted = connectedApp.scopes.length > 0 ? [...connectedApp.scopes] : [...(app.resourceScopes ?? [])];
  // OpenID Connect Core §11: the scope for a refresh token, where the server supports it.
  const offline = requiresPkce && server.scopes_supported?.includes(OFFLINE_ACCESS);
  return offline && !wanted.includes(OFFLINE_ACCESS) ? [...wanted, OFFLINE_ACCESS] : wanted;
}

/** True for an address that the app's tokens may be sent to: an API address, or one below it. */
export function isApiAddress(app: ConnectedApp, address: URL): boolean {
  const { connectedApp: use } = templateOf(app.template);
  const { api, resource } = app.description;
  const places = api ?? [...use.api, ...(resource ? [resource] : []), ...(use.apiIsIssuer ? [app.issuer] : [])];
  return places.some((place) => {
    const { origin, pathname } = new URL(place);
    const path = pathname.replace(/\/$/, '');
    return address.origin === origin && (address.pathname === path || address.pathname.startsWith(`${path}/`));
  });
}

/** True where the user has a role that may connect the app. */
export function mayConnect({ description: { roles } }: ConnectedApp, user: { roles: readonly string[] }): boolean {
  return roles.length === 0 || roles.some((role) => user.roles.includes(role));
}
