/** Behaviour when D1 or KV fail, lose responses or are unreachable. */
import { describe, expect, it } from 'vitest';
import { clearIsolateCaches } from '../../src/storage/database/isolate-cache.ts';
import {
  authorizeUrl,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  postToken,
  redemption,
  refresh,
  type Tokens,
} from '../support/client.ts';
import { wrapStores } from '../support/recorder.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve } from '../support/server.ts';

type Fault = <T>(store: string, operation: () => Promise<T>) => Promise<T>;

/** A server whose stores behave as `fault` says from the moment that it is set. */
function faulty(shards: ('SHARD_WEUR' | 'SHARD_APAC')[] = []): Server & { fault: Fault | undefined } {
  const current: { fault: Fault | undefined } = { fault: undefined };
  const act: Fault = (store, operation) => (current.fault ? current.fault(store, operation) : operation());
  return Object.assign(current, serve(wrapStores(bindings(shards), act)));
}

const down: Fault = () => Promise.reject(new Error('D1_ERROR: Network connection lost.'));
const onlyKv =
  (fault: Fault): Fault =>
  (store, operation) =>
    store === 'CODES' ? fault(store, operation) : operation();

describe('KV decides nothing', () => {
  const faults: [string, Fault][] = [
    ['answers null', onlyKv(async () => null as never)],
    ['throws', onlyKv(() => Promise.reject(new Error('KV PUT failed: 429 Too Many Requests')))],
    [
      'is slow',
      onlyKv(async (_, operation) => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return operation();
      }),
    ],
    ['never writes', onlyKv(async () => undefined as never)],
  ];
  for (const [what, fault] of faults) {
    it(`the whole flow works as ever when KV ${what}, and a code is still good once`, async () => {
      const server = faulty();
      const client = await makeClient(server);
      server.fault = fault;
      const code = await obtainCode(server, client);
      const tokens = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
      expect((await postToken(server, client, redemption(code))).status).toBe(400);
      expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
      expect((await me(server, tokens.access_token)).status).toBe(200);
    });
  }

  it('a slow KV keeps nobody waiting', async () => {
    const server = faulty();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    server.fault = onlyKv(() => new Promise(() => {}));
    expect((await postToken(server, client, redemption(code), {}, server.fetchOnly)).status).toBe(200);
  });
});

/** The first operation on the store commits, but its answer is lost; the next ones are as ever. */
function loseOneAnswer(stores: string[]): Fault {
  let lost = false;
  return async (store, operation) => {
    const answer = await operation();
    if (lost || !stores.includes(store)) return answer;
    lost = true;
    throw new Error('D1_ERROR: Network connection lost.');
  };
}

for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
  const store = shards.length > 0 ? 'SHARD_WEUR' : 'DB';
  describe(`an answer of D1 that is lost after it committed, with ${shards.length} shards beside DB`, () => {
    it('the same request still ends in its one grant', async () => {
      const server = faulty([...shards]);
      const client = await makeClient(server);
      const code = await obtainCode(server, client);
      server.fault = loseOneAnswer([store]);
      const response = await postToken(server, client, redemption(code));
      expect(response.status).toBe(200);
      server.fault = undefined;
      const { refresh_token } = (await response.json()) as Tokens;
      expect((await refresh(server, client, refresh_token)).status).toBe(200);
      const { users } = await administer<{ users: { id: string }[] }>(
        server,
        'GET',
        `/users?email=${ADMINISTRATOR.email}`,
      );
      const user = await administer<{ applications: unknown[] }>(server, 'GET', `/users/${users[0]?.id}`);
      expect(user.applications).toHaveLength(1);
    });

    it('a refresh moves by one, even where there is no grace', async () => {
      const server = faulty([...shards]);
      const client = await makeClient(server, {}, { refresh_grace_seconds: 0 });
      const tokens = await obtainTokens(server, client);
      server.fault = loseOneAnswer([store]);
      const response = await refresh(server, client, tokens.refresh_token);
      expect(response.status).toBe(200);
      server.fault = undefined;
      const next = (await response.json()) as Tokens;
      expect(next.refresh_token).toMatch(/_1_[^_]{0,}/);
      expect((await refresh(server, client, next.refresh_token)).status).toBe(200);
    });
  });
}

describe('D1 is down', () => {
  it('503 temporarily_unavailable with Retry-After, nothing spent; the same request succeeds afterwards', async () => {
    const server = faulty();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const { refresh_token, access_token } = await obtainTokens(server, client);
    const requests: [string, () => Promise<Response>, number][] = [
      ['token', () => postToken(server, client, redemption(code)), 200],
      ['refresh', () => refresh(server, client, refresh_token), 200],
      ['resource', () => me(server, access_token), 200],
      [
        'register',
        () =>
          server.fetch('/register', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ redirect_uris: ['https://a.example/'] }),
          }),
        201,
      ],
    ];
    for (const [name, send, status] of requests) {
      server.fault = down;
      const response = await send();
      expect([name, response.status]).toEqual([name, 503]);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' });
      server.fault = undefined;
      expect([name, (await send()).status]).toEqual([name, status]);
    }
  });

  it('a user sees a page that says so, and can reload it', async () => {
    const server = faulty();
    const client = await makeClient(server);
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    server.fault = down;
    for (const path of [authorizeUrl(client), '/account', '/account/applications']) {
      const response = await user.open(path);
      expect([path, response.status]).toEqual([path, 503]);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(response.headers.get('retry-after')).toBe('5');
    }
    server.fault = undefined;
    expect((await user.open(authorizeUrl(client))).status).toBe(200);
  });

  it('from a cold isolate, too', async () => {
    const server = faulty();
    const client = await makeClient(server);
    clearIsolateCaches();
    server.fault = down;
    for (const path of ['/.well-known/oauth-authorization-server', authorizeUrl(client), '/sign-in', '/']) {
      expect([path, (await server.fetch(path)).status]).toEqual([path, 503]);
    }
    expect((await server.fetch('/.well-known/jwks.json')).status).toBe(200);
  });
});
