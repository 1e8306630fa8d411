/** The other endpoints of the Frappe Framework's OAuth module, and what holds for all of its paths. */
import { describe, expect, it, vi } from 'vitest';
import { newApiKeyId, parseUserId, type UserId } from '../../src/protocol/credentials.ts';
import { ENDPOINTS } from '../../src/protocol/endpoints.ts';
import { FRAPPE_APPROVE, FRAPPE_CONFIGURATION, FRAPPE_ENDPOINTS } from '../../src/protocol/frappe-paths.ts';
import { Databases } from '../../src/storage/database/database.ts';
import { createKey } from '../../src/storage/users/api-key-changes.ts';
import { ADMINISTRATOR, errorOf, ISSUER, REDIRECT_URI } from '../support/client.ts';
import { Prover } from '../support/dpop.ts';
import {
  authorizeAddress,
  codeOf,
  FRAPPE,
  LOGGED_USER,
  makeFrappeClient,
  postMethod,
  redemptionOf,
  SCOPE,
  serveFrappe,
  tokensOf,
} from '../support/frappe.ts';
import { administer, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { text } from '../support/user.ts';

const PATHS = [...Object.values(FRAPPE_ENDPOINTS), FRAPPE_APPROVE, FRAPPE_CONFIGURATION, LOGGED_USER];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const JSON_BODY = { 'content-type': 'application/json' };

const administratorOf = async (server: Server) =>
  (await administer<{ users: { id: string }[] }>(server, 'GET', '/users')).users[0]?.id ?? '';

describe('introspect_token', () => {
  it('returns client_id, trusted_client, active, exp and scope, and with openid the profile', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const { access_token: token } = await tokensOf(server, client);
    for (const token_type_hint of [undefined, 'access_token', 'nonsense']) {
      const response = await postMethod(server, client, 'introspect_token', { token, token_type_hint });
      expect(await response.json()).toMatchObject({
        active: true,
        client_id: client.client_id,
        trusted_client: true,
        exp: expect.any(Number),
        scope: SCOPE,
        sub: await administratorOf(server),
        email: ADMINISTRATOR.email,
        roles: ['administrator'],
      });
    }
  });

  it('knows a refresh token, and answers every other token with active: false', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const { refresh_token: token, access_token } = await tokensOf(server, client);
    const hinted = { token, token_type_hint: 'refresh_token' };
    expect(await (await postMethod(server, client, 'introspect_token', hinted)).json()).toMatchObject({ active: true });
    const other = await makeFrappeClient(server);
    for (const [by, unknown] of [
      [client, 'unknown'],
      [other, access_token],
    ] as const) {
      const response = await postMethod(server, by, 'introspect_token', { token: unknown });
      expect([response.status, await response.json()]).toEqual([200, { active: false }]);
    }
  });

  it('is refused without client authentication', async () => {
    const server = await serveFrappe();
    const { access_token } = await tokensOf(server, await makeFrappeClient(server));
    const body = new URLSearchParams({ token: access_token }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await server.fetch(`${FRAPPE}.introspect_token`, { method: 'POST', headers, body });
    expect([response.status, await errorOf(response)]).toEqual([401, 'invalid_client']);
  });
});

