/** A shard that exists but is not bound: what it holds is neither valid nor invalid until it answers (ARCHITECTURE §2). */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clearIsolateCaches } from '../../src/storage/database/isolate-cache.ts';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  postForm,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { pretendWeb } from '../support/pretend-web.ts';
import { ADMINISTRATOR, administer, bindings, runCron, type Server, serve } from '../support/server.ts';
import { parseForm, text } from '../support/user.ts';

afterEach(() => vi.useRealTimers());

const MACHINE = {
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'client_secret_basic',
};

type Begun = { client: TestClient; code: string; tokens: Tokens; bound: Server; unbound: Server };

/** A sign-in in `SHARD_WEUR`, and the same server without that binding. */
async function start(): Promise<Begun> {
  const bound = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
  const client = await makeClient(bound, MACHINE);
  const tokens = (await (await postToken(bound, client, redemption(await obtainCode(bound, client)))).json()) as Tokens;
  const code = await obtainCode(bound, client);
  expect(code).toMatch(/^pc_weur_/);
  const unbound = serve(bindings(['SHARD_APAC']));
  return { client, code, tokens, bound, unbound };
}

const isTemporary = async (response: Response) => [
  response.status,
  Number(response.headers.get('retry-after')) > 0,
  ((await response.json()) as { error?: string }).error,
];
const TEMPORARY = [503, true, 'temporarily_unavailable'];

/** Everything that names the shard. */
const REQUESTS: [string, (server: Server, begun: Begun) => Promise<Response>][] = [
  ['redeeming a code', (server, { client, code }) => postToken(server, client, redemption(code))],
  ['refreshing', (server, { client, tokens }) => refresh(server, client, tokens.refresh_token)],
  [
    'revoking a refresh token',
    (server, { client, tokens }) => postForm(server, client, '/revoke', { token: tokens.refresh_token }),
  ],
  [
    'revoking an access token',
    (server, { client, tokens }) => postForm(server, client, '/revoke', { token: tokens.access_token }),
  ],
  [
    'introspecting a refresh token',
    (server, { client, tokens }) => postForm(server, client, '/introspect', { token: tokens.refresh_token }),
  ],
  [
    'introspecting an access token',
    (server, { client, tokens }) => postForm(server, client, '/introspect', { token: tokens.access_token }),
  ],
  ['/userinfo', (server, { tokens }) => me(server, tokens.access_token, '/userinfo')],
  ['/api/me', (server, { tokens }) => me(server, tokens.access_token)],
];

