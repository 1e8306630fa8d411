/**
 * Another Worker sends requests through a connected app, to servers that were not written here: the tokens are bound to a
 * key (RFC 9449), of a person and of the app itself (RFC 6749 §4.4).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { calculateJwkThumbprint, decodeProtectedHeader, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestHarness, type TestHarness } from 'wrangler';
import { newSecrets } from '../../scripts/secrets.ts';
import { parseConfig } from '../../src/config.ts';
import { localCommandToken } from '../../src/protocol/local-command.ts';
import { type RunningProvider, startProvider } from '../support/oidc-provider.ts';
import { Person, parseForm, text } from '../support/person.ts';
import { freePort, start } from '../support/started.ts';

const ISSUER = 'http://localhost:8787';
const WHO = { email: 'admin@example.com', password: '' };
const CREDENTIALS = { client_id: 'postern', client_secret: 'theSecretOfAClientThatIsLongEnough' };

const secrets: Record<string, string> = { ...newSecrets(WHO.email), SIGN_WITH: '1,2', SEAL_WITH: '1' };
let folder = '';
let harness: TestHarness;
let person: Person;
let personId = '';
let provider: RunningProvider | undefined;

/** A Worker that passes on what it is asked. */
const PROGRAM = `
export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname !== '/through') return Response.json(await env.CONNECTIONS.token(...(await request.json())));
    const { url, method, headers } = await request.json();
    return env.CONNECTIONS.fetch(url, { method, headers });
  },
};`;

const CONFIGURATION = `
name = "program"
main = "program.js"
compatibility_date = "2026-01-01"
[[services]]
binding = "CONNECTIONS"
service = "postern"
entrypoint = "Connections"
`;

beforeAll(async () => {
  WHO.password = secrets.ADMIN_PASSWORD ?? '';
  folder = mkdtempSync(join(tmpdir(), 'postern-program-'));
  writeFileSync(join(folder, 'wrangler.toml'), CONFIGURATION);
  writeFileSync(join(folder, 'program.js'), PROGRAM);
  harness = createTestHarness({
    workers: [
      { configPath: join(folder, 'wrangler.toml') },
      { configPath: join(process.cwd(), 'wrangler.toml'), vars: { ISSUER, ...secrets } },
    ],
  });
  await harness.listen();
  await harness.getWorker('postern').applyD1Migrations('DB');
  person = new Person(postern, ISSUER);
  await person.signIn(WHO.email, WHO.password);
  const { people } = await administer<{ people: { id: string }[] }>(ISSUER, secrets, 'GET', '/people', undefined);
  personId = people[0]?.id ?? '';
});

afterEach(async () => {
  await provider?.close();
  provider = undefined;
});

afterAll(async () => {
  await harness?.close();
  rmSync(folder, { recursive: true, force: true });
});

const postern = ((url: string, init?: RequestInit) =>
  url.startsWith(ISSUER) ? harness.getWorker('postern').fetch(url, init as never) : fetch(url, init)) as typeof fetch;

async function administer<T>(
  issuer: string,
  vars: Record<string, string | undefined>,
  method: string,
  path: string,
  body: unknown,
): Promise<T> {
  const token = localCommandToken(parseConfig({ ISSUER: issuer, ...vars }).root, issuer, Date.now());
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const sending = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await postern(`${issuer}/api/admin${path}`, sending);
  expect(response.ok, await response.clone().text()).toBe(true);
  return (await response.json()) as T;
}

const create = (id: string, description: Record<string, unknown>) =>
  administer(ISSUER, secrets, 'POST', '/connected-apps', { id, template: 'openid', name: id, ...description });

const ask = (path: string, body: unknown) =>
  harness.getWorker('program').fetch(`https://program.example${path}`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  });

/** Through the Worker, as a person or as the app itself. */
const send = (app: string, url: string, whose = personId) =>
  ask('/through', { url, method: 'GET', headers: { 'postern-app': app, 'postern-person': whose } });

/** Presses Connect. @returns where that leads. */
async function press(app: string): Promise<string> {
  const path = `/account/connections/${app}`;
  const sent = await person.send(parseForm(await (await person.open(path)).text(), path));
  const there = sent.headers.get('location');
  if (!there) throw new Error(text(await sent.text()));
  return there;
}

const callback = (app: string) => `${ISSUER}/connected-apps/${app}/callback`;

