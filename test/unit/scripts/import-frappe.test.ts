/** The import of a Frappe site: the script's export, what becomes of it here, and files that are no export. */
import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseExport, readExport } from '../../../scripts/admin/frappe/export-file.ts';
import { planImport } from '../../../scripts/admin/frappe/plan.ts';
import { roleNames } from '../../../scripts/admin/frappe/roles.ts';
import { exportSite, HASH, hasPython, madeSite } from '../../support/frappe-site.ts';

const SITE = { format: 'postern-frappe-export', version: 1, site: 'erp.example.com', url: 'https://erp.example.com' };
const ADA = { name: 'ada@site.example', email: 'ada@site.example', enabled: 1, full_name: 'Ada', password: HASH };
const CLIENT = {
  name: 'c0ffee1234',
  client_secret: 'feedbeef01',
  app_name: 'Portal',
  scopes: 'all openid',
  redirect_uris: 'https://portal.example/cb',
  default_redirect_uri: 'https://portal.example/cb',
  grant_type: 'Authorization Code',
};

const planOf = (changes: object, trustEmail = false) =>
  planImport(parseExport(JSON.stringify({ ...SITE, users: [], ...changes }), 'export.json'), { trustEmail });
const userOf = (changes: object) => planOf({ users: [{ ...ADA, ...changes }] });
const clientOf = (changes: object) => planOf({ oauth_clients: [{ ...CLIENT, ...changes }] });

describe.skipIf(!hasPython)('the script on the site (not tested where there is no Python 3)', () => {
  it('writes a file that only its owner can read, and no second one over it', () => {
    const { path, printed } = exportSite(madeSite());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(printed).toContain('6 users, 2 oauth_clients, 1 social_login_keys');
    expect(printed).not.toContain('0f1e2d3c4b5a697');
  });

  it('exports roles, hashes and secrets of users, and says which secret the site cannot decrypt', () => {
    const { path, printed } = exportSite(madeSite());
    const { users } = readExport(path);
    expect(users.find(({ name }) => name === 'ada@site.example')).toMatchObject({
      enabled: true,
      roles: ['Sales User', 'Auditor'],
      password: HASH,
      api_key: 'a1b2c3d4e5f6a7b',
      api_secret: '0f1e2d3c4b5a697',
      social_logins: [{ provider: 'frappe' }, { provider: 'company_sso', userid: '1122334455' }],
    });
    expect(printed).toContain('User argon@site.example: its api_secret cannot be decrypted');
  });

  it('exports more rows than a list of Frappe has by default', () => {
    const site = madeSite();
    const [{ ...one } = {}] = site.doctypes.User?.rows.slice(2) ?? [];
    const many = Array.from({ length: 50 }, (_, n) => ({ ...one, name: `u${n}@site.example`, api_key: null }));
    site.doctypes.User?.rows.push(...many);
    expect(readExport(exportSite(site).path).users).toHaveLength(56);
  });

  it('writes examples/frappe-export.json of the made site', async () => {
    const written: unknown = JSON.parse(readFileSync(exportSite(madeSite()).path, 'utf8'));
    await expect(`${JSON.stringify(written, null, 2)}\n`).toMatchFileSnapshot('../../../examples/frappe-export.json');
  });

  it('works on a site without the newer types and fields', () => {
    const site = madeSite();
    for (const newer of ['OAuth Client Role', 'User Social Login', 'Connected App', 'Token Cache'])
      delete site.doctypes[newer];
    const read = readExport(exportSite(site).path);
    expect(read.oauth_clients[0]?.allowed_roles).toEqual([]);
    expect([read.connected_apps, read.token_caches]).toEqual([[], []]);
    expect(read.oauth_provider_settings.skip_authorization).toBe('Auto');
  });
});

