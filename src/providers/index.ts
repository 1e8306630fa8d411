/** The providers, for connected apps (RFC 6749) and social logins alike. A new one is a file and a line. */

import { keysOf } from '../protocol/table.ts';
import { apple } from './apple.ts';
import { facebook } from './facebook.ts';
import { fairlogin } from './fairlogin.ts';
import { frappe } from './frappe.ts';
import { github } from './github.ts';
import { google } from './google.ts';
import { keycloak } from './keycloak.ts';
import { mcp } from './mcp.ts';
import { microsoft } from './microsoft.ts';
import { oauth } from './oauth.ts';
import { openid } from './openid.ts';
import { postern } from './postern.ts';
import type { ConnectedAppUse, Provider, SocialLoginUse } from './provider.ts';
import { salesforce } from './salesforce.ts';
import { slack } from './slack.ts';

export const PROVIDERS = {
  google,
  microsoft,
  github,
  slack,
  facebook,
  apple,
  salesforce,
  fairlogin,
  keycloak,
  frappe,
  postern,
  mcp,
  openid,
  oauth,
} as const satisfies Record<string, Provider>;

type Table = typeof PROVIDERS;
type NamesWith<Use extends keyof Provider> = {
  [Name in keyof Table]: Table[Name] extends Record<Use, object> ? Name : never;
}[keyof Table];

/** A provider with what one use needs of it. */
export type Template = Provider & { connectedApp: ConnectedAppUse };
export type IdentityProvider = Provider & { socialLogin: SocialLoginUse };

export type TemplateName = NamesWith<'connectedApp'>;
export type IdentityProviderName = NamesWith<'socialLogin'>;

const providersWith = <Entry>(use: keyof Provider): Entry =>
  Object.fromEntries(Object.entries(PROVIDERS).filter(([, provider]) => use in provider)) as Entry;

/** The templates of connected apps. */
export const TEMPLATES = providersWith<Readonly<Record<TemplateName, Template>>>('connectedApp');
export const TEMPLATE_NAMES = keysOf(TEMPLATES);

/** The providers of social logins. */
export const IDENTITY_PROVIDERS =
  providersWith<Readonly<Record<IdentityProviderName, IdentityProvider>>>('socialLogin');
export const IDENTITY_PROVIDER_NAMES = keysOf(IDENTITY_PROVIDERS);

/** The entry of that name, where the table has one. */
export const entryOf = <Entry>(table: Readonly<Record<string, Entry>>, name: string): Entry | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Rows hold only names of this table; a template that was removed from it is like any other OAuth server. */
export const templateOf = (name: string): Template => entryOf(TEMPLATES, name) ?? oauth;

/** The same for social logins. */
export const identityProviderOf = (name: string): IdentityProvider => entryOf(IDENTITY_PROVIDERS, name) ?? oauth;

/** The page on which an administrator creates a client, for a record at that issuer. */
export function clientsPageOf({ clientsPage }: Provider, issuer: string | null): string | undefined {
  if (typeof clientsPage !== 'function') return clientsPage;
  return issuer !== null && URL.canParse(issuer) ? clientsPage(issuer.replace(/\/$/, '')) : undefined;
}
