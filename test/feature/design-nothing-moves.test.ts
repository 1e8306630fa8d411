/** ARCHITECTURE §2: nothing moves unless the request can be answered: what fails leaves its credential as it was. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clearIsolateCaches } from '../../src/storage/database/isolate-cache.ts';
import {
  errorOf,
  ISSUER,
  makeClient,
  obtainCode,
  obtainTokens,
  payloadOf,
  postForm,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { Prover } from '../support/dpop.ts';
import { wrapStores } from '../support/recorder.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm } from '../support/user.ts';

const A = 'https://a.example/mcp';
const B = 'https://b.example/mcp';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

const at = (resource: string) => `/resources/${encodeURIComponent(resource)}`;
const put = (server: Server, resource: string, description: object = {}) =>
  administer(server, 'PUT', at(resource), {
    name: resource,
    scopes: [{ name: 'read', description: 'Read' }],
    ...description,
  });
const remove = (server: Server, resource: string) => administer(server, 'DELETE', at(resource));

const audience = ({ access_token }: Tokens) => payloadOf(access_token).aud;
const tokensOf = async (response: Response) => {
  expect([response.status, response.ok ? '' : await response.clone().text()]).toEqual([200, '']);
  return (await response.json()) as Tokens;
};

/** Beyond the time in which a replaced refresh token is taken for the same client coming again. */
const later = (seconds = 90) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });
afterEach(() => vi.useRealTimers());

async function grantFor(server: Server, resources = [A, B]) {
  for (const resource of resources) await put(server, resource);
  const client = await makeClient(server, { scope: 'openid profile read' });
  const asked = { resource: resources, scope: 'profile read' };
  return { client, tokens: await obtainTokens(server, client, asked), asked };
}

describe('RFC 6749 §6 refreshing a grant whose resources were deleted', () => {
  it('without a resource the token is for the first that still exists', async () => {
    const server = serve();
    const { client, tokens } = await grantFor(server);
    expect(audience(tokens)).toBe(A);
    await remove(server, A);
    const next = await tokensOf(await refresh(server, client, tokens.refresh_token));
    expect(audience(next)).toBe(B);
    const { tokens: records } = await administer<{ tokens: { id: string; resource: string; expires_at: string }[] }>(
      server,
      'GET',
      '/tokens',
    );
    const { jti, exp } = payloadOf(next.access_token);
    const record = records.find(({ id }) => id === jti);
    expect(record?.resource).toBe(B);
    expect(Math.floor(Date.parse(record?.expires_at ?? '') / 1000)).toBe(exp);
  });

  it('where none exists it is invalid_target, and nothing has moved', async () => {
    const server = serve();
    const { client, tokens } = await grantFor(server);
    await remove(server, A);
    await remove(server, B);
    for (const changes of [{}, { resource: A }]) {
      expect(await errorOf(await refresh(server, client, tokens.refresh_token, changes))).toBe('invalid_target');
    }
    await put(server, B);
    later();
    expect(audience(await tokensOf(await refresh(server, client, tokens.refresh_token)))).toBe(B);
  });

  it('the lifetime of the record is that of the token, where the resource has one of its own', async () => {
    const server = serve();
    const { client, tokens } = await grantFor(server);
    await put(server, A, { token_minutes: 7 });
    const next = await tokensOf(await refresh(server, client, tokens.refresh_token));
    expect(next.expires_in).toBe(7 * 60);
    const { tokens: records } = await administer<{ tokens: { id: string; expires_at: string }[] }>(
      server,
      'GET',
      '/tokens',
    );
    const { jti, exp } = payloadOf(next.access_token);
    const record = records.find(({ id }) => id === jti);
    expect(Math.floor(Date.parse(record?.expires_at ?? '') / 1000)).toBe(exp);
  });

  it('a resource that was registered after this isolate looked is found before it is refused', async () => {
    const server = serve();
    const { client, tokens } = await grantFor(server);
    await server.env.DB.prepare("UPDATE resources SET id = id || '-away'").run();
    clearIsolateCaches();
    expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_target');
    await server.env.DB.prepare("UPDATE resources SET id = replace(id, '-away', '')").run();
    expect(audience(await tokensOf(await refresh(server, client, tokens.refresh_token)))).toBe(A);
  });
});

type Attempt = {
  /** Sends the request that is refused for as long as the preparation lasts. */
  refused: (server: Server, client: TestClient, text: string) => Promise<Response>;
  prepare?: (server: Server) => Promise<unknown>;
  restore?: (server: Server) => Promise<unknown>;
};

const withoutBoth = {
  async prepare(server: Server) {
    await remove(server, A);
    await remove(server, B);
  },
  async restore(server: Server) {
    await put(server, A);
    await put(server, B);
  },
};
const bound = {
  prepare: async (server: Server) => put(server, A, { dpop_required: true }),
  restore: async (server: Server) => put(server, A, { dpop_required: false }),
};

const REFRESHES: [string, Attempt][] = [
  ['no resource of the grant exists', { ...withoutBoth, refused: (s, c, text) => refresh(s, c, text) }],
  ['the resource named was deleted', { ...withoutBoth, refused: (s, c, text) => refresh(s, c, text, { resource: B }) }],
  ['the resource takes only bound tokens', { ...bound, refused: (s, c, text) => refresh(s, c, text) }],
  ['the scope was not granted', { refused: (s, c, text) => refresh(s, c, text, { scope: 'openid' }) }],
  ['the resource was not granted', { refused: (s, c, text) => refresh(s, c, text, { resource: `${ISSUER}/mcp` }) }],
  ['two resources are named', { refused: (s, c, text) => refresh(s, c, text, { resource: [A, B] }) }],
  [
    'the proof is wrong',
    { refused: (s, c, text) => postToken(s, c, { grant_type: 'refresh_token', refresh_token: text }, { dpop: 'x' }) },
  ],
];

