/** Social Login Keys of a Frappe site, and the accounts of its users at these providers. */
import type * as z from 'zod';
import { ImportedIdentity } from '../../../src/admin/imports/schemas.ts';
import { NewSocialLoginRequest } from '../../../src/admin/records/social-login.ts';
import type { FrappeExport } from './export-file.ts';
import type { Planned } from './plan.ts';

type SocialLogin = z.input<typeof NewSocialLoginRequest>;
type Key = FrappeExport['social_login_keys'][number];

/** The provider here of each kind of key; a custom one is described by its endpoints. */
const PROVIDERS = new Map<string, SocialLogin['provider']>([
  ['Google', 'google'],
  ['GitHub', 'github'],
  ['Facebook', 'facebook'],
  ['Office 365', 'microsoft'],
  ['Salesforce', 'salesforce'],
  ['fairlogin', 'fairlogin'],
  ['Keycloak', 'keycloak'],
  ['Frappe', 'frappe'],
]);

/** The row of each user that names the site itself: it only holds the `sub` that the site gave. */
const OF_THE_SITE = 'frappe';

/** Providers that are known by an address of their own. */
const BY_ISSUER = ['Keycloak', 'Frappe'];

/** Parameters that the flow itself sets, or that stand in a field of their own. */
const OF_THE_FLOW = ['scope', 'response_type', 'client_id', 'redirect_uri', 'state', 'nonce'];

export function planSocialLogins(site: FrappeExport): Planned<SocialLogin> {
  const planned: Planned<SocialLogin> = { records: [], leftOut: [], notes: [] };
  for (const key of site.social_login_keys) {
    const remark = (text: string) => ({ kind: 'social login', name: key.name, text });
    const problem = problemOf(key, site.url);
    const result = NewSocialLoginRequest.safeParse(socialLoginHere(key));
    if (problem !== undefined) planned.leftOut.push(remark(problem));
    else if (!result.success) {
      planned.leftOut.push(remark(`${result.error.issues[0]?.path.join('.')} ${result.error.issues[0]?.message}`));
    } else {
      planned.records.push(result.data);
      const path = `/social-login/${result.data.id}/callback`;
      planned.notes.push(remark(`register the redirect URI ${path} of this server at the provider`));
    }
  }
  return planned;
}

function problemOf(key: Key, url: string): string | undefined {
  if (!key.enable_social_login) return 'it is disabled at the site';
  if (key.client_id === '') return 'it has no client id';
  if (key.name === OF_THE_SITE && [url, ''].includes(key.base_url.replace(/\/$/, ''))) return 'it is the site itself';
  return undefined;
}

const idOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

function socialLoginHere(key: Key): SocialLogin {
  const provider = PROVIDERS.get(key.social_login_provider) ?? 'oauth';
  const { scopes, query } = authorizationOf(key.auth_url_data);
  return {
    id: idOf(key.name),
    provider,
    name: key.provider_name || key.name,
    client_id: key.client_id,
    ...(key.client_secret && { client_secret: key.client_secret }),
    ...(BY_ISSUER.includes(key.social_login_provider) && { issuer: key.base_url }),
    ...(provider === 'microsoft' && key.tenant_id && { tenants: [key.tenant_id] }),
    ...(provider === 'oauth' && {
      ...(key.base_url && { base_url: key.base_url }),
      endpoints: {
        ...(key.authorize_url && { authorization_endpoint: key.authorize_url }),
        ...(key.access_token_url && { token_endpoint: key.access_token_url }),
        ...(key.api_endpoint && { userinfo_endpoint: key.api_endpoint }),
      },
      user_id: key.user_id_property || 'sub',
      query,
      ...(scopes.length > 0 && { scopes }),
    }),
    ...(key.sign_ups === 'Allow' && { sign_up: 'allow' as const }),
    ...(key.sign_ups === 'Deny' && { sign_up: 'deny' as const }),
  };
}

/** Scopes and parameters of `auth_url_data`, which is JSON, or nothing that can be read. */
function authorizationOf(text: string): { scopes: string[]; query: Record<string, string> } {
  const data = new Map(Object.entries(objectIn(text)));
  const pairs = [...data].filter(([name]) => !OF_THE_FLOW.includes(name)).map(([name, value]) => [name, String(value)]);
  return {
    scopes: String(data.get('scope') ?? '')
      .split(/[\s,]+/)
      .filter(Boolean),
    query: Object.fromEntries(pairs),
  };
}

function objectIn(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** @param logins the social logins that are imported. @param users the users that are, by their names at the site. */
export function planIdentities(
  site: FrappeExport,
  logins: readonly SocialLogin[],
  users: ReadonlySet<string>,
): Planned<z.input<typeof ImportedIdentity>> {
  const planned: Planned<z.input<typeof ImportedIdentity>> = { records: [], leftOut: [], notes: [] };
  const ids = new Set(logins.map(({ id }) => id));
  const rows = site.users.flatMap((user) => user.social_logins.map((row) => ({ ...row, user: user.name })));
  for (const { user, provider, userid, username } of rows.filter((row) => row.provider !== OF_THE_SITE)) {
    const leaveOut = (text: string) => planned.leftOut.push({ kind: 'linked account', name: user, text });
    const [login, account] = [idOf(provider), username || undefined];
    const result = ImportedIdentity.safeParse({ user, login, subject: userid, account });
    if (!users.has(user)) leaveOut('its user is not imported');
    else if (!ids.has(login)) leaveOut(`its social login ${provider} is not imported`);
    else if (login === 'salesforce')
      leaveOut('Salesforce accounts have other identifiers here: the user links it again');
    else if (!result.success) leaveOut('it has no identifier');
    else planned.records.push(result.data);
  }
  return planned;
}
