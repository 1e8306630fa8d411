/** Lifetimes of access tokens, refresh tokens and authorizations (draft-ietf-oauth-refresh-token-expiration). */
import { describe, expect, it, vi } from 'vitest';
import { makeClient, obtainTokens, payloadOf, refresh, type Tokens } from '../support/client.ts';
import { administer, ISSUER, type Server, serve, setSetting } from '../support/server.ts';

const NOTES = 'https://notes.example/api';
const DAY = 86_400;
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

type Answer = Tokens & {
  refresh_token_expires_in?: number;
  refresh_token_timeout?: number;
  authorization_expires_in?: number;
};

const put = (server: Server, description: Record<string, unknown>, id = NOTES) =>
  server.admin('PUT', `/resources/${encodeURIComponent(id)}`, { name: 'Notes', ...description });

async function lifetimes(server: Server, resource?: string) {
  const client = await makeClient(server);
  const first = (await obtainTokens(server, client, {
    scope: 'openid profile',
    ...(resource && { resource }),
  })) as Answer;
  const second = (await (await refresh(server, client, first.refresh_token)).json()) as Answer;
  for (const { access_token, expires_in, id_token = '' } of [first, second]) {
    const { exp, iat } = payloadOf(access_token);
    expect(Number(exp) - Number(iat)).toBe(expires_in);
    expect(payloadOf(id_token).exp).toBe(exp);
  }
  return [first.expires_in, second.expires_in];
}

describe('the lifetime of access tokens', () => {
  it('is 60 minutes by default, and as the setting says up to that', async () => {
    const server = serve();
    expect(await lifetimes(server)).toEqual([3600, 3600]);
    await setSetting(server, 'access_token_minutes', 5);
    expect(await lifetimes(server)).toEqual([300, 300]);
    expect((await server.admin('PUT', '/settings/access_token_minutes', { value: 61 })).status).toBe(400);
  });

  it.each(['validated_online', 'long_lifetime_confirmed'])(
    'is up to 24 hours of a resource with %s',
    async (marked) => {
      const server = serve();
      expect((await put(server, { token_minutes: 1440, [marked]: true })).status).toBe(200);
      expect(await lifetimes(server, NOTES)).toEqual([DAY, DAY]);
      expect(await lifetimes(server)).toEqual([3600, 3600]);
      expect((await put(server, { token_minutes: 1441, [marked]: true })).status).toBe(400);
    },
  );

  it('is at most one hour for every other resource: the refusal says why', async () => {
    const server = serve();
    for (const marked of [{}, { validated_online: false }, { long_lifetime_confirmed: false }]) {
      const response = await put(server, { token_minutes: 61, ...marked });
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('until it expires')]);
    }
    expect((await put(server, { token_minutes: 60 })).status).toBe(200);
  });

  it("is never over an hour of this server's own APIs", async () => {
    const server = serve();
    for (const id of [ISSUER, `${ISSUER}/api`, `${ISSUER}/api/me`]) {
      // The local command sees the server at another issuer: what it lets through is still not issued.
      await put(server, { token_minutes: 1440, validated_online: true }, id);
      expect([id, await lifetimes(server, id)]).toEqual([id, [3600, 3600]]);
    }
    const own = await put(server, { token_minutes: 1440, validated_online: true }, 'http://localhost:8787/api');
    expect([own.status, await own.text()]).toEqual([400, expect.stringContaining('APIs of this server')]);
  });

  it('ends with the authorization, also as it is recorded', async () => {
    const server = serve();
    await administer(server, 'PUT', `/resources/${encodeURIComponent(NOTES)}`, {
      name: 'Notes',
      token_minutes: 1440,
      validated_online: true,
    });
    await setSetting(server, 'grant_days', 2);
    const client = await makeClient(server);
    const { refresh_token } = await obtainTokens(server, client, { scope: 'profile', resource: NOTES });
    later(2 * DAY - 1000);
    const last = (await (await refresh(server, client, refresh_token)).json()) as Answer;
    expect(last.expires_in).toBeLessThanOrEqual(1000);
    const { tokens } = await administer<{ tokens: { expires_at: string }[] }>(server, 'GET', '/tokens');
    const recorded = tokens.map(({ expires_at }) => Math.floor(new Date(expires_at).getTime() / 1000));
    expect(recorded).toContain(payloadOf(last.access_token).exp);
  });
});

describe('draft-ietf-oauth-refresh-token-expiration the token endpoint response', () => {
  it('MUST return both values with a refresh token; the first SHALL NOT exceed the second', async () => {
    const server = serve();
    await setSetting(server, 'grant_days', 40);
    const client = await makeClient(server);
    let tokens = (await obtainTokens(server, client, { scope: 'openid offline_access' })) as Answer;
    const about = (days: number) => expect.closeTo(days * DAY, -2);
    expect(tokens).toMatchObject({
      refresh_token_expires_in: about(30),
      refresh_token_timeout: tokens.refresh_token_expires_in,
      authorization_expires_in: about(40),
    });
    for (const [passed, timeout, authorization] of [
      [8, 30, 32],
      [22, 10, 10],
    ] as const) {
      later(passed * DAY);
      tokens = (await (await refresh(server, client, tokens.refresh_token)).json()) as Answer;
      expect(tokens).toMatchObject({
        refresh_token_expires_in: about(timeout),
        authorization_expires_in: about(authorization),
      });
    }
  });

  it('without offline access the authorization ends with the session', async () => {
    const server = serve();
    await setSetting(server, 'session_days', 3);
    const client = await makeClient(server);
    const first = (await obtainTokens(server, client)) as Answer;
    later(DAY);
    const second = (await (await refresh(server, client, first.refresh_token)).json()) as Answer;
    expect([first, second].map(({ authorization_expires_in }) => authorization_expires_in)).toEqual([
      expect.closeTo(3 * DAY, -2),
      expect.closeTo(2 * DAY, -2),
    ]);
    expect(second.refresh_token_expires_in).toBe(second.authorization_expires_in);
  });

  it('a response without a refresh token has neither, and the metadata names both types', async () => {
    const server = serve();
    const client = await makeClient(server, { grant_types: ['authorization_code'] });
    const tokens = (await obtainTokens(server, client)) as Answer;
    expect([tokens.refresh_token_expires_in, tokens.authorization_expires_in]).toEqual([undefined, undefined]);
    const metadata = (await (await server.fetch('/.well-known/oauth-authorization-server')).json()) as object;
    expect(metadata).toMatchObject({ refresh_token_expiration_types_supported: ['authorization', 'token_timeout'] });
  });
});
