/** A made Frappe site, and its export: by the script of this repository, which Python runs against a stand-in for Frappe. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `correct horse battery`, and `old secret` in the older form, as passlib 1.7.4 hashes them. */
export const PASSWORD = 'correct horse battery';
export const HASH = '$pbkdf2-sha256$29000$MDEyMzQ1Njc4OWFiY2RlZg$HwysB.Ke0YuzHEd/zzqZI6iTbuC8ephxy6jSfQdwV8M';
export const LEGACY_PASSWORD = 'old secret';
const LEGACY_HASH = '$frappel$29000$NGY2YTJiOWMxZA$fD62xvEJ71JU4ovC9thVpRhhUmfyOeCY0trFNBOFM2Y';
const ARGON2_HASH = '$argon2id$v=19$m=102400,t=2,p=8$5pzT+p8zZqxVyjnn3HuP0Q$UyWacWIVAo3EgRfgedRSvw';

type Fields = Record<string, unknown>;
type DocType = { fields: string[]; rows: Fields[] };

/** The documents of a site as the stand-in reads them. */
export type Site = {
  version: string;
  site: string;
  url: string;
  hashes: Record<string, string>;
  secrets: Record<string, string>;
  doctypes: Record<string, DocType>;
};

/** The fields of a type are those of its rows. */
const docType = (...rows: Fields[]): DocType => ({
  fields: [...new Set(rows.flatMap((row) => Object.keys(row)))],
  rows,
});

const child = (parenttype: string, parent: string, fields: Fields): Fields => ({ parenttype, parent, ...fields });

const user = (name: string, fields: Fields): Fields => ({
  name,
  email: name,
  enabled: 1,
  first_name: null,
  last_name: null,
  full_name: null,
  user_image: null,
  language: null,
  user_type: 'System User',
  api_key: null,
  ...fields,
});

/** One user of each kind, and one client of each. */
export const madeSite = (): Site => ({
  version: '15.40.0',
  site: 'erp.example.com',
  url: 'https://erp.example.com',
  hashes: {
    'ada@site.example': HASH,
    'old@site.example': LEGACY_HASH,
    'argon@site.example': ARGON2_HASH,
    Administrator: HASH,
  },
  secrets: {
    'User/ada@site.example/api_secret': '0f1e2d3c4b5a697',
    'User/argon@site.example/api_secret': 'undecryptable',
    'Social Login Key/company_sso/client_secret': 'sso-secret',
    'Connected App/7a1b2c3d4e/client_secret': 'time-secret',
    'Token Cache/7a1b2c3d4e-ada@site.example/access_token': 'time-access-token',
    'Token Cache/7a1b2c3d4e-ada@site.example/refresh_token': 'time-refresh-token',
  },
  doctypes: {
    User: docType(
      user('Administrator', { email: 'admin@site.example' }),
      user('Guest', { email: 'guest@site.example' }),
      user('ada@site.example', {
        first_name: 'Ada',
        last_name: 'Lovelace',
        full_name: 'Ada Lovelace',
        user_image: '/files/ada.png',
        language: 'de',
        api_key: 'a1b2c3d4e5f6a7b',
      }),
      user('old@site.example', { full_name: 'Olga Old', language: 'pt-BR', user_type: 'Website User' }),
      user('argon@site.example', { full_name: 'Arno Gon', api_key: 'b1b2c3d4e5f6a7b' }),
      user('left@site.example', { full_name: 'Lena Left', enabled: 0 }),
    ),
    'Has Role': docType(
      child('User', 'ada@site.example', { role: 'Sales User' }),
      child('User', 'ada@site.example', { role: 'Auditor' }),
      child('User', 'argon@site.example', { role: 'System Manager' }),
      child('Role Profile', 'ada@site.example', { role: 'Accounts Manager' }),
    ),
    'User Social Login': docType(
      child('User', 'ada@site.example', { provider: 'frappe', userid: '3f0e', username: null }),
      child('User', 'ada@site.example', { provider: 'company_sso', userid: '1122334455', username: 'ada.l' }),
    ),
    'OAuth Client': docType(
      {
        name: 'c0ffee1234',
        client_secret: 'feedbeef01',
        app_name: 'Portal',
        skip_authorization: 1,
        scopes: 'all openid',
        redirect_uris: 'https://portal.example/cb http://portal.internal/cb',
        default_redirect_uri: 'https://portal.example/cb',
        grant_type: 'Authorization Code',
        response_type: 'Code',
      },
      {
        name: 'beef001234',
        client_secret: 'feedbeef02',
        app_name: 'Old page',
        skip_authorization: 0,
        scopes: 'all openid',
        redirect_uris: '',
        default_redirect_uri: 'https://page.example/',
        grant_type: 'Implicit',
        response_type: 'Token',
      },
    ),
    'OAuth Client Role': docType(child('OAuth Client', 'c0ffee1234', { role: 'Sales User' })),
    'Social Login Key': docType({
      name: 'company_sso',
      provider_name: 'Company SSO',
      social_login_provider: 'Custom',
      enable_social_login: 1,
      client_id: 'sso-client',
      base_url: 'https://sso.example.com',
      authorize_url: '/authorize',
      access_token_url: '/token',
      api_endpoint: 'https://sso.example.com/me',
      auth_url_data: '{"response_type": "code", "scope": "openid email", "prompt": "select_account"}',
      user_id_property: 'uid',
      sign_ups: 'Deny',
    }),
    'Connected App': docType({
      name: '7a1b2c3d4e',
      provider_name: 'Time tracker',
      openid_configuration: null,
      client_id: 'time-client',
      authorization_uri: 'https://time.example.com/authorize',
      token_uri: 'https://time.example.com/token',
      revocation_uri: null,
      userinfo_uri: null,
      introspection_uri: null,
    }),
    'OAuth Scope': docType(child('Connected App', '7a1b2c3d4e', { scope: 'time.read' })),
    'Query Parameters': docType(child('Connected App', '7a1b2c3d4e', { key: 'prompt', value: 'consent' })),
    'Token Cache': docType({
      name: '7a1b2c3d4e-ada@site.example',
      user: 'ada@site.example',
      connected_app: '7a1b2c3d4e',
      expires_in: 3600,
    }),
    'OAuth Provider Settings': docType({ skip_authorization: 'Auto' }),
  },
});

/** False where no Python 3 is installed: the script is not tested then. */
export const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Runs the script as `bench execute` would. @returns the path of the export, and what the script printed. */
export function exportSite(site: Site): { path: string; printed: string } {
  const folder = mkdtempSync(join(tmpdir(), 'frappe-site-'));
  const [data, path] = [join(folder, 'site.json'), join(folder, 'export.json')];
  writeFileSync(data, JSON.stringify(site));
  const run = `import export_for_postern; export_for_postern.export(**${JSON.stringify({ path })})`;
  const printed = execFileSync('python3', ['-c', run], {
    encoding: 'utf8',
    env: {
      ...process.env,
      FRAPPE_STAND_IN: data,
      PYTHONPATH: [join('scripts', 'frappe'), join('test', 'support', 'frappe')].join(':'),
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
  return { path, printed };
}
