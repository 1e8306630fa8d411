/** RFC 6749 §6: refreshing an access token; one row is the family. */
import { describe, expect, it, vi } from 'vitest';
import {
  errorOf,
  makeClient,
  me,
  obtainTokens,
  payloadOf,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { bindings, type Server, serve, setSetting } from '../support/server.ts';

const tokensOf = async (response: Response) => (await response.json()) as Tokens;
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
  describe(`RFC 6749 §6 refreshing, with ${shards.length} shards beside DB`, () => {
    const start = () => serve(bindings([...shards]));

    it('a refresh token becomes a new access token and its successor', async () => {
      const server = start();
      const client = await makeClient(server);
      const first = await obtainTokens(server, client);
      expect(first.refresh_token.startsWith(`pr_g_${shards.length > 0 ? 'weur' : '0'}_`)).toBe(true);
      const second = await tokensOf(await refresh(server, client, first.refresh_token));
      expect(second.refresh_token).not.toBe(first.refresh_token);
      expect(second.access_token).not.toBe(first.access_token);
      expect((await me(server, second.access_token)).status).toBe(200);
      // OpenID Connect Core §12.2
      expect(payloadOf(second.id_token ?? '').sub).toBe(payloadOf(first.id_token ?? '').sub);
    });

    it('fifty refreshes with one token at once all get the same successor', async () => {
      const server = start();
      const client = await makeClient(server);
      const first = await obtainTokens(server, client);
      const responses = await Promise.all(
        Array.from({ length: 50 }, () => refresh(server, client, first.refresh_token)),
      );
      expect(responses.map((response) => response.status)).toEqual(Array(50).fill(200));
      const successors = await Promise.all(responses.map(async (response) => (await tokensOf(response)).refresh_token));
      expect(new Set(successors).size).toBe(1);
      // The one before last, after the grace, is reuse, and ends the family.
      const third = await tokensOf(await refresh(server, client, successors[0] ?? ''));
      later(61);
      expect(await errorOf(await refresh(server, client, first.refresh_token))).toBe('invalid_grant');
      expect(await errorOf(await refresh(server, client, third.refresh_token))).toBe('invalid_grant');
    });

    it('within the grace the same successor is given again; after it, the family is revoked, and no other', async () => {
      const server = start();
      const client = await makeClient(server);
      const first = await obtainTokens(server, client);
      const sibling = await obtainTokens(server, client);
      const second = await tokensOf(await refresh(server, client, first.refresh_token));
      later(59);
      expect((await tokensOf(await refresh(server, client, first.refresh_token))).refresh_token).toBe(
        second.refresh_token,
      );
      later(61);
      expect(await errorOf(await refresh(server, client, first.refresh_token))).toBe('invalid_grant');
      expect(await errorOf(await refresh(server, client, second.refresh_token))).toBe('invalid_grant');
      expect((await refresh(server, client, sibling.refresh_token)).status).toBe(200);
    });
  });
}

describe('RFC 9700 §4.14.2 the grace period', () => {
  /** Refreshes with each new token in turn. @returns the tokens, from that of the code on. */
  async function rotate(server: Server, client: TestClient, seconds: number[]): Promise<string[]> {
    const tokens = [(await obtainTokens(server, client)).refresh_token];
    for (const pause of seconds) {
      later(pause);
      tokens.push((await tokensOf(await refresh(server, client, tokens.at(-1) ?? ''))).refresh_token);
    }
    return tokens;
  }

  it('fifty late requests with a token two generations old are refused within the grace, and revoke nothing', async () => {
    const server = serve();
    const client = await makeClient(server);
    const [late = '', , newest = ''] = await rotate(server, client, [0, 5]);
    later(50);
    const responses = await Promise.all(Array.from({ length: 50 }, () => refresh(server, client, late)));
    expect(new Set(await Promise.all(responses.map(errorOf)))).toEqual(new Set(['invalid_grant']));
    expect((await refresh(server, client, newest)).status).toBe(200);
  });

  it.each([
    ['two generations old, replaced longer ago than the grace', [0, 61], 0, 0],
    [
      'two generations old, replaced longer ago than the grace, though its successor was replaced a moment ago',
      [0, 59],
      2,
      0,
    ],
    ['three generations old, within the grace', [0, 1, 1], 1, 0],
    ['one generation old, after the grace', [0], 61, 0],
  ])('a token %s revokes the grant', async (_, pauses, seconds, index) => {
    const server = serve();
    const client = await makeClient(server);
    const tokens = await rotate(server, client, pauses);
    later(seconds);
    expect(await errorOf(await refresh(server, client, tokens[index] ?? ''))).toBe('invalid_grant');
    expect(await errorOf(await refresh(server, client, tokens.at(-1) ?? ''))).toBe('invalid_grant');
  });

  it("a thief who refreshes every 30 s is revoked as soon as the user's client presents its token", async () => {
    for (const times of [3, 4, 20]) {
      const server = serve();
      const client = await makeClient(server);
      const [own = '', ...stolen] = await rotate(server, client, Array(times).fill(30));
      expect(await errorOf(await refresh(server, client, own))).toBe('invalid_grant');
      expect(await errorOf(await refresh(server, client, stolen.at(-1) ?? ''))).toBe('invalid_grant');
    }
  });

  it('without a grace nothing is late', async () => {
    const server = serve();
    await setSetting(server, 'refresh_grace_seconds', 0);
    const client = await makeClient(server);
    const [first = '', , newest = ''] = await rotate(server, client, [0, 0]);
    await refresh(server, client, first);
    expect(await errorOf(await refresh(server, client, newest))).toBe('invalid_grant');
  });
});

