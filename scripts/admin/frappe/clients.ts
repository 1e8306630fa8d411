/** OAuth Clients of a Frappe site. */
import type * as z from 'zod';
import { ImportedClient } from '../../../src/admin/imports/schemas.ts';
import { SCOPE_TOKEN } from '../../../src/protocol/scope.ts';
import { OWN_API_SCOPES } from '../../../src/protocol/scope-names.ts';
import type { FrappeClient, FrappeExport } from './export-file.ts';
import type { Planned, Remark } from './plan.ts';
import { isOfEveryone, namesHere, type RoleNames } from './roles.ts';

type Client = z.input<typeof ImportedClient>;

/** Scopes whose claims Frappe gives for `openid`. */
const CLAIM_SCOPES = ['profile', 'email', 'roles'];

/** Secrets with fewer characters can be guessed from a stolen hash. */
const SAFE_SECRET = 32;

export function planClients(site: FrappeExport, roles: RoleNames): Planned<Client> {
  const planned: Planned<Client> = { records: [], leftOut: [], notes: [] };
  for (const client of site.oauth_clients) {
    const named = client.app_name ? `${client.name} (${client.app_name})` : client.name;
    const remark = (text: string): Remark => ({ kind: 'client', name: named, text });
    const problem = problemOf(client);
    if (problem) {
      planned.leftOut.push(remark(problem));
      continue;
    }
    const result = ImportedClient.safeParse(clientHere(client, roles));
    if (!result.success) {
      const issue = result.error.issues[0];
      planned.leftOut.push(remark(`${issue?.path.join('.')} ${issue?.message}`));
      continue;
    }
    planned.records.push(result.data);
    planned.notes.push(...notesOn(client).map(remark));
  }
  return planned;
}

const isPublic = ({ token_endpoint_auth_method: method }: FrappeClient): boolean => method === 'None';

function problemOf(client: FrappeClient): string | undefined {
  if (scopesOf(client).some((scope) => !SCOPE_TOKEN.test(scope))) return 'has a scope that RFC 6749 does not allow';
  if (client.grant_type === 'Implicit' || client.response_type === 'Token') {
    return 'uses the implicit grant, which OAuth 2.1 omits: it must change to the authorization code grant';
  }
  if (usableRedirects(client).length === 0)
    return 'has no redirect URI that is allowed here: https, or http on loopback';
  return undefined;
}

/** The redirect URIs, the default one first. Sites separate them by spaces or lines. */
const redirectsOf = ({ default_redirect_uri, redirect_uris }: FrappeClient): string[] => [
  ...new Set(`${default_redirect_uri} ${redirect_uris}`.split(/[\s,]+/).filter(Boolean)),
];

const isAllowed = (uri: string): boolean => {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  return protocol !== 'http:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
};

const usableRedirects = (client: FrappeClient): string[] => redirectsOf(client).filter(isAllowed);

const wordsOf = (text: string): string[] => [...new Set(text.split(/\s+/).filter(Boolean))];

const scopesAtSite = (client: FrappeClient): string[] => wordsOf(client.scopes || 'all openid');

/** Scopes that are words of the site, and open an API of this server. */
const ownScopesOf = (client: FrappeClient): string[] =>
  scopesAtSite(client).filter((scope) => OWN_API_SCOPES.includes(scope));

function scopesOf(client: FrappeClient): string[] {
  const scopes = scopesAtSite(client).filter((scope) => !OWN_API_SCOPES.includes(scope));
  return scopes.includes('openid') ? [...new Set([...scopes, ...CLAIM_SCOPES])] : scopes;
}

function clientHere(client: FrappeClient, roles: RoleNames): Client {
  const optional = {
    client_uri: client.client_uri,
    logo_uri: client.logo_uri,
    tos_uri: client.tos_uri,
    policy_uri: client.policy_uri,
    software_id: client.software_id,
    software_version: client.software_version,
  };
  const contacts = wordsOf(client.contacts);
  return {
    client_id: client.name,
    ...(isPublic(client) || client.client_secret === '' ? {} : { client_secret: client.client_secret }),
    metadata: {
      client_name: client.app_name || client.name,
      redirect_uris: usableRedirects(client),
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: scopesOf(client).join(' '),
      // Without a method the secret may come by Basic or in the body, as sites took it.
      ...(isPublic(client) && { token_endpoint_auth_method: 'none' }),
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== '')),
      ...(contacts.length > 0 && { contacts }),
    },
    dynamic: client.is_dynamic_client,
    trusted: client.skip_authorization && !client.is_dynamic_client,
    roles: client.allowed_roles.some(isOfEveryone) ? [] : namesHere(client.allowed_roles, roles),
  };
}

function notesOn(client: FrappeClient): string[] {
  const dropped = redirectsOf(client).filter((uri) => !isAllowed(uri));
  const scopes = scopesAtSite(client);
  const own = ownScopesOf(client);
  const isShort = !isPublic(client) && client.client_secret.length < SAFE_SECRET;
  return [
    ...(dropped.length > 0 ? [`comes without redirect URIs that are not https: ${dropped.join(' ')}`] : []),
    ...(own.length > 0 ? [`comes without scopes that open APIs of this server: ${own.join(' ')}`] : []),
    ...(scopes.includes('openid')
      ? ['its id_tokens were signed with the client secret (HS256), here with RS256: it must read the JWKS']
      : []),
    ...(isPublic(client) ? ['is public: it must send a PKCE challenge with S256'] : []),
    ...(isShort ? [`its secret is short: rotate it soon (clients rotate-secret ${client.name})`] : []),
  ];
}
