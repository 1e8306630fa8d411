/**
 * Another Worker sends requests through a connected app, to servers that were not written here: the tokens are bound to a
 * key (RFC 9449), of a user and of the app itself (RFC 6749 §4.4).
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { calculateJwkThumbprint, decodeProtectedHeader, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { localCommandToken } from '../../src/protocol/local-command-token.ts';
import { administerAt, ISSUER, type Program, startProgram } from '../support/bound-worker.ts';
import { type RunningProvider, startProvider } from '../support/oidc-provider.ts';
import { secondServer } from '../support/second-server.ts';
import { parseForm, text, User } from '../support/user.ts';

const CREDENTIALS = { client_id: 'postern', client_secret: 'theSecretOfAClientThatIsLongEnough' };

let program: Program;
let user: User;
let provider: RunningProvider | undefined;

beforeAll(async () => {
  program = await startProgram();
  ({ user } = program);
});

afterEach(async () => {
  await provider?.close();
  provider = undefined;
});

afterAll(() => program.close());

const create = (id: string, description: Record<string, unknown>) =>
  program.administer('POST', '/connected-apps', { id, template: 'openid', name: id, ...description });

/** Through the Worker, as a user or as the app itself. */
const send = (app: string, url: string, whose = program.userId) =>
  program.ask('/through', { url, headers: { 'postern-app': app, 'postern-user': whose } });

const take = async (app: string) => (await program.ask('/token', [app, program.userId])).json();

/** Presses Connect. @returns where that leads. */
async function press(app: string): Promise<string> {
  const path = `/account/connections/${app}`;
  const sent = await user.send(parseForm(await (await user.open(path)).text(), path));
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
      redirect_uris: [callback(app)],
      grant_types: ['authorization_code', 'refresh_token'],
      dpop_bound_access_tokens: true,
      ...more,
    },
  ];

  /** Connects, uses its userinfo with the first token and two that were refreshed, and disconnects. */
  async function theWholeWay(app: string, credentials: Record<string, unknown>) {
    const { issuer = '' } = provider ?? {};
    const scopes = ['openid', 'email', 'offline_access'];
    await create(app, { issuer, scopes, api: [`${issuer}/me`], ...credentials });
    const elsewhere = new User(fetch, issuer);
    const back = (await elsewhere.open(await press(app))).headers.get('location') ?? '';
    expect((await user.request(back)).headers.get('location')).toBe(`/account/connections?connected=${app}`);
    for (const _ of [1, 2]) {
      const answer = await send(app, `${issuer}/me`);
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ sub: 'alice' })]);
    }
    expect(provider?.grants).toEqual(['authorization_code', 'refresh_token', 'refresh_token']);
    expect(await take(app)).toMatchObject({ error: 'access_denied', status: 403 });
    const form = `/account/connections/${app}/disconnect`;
    await user.send(parseForm(await (await user.open('/account/connections')).text(), form));
    expect(provider?.paths).toContain('/token/revocation');
    expect((await send(app, `${issuer}/me`)).status).toBe(409);
  }

  it('goes the whole way with a secret, rotation and pushed requests', async () => {
    const pushing = { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } };
    provider = await startProvider({
      clients: clients('bound'),
      features: { ...features, ...pushing },
      rotateRefreshToken: true,
      ttl: { AccessToken: 2 },
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
    const { keys } = (await (await program.fetch(`${ISSUER}/.well-known/jwks.json`)).json()) as { keys: object[] };
    const signing = { token_endpoint_auth_method: 'private_key_jwt', client_secret: undefined, jwks: { keys } };
    provider = await startProvider({
      clients: clients('signing', { ...signing, token_endpoint_auth_signing_alg: 'ES256' }),
      features,
      clientAuthMethods: ['private_key_jwt'],
      ttl: { AccessToken: 2 },
    });
    await theWholeWay('signing', { client_id: 'postern', auth_method: 'private_key_jwt' });
  });

  it('is sent nothing without a proof where the app says never, and says so to the user', async () => {
    provider = await startProvider({ clients: clients('unbound'), features });
    await create('unbound', { issuer: provider.issuer, dpop: 'never', scopes: ['openid'], ...CREDENTIALS });
    const back = (await new User(fetch, provider.issuer).open(await press('unbound'))).headers.get('location') ?? '';
    const answer = await user.request(back);
    expect([answer.status, text(await answer.text())]).toEqual([400, expect.stringContaining('refused')]);
  });
});

