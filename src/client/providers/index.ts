/** The templates of connected apps. A new one is a file and a line. */
import { frappe } from './frappe.ts';
import { github } from './github.ts';
import { google } from './google.ts';
import { mcp } from './mcp.ts';
import { microsoft } from './microsoft.ts';
import { oauth } from './oauth.ts';
import { openid } from './openid.ts';
import type { Provider } from './provider.ts';
import { slack } from './slack.ts';

export const PROVIDERS = { google, microsoft, github, slack, frappe, mcp, openid, oauth } as const satisfies Record<
  string,
  Provider
>;
export type ProviderName = keyof typeof PROVIDERS;
export const PROVIDER_NAMES = Object.keys(PROVIDERS) as [ProviderName, ...ProviderName[]];

/** Rows hold only names of this table; a template that left it is like any other OAuth server. */
export const providerOf = (name: string): Provider => PROVIDERS[name as ProviderName] ?? oauth;
