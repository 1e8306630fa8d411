/** OpenAPI 3.1 and RFC 8259: what is served is described, what is described is served, and the answers fit. */
import { describe, expect, it } from 'vitest';
import { ADMIN_API } from '../../src/admin/api/table.ts';
import { createApp } from '../../src/app.ts';
import { openApiDocument } from '../../src/http/api/openapi.ts';
import { type ApiRoute, joinTables } from '../../src/http/api/routes.ts';
import { CONNECTIONS_API } from '../../src/oauth-client/api.ts';
import { ME_API } from '../../src/protected-resources/api/table.ts';
import { makeClient, obtainCode, obtainTokens } from '../support/client.ts';
import { CLIENT, connectUser, farEnd, signedIn } from '../support/far-end.ts';
import { administer, bindings, ISSUER, runCron, type Server, serve } from '../support/server.ts';
import { says, signInWith } from '../support/social.ts';

const OWN_API = joinTables(ME_API, CONNECTIONS_API);
const TABLES = [OWN_API, ADMIN_API];
const described = openApiDocument(ISSUER, TABLES);
const operations = Object.entries(described.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

/** Every value under a key, however deep. */
function found(at: unknown, key: string): unknown[] {
  if (typeof at !== 'object' || at === null) return [];
  const own = Object.entries(at).filter(([name]) => name === key);
  return [...own.map(([, value]) => value), ...Object.values(at).flatMap((value) => found(value, key))];
}

describe('OpenAPI 3.1: /openapi.json', () => {
  it('is served to any origin, as a document that may be kept for a while', async () => {
    const response = await serve().fetch('/openapi.json', { headers: { origin: 'https://app.example' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('etag')).toMatch(/^"/);
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(described)));
  });

  it('every $ref leads somewhere', () => {
    const refs = found(described, '$ref') as string[];
    expect(refs.length).toBeGreaterThan(100);
    for (const ref of new Set(refs)) {
      const target = ref
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], described);
      expect([ref, typeof target]).toEqual([ref, 'object']);
    }
  });

  it('every operation has an id of its own, a summary, responses, and credentials that are described', () => {
    expect(operations.length).toBeGreaterThan(45);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    const schemes = Object.keys(described.components.securitySchemes);
    const scopes = Object.keys(described.components.securitySchemes.oauth2.flows.authorizationCode.scopes);
    for (const { operation } of operations) {
      expect(operation.summary.length, operation.operationId).toBeGreaterThan(4);
      expect(Object.keys(operation.responses).some((status) => /^20[014]$/.test(status))).toBe(true);
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '503']));
      for (const way of operation.security) {
        expect(schemes).toEqual(expect.arrayContaining(Object.keys(way)));
        expect(scopes).toEqual(expect.arrayContaining(Object.values(way).flat()));
      }
    }
  });

  it('every parameter of a path is declared, and no other', () => {
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect([path, inPath]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
    }
  });

  it('a write says what its body must be, and a path is in lower case with dashes', () => {
    const bodyless = TABLES.flatMap(({ routes }) => Object.entries(routes))
      .filter(([, { method, body }]) => ['POST', 'PUT', 'PATCH'].includes(method) && !body)
      .map(([operationId]) => operationId);
    expect(bodyless).toEqual(['inviteAgain', 'requestDeletion', 'refreshConnectedApp', 'resealConnectedApps']);
    for (const { path } of operations) expect(path).toMatch(/^\/api(\/[a-z-]+|\/\{\w+\})+$/);
  });

  it('every route below /api is in it', () => {
    const served = createApp()
      .routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(served.length).toBeGreaterThan(45);
    expect([...new Set(served)].sort()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('everything in it is served, and guarded by the scopes that it says', async () => {
    const server = serve();
    for (const { method, path, operation } of operations) {
      const response = await server.fetch(path.replaceAll(/\{\w+\}/g, 'x'), { method });
      expect([operation.operationId, response.status]).toEqual([operation.operationId, 401]);
      const scopes = operation.security[0]?.oauth2?.join(' ');
      expect(response.headers.get('www-authenticate')).toContain(`scope="${scopes}"`);
    }
  });
});

/** Calls an operation, and holds its answer against the schema that the reference shows. */
function caller(server: Server, token: string) {
  const asked = new Set<string>();
  const tables = TABLES.flatMap(({ base, routes }) =>
    Object.entries(routes).map(([id, route]) => [id, { base, route }] as const),
  );
  const byId = new Map<string, { base: string; route: ApiRoute }>(tables);
  const ask = async <T>(operationId: string, values: Record<string, string> = {}, body?: unknown): Promise<T> => {
    const { base, route } = byId.get(operationId) as { base: string; route: ApiRoute };
    const path =
      base + route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
    const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) };
    const init = { method: route.method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const response = await server.fetch(path, init);
    const text = await response.text();
    expect([operationId, response.status, text]).toEqual([
      operationId,
      route.response ? (route.status ?? 200) : 204,
      text,
    ]);
    asked.add(operationId);
    if (!route.response) return undefined as T;
    const fits = route.response.safeParse(JSON.parse(text));
    expect([operationId, fits.error?.issues]).toEqual([operationId, undefined]);
    return fits.data as T;
  };
  return { ask, unasked: () => [...byId.keys()].filter((id) => !asked.has(id)) };
}

