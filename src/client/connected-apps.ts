/** Connected apps: finding out about a server, becoming its client, and being that client. */
import { type AppRegistration, type ConnectedAppDescription, callbackPath } from '../protocol/connected-app.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { ServerMetadata } from '../protocol/server-metadata.ts';
import { type ConnectedApp, openAppSecret, sealAppSecret } from '../storage/connected-apps.ts';
import type { Deps } from '../web/context.ts';
import { OutboundFailure } from '../web/outbound.ts';
import { authenticationOf, type Party, type PartyDeps } from './party.ts';
import { takesProofs, usesDpop } from './proofs.ts';
import { ProviderFailure } from './provider-failure.ts';
import { providerOf } from './providers/index.ts';
import type { Provider } from './providers/provider.ts';
import { becomeClient, defaultMethod } from './registration.ts';
import { askResource } from './resource-challenge.ts';
import { discoverResource, discoverServer, serverAt } from './server-metadata.ts';

export type AppDeps = PartyDeps & Pick<Deps, 'databases'>;

/** What an administrator says, and the credentials that the provider gave. */
export type Said = {
  template: string;
  description: ConnectedAppDescription;
  clientId?: string | undefined;
  clientSecret?: string | undefined;
};

/**
 * The row of an app: its metadata found and checked, and this server registered there where nobody did it before.
 * @param before the row as it is; its credentials go on where the issuer is the same.
 * @throws OAuthError invalid_request that says what cannot be done.
 */
export async function establishApp(
  deps: AppDeps,
  id: string,
  said: Said,
  before: ConnectedApp | undefined,
): Promise<ConnectedApp> {
  try {
    return await establish(deps, id, said, before);
  } catch (error) {
    if (!(error instanceof OutboundFailure || error instanceof ProviderFailure)) throw error;
    throw new OAuthError('invalid_request', `${error.message}.`, { cause: error });
  }
}

async function establish(deps: AppDeps, id: string, said: Said, before: ConnectedApp | undefined) {
  const provider = providerOf(said.template);
  const found = await findServer(deps, provider, said.description);
  const { issuer } = found.server;
  if (provider.demandsPkce && !found.server.code_challenge_methods_supported?.includes('S256'))
    throw new ProviderFailure('unusable', `${issuer} does not support PKCE with S256`);
  if (said.description.dpop === 'always' && takesProofs(found.server) === false)
    throw new ProviderFailure('unusable', `${issuer} takes no DPoP proofs that this server can make (ES256)`);
  // What belongs to an issuer is never shown to another one.
  const same = before?.issuer === issuer ? before : undefined;
  const { registration, secret } = await registrationFor(deps, id, said, found, same);
  return {
    ...{ id, template: said.template, description: said.description, issuer, registration },
    ...{ metadataUrl: found.metadataUrl, resourceScopes: found.resourceScopes },
    sealedSecret:
      secret === 'as before'
        ? (same?.sealedSecret ?? null)
        : await sealAppSecret(deps.config.root, { id, issuer }, secret),
    createdAt: before?.createdAt ?? deps.moment.now,
    disabledAt: before?.disabledAt ?? null,
  };
}

type FoundServer = { server: ServerMetadata; metadataUrl: string | null; resourceScopes: string[] | null };

/** From what was typed to what the server says: through its resource, by its issuer, or nothing but endpoints. */
async function findServer(
  deps: AppDeps,
  provider: Provider,
  { issuer, resource, endpoints }: ConnectedAppDescription,
): Promise<FoundServer> {
  const named = issuer ?? provider.issuer;
  const ofResource = resource && provider.demandsPkce ? await findByResource(deps, resource) : undefined;
  const from = named ?? ofResource?.issuer;
  const typed = { ...provider.endpoints, ...endpoints };
  if (from !== undefined) {
    // The address of a document may be typed as well as the issuer.
    const ask = from.includes('/.well-known/')
      ? serverAt(deps, from, undefined, 'latest')
      : discoverServer(deps, from, 'latest');
    const { url, metadata } = await ask;
    return { server: { ...metadata, ...endpoints }, metadataUrl: url, resourceScopes: ofResource?.scopes ?? null };
  }
  if (!typed.authorization_endpoint && !typed.token_endpoint)
    throw new OAuthError('invalid_request', 'name the issuer, the resource, or the endpoints.');
  const { origin } = new URL(typed.authorization_endpoint ?? typed.token_endpoint ?? '');
  return { server: { ...typed, issuer: origin }, metadataUrl: null, resourceScopes: null };
}

/** RFC 9728 §5: the challenge, the metadata that it points to, the authorization server that this names. */
async function findByResource(deps: AppDeps, resource: string) {
  const challenge = await askResource(deps, resource);
  const found = await discoverResource(deps, resource, challenge.metadata, 'latest').catch((error: unknown) => {
    // A challenge that points somewhere is believed; without one, the origin may be its own server, as in 2025-03-26.
    if (challenge.metadata !== undefined || !(error instanceof OutboundFailure)) throw error;
    if (error.message.includes('describes')) throw error;
    return undefined;
  });
  return {
    issuer: found?.metadata.authorization_servers?.[0] ?? new URL(resource).origin,
    scopes: challenge.scopes ?? found?.metadata.scopes_supported ?? [],
  };
}

