/** A client: what it registered, and what an administrator decided about it. */
import type { ClientMetadata } from '../../protocol/client-metadata.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { isLoopbackRedirect, isPrivateUseRedirect } from '../../protocol/redirect-uri.ts';
import { OFFLINE_ACCESS, parseScope, type Scope } from '../../protocol/scope.ts';
import type { ClientRow } from '../../storage/clients.ts';

export type Client = ClientRow;

/** RFC 6749 §2.1: a public client cannot keep a secret. */
export const isPublic = (client: Client): boolean => client.metadata.token_endpoint_auth_method === 'none';

/** Whether it proves itself by a secret that this server made. */
export const hasSecret = ({ token_endpoint_auth_method: method }: ClientMetadata): boolean =>
  method.startsWith('client_secret_');

/** What people know it by. */
export function nameOf(client: Client): string {
  const host = hostOf(client.origin === 'document' ? client.id : (client.metadata.redirect_uris[0] ?? ''));
  return client.metadata.client_name ?? host ?? client.id;
}

/**
 * Whether people may be sent there without being told: an administrator made or trusts the client, or it is a program on
 * the person's own device (RFC 9700 §4.11.2).
 */
export const isVouchedFor = ({ client, redirectUri }: { client: Client; redirectUri: string }): boolean =>
  client.origin === 'administrator' ||
  client.trusted ||
  isLoopbackRedirect(redirectUri) ||
  isPrivateUseRedirect(redirectUri);

/** What the sign-in page tells of whoever sent a person here, before they do anything or are sent anywhere else. */
export function askerOf({ client, redirectUri }: { client: Client; redirectUri: string }) {
  return { name: nameOf(client), host: hostOf(redirectUri) ?? '' };
}

/** The host of a redirect URI; a private-use scheme is its own name. */
export function hostOf(redirectUri: string): string | undefined {
  if (!URL.canParse(redirectUri)) return undefined;
  const url = new URL(redirectUri);
  return url.host || url.protocol.slice(0, -1);
}

/** Whether an administrator lets this person use it: everybody, or those with one of its roles. */
export function mayBeUsedBy(client: Client, person: { roles: readonly string[] }): boolean {
  return client.roles.length === 0 || client.roles.some((role) => person.roles.includes(role));
}

/** @throws OAuthError unauthorized_client where it did not register the grant type (RFC 6749 §5.2). */
export function checkGrantType(client: Client, grantType: string): void {
  if (client.metadata.grant_types.includes(grantType)) return;
  throw new OAuthError('unauthorized_client', `this client is not registered for the grant type ${grantType}.`);
}

/**
 * The scopes of a request. Those that nobody here knows are dropped (RFC 6749 §3.3 allows it); none asked means what
 * the client registered.
 * @throws OAuthError invalid_scope for a scope beyond what the client may ask for, or when nothing is left.
 */
export function scopesFor(client: Client, asked: string | undefined, known: readonly Scope[]): string[] {
  const allowed = allowedScopes(client, known);
  const names = parseScope(asked ?? '');
  const exist = names.filter((name) => known.some((scope) => scope.name === name));
  const beyond = exist.find((name) => !allowed.includes(name));
  if (beyond !== undefined) throw new OAuthError('invalid_scope', `this client may not ask for the scope ${beyond}.`);
  if (exist.length > 0) return exist;
  if (names.length > 0) throw new OAuthError('invalid_scope', 'none of the scopes asked for exists here.');
  const registered = parseScope(client.metadata.scope ?? '').filter((name) => allowed.includes(name));
  return registered.length > 0 ? registered : ['openid'];
}

/**
 * What it may ask for. For a client that an administrator made, the registered scope is a ceiling; what a client said
 * of itself is a hint, and it may ask for whatever metadata lists.
 */
export function allowedScopes(client: Client, known: readonly Scope[]): string[] {
  if (client.origin === 'administrator' && client.metadata.scope !== undefined) {
    return [...parseScope(client.metadata.scope), OFFLINE_ACCESS];
  }
  return known.filter((scope) => scope.listed).map((scope) => scope.name);
}