const REDEMPTIONS: [string, Attempt][] = [
  ['no resource of the request exists', { ...withoutBoth, refused: (s, c, text) => postToken(s, c, redemption(text)) }],
  [
    'the resource named was deleted',
    { ...withoutBoth, refused: (s, c, text) => postToken(s, c, redemption(text, { resource: B })) },
  ],
  ['the resource takes only bound tokens', { ...bound, refused: (s, c, text) => postToken(s, c, redemption(text)) }],
  [
    'the verifier is wrong',
    { refused: (s, c, text) => postToken(s, c, redemption(text, { code_verifier: 'x'.repeat(43) })) },
  ],
  [
    'the redirect URI is another',
    { refused: (s, c, text) => postToken(s, c, redemption(text, { redirect_uri: 'https://b.example/' })) },
  ],
  [
    'the resource was not asked for',
    { refused: (s, c, text) => postToken(s, c, redemption(text, { resource: `${ISSUER}/mcp` })) },
  ],
  ['the proof is wrong', { refused: (s, c, text) => postToken(s, c, redemption(text), { dpop: 'x' }) }],
];

describe('a request that is refused leaves its credential as it was', () => {
  it.each(REFRESHES)('a refresh where %s', async (_why, { prepare, refused, restore }) => {
    const server = serve();
    const { client, tokens } = await grantFor(server);
    await prepare?.(server);
    expect((await refused(server, client, tokens.refresh_token)).status).toBe(400);
    await restore?.(server);
    later();
    await tokensOf(await refresh(server, client, tokens.refresh_token));
  });

  it.each(REDEMPTIONS)('a redemption where %s', async (_why, { prepare, refused, restore }) => {
    const server = serve();
    const { client, asked } = await grantFor(server);
    const code = await obtainCode(server, client, asked);
    await prepare?.(server);
    expect((await refused(server, client, code)).status).toBe(400);
    await restore?.(server);
    later(20);
    await tokensOf(await postToken(server, client, redemption(code)));
  });

  it('a redemption is for the first resource of the request that still exists', async () => {
    const server = serve();
    const { client, asked } = await grantFor(server);
    const code = await obtainCode(server, client, asked);
    await remove(server, A);
    expect(audience(await tokensOf(await postToken(server, client, redemption(code))))).toBe(B);
  });

  it('a device poll', async () => {
    const server = serve();
    for (const resource of [A, B]) await put(server, resource);
    const client = await makeClient(server, { grant_types: [DEVICE_CODE], redirect_uris: [], scope: 'profile read' });
    const begun = await postForm(server, client, '/device_authorization', { scope: 'profile read', resource: [A, B] });
    const { device_code = '', verification_uri_complete = '' } = (await begun.json()) as Record<string, string>;
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const html = await (await user.open(verification_uri_complete.slice(ISSUER.length))).text();
    await user.send(parseForm(html, '/device'), { decision: 'allow' });
    const poll = () => postToken(server, client, { grant_type: DEVICE_CODE, device_code });
    await withoutBoth.prepare(server);
    expect(await errorOf(await poll())).toBe('invalid_target');
    await put(server, B);
    expect(audience(await tokensOf(await poll()))).toBe(B);
  });
});

describe('a proof that cannot be noted in DB, beside a decision in a shard', () => {
  /** DB is as far away as it can be, from the moment that it is told. */
  async function start() {
    const state = { down: false };
    const act = <T>(store: string, operation: () => Promise<T>): Promise<T> =>
      state.down && store === 'DB' ? Promise.reject(new Error('D1_ERROR: Network connection lost.')) : operation();
    const server = serve(wrapStores(bindings(['SHARD_WEUR', 'SHARD_APAC']), act));
    await setSetting(server, 'dpop_nonce_required', false);
    const key = await Prover.make();
    const client = await makeClient(server);
    const send = async (changes: Record<string, string | string[] | undefined>, proof?: string) =>
      postToken(server, client, changes, { dpop: proof ?? (await key.prove('POST', '/token')) }, server.fetchOnly);
    return { server, state, key, client, send };
  }

  it('a code is not redeemed: the same code succeeds as soon as DB answers', async () => {
    const { server, state, client, send } = await start();
    const code = await obtainCode(server, client);
    state.down = true;
    const response = await send(redemption(code));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    state.down = false;
    later(20);
    const tokens = await tokensOf(await send(redemption(code)));
    await tokensOf(await send({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token }));
  });

  it('a refresh token is not replaced: the same one succeeds as soon as DB answers, however late', async () => {
    const { server, state, client, send } = await start();
    const tokens = await tokensOf(await send(redemption(await obtainCode(server, client))));
    const ask = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    state.down = true;
    for (let tries = 0; tries < 3; tries++) expect((await send(ask)).status).toBe(503);
    state.down = false;
    later();
    const next = await tokensOf(await send(ask));
    await tokensOf(await send({ ...ask, refresh_token: next.refresh_token }));
  });

  it('a proof that was used for another shard moves nothing', async () => {
    const { server, key, client, send } = await start();
    const tokens = await tokensOf(await send(redemption(await obtainCode(server, client))));
    const elsewhere = serve(server.env, 'AS');
    const code = await obtainCode(elsewhere, client);
    expect(code).toMatch(/^pc_apac_/);
    const proof = await key.prove('POST', '/token');
    const next = await tokensOf(
      await send({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token }, proof),
    );
    expect(await errorOf(await send(redemption(code), proof))).toBe('invalid_dpop_proof');
    later(20);
    await tokensOf(await send(redemption(code)));
    await tokensOf(await send({ grant_type: 'refresh_token', refresh_token: next.refresh_token }));
  });
});