describe('a user of the site', () => {
  it('comes with name, picture, roles and hash', () => {
    const { users, iterations, leftOut } = userOf({
      first_name: 'Ada',
      last_name: 'Lovelace',
      full_name: 'Ada Lovelace',
      user_image: '/files/ada.png',
      language: 'es-MX',
      user_type: 'System User',
      roles: ['Sales User', 'All'],
    });
    expect(users).toEqual([
      {
        source_name: 'ada@site.example',
        email: 'ada@site.example',
        email_verified: false,
        name: 'Ada Lovelace',
        given_name: 'Ada',
        family_name: 'Lovelace',
        picture: 'https://erp.example.com/files/ada.png',
        locale: 'es',
        roles: ['sales-user', 'desk-user'],
        disabled: false,
        password_hash: HASH,
      },
    ]);
    expect([iterations, leftOut]).toEqual([29_000, []]);
    expect(userOf({ full_name: null, email: null }).users[0]?.name).toBe('ada@site.example');
    expect(planOf({ users: [ADA] }, true).users[0]?.email_verified).toBe(true);
  });

  it.each([
    ['argon2', '$argon2id$v=19$m=102400,t=2,p=8$5pzT$Uya', /argon2 needs too much memory.*sets a new one by mail/],
    ['more than 100,000 iterations', HASH.replace('29000', '310000'), /more than 100,000 iterations.*by mail/],
    ['an unknown hash', '$2b$12$abcdefghijklmnopqrstuu', /unknown hash.*by mail/],
    ['no password', null, /has no password/],
  ])('comes without a password for %s, and the plan says so', (_, password, note) => {
    const { users, notes } = userOf({ password });
    expect(users[0]?.password_hash).toBeNull();
    expect(notes).toEqual([{ kind: 'user', name: 'ada@site.example', text: expect.stringMatching(note) }]);
  });

  it.each([
    ['de', 'de', []],
    ['', null, []],
    [null, null, []],
    ['pt-BR', null, [expect.stringContaining('the language pt-BR does not come')]],
    ['toString', null, [expect.stringContaining('the language toString')]],
  ])('comes with the language %s as %s', (language, locale, texts) => {
    const { users, notes } = userOf({ language });
    expect([users[0]?.locale, notes.map(({ text }) => text)]).toEqual([locale, texts]);
  });

  it('comes disabled where it is disabled', () => {
    const { users, notes } = userOf({ enabled: 0 });
    expect(users[0]?.disabled).toBe(true);
    expect(notes).toContainEqual(expect.objectContaining({ text: expect.stringContaining('disabled') }));
  });

  it.each([
    ['Administrator', { name: 'Administrator' }],
    ['Guest', { name: 'Guest' }],
    ['a user without an address', { name: 'ada', email: 'ada' }],
    ['a name with a line break', { full_name: 'A\u202ed\u0000a' }],
  ])('is left out with a reason, and so are its keys: %s', (_, changes) => {
    const { users, apiKeys, leftOut } = userOf({ ...changes, api_key: 'a1b2c3', api_secret: 'd4e5f6' });
    expect([users, apiKeys]).toEqual([[], []]);
    expect(leftOut.map(({ kind }) => kind)).toEqual(['user', 'API key']);
  });
});

describe('a role of the site', () => {
  const namesOf = (...roles: string[]) => {
    const { users, oauth_clients } = parseExport(JSON.stringify({ ...SITE, users: [{ ...ADA, roles }] }), 'x');
    return roles.map((role) => roleNames({ users, oauth_clients }).get(role));
  };

  it('gives the administrator of this server to System Managers, and its rights to no other name', () => {
    expect(namesOf('System Manager', 'Administrator', 'Auditor', 'administrator!')).toEqual([
      'administrator',
      expect.stringMatching(/^frappe-administrator/),
      'frappe-auditor',
      expect.stringMatching(/^frappe-administrator/),
    ]);
  });

  it('has a name of its own, whatever its signs', () => {
    const names = namesOf('Sales User', 'Sales-User', 'Müller & Söhne', '销售', '销售员', '3D Artist');
    expect(new Set(names).size).toBe(6);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9._-]{0,63}$/);
  });
});