describe('a shard that exists and is not bound', () => {
  for (const isCold of [false, true]) {
    it.each(REQUESTS)(
      `%s is 503 with Retry-After, and as it was once it is bound again (cold: ${isCold})`,
      async (_what, send) => {
        const begun = await start();
        if (isCold) clearIsolateCaches();
        expect(await isTemporary(await send(begun.unbound, begun))).toEqual(TEMPORARY);
        expect((await send(begun.bound, begun)).status).toBe(200);
      },
    );
  }

  it('a name that never was a shard is an invalid credential', async () => {
    const { unbound, client } = await start();
    const code = `pd_nowhere_${'x'.repeat(43)}`;
    const ask = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: code };
    const device = await makeClient(unbound, { grant_types: [ask.grant_type], redirect_uris: [] });
    expect(await errorOf(await postToken(unbound, device, ask))).toBe('invalid_grant');
    const known = { ...ask, device_code: code.replace('nowhere', 'weur') };
    expect(await isTemporary(await postToken(unbound, device, known))).toEqual(TEMPORARY);
    const reference = `urn:ietf:params:oauth:request_uri:nowhere_${'x'.repeat(43)}`;
    const page = `/authorize?${new URLSearchParams({ client_id: client.client_id, request_uri: reference })}`;
    expect((await unbound.fetch(page)).status).toBe(400);
    const cookie = `__Host-session=u_${'x'.repeat(22)}.nowhere.${'x'.repeat(43)}`;
    expect((await unbound.fetch('/account', { headers: { cookie } })).status).toBe(303);
  });

  it('signing out there is not said to be done', async () => {
    const { bound, unbound } = await start();
    const user = bound.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const cookie = `__Host-session=${user.cookies.get('__Host-session')}`;
    for (const path of ['/account', '/sign-out', '/authorize']) {
      const response = await unbound.fetch(path === '/authorize' ? authorizeUrl({ client_id: 'x' }) : path, {
        headers: { cookie },
      });
      if (path !== '/authorize') expect([path, response.status]).toEqual([path, 503]);
      expect(response.headers.getSetCookie().join()).not.toContain('session=;');
    }
    const form = parseForm(await (await user.open('/sign-out')).text(), '/sign-out');
    const body = new URLSearchParams(form.fields).toString();
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await unbound.fetch('/sign-out', { method: 'POST', body, headers });
    expect([response.status, Number(response.headers.get('retry-after')) > 0]).toEqual([503, true]);
  });

  const TAKINGS: [string, string[], (server: Server, begun: Begun, id: string) => Promise<unknown>][] = [
    [
      'the user was disabled',
      ['user', 'sessions'],
      async (server, _begun, id) => {
        await administer(server, 'POST', '/users', {
          email: 'other@example.com',
          name: 'O',
          roles: ['administrator'],
        });
        return administer(server, 'PATCH', `/users/${id}`, { disabled: true });
      },
    ],
    [
      'the client was disabled',
      ['client'],
      (server, { client }) => administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true }),
    ],
    [
      'the consent was withdrawn',
      ['consent'],
      (server, { client }, id) => administer(server, 'DELETE', `/users/${id}/consents/${client.client_id}`),
    ],
    [
      'everything of the user was revoked',
      ['user', 'sessions'],
      (server, _begun, id) => administer(server, 'POST', '/revocations', { user: id }),
    ],
  ];
  it.each(TAKINGS)(
    '%s meanwhile: the cutoff stays owed through the cron, and holds once it is bound again',
    async (_what, kinds, take) => {
      const begun = await start();
      const { bound, unbound, client, code, tokens } = begun;
      const { users } = await administer<{ users: { id: string; email: string }[] }>(bound, 'GET', '/users');
      const id = users.find(({ email }) => email === ADMINISTRATOR.email)?.id ?? '';
      await take(unbound, begun, id);
      await runCron(unbound.env);
      const owed = await administer<{ pending: { subject: string; owing: string[] }[] }>(unbound, 'GET', '/cutoffs');
      expect(owed.pending.map(({ subject, owing }) => [subject.split(':')[0], owing])).toEqual(
        kinds.map((kind) => [kind, ['weur']]),
      );
      await runCron(bound.env);
      expect(await administer(bound, 'GET', '/cutoffs')).toEqual({ pending: [] });
      await administer(bound, 'PATCH', `/clients/${client.client_id}`, { disabled: false });
      await administer(bound, 'PATCH', `/users/${id}`, { disabled: false });
      expect(await errorOf(await postToken(bound, client, redemption(code)))).toBe('invalid_grant');
      expect(await errorOf(await refresh(bound, client, tokens.refresh_token))).toBe('invalid_grant');
      expect((await me(bound, tokens.access_token)).status).toBe(401);
    },
  );

  const ENDINGS: [string, (server: Server, id: string) => Promise<unknown>][] = [
    [
      'an administrator signs the user out everywhere',
      async (server, id) => {
        const answer = await administer(server, 'DELETE', `/users/${id}/sessions`);
        expect(answer).toMatchObject({ ended: 0, shards_that_did_not_answer: ['weur'] });
      },
    ],
    [
      'the user ends all other sessions',
      async (server) => {
        const here = server.user();
        await here.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
        const form = parseForm(await (await here.open('/account/sessions')).text(), '/account/sessions');
        const response = await here.send(form);
        expect([response.status, text(await response.text())]).toEqual([
          200,
          expect.stringContaining('signed out within minutes'),
        ]);
        expect((await here.open('/account')).status).toBe(200);
      },
    ],
    [
      'the password was changed',
      async (server) => {
        const here = server.user();
        await here.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
        const form = parseForm(await (await here.open('/account/password')).text(), '/account/password');
        expect((await here.send(form, { password: 'a quite different password' })).status).toBe(200);
        expect((await here.open('/account')).status).toBe(200);
      },
    ],
  ];
  it.each(ENDINGS)(
    '%s meanwhile: no session of before is valid once it is bound again, and applications are told',
    async (_what, endThem) => {
      const { bound, unbound } = await start();
      const logout = 'https://app.notes.dev/backchannel';
      const { visits } = pretendWeb({ [logout]: async () => new Response(null, { status: 200 }) });
      const client = await makeClient(bound, { ...MACHINE, backchannel_logout_uri: logout });
      const user = bound.user();
      const back = await user.authorise(authorizeUrl(client), ADMINISTRATOR);
      // The password says nothing of a session that began without one.
      await bound.env.SHARD_WEUR?.prepare('UPDATE sessions SET password_set_at = NULL').run();
      const code = back.searchParams.get('code') ?? '';
      const tokens = (await (await postToken(bound, client, redemption(code))).json()) as Tokens;
      const { users } = await administer<{ users: { id: string }[] }>(bound, 'GET', '/users');
      const id = users[0]?.id ?? '';
      await endThem(unbound, id);
      await runCron(unbound.env);
      const owed = await administer<{ pending: { subject: string; owing: string[] }[] }>(unbound, 'GET', '/cutoffs');
      expect(owed.pending).toContainEqual(expect.objectContaining({ subject: `sessions:${id}`, owing: ['weur'] }));
      // A sign-in there before the cron runs is later than the cutoff.
      vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
      const later = bound.user();
      const password = (await later.openAccount(ADMINISTRATOR.email, ADMINISTRATOR.password)).status === 200;
      if (!password) await later.signIn(ADMINISTRATOR.email, 'a quite different password');
      expect((await later.open('/account')).status).toBe(200);
      await runCron(bound.env);
      expect(await administer(bound, 'GET', '/cutoffs')).toEqual({ pending: [] });
      expect((await user.request('/account')).status).toBe(303);
      expect(await errorOf(await refresh(bound, client, tokens.refresh_token))).toBe('invalid_grant');
      expect((await me(bound, tokens.access_token)).status).toBe(401);
      expect((await later.open('/account')).status).toBe(200);
      expect(visits).toEqual([logout]);
    },
  );

  it('a scope was withdrawn meanwhile: it is done, and refreshing gives it no more once it is bound again', async () => {
    const { bound, unbound, client } = await start();
    const tokens = await obtainTokens(bound, client, { scope: 'openid profile email' });
    const here = unbound.user();
    await here.authorise(authorizeUrl(client, { scope: 'openid profile email' }), ADMINISTRATOR);
    await obtainTokens(unbound, client, { scope: 'openid profile email' });
    const form = { part: `${client.client_id} email` };
    const page = parseForm(await (await here.open('/account/applications')).text(), '/account/applications');
    expect((await here.send(page, form)).status).toBe(200);
    await runCron(bound.env);
    expect(await administer(bound, 'GET', '/cutoffs')).toEqual({ pending: [] });
    const next = (await (await refresh(bound, client, tokens.refresh_token)).json()) as Tokens;
    expect(next.scope).toBe('openid profile');
  });

  it('more cutoffs than one run sends, owed to it, do not hold up those of a shard that is bound', async () => {
    const { unbound, client } = await start();
    const rows = Array.from(
      { length: 150 },
      (_, index) => `('session:a${index}', ${Date.now()}, 1, '["weur"]')`,
    ).join();
    await unbound.env.DB.prepare(`INSERT INTO cutoffs (subject, at, written_at, pending_shards) VALUES ${rows}`).run();
    await unbound.env.DB.prepare(
      `INSERT INTO cutoffs (subject, at, written_at, pending_shards) VALUES ('client:${client.client_id}', ${Date.now()}, 1, '["apac"]')`,
    ).run();
    await runCron(unbound.env);
    const there = await unbound.env.SHARD_APAC?.prepare('SELECT subject FROM cutoffs').all<{ subject: string }>();
    expect(there?.results).toEqual([{ subject: `client:${client.client_id}` }]);
  });

  it('lists name it, and so does the overview of the console', async () => {
    const { unbound } = await start();
    for (const list of ['/sessions', '/grants', '/tokens', '/events', '/counts']) {
      const answer = await administer<{ shards_that_did_not_answer: string[] }>(unbound, 'GET', list);
      expect([list, answer.shards_that_did_not_answer]).toEqual([list, ['weur']]);
    }
  });
});