describe('register_client', () => {
  const METADATA = { client_name: 'Registered', redirect_uris: ['https://app.example/callback'] };
  const register = (server: Server, metadata: unknown, headers: Record<string, string> = {}) =>
    server.fetch(`${FRAPPE}.register_client`, {
      method: 'POST',
      headers: { ...JSON_BODY, ...headers },
      body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
    });

  it('registers a confidential client, and returns its metadata', async () => {
    const response = await register(await serveFrappe(), { ...METADATA, unknown: true });
    expect([response.status, await response.json()]).toEqual([
      201,
      expect.objectContaining({
        client_id: expect.any(String),
        client_secret: expect.any(String),
        client_id_issued_at: expect.any(Number),
        client_secret_expires_at: 0,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        ...METADATA,
      }),
    ]);
  });

  it('registers a public client without a secret', async () => {
    const server = await serveFrappe();
    const response = await register(server, { ...METADATA, token_endpoint_auth_method: 'none' });
    const { client_id, client_secret } = (await response.json()) as { client_id: string; client_secret?: string };
    expect([response.status, client_secret]).toEqual([201, undefined]);
    const page = await server.user().open(authorizeAddress({ client_id }, { redirect_uri: METADATA.redirect_uris[0] }));
    expect(text(await page.text())).toContain('PKCE is required');
  });

  it.each([
    ['no redirect_uris', { client_name: 'Registered' }],
    ['an empty list of them', { ...METADATA, redirect_uris: [] }],
    ['http beyond loopback', { ...METADATA, redirect_uris: ['http://app.example/callback'] }],
    ['the grant type implicit', { ...METADATA, grant_types: ['implicit'] }],
    ['the grant type password', { ...METADATA, grant_types: ['password'] }],
    ['the response type token', { ...METADATA, response_types: ['token'] }],
    ['an empty body', ''],
    ['a body that is not JSON', '{'],
    ['a body that is too large', { ...METADATA, client_name: 'x'.repeat(70_000) }],
  ])('refuses %s', async (_, metadata) => {
    const response = await register(await serveFrappe(), metadata);
    expect([400, 413]).toContain(response.status);
    expect(await errorOf(response)).toMatch(/^(invalid_client_metadata|invalid_redirect_uri|too_large)$/);
  });

  it('is not found while Dynamic Client Registration is disabled, and not in the metadata', async () => {
    const server = await serveFrappe();
    await setSetting(server, 'enable_dynamic_client_registration', false);
    expect((await register(server, METADATA)).status).toBe(404);
    expect(await (await server.fetch(FRAPPE_CONFIGURATION)).json()).not.toHaveProperty('registration_endpoint');
  });

  it('stores no more from one network than /register does, and counts with it', async () => {
    const server = await serveFrappe();
    await setSetting(server, 'unused_registrations', 100);
    const headers = { ...JSON_BODY, 'cf-connecting-ip': '203.0.113.77' };
    const body = JSON.stringify(METADATA);
    const statuses: number[] = [];
    for (const path of [
      ENDPOINTS.registration_endpoint,
      ...Array.from({ length: 5 }, () => `${FRAPPE}.register_client`),
    ])
      statuses.push((await server.fetch(path, { method: 'POST', headers, body })).status);
    // A network may have a twentieth.
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
  });
});