describe('a client of the site', () => {
  it('keeps id and secret, may send the secret either way, and may request the claims of openid', () => {
    const { clients, scopes } = clientOf({ allowed_roles: ['Sales User'], skip_authorization: 1 });
    expect(clients).toEqual([
      {
        client_id: 'c0ffee1234',
        client_secret: 'feedbeef01',
        metadata: {
          client_name: 'Portal',
          redirect_uris: ['https://portal.example/cb'],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          scope: 'all openid profile email roles',
        },
        dynamic: false,
        trusted: true,
        roles: ['sales-user'],
      },
    ]);
    expect(scopes).toContain('all');
  });

  it('has redirect URIs separated by spaces or lines, the default one first, without those over http', () => {
    const { clients, notes } = clientOf({
      redirect_uris: 'https://a.example/cb\nhttps://b.example/cb http://c.example/cb http://127.0.0.1/cb app:/cb',
      default_redirect_uri: 'https://b.example/cb',
    });
    const redirects = ['https://b.example/cb', 'https://a.example/cb', 'http://127.0.0.1/cb', 'app:/cb'];
    expect(clients[0]?.metadata.redirect_uris).toEqual(redirects);
    expect(notes).toContainEqual(expect.objectContaining({ text: expect.stringContaining('http://c.example/cb') }));
  });

  it.each([
    ['the implicit grant', { grant_type: 'Implicit', response_type: 'Token' }, /implicit/],
    ['only an http redirect URI', { redirect_uris: '', default_redirect_uri: 'http://a.example/' }, /no redirect URI/],
    ['a scope with a sign that none can have', { scopes: 'all "quoted"' }, /scope/],
    ['an id that cannot be kept', { name: 'https://client.example/' }, /client_id/],
  ])('is left out with the reason: %s', (_, changes, reason) => {
    const { clients, leftOut } = clientOf(changes);
    expect(clients).toEqual([]);
    expect(leftOut).toEqual([expect.objectContaining({ kind: 'client', text: expect.stringMatching(reason) })]);
  });

  it('is named where its id_tokens were HS256, where it is public, and where its secret is short', () => {
    const textsOf = (changes: object) => clientOf(changes).notes.map(({ text }) => text);
    expect(textsOf({})).toEqual([expect.stringContaining('HS256'), expect.stringContaining('short')]);
    expect(textsOf({ scopes: 'all', client_secret: 'x'.repeat(56) })).toEqual([]);
    expect(textsOf({ scopes: 'all', token_endpoint_auth_method: 'None' })).toEqual([expect.stringContaining('PKCE')]);
  });

  it('gets no scope of the APIs of this server, whatever its scopes are called', () => {
    const { clients, scopes, notes } = clientOf({ scopes: 'all admin api_keys', client_secret: 'x'.repeat(56) });
    expect([clients[0]?.metadata.scope, scopes]).toEqual(['all', ['all']]);
    expect(notes).toEqual([expect.objectContaining({ text: expect.stringContaining('admin api_keys') })]);
  });

  it('is open to all users where one of its roles is that of everyone', () => {
    expect(clientOf({ allowed_roles: ['Sales User', 'All'] }).clients[0]?.roles).toEqual([]);
  });
});

describe('a Social Login Key of the site', () => {
  const KEY = {
    name: 'google',
    social_login_provider: 'Google',
    enable_social_login: 1,
    client_id: 'g',
    client_secret: 's',
  };
  const keysOf = (changes: object, more: object = {}) =>
    planOf({ social_login_keys: [{ ...KEY, ...changes }], ...more });

  it('of a known provider comes under its name, with its credentials, and the redirect URI to register', () => {
    const { socialLogins, notes } = keysOf({ provider_name: 'Google', sign_ups: 'Allow' });
    const [login] = socialLogins;
    expect(login).toMatchObject({
      id: 'google',
      provider: 'google',
      client_id: 'g',
      client_secret: 's',
      sign_up: 'allow',
    });
    expect(notes[0]?.text).toContain('/social-login/google/callback');
    const office = {
      name: 'office_365',
      social_login_provider: 'Office 365',
      tenant_id: '72f988bf-86f1-41af-91ab-2d7cd011db47',
    };
    expect(keysOf(office).socialLogins[0]).toMatchObject({
      id: 'office-365',
      provider: 'microsoft',
      tenants: [office.tenant_id],
    });
    const keycloak = { social_login_provider: 'Keycloak', base_url: 'https://sso.example/realms/a' };
    expect(keysOf(keycloak).socialLogins[0]).toMatchObject({ provider: 'keycloak', issuer: keycloak.base_url });
  });

  it('of its own comes with endpoints, scopes, parameters and the member that identifies users', () => {
    const custom = {
      name: 'company_sso',
      social_login_provider: 'Custom',
      base_url: 'https://sso.example.com',
      authorize_url: '/authorize',
      access_token_url: '/token',
      api_endpoint: 'https://sso.example.com/me',
      auth_url_data: '{"response_type": "code", "scope": "openid email", "prompt": "select_account"}',
      user_id_property: 'uid',
    };
    expect(keysOf(custom).socialLogins[0]).toMatchObject({
      id: 'company-sso',
      provider: 'oauth',
      base_url: 'https://sso.example.com',
      endpoints: {
        authorization_endpoint: '/authorize',
        token_endpoint: '/token',
        userinfo_endpoint: custom.api_endpoint,
      },
      scopes: ['openid', 'email'],
      query: { prompt: 'select_account' },
      user_id: 'uid',
    });
    expect(keysOf({ ...custom, auth_url_data: '{not json' }).socialLogins[0]).toMatchObject({ query: {} });
  });

  it.each([
    ['is disabled', { enable_social_login: 0 }],
    ['has no client id', { client_id: null }],
    ['is the site itself', { name: 'frappe', social_login_provider: 'Frappe', base_url: 'https://erp.example.com/' }],
    ['has an address that is none', { social_login_provider: 'Keycloak', base_url: 'keycloak' }],
  ])('is left out with the reason, and so are the accounts there, where it %s', (_, changes) => {
    const users = [{ ...ADA, social_logins: [{ provider: 'google', userid: '1', username: null }] }];
    const { socialLogins, identities, leftOut } = keysOf(changes, { users });
    expect([socialLogins, identities]).toEqual([[], []]);
    expect(leftOut.map(({ kind }) => kind)).toEqual(['social login', 'linked account']);
  });

  it('links the accounts of imported users, but for the row that names the site', () => {
    const social_logins = [
      { provider: 'google', userid: '112233', username: null },
      { provider: 'frappe', userid: '3f0e', username: null },
    ];
    const guest = { ...ADA, name: 'Guest', social_logins: social_logins.slice(0, 1) };
    const { identities, leftOut } = keysOf({}, { users: [{ ...ADA, social_logins }, guest] });
    expect(identities).toEqual([{ user: 'ada@site.example', login: 'google', subject: '112233' }]);
    expect(leftOut).toContainEqual(expect.objectContaining({ kind: 'linked account', name: 'Guest' }));
  });
});