describe('RFC 6749 §6 what the server MUST check', () => {
  it('the refresh token is bound to the client it was issued to', async () => {
    const server = serve();
    const client = await makeClient(server);
    const tokens = await obtainTokens(server, client);
    const thief = await makeClient(server);
    expect(await errorOf(await refresh(server, thief, tokens.refresh_token))).toBe('invalid_grant');
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });

  it('a forged, empty, altered or strange token is invalid_grant, and leaks nothing', async () => {
    const server = serve();
    const client = await makeClient(server);
    const { refresh_token } = await obtainTokens(server, client);
    const ahead = refresh_token.replace(/_0_([^_]*)/, '_1_$1');
    for (const token of [
      ahead,
      `${refresh_token}x`,
      refresh_token.slice(0, -1),
      'pr_',
      'x',
      'pr_g_zz_0_0',
      'p'.repeat(9000),
    ]) {
      const response = await refresh(server, client, token);
      expect([token.slice(0, 40), response.status, await errorOf(response)]).toEqual([
        token.slice(0, 40),
        400,
        'invalid_grant',
      ]);
    }
    expect((await refresh(server, client, refresh_token)).status).toBe(200);
  });

  it('the requested scope MUST NOT include any scope not originally granted; narrowing is for that access token only', async () => {
    const server = serve();
    const client = await makeClient(server);
    const first = await obtainTokens(server, client, { scope: 'openid profile email' });
    const beyond = await refresh(server, client, first.refresh_token, { scope: 'roles' });
    expect([beyond.status, await errorOf(beyond)]).toEqual([400, 'invalid_scope']);
    const narrow = await tokensOf(await refresh(server, client, first.refresh_token, { scope: 'openid' }));
    expect(narrow.scope).toBe('openid');
    expect(payloadOf(narrow.access_token).scope).toBe('openid');
    // The refusal moved nothing, and the narrowing narrowed nothing for good.
    const all = await tokensOf(await refresh(server, client, narrow.refresh_token));
    expect(all.scope).toBe('openid profile email');
  });

  it('a refresh that asks too much within the grace is refused and revokes nothing', async () => {
    const server = serve();
    const client = await makeClient(server);
    const first = await obtainTokens(server, client);
    const second = await tokensOf(await refresh(server, client, first.refresh_token));
    later(120);
    expect(await errorOf(await refresh(server, client, first.refresh_token, { scope: 'roles' }))).toBe('invalid_scope');
    expect((await refresh(server, client, second.refresh_token)).status).toBe(200);
  });

  it('the grace is a setting, and can be set for one client', async () => {
    const server = serve();
    await setSetting(server, 'refresh_grace_seconds', 0);
    const strict = await makeClient(server);
    const lenient = await makeClient(server, {}, { refresh_grace_seconds: 3600 });
    for (const [client, answer] of [
      [strict, 400],
      [lenient, 200],
    ] as const) {
      const first = await obtainTokens(server, client);
      await refresh(server, client, first.refresh_token);
      later(1);
      expect((await refresh(server, client, first.refresh_token)).status).toBe(answer);
      vi.useRealTimers();
    }
  });

  it('a grant that is idle too long, or too old in any case, has expired', async () => {
    const server = serve();
    const client = await makeClient(server);
    await setSetting(server, 'refresh_idle_days', 2);
    await setSetting(server, 'grant_days', 3);
    const idle = await obtainTokens(server, client);
    let busy = await obtainTokens(server, client);
    for (const _ of [1, 2]) {
      later(86_400 * 1.4);
      busy = await tokensOf(await refresh(server, client, busy.refresh_token));
    }
    expect(await errorOf(await refresh(server, client, idle.refresh_token))).toBe('invalid_grant');
    later(86_400);
    expect(await errorOf(await refresh(server, client, busy.refresh_token))).toBe('invalid_grant');
  });
});
