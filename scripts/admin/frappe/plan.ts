/** The plan of an import, made of an export without asking the server: records to import, what is left out, and why. */
import type * as z from 'zod';
import type {
  ImportedApiKey,
  ImportedClient,
  ImportedConnection,
  ImportedIdentity,
  ImportedUser,
} from '../../../src/admin/imports/schemas.ts';
import type { NewConnectedAppRequest } from '../../../src/admin/records/connected-app.ts';
import type { NewSocialLoginRequest } from '../../../src/admin/records/social-login.ts';
import { SCOPE_TOKEN } from '../../../src/protocol/scope.ts';
import type { SettingName } from '../../../src/protocol/settings.ts';
import { planClients } from './clients.ts';
import { planConnectedApps, planConnections } from './connected-apps.ts';
import type { FrappeExport } from './export-file.ts';
import { planApiKeys } from './keys.ts';
import { roleNames } from './roles.ts';
import { planSettings } from './settings.ts';
import { planIdentities, planSocialLogins } from './social-logins.ts';
import { planUsers } from './users.ts';

/** A remark about a record: why it is left out, or what differs here. */
export type Remark = { kind: string; name: string; text: string };

export type Planned<Record> = { records: Record[]; leftOut: Remark[]; notes: Remark[] };

export type ImportPlan = {
  source: string;
  users: z.input<typeof ImportedUser>[];
  clients: z.input<typeof ImportedClient>[];
  apiKeys: z.input<typeof ImportedApiKey>[];
  socialLogins: z.input<typeof NewSocialLoginRequest>[];
  identities: z.input<typeof ImportedIdentity>[];
  connectedApps: z.input<typeof NewConnectedAppRequest>[];
  connections: z.input<typeof ImportedConnection>[];
  /** Values of settings that are set where the server has its default. */
  settings: Map<SettingName, unknown>;
  /** Scopes that clients request and that the server must know. */
  scopes: string[];
  /** The most iterations of the password hashes. */
  iterations: number;
  leftOut: Remark[];
  notes: Remark[];
};

export type PlanOptions = {
  /** The site's e-mail addresses count as verified. */
  trustEmail: boolean;
};

export function planImport(site: FrappeExport, options: PlanOptions): ImportPlan {
  const roles = roleNames(site);
  const users = planUsers(site, roles, options);
  const clients = planClients(site, roles);
  const names = new Set(users.records.map(({ source_name }) => source_name));
  const apiKeys = planApiKeys(site, names);
  const socialLogins = planSocialLogins(site);
  const identities = planIdentities(site, socialLogins.records, names);
  const connectedApps = planConnectedApps(site);
  const connections = planConnections(site, connectedApps.ids, names);
  const settings = planSettings(site);
  const parts = [users, clients, apiKeys, socialLogins, identities, connectedApps, connections, settings];
  return {
    source: `frappe:${site.site}`,
    users: users.records,
    clients: clients.records,
    apiKeys: apiKeys.records,
    socialLogins: socialLogins.records,
    identities: identities.records,
    connectedApps: connectedApps.records,
    connections: connections.records,
    settings: new Map(settings.records),
    scopes: scopesOf(site, clients.records),
    iterations: users.iterations,
    leftOut: parts.flatMap(({ leftOut }) => leftOut),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

/** The scopes of the clients and of the site, but for words that cannot be one. */
function scopesOf({ oauth_settings }: FrappeExport, clients: ImportPlan['clients']): string[] {
  const ofSite = String(new Map(Object.entries(oauth_settings)).get('scopes_supported') ?? '').split(/\s+/);
  const ofClients = clients.flatMap(({ metadata }) => String(metadata.scope ?? '').split(' '));
  return [...new Set([...ofSite, ...ofClients])].filter((scope) => SCOPE_TOKEN.test(scope));
}