describe('a Connected App of the site', () => {
  const APP = {
    name: '7a1b2c3d4e',
    provider_name: 'Time tracker',
    client_id: 'c',
    client_secret: 's',
    authorization_uri: 'https://time.example/authorize',
    token_uri: 'https://time.example/token',
    scopes: ['time.read'],
    query_parameters: [{ key: 'prompt', value: 'consent' }],
  };
  const CACHE = {
    name: 'x',
    user: 'ada@site.example',
    connected_app: APP.name,
    access_token: 'a',
    refresh_token: 'r',
    expires_in: 3600,
  };
  const appsOf = (connected_apps: object[], token_caches: object[] = []) =>
    planOf({ users: [ADA], connected_apps, token_caches });

  it('comes with endpoints, scopes and parameters, under its name', () => {
    const { connectedApps, notes } = appsOf([APP]);
    expect(connectedApps).toEqual([
      expect.objectContaining({
        id: 'time-tracker',
        template: 'oauth',
        client_id: 'c',
        client_secret: 's',
        auth_method: 'client_secret_post',
        endpoints: { authorization_endpoint: APP.authorization_uri, token_endpoint: APP.token_uri },
        scopes: ['time.read'],
        query: { prompt: 'consent' },
      }),
    ]);
    expect(notes[0]?.text).toContain('/connected-apps/time-tracker/callback');
    const openid = 'https://time.example/.well-known/openid-configuration';
    expect(appsOf([{ ...APP, openid_configuration: openid }]).connectedApps[0]).toMatchObject({ issuer: openid });
  });

  it('has an id of its own, also beside one of the same name', () => {
    const { connectedApps } = appsOf([APP, { ...APP, name: 'ffff000011' }, { ...APP, provider_name: '7 Tage' }]);
    expect(connectedApps.map(({ id }) => id)).toEqual([
      'time-tracker-7a1b2c3d4e',
      'time-tracker-ffff000011',
      'app-7-tage',
    ]);
  });

  it('comes with the tokens of its users: with a refresh token, or those that do not expire', () => {
    expect(appsOf([APP], [CACHE]).connections).toEqual([
      { user: 'ada@site.example', app: 'time-tracker', access_token: 'a', refresh_token: 'r', scopes: [] },
    ]);
    const forever = { ...CACHE, refresh_token: null, expires_in: 0 };
    expect(appsOf([APP], [forever]).connections).toHaveLength(1);
  });

  it.each([
    ['its app is not imported', { connected_app: 'other' }],
    ['its user is not imported', { user: 'eve@site.example' }],
    ['it is of the app itself', { user: null }],
    ['it has no tokens', { access_token: null }],
    ['it expires without a refresh token', { refresh_token: null }],
  ])('comes without a connection where %s, with the reason', (_, changes) => {
    const { connections, leftOut } = appsOf([APP], [{ ...CACHE, ...changes }]);
    expect([connections, leftOut.map(({ kind }) => kind)]).toEqual([[], ['connection']]);
  });

  it.each([
    ['has no client id', { client_id: null }],
    ['has an address that is none', { token_uri: 'javascript:x' }],
  ])('is left out with the reason where it %s', (_, changes) => {
    const { connectedApps, leftOut } = appsOf([{ ...APP, ...changes }]);
    expect([connectedApps, leftOut.map(({ kind }) => kind)]).toEqual([[], ['connected app']]);
  });
});