describe('openid_configuration', () => {
  it('is the metadata of this server with the old paths', async () => {
    const server = await serveFrappe();
    const response = await server.fetch(FRAPPE_CONFIGURATION, { headers: { origin: 'https://any.example' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const own = (await (await server.fetch('/.well-known/openid-configuration')).json()) as Record<string, unknown>;
    const old = Object.entries(FRAPPE_ENDPOINTS).map(([name, path]) => [name, ISSUER + path]);
    expect(await response.json()).toEqual({ ...own, ...Object.fromEntries(old) });
  });

  it('is not found while metadata is disabled', async () => {
    const server = await serveFrappe();
    await setSetting(server, 'show_auth_server_metadata', false);
    expect((await server.fetch(FRAPPE_CONFIGURATION)).status).toBe(404);
  });
});

describe('get_logged_user', () => {
  const ask = (server: Server, authorization?: string, init: RequestInit = {}) =>
    server.fetch(LOGGED_USER, { ...init, ...(authorization && { headers: { authorization } }) });

  it.each(['all', 'email', 'openid'])(
    'returns the address of the user for a token with the scope %s',
    async (scope) => {
      const server = await serveFrappe();
      const { access_token } = await tokensOf(server, await makeFrappeClient(server), { scope });
      for (const method of ['GET', 'POST']) {
        const response = await ask(server, `Bearer ${access_token}`, { method });
        expect([response.status, await response.json()]).toEqual([200, { message: ADMINISTRATOR.email }]);
      }
    },
  );

  it('refuses a token that includes neither the address nor everything', async () => {
    const server = await serveFrappe();
    const { access_token } = await tokensOf(server, await makeFrappeClient(server), { scope: 'profile' });
    const response = await ask(server, `Bearer ${access_token}`);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('scope="profile email"'),
    ]);
  });

  it.each([undefined, 'Bearer nonsense', 'token nonsense', 'token a:b', `Basic ${btoa('a:b')}`, 'Digest x'])(
    'refuses the header %s, and never reads the session of a browser',
    async (authorization) => {
      const server = await serveFrappe();
      const user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      const response = await user.request(LOGGED_USER, authorization ? { headers: { authorization } } : {});
      expect([400, 401]).toContain(response.status);
      expect(await response.text()).not.toContain(ADMINISTRATOR.email);
    },
  );

  it('accepts an API key, as "token key:secret" and as Basic', async () => {
    const server = await serveFrappe();
    await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const user = await administratorOf(server);
    const made = { name: 'Backup', user, scope: 'profile email' };
    const { id, secret } = await administer<{ id: string; secret: string }>(server, 'POST', '/api-keys', made);
    for (const authorization of [`token ${id}:${secret}`, `Basic ${btoa(`${id}:${secret}`)}`])
      expect(await (await ask(server, authorization)).json()).toEqual({ message: ADMINISTRATOR.email });
    const narrow = await administer<{ authorization: string }>(server, 'POST', '/api-keys', {
      ...made,
      scope: 'profile',
    });
    expect((await ask(server, narrow.authorization)).status).toBe(403);
  });
});

describe('an imported API key', () => {
  const LEGACY = { legacyKey: 'a1b2c3d4e5f6a7b', secret: '0f1e2d3c4b5a697' };
  const PAIR = `${LEGACY.legacyKey}:${LEGACY.secret}`;

  /** A server with an imported key of its administrator. */
  async function serveWithKey(scopes: string[]) {
    const server = await serveFrappe();
    await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const moment = { requestId: crypto.randomUUID(), now: Date.now() };
    const userId = parseUserId(await administratorOf(server)) as UserId;
    const key = { id: newApiKeyId(), userId, name: 'Imported', scopes, expiresAt: moment.now + 86_400_000, ...LEGACY };
    await createKey(new Databases(server.env), moment, 'system', key);
    const ask = (authorization: string, path = LOGGED_USER) => server.fetch(path, { headers: { authorization } });
    return { server, ask, id: key.id };
  }

  it.each([`token ${PAIR}`, `Basic ${btoa(PAIR)}`])('is accepted as "%s", also at /api/me', async (authorization) => {
    const { ask, id } = await serveWithKey(['profile', 'email']);
    expect(await (await ask(authorization)).json()).toEqual({ message: ADMINISTRATOR.email });
    expect(await (await ask(authorization, '/api/me')).json()).toMatchObject({ token: { api_key: id } });
  });

  it('has no more than its scopes', async () => {
    const { ask } = await serveWithKey(['profile']);
    expect((await ask(`token ${PAIR}`)).status).toBe(403);
    expect((await ask(`token ${PAIR}`, '/api/admin/users')).status).toBe(403);
  });

  it.each([
    `token ${LEGACY.legacyKey}:wrong`,
    `token ${LEGACY.secret}:${LEGACY.legacyKey}`,
    `token ${LEGACY.legacyKey}:`,
    `token :${LEGACY.secret}`,
    `token ${LEGACY.legacyKey}`,
    `token ${LEGACY.legacyKey.toUpperCase()}:${LEGACY.secret}`,
    `token ${'x'.repeat(141)}:${LEGACY.secret}`,
    `Basic ${btoa(`${LEGACY.legacyKey}\u0000:${LEGACY.secret}`)}`,
  ])('is refused as "%s"', async (authorization) => {
    const { ask } = await serveWithKey(['profile', 'email']);
    expect((await ask(authorization)).status).toBe(401);
  });

  it('is refused while the setting is disabled', async () => {
    const { server, ask } = await serveWithKey(['profile', 'email']);
    await setSetting(server, 'frappe_endpoints', false);
    expect((await ask(`token ${PAIR}`, '/api/me')).status).toBe(401);
    await setSetting(server, 'frappe_endpoints', true);
    expect((await ask(`token ${PAIR}`, '/api/me')).status).toBe(200);
  });

  it('is limited in guesses, and in the log only by its id here', async () => {
    const { ask, id } = await serveWithKey(['profile', 'email']);
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await ask(`token ${PAIR}`);
    let status = 0;
    for (let tries = 0; tries < 200 && status !== 429; tries++)
      ({ status } = await ask(`token ${LEGACY.legacyKey}:guess`));
    const logged = lines.mock.calls.map(([line]) => String(line));
    lines.mockRestore();
    expect(status).toBe(429);
    expect(logged[0]).toContain(id);
    expect(logged.join()).not.toMatch(new RegExp(`${LEGACY.legacyKey}|${LEGACY.secret}`));
  });
});

describe('every path', () => {
  it('answers 404 while the setting is disabled, and names setting and guide', async () => {
    const server = serve();
    for (const path of PATHS) {
      for (const method of METHODS) {
        const response = await server.fetch(path, { method });
        expect([method, path, response.status]).toEqual([method, path, 404]);
        if (method === 'HEAD') continue;
        const said = await response.text();
        expect(said).toContain('the setting frappe_endpoints');
        expect(said).toContain('docs/how-to/move-from-frappe.md');
      }
    }
    const page = await server.user().open(FRAPPE_ENDPOINTS.authorization_endpoint);
    expect([page.status, text(await page.text())]).toEqual([404, expect.stringContaining('frappe_endpoints')]);
  });

  it('is disabled until an administrator enables it', async () => {
    const { settings } = await administer<{ settings: Record<string, unknown> }>(serve(), 'GET', '/settings');
    expect(JSON.stringify(settings)).toContain('frappe_endpoints');
    expect((await serve().fetch(`${FRAPPE}.get_token`, { method: 'POST' })).status).toBe(404);
  });

  it.each([
    'login',
    'frappe.client.get_list',
    'frappe.integrations.oauth2.get_token/',
    'frappe.integrations.oauth2',
    '',
  ])('answers 404 to the method "%s", which is none of them', async (method) => {
    const server = await serveFrappe();
    const response = await server.fetch(`/api/method/${method}`, { method: 'POST' });
    expect([response.status, await errorOf(response)]).toEqual([404, 'not_found']);
  });

  it('lets no path of this server in by another: an encoded or nested one is no endpoint', async () => {
    const server = await serveFrappe();
    for (const path of ['/api/method/token', '/api/method/%2e%2e/token', '/api/method//token', '/api/method/api/me'])
      expect([path, (await server.fetch(path, { method: 'POST' })).status]).toEqual([path, 404]);
  });

  it('may not be stored by any cache', async () => {
    const server = await serveFrappe();
    for (const path of PATHS)
      for (const method of METHODS) {
        const response = await server.fetch(path, { method });
        expect([method, path, response.headers.get('cache-control')]).toEqual([method, path, 'no-store']);
        expect([method, path, response.status < 500]).toEqual([method, path, true]);
      }
  });

  it('answers allowed origins as its endpoint does, and no other', async () => {
    const server = await serveFrappe();
    await setSetting(server, 'allowed_public_client_origins', 'https://spa.example');
    const called = PATHS.filter((path) => !/authorize|approve|configuration/.test(path));
    for (const path of called)
      for (const [origin, allowed] of [
        ['https://spa.example', 'https://spa.example'],
        ['https://evil.example', null],
      ] as const) {
        const headers = { origin, 'access-control-request-method': 'POST' };
        const preflight = await server.fetch(path, { method: 'OPTIONS', headers });
        const response = await server.fetch(path, { method: 'POST', headers: { origin } });
        for (const { headers: answered } of [preflight, response]) {
          expect([path, answered.get('access-control-allow-origin')]).toEqual([path, allowed]);
          expect(answered.get('vary')).toContain('Origin');
          expect(answered.get('access-control-allow-credentials')).toBeNull();
        }
      }
  });

  it('is limited as its endpoint is: failed client authentications of a network', async () => {
    const server = await serveFrappe();
    const { client_id } = await makeFrappeClient(server, { token_endpoint_auth_method: 'client_secret_post' });
    const wrong = { client_id, client_secret: 'wrong', method: 'client_secret_post' };
    let status = 0;
    for (let tries = 0; tries < 200 && status !== 429; tries++)
      ({ status } = await postMethod(server, wrong, 'get_token', { grant_type: 'refresh_token', refresh_token: 'x' }));
    expect(status).toBe(429);
  });

  it('accepts a DPoP proof for itself, and none for the endpoint (RFC 9449 §4.3)', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const prover = await Prover.make();
    const path = FRAPPE_ENDPOINTS.token_endpoint;
    const redeem = async (provedPath: string) => {
      const values = redemptionOf(client, await codeOf(server, client));
      return prover.ask('POST', provedPath, (headers) => postMethod(server, client, 'get_token', values, headers));
    };
    expect(await errorOf(await redeem(ENDPOINTS.token_endpoint))).toBe('invalid_dpop_proof');
    const { token_type, access_token } = (await (await redeem(path)).json()) as {
      token_type: string;
      access_token: string;
    };
    expect(token_type).toBe('DPoP');
    const authorization = `DPoP ${access_token}`;
    const profile = FRAPPE_ENDPOINTS.userinfo_endpoint;
    for (const [proved, status] of [
      [profile, 200],
      [ENDPOINTS.userinfo_endpoint, 401],
    ] as const) {
      const send = (headers: Record<string, string>) =>
        server.fetch(profile, { headers: { ...headers, authorization } });
      expect((await prover.ask('GET', proved, send, access_token)).status).toBe(status);
    }
  });

  it('is in the request log by its own path, with the endpoint beside it, and without parameters', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await postMethod(server, client, 'get_token', { grant_type: 'refresh_token', refresh_token: 'pr_secret' });
    await server.fetch(authorizeAddress({ client_id: 'secret' }));
    const logged = lines.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
    lines.mockRestore();
    expect(logged).toMatchObject([
      { path: `${FRAPPE}.get_token`, endpoint: '/token', client: client.client_id, error: 'invalid_grant' },
      { path: `${FRAPPE}.authorize`, status: 303 },
    ]);
    expect(JSON.stringify(logged)).not.toContain('secret');
  });

  it('is a recent problem of the client where it fails', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    await postMethod(server, client, 'get_token', { grant_type: 'refresh_token', refresh_token: 'x' });
    await runCron(server.env);
    const { problems } = await administer<{ problems: { error: string }[] }>(
      server,
      'GET',
      `/clients/${client.client_id}/problems`,
    );
    expect(problems).toMatchObject([{ error: 'invalid_grant' }]);
  });

  it('redirects to this server and to registered redirect URIs only', async () => {
    const server = await serveFrappe();
    const client = await makeFrappeClient(server);
    for (const path of [
      `${FRAPPE}.authorize?redirect_uri=https://evil.example`,
      `${FRAPPE}.authorize?//evil.example`,
      `${FRAPPE}.authorize?%0d%0aLocation:%20https://evil.example`,
      `${FRAPPE}.authorize`,
    ]) {
      const response = await server.fetch(path);
      expect(response.headers.get('location')).toMatch(/^\/authorize\?/);
    }
    const doubled = `${authorizeAddress(client)}&${new URLSearchParams({ redirect_uri: 'https://evil.example' })}`;
    const page = await server.user().open(doubled);
    expect([page.status, page.headers.get('location')]).toEqual([400, null]);
    const both = `${FRAPPE}.authorize?client_id=${client.client_id}&redirect_uri=${encodeURIComponent(REDIRECT_URI)}`;
    const body = new URLSearchParams({ redirect_uri: 'https://evil.example', response_type: 'code' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await server.user().open(both, { method: 'POST', headers, body })).status).toBe(400);
  });
});
