/** What the cron deletes, what it keeps, and that no run does too much at once. */
import { describe, expect, it } from 'vitest';
import { CHUNK, MOST_CHUNKS } from '../../src/storage/sweep.ts';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  obtainTokens,
  postForm,
  refresh,
  registerClient,
  type TestClient,
} from '../support/client.ts';
import { readForm } from '../support/person.ts';
import { administer, bindings, runCron, serve } from '../support/server.ts';

const DAY = 86_400_000;

const count = async (database: D1Database | undefined, table: string) =>
  Number((await database?.prepare(`SELECT count(*) AS n FROM ${table}`).first('n')) ?? -1);

for (const shards of [[], ['SHARD_WEUR']] as const) {
  describe(`sweeping, with ${shards.length} shards beside DB`, () => {
    it('tokens, sessions, grants, spent and failures go when they have expired, and not before', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const shard = shards.length > 0 ? env.SHARD_WEUR : env.DB;
      const client = await makeClient(server);
      await obtainTokens(server, client);
      await server.person().signIn(ADMINISTRATOR.email, 'wrong password');
      const now = Date.now();
      const counts = async () =>
        Promise.all([
          count(shard, 'tokens'),
          count(shard, 'sessions'),
          count(shard, 'spent'),
          count(env.DB, 'sign_in_failures'),
          count(shard, 'grants'),
        ]);
      const [, , , failures] = await counts();
      expect(failures).toBeGreaterThan(0);
      await runCron(env, now);
      expect(await counts()).toEqual([1, 1, 1, failures, 1]);
      await runCron(env, now + 3_600_000);
      expect(await counts()).toEqual([0, 1, 0, 0, 1]);
      await runCron(env, now + 31 * DAY);
      expect((await counts())[1]).toBe(0);
      expect((await counts())[4]).toBe(1);
      await runCron(env, now + 180 * DAY);
      expect((await counts())[4]).toBe(1);
      await runCron(env, now + 182 * DAY);
      expect((await counts())[4]).toBe(0);
    });

    it('a revoked grant is kept as evidence for a day', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const shard = shards.length > 0 ? env.SHARD_WEUR : env.DB;
      const client = await makeClient(server, {}, { refresh_grace_seconds: 0 });
      const tokens = await obtainTokens(server, client);
      await refresh(server, client, tokens.refresh_token);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect((await refresh(server, client, tokens.refresh_token)).status).toBe(400);
      await runCron(env, Date.now() + DAY / 2);
      expect(await count(shard, 'grants')).toBe(1);
      await runCron(env, Date.now() + DAY + 1000);
      expect(await count(shard, 'grants')).toBe(0);
    });

    it('a pushed request stays for somebody who signs in slowly, and goes then', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const shard = shards.length > 0 ? env.SHARD_WEUR : env.DB;
      const client = await makeClient(server);
      const request = Object.fromEntries(new URLSearchParams(authorizeUrl(client).split('?')[1]));
      expect((await postForm(server, client, '/par', request)).status).toBe(201);
      await runCron(env, Date.now() + 80 * 60_000);
      expect(await count(shard, 'pushed_requests')).toBe(1);
      await runCron(env, Date.now() + 95 * 60_000);
      expect(await count(shard, 'pushed_requests')).toBe(0);
    });
  });
}

describe('sweeping clients', () => {
  it('a registered client that nobody used for 30 days goes; used, trusted and made ones stay', async () => {
    const env = bindings();
    const server = serve(env);
    const idle = (await (await registerClient(server, { client_name: 'idle' })).json()) as TestClient;
    const trusted = (await (await registerClient(server, { client_name: 'trusted' })).json()) as TestClient;
    const made = await makeClient(server);
    await administer(server, 'PATCH', `/clients/${trusted.client_id}`, { trusted: true });
    const now = Date.now();
    await runCron(env, now + 29 * DAY);
    expect((await administer<{ clients: [] }>(server, 'GET', '/clients')).clients).toHaveLength(3);
    await runCron(env, now + 31 * DAY);
    const { clients } = await administer<{ clients: { client_id: string }[] }>(server, 'GET', '/clients');
    expect(clients.map((client) => client.client_id).sort()).toEqual([trusted.client_id, made.client_id].sort());
    expect(clients.some((client) => client.client_id === idle.client_id)).toBe(false);
  });
});

describe('bounded chunks', () => {
  it('one run deletes chunk after chunk of a table, up to a bound; the next one the rest', async () => {
    const env = bindings();
    const rows = CHUNK * MOST_CHUNKS + 200;
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO spent (hash, expires_at) SELECT 'h' || i, 1 FROM n`,
    ).run();
    await runCron(env, Date.now());
    expect(await count(env.DB, 'spent')).toBe(200);
    await runCron(env, Date.now());
    expect(await count(env.DB, 'spent')).toBe(0);
  });

  it('so for events, cutoffs, initial access tokens and failures to sign in', async () => {
    const env = bindings();
    const many = (what: string) =>
      env.DB.prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${CHUNK + 200}) ${what}`,
      ).run();
    await many(`INSERT INTO audit_events SELECT 'r' || i, 'sign-in', 's', 1, 'x', '{}' FROM n`);
    await many(`INSERT INTO cutoffs (subject, at, written_at, owing) SELECT 'person:' || i, 1, 1, '[]' FROM n`);
    await many(
      `INSERT INTO initial_access_tokens (id, hash, name, uses_left, taken_by, expires_at, created_at)
       SELECT 'i' || i, 'h' || i, 'n', 1, '', 1, 1 FROM n`,
    );
    await many(
      `INSERT INTO sign_in_failures (key, failures, window_started_at, blocked_until) SELECT 'k' || i, 1, 1, 1 FROM n`,
    );
    const tables = ['audit_events', 'cutoffs', 'initial_access_tokens', 'sign_in_failures'];
    const left = async () => Promise.all(tables.map((table) => count(env.DB, table)));
    await runCron(env, Date.now());
    expect(await left()).toEqual([0, 0, 0, 0]);
  });

  it('nothing to do is no failure', async () => {
    const server = serve();
    await runCron(server.env, Date.now());
    const person = server.person();
    expect((await readForm(await person.open('/sign-in'), '/sign-in')).action).toBe('/sign-in');
  });
});