type Shard = { name: string; bound: boolean; last_credential_ends: string | null; may_be_unbound: boolean };
const shardOf = async (server: Server, name: string) =>
  (await administer<{ shards: Shard[] }>(server, 'GET', '/shards')).shards.find((shard) => shard.name === name);

describe('draining a shard', () => {
  const later = (days: number) => vi.useFakeTimers({ now: Date.now() + days * 86_400_000, toFake: ['Date'] });

  it('ends new sessions there, moves nobody, and says when the last credential ends; only then it may be removed', async () => {
    const { bound, client, tokens } = await start();
    const user = bound.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    await administer(bound, 'PATCH', '/shards/weur', { draining: true });
    // Sessions stay, and issued tokens remain valid.
    expect((await user.open('/account')).status).toBe(200);
    const next = await refresh(bound, client, tokens.refresh_token);
    expect(next.status).toBe(200);
    // Nothing begins there: neither a session nor a pushed request.
    const other = bound.user();
    await other.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect(other.cookies.get('__Host-session')).not.toContain('.weur.');
    const pushed = await postForm(
      bound,
      client,
      '/par',
      Object.fromEntries(new URLSearchParams(authorizeUrl(client).split('?')[1])),
    );
    expect(((await pushed.json()) as { request_uri: string }).request_uri).not.toContain(':weur_');
    const shard = await shardOf(bound, 'weur');
    expect(shard).toMatchObject({ bound: true, may_be_unbound: false });
    expect(Date.parse(shard?.last_credential_ends ?? '')).toBeGreaterThan(Date.now() + 20 * 86_400_000);
    expect((await bound.admin('DELETE', '/shards/weur')).status).toBe(409);
    later(400);
    expect(await shardOf(bound, 'weur')).toMatchObject({ last_credential_ends: null, may_be_unbound: true });
    await administer(bound, 'DELETE', '/shards/weur');
    // Credentials that name it are invalid for good, not only for a while.
    const unbound = serve(bindings(['SHARD_APAC']));
    expect(await errorOf(await refresh(unbound, client, tokens.refresh_token))).toBe('invalid_grant');
    await administer(unbound, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
    expect(await administer(unbound, 'GET', '/cutoffs')).toMatchObject({ pending: [] });
  });

  it('one that is not bound is removed only where its database is said to be lost', async () => {
    const { unbound, client, tokens } = await start();
    expect(await shardOf(unbound, 'weur')).toMatchObject({ bound: false, may_be_unbound: false });
    expect((await unbound.admin('DELETE', '/shards/weur')).status).toBe(409);
    expect((await refresh(unbound, client, tokens.refresh_token)).status).toBe(503);
    await administer(unbound, 'DELETE', '/shards/weur?lost=true');
    expect(await errorOf(await refresh(unbound, client, tokens.refresh_token))).toBe('invalid_grant');
    expect((await unbound.admin('PATCH', '/shards/weur', { draining: true })).status).toBe(404);
  });

  it('sessions begin there again where draining is ended', async () => {
    const { bound } = await start();
    await administer(bound, 'PATCH', '/shards/weur', { draining: true });
    await administer(bound, 'PATCH', '/shards/weur', { draining: false });
    const user = bound.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect(user.cookies.get('__Host-session')).toContain('.weur.');
  });
});