describe('the token of the app itself (RFC 6749 §4.4), of oidc-provider', () => {
  const CLIENT_OF_API = {
    client_id: 'api',
    client_secret: 'theSecretOfTheApiThatIsLongEnough',
    redirect_uris: [],
    response_types: [],
    grant_types: [],
    token_endpoint_auth_method: 'client_secret_basic',
  };

  /** An API that asks the far end about each token, and tells what it learns. */
  async function startApi(issuer: string) {
    const server = createServer(async (request, response) => {
      const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ');
      const about = await fetch(`${issuer}/token/introspection`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${CLIENT_OF_API.client_id}:${CLIENT_OF_API.client_secret}`)}` },
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

  const dPoPOn = { enabled: true, nonceSecret: Buffer.alloc(32, 2), requireNonce: () => true };
  const bound = { scheme: 'DPoP', isBoundToProof: true };
  for (const [kind, method, dPoP, said] of [
    ['bearer', 'client_secret_basic', { enabled: false }, { scheme: 'Bearer', isBoundToProof: false }],
    ['bound', 'client_secret_basic', dPoPOn, bound],
    ['signed-for-and-bound', 'private_key_jwt', dPoPOn, bound],
  ] as const) {
    it(`is a ${kind.replaceAll('-', ' ')} one, asked for once and kept`, async () => {
      const { keys } = (await (await program.fetch(`${ISSUER}/.well-known/jwks.json`)).json()) as { keys: object[] };
      const signing = { token_endpoint_auth_method: method, jwks: { keys }, token_endpoint_auth_signing_alg: 'ES256' };
      const client = {
        ...CREDENTIALS,
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
        ...(method === 'private_key_jwt' && signing),
      };
      provider = await startProvider({
        // The API asks it by a secret.
        clientAuthMethods: ['client_secret_basic', method],
        clients: [CLIENT_OF_API, { ...client, ...(dPoP.enabled && { dpop_bound_access_tokens: true }) }],
        features: { dPoP, clientCredentials: { enabled: true }, introspection: { enabled: true } },
      });
      const api = await startApi(provider.issuer);
      try {
        const app = `own-${kind}`;
        await create(app, {
          issuer: provider.issuer,
          scopes: ['files'],
          api: [api.url],
          ...CREDENTIALS,
          auth_method: method,
        });
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
    const far = await secondServer();
    const vars = parseEnv(readFileSync(join(far.stateFolder, '.dev.vars'), 'utf8'));
    const { root } = parseConfig({ ISSUER: far.url, SIGN_WITH: '1,2', SEAL_WITH: '1', ...vars });
    const command = localCommandToken(root, far.url, Date.now());
    const metadata = { client_name: 'Near', redirect_uris: [callback('far')], dpop_bound_access_tokens: true };
    const made = ['POST', '/clients', { metadata }] as const;
    const client = await administerAt<typeof CREDENTIALS>(fetch, far.url, command, ...made);
    const { client_id, client_secret } = client;
    const scopes = ['openid', 'email', 'offline_access'];
    await create('far', { issuer: far.url, scopes, api: [`${far.url}/userinfo`], client_id, client_secret });
    const who = far.administrator;
    const back = await new User(fetch, far.url).authorise(await press('far'), who);
    expect((await user.request(back.href)).headers.get('location')).toBe('/account/connections?connected=far');
    const answer = await send('far', `${far.url}/userinfo`);
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ email: who.email })]);
    expect(await take('far')).toMatchObject({ error: 'access_denied' });
  });
});