describe('settings of the site', () => {
  it('add its scopes to those of the clients, without lines that are none', () => {
    const { scopes } = planOf({
      oauth_settings: { scopes_supported: 'read\n\nwrite all\n"x"' },
      oauth_clients: [CLIENT],
    });
    expect(scopes).toEqual(['read', 'write', 'all', 'openid', 'profile', 'email', 'roles']);
  });

  it('come under their names, without what names the framework', () => {
    const { settings } = planOf({
      oauth_settings: {
        enable_dynamic_client_registration: 0,
        resource_name: 'Frappe Framework Application',
        resource_policy_uri: 'https://erp.example.com/policy',
        allowed_public_client_origins: null,
      },
      oauth_provider_settings: { skip_authorization: 'Auto' },
    });
    expect(Object.fromEntries(settings)).toEqual({
      enable_dynamic_client_registration: false,
      resource_policy_uri: 'https://erp.example.com/policy',
      skip_authorization: true,
    });
  });

  it('are left out with the reason where their value is not allowed here', () => {
    const { settings, leftOut } = planOf({ oauth_settings: { resource_policy_uri: 'javascript:x' } });
    expect([settings.size, leftOut.length]).toEqual([0, 1]);
  });
});

describe('a file that is no export', () => {
  const secret = 'TOP-SECRET-VALUE';
  it.each([
    ['no JSON', `{"users": [${secret}`],
    ['a list', '[]'],
    ['another format', JSON.stringify({ users: [] })],
    ['another version', JSON.stringify({ ...SITE, version: 2, users: [] })],
    ['users of another type', JSON.stringify({ ...SITE, users: { length: 1 } })],
    ['a user without a name', JSON.stringify({ ...SITE, users: [{ email: secret }] })],
    ['a hash of another type', JSON.stringify({ ...SITE, users: [{ ...ADA, password: [secret] }] })],
    ['a giant text', JSON.stringify({ ...SITE, users: [{ ...ADA, full_name: secret.repeat(1000) }] })],
    ['a giant list', JSON.stringify({ ...SITE, users: [{ ...ADA, roles: Array(2000).fill(secret) }] })],
    ['an address that is none', JSON.stringify({ ...SITE, url: 'javascript:x', users: [] })],
  ])('is refused by one sentence that shows none of its values: %s', (_, text) => {
    expect(() => parseExport(text, 'export.json')).toThrow(/^export\.json is no .*Nothing was imported\.$/s);
    expect(() => parseExport(text, 'export.json')).not.toThrow(secret);
  });

  it('gives no object a prototype of its own', () => {
    const text = JSON.stringify({ ...SITE, users: [ADA] }).replace('"name"', '"__proto__": {"enabled": 0}, "name"');
    const user = parseExport(text, 'x').users[0];
    expect(Object.getPrototypeOf(user)).toBe(Object.prototype);
    expect(user?.enabled).toBe(true);
    expect(({} as { enabled?: boolean }).enabled).toBeUndefined();
  });

  it('is not read while others can read it', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'frappe-export-')), 'export.json');
    writeFileSync(path, JSON.stringify({ ...SITE, users: [] }));
    for (const mode of [0o644, 0o640, 0o604]) {
      chmodSync(path, mode);
      expect(() => readExport(path)).toThrow(`chmod 600 ${path}`);
    }
    chmodSync(path, 0o600);
    expect(readExport(path).site).toBe('erp.example.com');
    expect(() => readExport(`${path}.not`)).toThrow(/There is no file/);
    expect(readFileSync(path, 'utf8')).toContain('erp');
  });
});