describe('the answers', () => {
  it('fit their schemas, with nothing more and nothing less: every operation there is', {
    timeout: 60_000,
  }, async () => {
    const server = serve(bindings(['SHARD_APAC']));
    const scope = 'openid profile email roles grants api_keys connections admin';
    const { access_token } = await obtainTokens(server, await makeClient(server, { scope }), { scope });
    const { ask, unasked } = caller(server, access_token);
    const device = await makeClient(server, {
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: [],
    });
    await server.fetch('/device_authorization', {
      method: 'POST',
      body: `client_id=${device.client_id}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    await obtainCode(server, await makeClient(server));

    await ask('listSettings');
    await ask('putSetting', { name: 'code_seconds' }, { value: 61 });
    await ask('getSetting', { name: 'code_seconds' });
    await ask('deleteSetting', { name: 'code_seconds' });

    const metadata = { redirect_uris: ['https://app.example/'], client_name: 'Notes' };
    const client = await ask<{ client_id: string }>('createClient', {}, { metadata });
    const id = client.client_id;
    await ask('listClients');
    await ask('getClient', { id });
    await server.fetch(`/authorize?client_id=${id}&redirect_uri=https://wrong.example/`);
    await ask('listClientProblems', { id });
    await ask('getClientTimeline', { id });
    await ask('patchClient', { id }, { trusted: true });
    await ask('rotateClientSecret', { id });
    await ask('deleteClient', { id });

    const user = await ask<{ id: string }>('addUser', {}, { email: 'ada@example.com', name: 'Ada' });
    const users = await ask<{ users: { id: string }[] }>('listUsers');
    for (const { id } of users.users) await ask('getUser', { id });
    for (const { id } of users.users) await ask('listApplications', { id });
    await ask('patchUser', { id: user.id }, { roles: ['editor'] });
    await ask('inviteAgain', { id: user.id });
    await ask('exportUser', { id: user.id });
    await ask('requestDeletion', { id: user.id });
    await ask('cancelDeletion', { id: user.id });
    await ask('deleteConsent', { id: user.id, client: id });
    await ask('deletePasskey', { id: user.id, passkey: 'w_none' });
    await ask('resetSecondFactor', { id: user.id });

    const resource = { id: 'https://notes.example' };
    await ask('putResource', resource, { name: 'Notes', scopes: [{ name: 'read', description: 'Read' }] });
    await ask('getResource', resource);
    await ask('listResources');
    await ask('deleteResource', resource);

    const issuer = { issuer: 'https://id.example.com' };
    await ask('putIssuer', issuer, { jwks_uri: 'https://id.example.com/jwks' });
    await ask('putSubject', issuer, { subject: 'ada', user: user.id });
    await ask('getIssuer', issuer);
    await ask('listIssuers');
    await ask('deleteSubject', { ...issuer, subject: 'ada' });
    await ask('deleteIssuer', issuer);

    const initial = await ask<{ id: string }>('createInitialAccessToken', {}, { name: 'Once' });
    await ask('listInitialAccessTokens');
    await ask('getInitialAccessToken', { id: initial.id });
    await ask('patchInitialAccessToken', { id: initial.id }, { uses: 2 });
    await ask('deleteInitialAccessToken', { id: initial.id });

    const request = { name: 'Backup', scope: 'profile' };
    const key = await ask<{ id: string }>('createApiKey', {}, { ...request, user: user.id });
    await ask('listApiKeys');
    await ask('getApiKey', { id: key.id });
    await ask('deleteApiKey', { id: key.id });
    const own = await ask<{ id: string }>('createMyKey', {}, request);
    await ask('listMyKeys');
    await ask('rotateMyKey', { id: own.id });
    await ask('deleteMyKey', { id: own.id });

    const far = await farEnd();
    const app = { id: 'faraway' };
    await ask('listTemplates');
    const description = { template: 'openid', issuer: far.issuer, raw_tokens: 'users', ...CLIENT };
    await ask('createConnectedApp', {}, { ...app, ...description });
    await ask('listConnectedApps');
    await ask('getConnectedApp', app);
    await ask('patchConnectedApp', app, { name: 'Faraway' });
    await ask('refreshConnectedApp', app);
    await connectUser(await signedIn(server), far);
    const { connections } = await ask<{ connections: { user: string }[] }>('listConnections');
    await ask('listOwnConnections');
    await ask('takeOwnToken', { app: 'faraway' });

    const social = { id: 'social' };
    await ask('listProviders');
    await ask('createSocialLogin', {}, { ...social, provider: 'openid', issuer: far.issuer, ...CLIENT });
    await ask('patchSocialLogin', social, { sign_up: 'allow', tenants: [] });
    says(far, { sub: 'eve', name: 'Eve', email: 'eve@faraway.net' });
    await signInWith(server.user(), far, 'social');
    await ask('listSocialLogins');
    await ask('getSocialLogin', social);
    const { identities } = await ask<{ identities: { id: string }[] }>('listIdentities');
    await ask('getIdentity', { id: identities[0]?.id ?? '' });
    await ask('deleteIdentity', { id: identities[0]?.id ?? '' });
    await ask('deleteSocialLogin', social);
    await ask('getConnection', { app: 'faraway', user: connections[0]?.user ?? '' });
    await ask('deleteConnection', { app: 'faraway', user: connections[0]?.user ?? '' });
    await ask('resealConnectedApps');
    await ask('deleteConnectedApp', app);

    const { devices } = await ask<{ devices: { id: string }[] }>('listDevices');
    await ask('getDevice', { id: devices[0]?.id ?? '' });
    await ask('deleteDevice', { id: devices[0]?.id ?? '' });
    const { codes } = await ask<{ codes: { hash: string }[] }>('listCodes');
    await ask('getCode', { hash: codes[0]?.hash ?? '' });
    await ask('deleteCode', { hash: codes[0]?.hash ?? '' });
    await ask('listEvents');
    await ask('listCutoffs');
    await ask('patchShard', { name: 'apac' }, { draining: true });
    await server.env.DB.prepare('UPDATE shards SET draining_since = 1').run();
    await ask('listShards');
    await ask('getShard', { name: 'apac' });
    await ask('deleteShard', { name: 'apac' });
    // The cron counts what the tables hold.
    await runCron(server.env);
    const { counts } = await ask<{ counts: object[] }>('listCounts');
    expect(counts).toContainEqual(expect.objectContaining({ name: 'sign-ins', count: expect.any(Number) }));
    await ask('me');
    await ask('listMyGrants');
    const { tokens } = await ask<{ tokens: { id: string }[] }>('listTokens');
    const { grants } = await ask<{ grants: { id: string }[] }>('listGrants');
    const other = await obtainTokens(server, await makeClient(server));
    expect(other.access_token).toBeTruthy();
    const fresh = await ask<{ grants: { id: string }[] }>('listGrants');
    const added = fresh.grants.find(({ id }) => !grants.some((grant) => grant.id === id));
    // The session of those tokens: ended, it is told of.
    const { sessions } = await ask<{ sessions: { id: string }[] }>('listSessions');
    await ask('getSession', { id: sessions[0]?.id ?? '' });
    await ask('deleteSession', { id: sessions[0]?.id ?? '' });
    await ask('listLogouts');
    await ask('deleteSessionsOf', { id: user.id });
    await ask('getGrant', { id: added?.id ?? '' });
    await ask('deleteGrant', { id: added?.id ?? '' });
    await ask('deleteMyGrant', { id: added?.id ?? '' });
    await ask('revokeEverythingOf', {}, { client: 'c_none' });
    const imported = { source_name: 'ivy', email: 'ivy@example.com', name: 'Ivy' };
    const source = 'frappe:erp.example';
    await ask('importUsers', {}, { source, users: [imported] });
    const old = { client_name: 'Old', redirect_uris: ['https://old.example/cb'] };
    await ask('importClients', {}, { source, clients: [{ client_id: 'a1b2c3d4e5', metadata: old }] });
    await ask('importConnections', {}, { source, connections: [{ user: 'ivy', app: 'none', access_token: 'a' }] });
    await ask('importIdentities', {}, { source, identities: [{ user: 'ivy', login: 'none', subject: '1' }] });
    await ask('importApiKeys', {}, { source, api_keys: [{ user: 'ivy', key: 'a1b2c3', secret: 'd4e5f6' }] });
    await ask('getToken', { id: tokens[0]?.id ?? '' });
    await ask('deleteToken', { id: tokens[0]?.id ?? '' });
    // A new route is asked here, too: what it answers is then known to be what the reference says.
    expect(unasked()).toEqual([]);
    await administer(server, 'GET', '/events');
  });
});

describe('/reference: the same for users', () => {
  it('shows every operation, its scopes, what it takes and what it answers', async () => {
    const server = serve();
    expect(await (await server.fetch('/reference')).text()).toContain('href="/reference/admin"');
    for (const [page, { routes }] of [
      ['/reference/me', OWN_API],
      ['/reference/admin', ADMIN_API],
    ] as const) {
      const list = await (await server.fetch(page)).text();
      const shown = operations.filter(({ operation }) => operation.operationId in routes);
      expect(shown.length).toBe(Object.keys(routes).length);
      const nouns = new Map<string, string>();
      for (const { method, path, operation } of shown) {
        expect(list).toContain(`${method} ${path}`);
        const noun = new RegExp(`href="([^"#]+)#${operation.operationId}"`).exec(list)?.[1] ?? '';
        const html = nouns.get(noun) ?? (await (await server.fetch(noun)).text());
        nouns.set(noun, html);
        expect(html).toContain(`id="${operation.operationId}"`);
        expect(html).toContain(operation.summary);
        expect(html).not.toMatch(/<\/code> \w+null\b/);
        for (const [, target] of html.matchAll(/href="#(\w+)"/g)) expect(html).toContain(`id="${target}"`);
      }
      expect(nouns.size).toBeGreaterThan(2);
      for (const html of [list, ...nouns.values()]) expect(html.length).toBeLessThan(40_000);
      expect((await server.fetch(`${page}/nothing`)).status).toBe(404);
    }
  });
});