describe('oidc-provider as the far end, with nonces in every proof', () => {
  const features = { dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 1), requireNonce: () => true } };
  const clients = (app: string, more: Record<string, unknown> = {}) => [
    {
      ...CREDENTIALS,
      ...{ redirect_uris: [callback(app)], grant_types: ['authorization_code', 'refresh_token'] },
      ...{ dpop_bound_access_tokens: true, ...more },
    },
  ];

  /** Connects, uses its userinfo with the first token and two that were refreshed, and disconnects. */
  async function theWholeWay(app: string, credentials: Record<string, unknown>) {
    const { issuer = '' } = provider ?? {};
    const scopes = ['openid', 'email', 'offline_access'];
    await create(app, { issuer, scopes, api: [`${issuer}/me`], ...credentials });
    const elsewhere = new Person(fetch, issuer);
    const back = (await elsewhere.open(await press(app))).headers.get('location') ?? '';
    expect((await person.request(back)).headers.get('location')).toBe(`/account/connections?connected=${app}`);
    for (const _ of [1, 2]) {
      const answer = await send(app, `${issuer}/me`);
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ sub: 'alice' })]);
    }
    expect(provider?.grants).toEqual(['authorization_code', 'refresh_token', 'refresh_token']);
    expect(await (await ask('/token', [app, personId])).json()).toMatchObject({ error: 'access_denied', status: 403 });
    const form = `/account/connections/${app}/disconnect`;
    await person.send(parseForm(await (await person.open('/account/connections')).text(), form));
    expect(provider?.paths).toContain('/token/revocation');
    expect((await send(app, `${issuer}/me`)).status).toBe(409);
  }

  it('goes the whole way with a secret, rotation and pushed requests', async () => {
    const pushing = { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } };
    provider = await startProvider({
      ...{ clients: clients('bound'), features: { ...features, ...pushing } },
      ...{ rotateRefreshToken: true, ttl: { AccessToken: 2 } },
    });
    await theWholeWay('bound', CREDENTIALS);
    expect(provider.paths).toContain('/request');
  });

  it('goes the whole way as a public client, whose refresh tokens are bound as well', async () => {
    const none = { token_endpoint_auth_method: 'none', client_secret: undefined };
    provider = await startProvider({ clients: clients('public', none), features, ttl: { AccessToken: 2 } });
    await theWholeWay('public', { client_id: 'postern' });
  });

  it('goes the whole way with a signed assertion (RFC 7523)', async () => {
    const { keys } = (await (await postern(`${ISSUER}/.well-known/jwks.json`)).json()) as { keys: object[] };
    const signing = { token_endpoint_auth_method: 'private_key_jwt', client_secret: undefined, jwks: { keys } };
    provider = await startProvider({
      ...{ clients: clients('signing', { ...signing, token_endpoint_auth_signing_alg: 'ES256' }), features },
      ...{ clientAuthMethods: ['private_key_jwt'], ttl: { AccessToken: 2 } },
    });
    await theWholeWay('signing', { client_id: 'postern', auth_method: 'private_key_jwt' });
  });

  it('is sent nothing without a proof where the app says never, and says so to the person', async () => {
    provider = await startProvider({ clients: clients('unbound'), features });
    await create('unbound', { issuer: provider.issuer, dpop: 'never', scopes: ['openid'], ...CREDENTIALS });
    const back = (await new Person(fetch, provider.issuer).open(await press('unbound'))).headers.get('location') ?? '';
    const answer = await person.request(back);
    expect([answer.status, text(await answer.text())]).toEqual([400, expect.stringContaining('refused')]);
  });
});

describe('the token of the app itself (RFC 6749 §4.4), of oidc-provider', () => {
  /** An API that asks the far end about each token, and tells what it learns. */
  async function startApi(issuer: string) {
    const server = createServer(async (request, response) => {
      const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ');
      const about = await fetch(`${issuer}/token/introspection`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${CREDENTIALS.client_id}:${CREDENTIALS.client_secret}`)}` },
        body: new URLSearchParams({ token }),
      });
      const { active, scope, cnf } = (await about.json()) as Record<string, unknown> & { cnf?: { jkt: string } };
      const proof = request.headers.dpop as string | undefined;
      const proved = proof && (await calculateJwkThumbprint(decodeProtectedHeader(proof).jwk as JWK));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ scheme, active, scope, isBoundToProof: cnf !== undefined && cnf.jkt === proved }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => new Promise((resolve) => server.close(resolve));
    return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, close };
  }

  for (const [kind, dPoP, said] of [
    ['bearer', { enabled: false }, { scheme: 'Bearer', isBoundToProof: false }],
    [
      'bound',
      { enabled: true, nonceSecret: Buffer.alloc(32, 2), requireNonce: () => true },
      { scheme: 'DPoP', isBoundToProof: true },
    ],
  ] as const) {
    it(`is a ${kind} one, asked for once and kept`, async () => {
      const client = { ...CREDENTIALS, redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };
      provider = await startProvider({
        clients: [{ ...client, ...(dPoP.enabled && { dpop_bound_access_tokens: true }) }],
        features: { dPoP, clientCredentials: { enabled: true }, introspection: { enabled: true } },
      });
      const api = await startApi(provider.issuer);
      try {
        const app = `own-${kind}`;
        await create(app, { issuer: provider.issuer, scopes: ['files'], api: [api.url], ...CREDENTIALS });
        for (const _ of [1, 2]) {
          const answer = await send(app, api.url, '');
          expect([answer.status, await answer.json()]).toEqual([200, { active: true, scope: 'files', ...said }]);
        }
        expect(provider.grants).toEqual(['client_credentials']);
      } finally {
        await api.close();
      }
    });
  }
});

describe('another Postern as the far end', () => {
  it('binds its tokens, and serves its userinfo to the proof', { timeout: 180_000 }, async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'postern-far-'));
    const far = await start({ stateFolder, port: await freePort() });
    try {
      const vars = parseEnv(readFileSync(join(stateFolder, '.dev.vars'), 'utf8'));
      const numbered = { SIGN_WITH: '1,2', SEAL_WITH: '1', ...vars };
      const metadata = { client_name: 'Near', redirect_uris: [callback('far')], dpop_bound_access_tokens: true };
      const client = await administer<typeof CREDENTIALS>(far.url, numbered, 'POST', '/clients', { metadata });
      const { client_id, client_secret } = client;
      const scopes = ['openid', 'email', 'offline_access'];
      await create('far', { issuer: far.url, scopes, api: [`${far.url}/userinfo`], client_id, client_secret });
      const who = { email: vars.ADMIN_EMAIL ?? '', password: vars.ADMIN_PASSWORD ?? '' };
      const back = await new Person(fetch, far.url).authorise(await press('far'), who);
      expect((await person.request(back.href)).headers.get('location')).toBe('/account/connections?connected=far');
      const answer = await send('far', `${far.url}/userinfo`);
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ email: who.email })]);
      const taken = await (await ask('/token', ['far', personId])).json();
      expect(taken).toMatchObject({ error: 'access_denied' });
    } finally {
      await far.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    }
  });
});
