/** A client, its properties, and the scopes allowed for it. */
import type { Config } from '../../config.ts';
import type { OutboundBudget } from '../../http/outbound/outbound-budget.ts';
import { authMethodOf, NO_AUTHENTICATION } from '../../protocol/authentication-method.ts';
import type { ClientMetadata } from '../../protocol/client-metadata.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { isLoopbackRedirect, isPrivateUseRedirect, isWebRedirect } from '../../protocol/redirect-uri.ts';
import { filterScopes, noScopeLeft, parseScope, type Scope, type ScopeRule } from '../../protocol/scope.ts';
import { OFFLINE_ACCESS, OPENID_SCOPE } from '../../protocol/scope-names.ts';
import type { ClientRow, ClientSnapshot } from '../../storage/clients/clients.ts';

export type Client = ClientSnapshot;

/** RFC 6749 §2.1: a public client cannot keep a secret. */
export const isPublicClient = (client: Client): boolean =>
  client.metadata.token_endpoint_auth_method === NO_AUTHENTICATION;

/** @returns true if rate limits apply: to public clients, and to those that registered themselves. */
export const isRateLimited = (client: Client): boolean =>
  isPublicClient(client) || !(client.origin === 'administrator' || client.trusted);

/**
 * @returns true if authorization requests need PKCE (OAuth 2.1 §4.1.1): all but those of a confidential client with an
 * exemption by an administrator, whose redirect URIs are all https (RFC 9700 §2.1.1).
 */
export const needsPkce = (client: Client, { isLoopback }: Pick<Config, 'isLoopback'>): boolean =>
  client.requirePkce ||
  isPublicClient(client) ||
  !client.metadata.redirect_uris.every((uri) => isWebRedirect(uri, isLoopback));

/**
 * The outbound budget for URLs of its metadata: its own if an administrator created or trusts it or it was used; else
 * that of unauthenticated requests.
 */
export const outboundBudgetOf = (client: Client): OutboundBudget =>
  client.origin === 'administrator' ||
  client.trusted ||
  (client.origin === 'registration' && client.registeredFrom === null)
    ? 'client'
    : 'unauthenticated';

/** @returns true if the authentication method is a client secret. */
export const usesClientSecret = (metadata: ClientMetadata): boolean =>
  authMethodOf(metadata).startsWith('client_secret_');

/** The name that users see. */
export function clientNameOf(client: Pick<ClientRow, 'id' | 'origin' | 'metadata'>): string {
  const host = clientHost(client.origin === 'document' ? client.id : (client.metadata.redirect_uris[0] ?? ''));
  return client.metadata.client_name ?? host ?? client.id;
}

/** @returns true if an administrator created or trusts the client. Metadata of any other is unverified. */
export const isApprovedByAdministrator = (client: Pick<Client, 'origin' | 'trusted'>): boolean =>
  client.origin === 'administrator' || client.trusted;

/**
 * @returns true if an error may redirect without a page: an administrator created or trusts the client, or it is a native
 * app on the user's device (RFC 9700 §4.11.2).
 */
export const mayRedirectWithoutPage = ({ client, redirectUri }: { client: Client; redirectUri: string }): boolean =>
  isApprovedByAdministrator(client) || isLoopbackRedirect(redirectUri) || isPrivateUseRedirect(redirectUri);

/** The client as named on the sign-in page. */
export function requestingClientOf({ client, redirectUri }: { client: Client; redirectUri: string }) {
  return { name: clientNameOf(client), host: clientHost(redirectUri) ?? '' };
}

/** The host of a URI; the scheme itself for a private-use scheme, which has no host. */
export function clientHost(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  return isPrivateUseRedirect(uri) ? url.protocol.slice(0, -1) : url.host;
}

/** @returns true if the user has one of the client's roles, or the client has none. */
export function isUserAllowed(client: Client, user: { roles: readonly string[] }): boolean {
  return client.roles.length === 0 || client.roles.some((role) => user.roles.includes(role));
}

/** @throws OAuthError unauthorized_client if the grant type is not registered (RFC 6749 §5.2). */
export function checkGrantType(client: Client, grantType: string): void {
  if (client.metadata.grant_types.includes(grantType)) return;
  throw new OAuthError('unauthorized_client', `this client is not registered for the grant type ${grantType}.`);
}

/** The scopes allowed for a client among the known ones, and those of a request without `scope`. */
export function clientScopeRule(client: Client, known: readonly Scope[]): Pick<ScopeRule, 'within' | 'omitted'> {
  const allowed = allowedScopes(client, known);
  const within = known.map(({ name }) => name).filter((name) => allowed.includes(name));
  const registered = parseScope(client.metadata.scope ?? '').filter((name) => within.includes(name));
  return { within, omitted: registered.length > 0 ? registered : [OPENID_SCOPE] };
}

/**
 * The scopes of an authorization request.
 * @throws OAuthError invalid_scope if no scope is allowed for the client.
 */
export function requestedScopes(client: Client, requested: string | undefined, known: readonly Scope[]): string[] {
  const scopes = filterScopes(requested, { ...clientScopeRule(client, known), noneLeft: 'omitted' });
  if (scopes.length === 0) throw noScopeLeft();
  return scopes;
}

/**
 * The scopes allowed for a client. The registered `scope` limits a client created by an administrator; for any other it
 * is a default, and every scope listed in metadata is allowed.
 */
export function allowedScopes(client: Client, known: readonly Scope[]): string[] {
  if (client.origin === 'administrator' && client.metadata.scope !== undefined) {
    return [...parseScope(client.metadata.scope), OFFLINE_ACCESS];
  }
  return known.filter((scope) => scope.listed).map((scope) => scope.name);
}