/** The authorization servers that a resource names now. @throws OutboundFailure where it describes itself nowhere. */
export async function serversNamedBy(deps: AppDeps, resource: string): Promise<readonly string[]> {
  const challenge = await askResource(deps, resource);
  const { metadata } = await discoverResource(deps, resource, challenge.metadata, 'latest');
  return metadata.authorization_servers ?? [];
}

async function registrationFor(
  deps: AppDeps,
  id: string,
  { description, clientId, clientSecret, template }: Said,
  { server }: FoundServer,
  same: ConnectedApp | undefined,
): Promise<{ registration: AppRegistration; secret: string | undefined | 'as before' }> {
  const given = clientId ?? (same?.registration.how === 'given' ? same.registration.clientId : undefined);
  if (given === undefined) {
    const isOver = (same?.registration.secretUntil ?? Number.POSITIVE_INFINITY) <= deps.moment.now;
    if (same && same.registration.how !== 'given' && description.auth_method === undefined && !isOver)
      return { registration: same.registration, secret: 'as before' };
    return becomeClient(deps, id, server, description);
  }
  const keepsSecret = clientSecret === undefined && same?.sealedSecret != null && given === same.registration.clientId;
  const hasSecret = clientSecret !== undefined || keepsSecret;
  const authMethod =
    description.auth_method ?? (hasSecret ? (providerOf(template).authMethod ?? defaultMethod(server)) : 'none');
  if (authMethod.startsWith('client_secret') && !hasSecret)
    throw new OAuthError('invalid_request', `${authMethod} needs the client secret.`);
  const registration: AppRegistration = { how: 'given', clientId: given, authMethod };
  return { registration, secret: keepsSecret ? 'as before' : clientSecret };
}

/** What the server says of itself now, as fresh as its own word makes it; what an administrator typed holds. */
export async function serverOf(deps: PartyDeps, app: ConnectedApp): Promise<ServerMetadata> {
  const { endpoints } = app.description;
  if (app.metadataUrl === null) {
    return { ...providerOf(app.template).endpoints, ...endpoints, issuer: app.issuer };
  }
  const { metadata } = await serverAt(deps, app.metadataUrl, app.issuer, 'fresh');
  return { ...metadata, ...endpoints };
}

/**
 * This server as the client of an app.
 * @throws ProviderFailure
 */
export async function partyOf(deps: PartyDeps, app: ConnectedApp): Promise<Party> {
  const provider = providerOf(app.template);
  const server = await serverOf(deps, app).catch((cause: unknown) => {
    if (!(cause instanceof OutboundFailure)) throw cause;
    throw new ProviderFailure('unreachable', cause.message, { cause });
  });
  const clientSecret = await openAppSecret(deps.config.root, app);
  const { clientId, authMethod } = app.registration;
  return {
    ...{ provider, server, clientId },
    authenticate: authenticationOf(authMethod, { clientSecret, keys: deps.config.signers }, server),
    redirectUri: deps.config.issuer + callbackPath(app.id),
    resource: app.description.resource,
    usesDpop: usesDpop(app.description, server),
    query: app.description.query ?? provider.query ?? {},
  };
}

/** What is asked for where nobody asks for more. */
export function scopesOf(app: ConnectedApp, server: Pick<ServerMetadata, 'scopes_supported'>): string[] {
  const { scopes } = app.description;
  if (scopes) return scopes;
  const provider = providerOf(app.template);
  const wanted = provider.scopes.length > 0 ? [...provider.scopes] : [...(app.resourceScopes ?? [])];
  // OpenID Connect Core §11: the way to a refresh token, where the server has that way.
  const offline = provider.demandsPkce && server.scopes_supported?.includes('offline_access');
  return offline && !wanted.includes('offline_access') ? [...wanted, 'offline_access'] : wanted;
}

/** Where its tokens may be sent: the address itself, or what stands below it. */
export function mayBeSentTo(app: ConnectedApp, address: URL): boolean {
  const provider = providerOf(app.template);
  const { api, resource } = app.description;
  const places = api ?? [
    ...provider.api,
    ...(resource ? [resource] : []),
    ...(provider.apiIsIssuer ? [app.issuer] : []),
  ];
  return places.some((place) => {
    const { origin, pathname } = new URL(place);
    const path = pathname.replace(/\/$/, '');
    return address.origin === origin && (address.pathname === path || address.pathname.startsWith(`${path}/`));
  });
}

/** Whether an administrator lets this person connect it. */
export function mayConnect({ description: { roles } }: ConnectedApp, person: { roles: readonly string[] }): boolean {
  return roles.length === 0 || roles.some((role) => person.roles.includes(role));
}
