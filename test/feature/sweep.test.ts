/** Deletion of expired records by the cron: what is deleted, what is kept, and the limit of one run. */
import { describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/protocol/settings.ts';
import { Databases } from '../../src/storage/database/database.ts';
import { sweep } from '../../src/storage/database/sweep.ts';
import { CHUNK } from '../../src/storage/database/sweep-steps.ts';
import { sweepIdleGrants } from '../../src/storage/grants/idle-grants.ts';
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
import { administer, bindings, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { readForm } from '../support/user.ts';

const DAY = 86_400_000;

const count = async (database: D1Database | undefined, table: string) =>
  Number((await database?.prepare(`SELECT count(*) AS n FROM ${table}`).first('n')) ?? -1);

for (const shards of [[], ['SHARD_WEUR']] as const) {
  describe(`sweeping, with ${shards.length} shards beside DB`, () => {
    it('tokens, sessions, grants, spent and failures go when they have expired, and not before', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const shard = shards.length > 0 ? env.SHARD_WEUR : env.DB;
      await setSetting(server, 'refresh_idle_days', 365);
      const client = await makeClient(server);
      await obtainTokens(server, client);
      await server.user().signIn(ADMINISTRATOR.email, 'wrong password');
      const now = Date.now();
      const counts = async () =>
        Promise.all([
          count(shard, 'tokens'),
          count(shard, 'sessions'),
          count(shard, 'single_uses'),
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

    it('a pushed request is kept for a user who signs in slowly, and deleted then', async () => {
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

for (const shards of [[], ['SHARD_WEUR']] as const) {
  describe(`sweeping clients, with ${shards.length} shards beside DB`, () => {
    const registered = async (server: Server, name: string) => ({
      ...((await (await registerClient(server, { client_name: name })).json()) as TestClient),
      method: 'none',
    });
    const left = async (server: Server) =>
      (await administer<{ clients: { client_id: string }[] }>(server, 'GET', '/clients')).clients
        .map((client) => client.client_id)
        .sort();

    it('a registered client that nobody uses goes; with an unexpired grant, trusted, disabled, limited or made it stays', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      await setSetting(server, 'refresh_idle_days', 365);
      await registered(server, 'idle');
      const granted = await registered(server, 'granted');
      await obtainTokens(server, granted);
      const decided = await Promise.all(
        [{ trusted: true }, { disabled: true }, { roles: ['editor'] }, { refresh_grace_seconds: 5 }].map(
          async (decision, index) => {
            const client = await registered(server, `decided ${index}`);
            await administer(server, 'PATCH', `/clients/${client.client_id}`, decision);
            return client;
          },
        ),
      );
      const made = await makeClient(server);
      const kept = [granted, ...decided, made].map((client) => client.client_id);
      const now = Date.now();
      for (const days of [2, 29, 31, 100, 179]) {
        await runCron(env, now + days * DAY);
        expect(await left(server)).toEqual([...kept].sort());
      }
      // A grant ends after 180 days.
      await runCron(env, now + 181 * DAY);
      expect(await left(server)).toEqual(kept.filter((id) => id !== granted.client_id).sort());
    });

    it('one that completed an authorization and has no grant goes 30 days after its last use, never earlier', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const client = await registered(server, 'used');
      const tokens = await obtainTokens(server, client);
      await postForm(server, client, '/revoke', { token: tokens.refresh_token });
      const now = Date.now();
      await runCron(env, now + 30 * DAY);
      expect(await left(server)).toEqual([client.client_id]);
      await runCron(env, now + 30 * DAY + 7_200_000);
      expect(await left(server)).toEqual([]);
    });

    it('last use is noted within the hour', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const client = await registered(server, 'used');
      const tokens = await obtainTokens(server, client);
      const lastUse = () => env.DB.prepare('SELECT last_used_at FROM clients').first<number>('last_used_at');
      const before = Number(await lastUse());
      vi.useFakeTimers({ now: Date.now() + 2 * 3_600_000, toFake: ['Date'] });
      expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
      expect(Number(await lastUse()) - before).toBeGreaterThanOrEqual(2 * 3_600_000);
    });

    it('a disabled client stays disabled when it registers again', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const client = await registered(server, 'disabled');
      await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
      await runCron(env, Date.now() + 400 * DAY);
      expect((await registered(server, 'disabled')).client_id).toBe(client.client_id);
      const kept = await administer<{ disabled: boolean }>(server, 'GET', `/clients/${client.client_id}`);
      expect(kept.disabled).toBe(true);
    });

    it('nothing goes while a shard does not answer: a grant may live there', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const client = await registered(server, 'used');
      await env.DB.prepare('UPDATE clients SET last_used_at = 1').run();
      const down = {
        prepare: () => {
          throw new Error('down');
        },
        batch: () => Promise.reject(new Error('down')),
      };
      await runCron({ ...env, SHARD_APAC: down as unknown as D1Database }, Date.now()).catch(() => undefined);
      expect(await left(server)).toEqual([client.client_id]);
      // Nor while it is not bound: it exists.
      await runCron(env, Date.now());
      expect(await left(server)).toEqual([client.client_id]);
      await runCron(bindings([...shards, 'SHARD_APAC']), Date.now());
      expect(await left(server)).toEqual([]);
    });

    it('one chunk after another goes, past clients that stay', async () => {
      const env = bindings([...shards]);
      const server = serve(env);
      const shard = shards.length > 0 ? env.SHARD_WEUR : env.DB;
      const many = (columns: string, values: string, from: number, to: number) =>
        env.DB.prepare(
          `WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to}) INSERT INTO clients (id, origin, metadata, roles, allowed_origins, created_at, last_used_at${columns}) SELECT 'c_' || i, 'registration', '{"redirect_uris":[],"grant_types":[]}', '[]', '[]', 1, 1${values} FROM n`,
        ).run();
      await many('', '', 1, CHUNK);
      await many(', registered_from', ", 'x'", CHUNK + 1, 3 * CHUNK);
      await shard
        ?.prepare(
          `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${CHUNK}) INSERT INTO grants (id, client_id, user_id, session_id, scopes, resources, authorized_at, created_at, expires_at, redeemed_by, generation, rotated_at, rotated_by, claims) SELECT 'g' || i, 'c_' || i, 'u', 's', '[]', '[]', 1, 1, ${Date.now() + DAY}, 'r', 0, ${Date.now()}, 'r', '[]' FROM n`,
        )
        .run();
      await runCron(env, Date.now());
      expect(await count(env.DB, 'clients')).toBe(CHUNK);
      expect(await count(env.DB, 'registration_counts')).toBe(1);
      expect((await registerClient(server)).status).toBe(201);
    });
  });
}

describe('idle grants', () => {
  /** Grants that are as old as their number of days; odd ones were refreshed a day ago. */
  const seed = (env: { DB: D1Database }, now: number, rows: number, days: string) =>
    env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
       INSERT INTO grants (id, client_id, user_id, session_id, scopes, resources, authorized_at, created_at, expires_at, redeemed_by, generation, rotated_at, rotated_by)
       SELECT 'g_0_' || i, 'c', 'u', 's', '[]', '[]', 1, ${now} - ${DAY} * (${days}), ${now + 365 * DAY}, 'r', 0,
         IIF(i % 2, ${now - DAY}, ${now} - ${DAY} * (${days})), 'r' FROM n`,
    ).run();

  it('go a day after the idle timeout; those that are refreshed, or were idle for less, stay', async () => {
    const env = bindings();
    const now = Date.now();
    await seed(env, now, 200, 'i');
    await runCron(env, now);
    const left = await env.DB.prepare('SELECT count(*) AS n FROM grants WHERE rotated_at < ?')
      .bind(now - 31 * DAY)
      .first('n');
    expect(left).toBe(0);
    // 100 that were refreshed, and of the others those of at most 31 days.
    expect(await count(env.DB, 'grants')).toBe(100 + 15);
  });

  it('all go within a day, although a run examines a part of the grants', async () => {
    const env = bindings();
    const now = Date.now();
    await seed(env, now, 3000, '40 + i % 300');
    const db = new Databases(env).global;
    const statements: number[] = [];
    for (let run = 0; run < 144; run++) {
      const step = sweepIdleGrants(db, now + run * 600_000, DEFAULT_SETTINGS);
      let [isDone, steps] = [false, 0];
      for (; !isDone; steps++) ({ isDone } = await step(10));
      statements.push(steps);
    }
    expect(await count(env.DB, 'grants')).toBe(1500);
    // The whole table has 300 chunks.
    expect(Math.max(...statements)).toBeLessThan(30);
  });
});

describe('bounded chunks', () => {
  const expired = (rows: number, columns: string) =>
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO ${columns} FROM n`;
  const spent = (rows: number) => expired(rows, "single_uses (hash, expires_at) SELECT 'h' || i, 1");
  const ended = (rows: number) =>
    expired(
      rows,
      "tokens (id, client_id, scopes, resource, issued_at, expires_at) SELECT 't_0_' || i, 'c', '[]', 'r', 1, 1",
    );

  it('one run deletes chunk after chunk of a table, as many as there are', async () => {
    const env = bindings();
    await env.DB.prepare(spent(60 * CHUNK + 200)).run();
    await runCron(env, Date.now());
    expect(await count(env.DB, 'single_uses')).toBe(0);
  });

  it('a run whose budget is small deletes of every table in turns; the next one deletes the rest', async () => {
    const env = bindings();
    await env.DB.batch([env.DB.prepare(spent(5 * CHUNK)), env.DB.prepare(ended(5 * CHUNK))]);
    await sweep(new Databases(env), Date.now(), DEFAULT_SETTINGS, { time: 60_000, statements: 17 });
    expect(await count(env.DB, 'single_uses')).toBe(4 * CHUNK);
    expect(await count(env.DB, 'tokens')).toBe(4 * CHUNK);
    await sweep(new Databases(env), Date.now(), DEFAULT_SETTINGS, { time: 60_000, statements: 0 });
    expect(await count(env.DB, 'tokens')).toBe(4 * CHUNK);
    await runCron(env, Date.now());
    expect(await count(env.DB, 'single_uses')).toBe(0);
    expect(await count(env.DB, 'tokens')).toBe(0);
  });

  it('a shard that does not answer fails the run, and the others are swept', async () => {
    const env = bindings(['SHARD_WEUR']);
    const shards = [env.DB, env.SHARD_WEUR];
    for (const shard of shards) await shard?.prepare(spent(3 * CHUNK)).run();
    const fail = () => {
      throw new Error('down');
    };
    const down = { prepare: fail, batch: fail } as unknown as D1Database;
    await expect(runCron({ ...env, SHARD_APAC: down }, Date.now())).rejects.toThrow('a database was not swept');
    for (const shard of shards) expect(await count(shard, 'single_uses')).toBe(0);
  });

  it('so for events, cutoffs, initial access tokens and failures to sign in', async () => {
    const env = bindings();
    const many = (what: string) =>
      env.DB.prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${CHUNK + 200}) ${what}`,
      ).run();
    await many(`INSERT INTO audit_events SELECT 'r' || i, 'sign-in', 's', 1, 'x', '{}' FROM n`);
    await many(`INSERT INTO cutoffs (subject, at, written_at, pending_shards) SELECT 'user:' || i, 1, 1, '[]' FROM n`);
    await many(
      `INSERT INTO initial_access_tokens (id, hash, name, uses_left, last_used_by, expires_at, created_at)
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
    const user = server.user();
    expect((await readForm(await user.open('/sign-in'), '/sign-in')).action).toBe('/sign-in');
  });
});
