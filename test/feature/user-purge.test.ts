/** Deletion of a user leaves no row in any database that names them, whatever fails on the way. */
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { describe, expect, it, vi } from 'vitest';
import type { Bindings } from '../../src/config.ts';
import { Databases } from '../../src/storage/database/database.ts';
import * as schema from '../../src/storage/schema/index.ts';
import { USER_TABLES } from '../../src/storage/users/user-data.ts';
import { cancelDeletionBySignIn } from '../../src/storage/users/user-deletion.ts';
import { startPurges } from '../../src/storage/users/user-purge.ts';
import { ADMINISTRATOR, makeClient } from '../support/client.ts';
import { administratorAt, see, sendForm } from '../support/console-user.ts';
import { connectApp, connectUser, farEnd, refusal } from '../support/far-end.ts';
import { wrapStores } from '../support/recorder.ts';
import { administer, bindings, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { type Account, DAY, HOUR, requestDeletion, tokensFor, ZERLINA, zerlinaAt } from '../support/user-account.ts';

const DELETE = '/account/data/delete';

const later = (milliseconds: number) => vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] });

/** A run in which something cannot be done. */
async function runCronDespite(env: Bindings, time: number): Promise<void> {
  await runCron(env, time).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 300));
}

/** Every column of the schema that could name a user, by table. */
const NAMING = /user|user|acts_as|email|owner|account/;
/** Of those, what names nobody: `user_agent` and the hash of a device's code; and a provider's name of an account. */
const OTHERWISE = ['user_agent', 'user_code_hash'];

const tablesOf = () =>
  Object.values(schema)
    .map((table) => getTableConfig(table as SQLiteTable))
    .map(({ name, columns }) => ({ name, columns }));

/** A row of the user in a table, whose times are far away: no sweep takes it. */
async function seed(db: D1Database, table: ReturnType<typeof tablesOf>[number], id: string, now: number) {
  const columns = table.columns.filter(({ generated }) => !generated);
  const cellOf = ({ name, dataType }: (typeof columns)[number]) => {
    if (name === 'user_id' || name === 'acts_as') return id;
    if (dataType === 'json') return '[]';
    return dataType === 'string' ? `seed-${id.slice(2)}-${name}` : now + 5000 * DAY;
  };
  const marks = columns.map(() => '?').join(', ');
  const sql = `INSERT INTO ${table.name} (${columns.map(({ name }) => `"${name}"`).join(', ')}) VALUES (${marks})`;
  await db
    .prepare(sql)
    .bind(...columns.map(cellOf))
    .run();
}

/** Every cell of every table in which one of these texts stands, as table.column. */
async function mentions(databases: D1Database[], texts: string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const db of databases) {
    for (const { name } of tablesOf()) {
      const { results } = await db.prepare(`SELECT * FROM ${name}`).all();
      for (const row of results) {
        for (const [column, value] of Object.entries(row)) {
          if (texts.some((one) => String(value).toLowerCase().includes(one.toLowerCase())))
            found.add(`${name}.${column}`);
        }
      }
    }
  }
  return [...found].sort();
}

const all = (server: Server) =>
  [server.env.DB, server.env.SHARD_WEUR, server.env.SHARD_APAC].filter((one) => one !== undefined);

describe('the purge', () => {
  it('knows every table that names a user', () => {
    const naming = tablesOf().flatMap(({ name, columns }) =>
      columns
        .filter((column) => NAMING.test(column.name) && !OTHERWISE.includes(column.name))
        .map((column) => `${name}.${column.name}`),
    );
    const known = USER_TABLES.map(({ table, user }) => `${getTableConfig(table).name}.${user.name}`);
    const beside = [
      'clients.acts_as',
      'users.email',
      'users.email_changed_at',
      'users.email_verified_at',
      // Of rows that are deleted by their user_id.
      'connections.account',
      'user_identities.account',
    ];
    // A new table with a row for a user goes into USER_TABLES: then it is exported and deleted, too.
    expect(naming.sort()).toEqual([...known, ...beside].sort());
  });

  it('leaves no row that names the user in any table of any database, but ids in the audit log', async () => {
    const server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
    await setSetting(server, 'deletion_grace_days', 0);
    const far = await farEnd();
    await connectApp(server, far);
    const { zerlina, id } = await zerlinaAt(server);
    await connectUser(zerlina, far);
    const client = await makeClient(server, { scope: 'openid profile offline_access' });
    await tokensFor(server, zerlina, client);
    await administer(server, 'POST', '/api-keys', { user: id, name: 'Of Zerlina', scope: 'profile', days: 300 });
    await administer(server, 'DELETE', `/users/${id}/consents/${client.client_id}`);
    await server.user().signIn(ZERLINA.email, 'a wrong password');
    const now = Date.now();
    const seeded = tablesOf().filter(({ columns }) =>
      columns.some(({ name }) => ['user_id', 'acts_as'].includes(name)),
    );
    for (const db of all(server)) {
      for (const table of seeded) await seed(db, table, id, now);
    }
    for (const db of all(server)) {
      const subjects = [`sessions:${id}`, `scope:${id}:${client.client_id} email`];
      const row = "INSERT INTO cutoffs (subject, at, written_at, pending_shards) VALUES (?, 1, 1, '[]')";
      await db.batch(subjects.map((subject) => db.prepare(row).bind(subject)));
    }
    // A connection whose app is gone, as in no database but DB: nothing can be revoked.
    await server.env.SHARD_WEUR?.prepare('DELETE FROM connections').run();
    await server.env.SHARD_APAC?.prepare('DELETE FROM connections').run();
    const others = await mentions(all(server), [ADMINISTRATOR.email]);

    await sendForm(zerlina, DELETE);
    await runCron(server.env, now + 60_000);
    expect(far.revoked.map((body) => body.get('token'))).toEqual(['rt-1']);
    expect(await mentions(all(server), [id])).toContain('sessions.user_id');
    await runCron(server.env, now + 26 * HOUR);
    const names = ['audit_events.actor', 'audit_events.subject', 'clients.id'];
    const named = await mentions(all(server), [id]);
    expect(named.filter((cell) => !names.includes(cell))).toEqual([]);
    const personal = [ZERLINA.email, ZERLINA.name, 'Of Zerlina', 'alice@faraway.net'];
    expect(await mentions(all(server), personal)).toEqual([]);
    expect((await server.admin('GET', `/users/${id}`)).status).toBe(404);
    expect(await mentions(all(server), [ADMINISTRATOR.email])).toEqual(others);
    const { events } = await administer<{ events: { type: string }[] }>(server, 'GET', `/events?subject=${id}`);
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['user.added', 'user.deleted']));
  });

  it('takes as many runs as it needs for many rows, and finishes', async () => {
    const server = serve();
    const { id } = await zerlinaAt(server);
    await setSetting(server, 'deletion_grace_days', 0);
    await server.env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 23000)
       INSERT INTO tokens (id, client_id, user_id, scopes, resource, issued_at, expires_at)
       SELECT 't' || i, 'c', '${id}', '[]', 'r', 1, ${Date.now() + 999 * DAY} FROM n`,
    ).run();
    await requestDeletion(server, id);
    const now = Date.now();
    await runCron(server.env, now);
    await runCron(server.env, now + 26 * HOUR);
    const count = () => server.env.DB.prepare('SELECT count(*) AS n FROM tokens').first('n');
    expect(await count()).toBe(3000);
    expect((await server.admin('GET', `/users/${id}`)).status).toBe(200);
    await runCron(server.env, now + 27 * HOUR);
    expect(await count()).toBe(0);
    expect((await server.admin('GET', `/users/${id}`)).status).toBe(404);
  });

  it('waits for a shard that does not answer, and goes on when it does', async () => {
    let down = true;
    const env = wrapStores(bindings(['SHARD_WEUR', 'SHARD_APAC']), (store, operation) =>
      down && store === 'SHARD_APAC' ? Promise.reject(new Error('D1_ERROR: overloaded')) : operation(),
    );
    const server = serve(env);
    await setSetting(server, 'deletion_grace_days', 0);
    const { id } = await zerlinaAt(server);
    await requestDeletion(server, id);
    const now = Date.now();
    await runCronDespite(env, now);
    await runCronDespite(env, now + 26 * HOUR);
    expect(await mentions([env.SHARD_WEUR as D1Database], [id])).toContain('sessions.user_id');
    down = false;
    // Told only now, what it issued a moment ago may still be valid: the wait has begun anew.
    await runCron(env, now + 27 * HOUR);
    expect((await server.admin('GET', `/users/${id}`)).status).toBe(200);
    await runCron(env, now + 52 * HOUR);
    expect((await server.admin('GET', `/users/${id}`)).status).toBe(404);
  });

  it('a shard that falls silent in the middle keeps the user until it answers', async () => {
    let down = false;
    const env = wrapStores(bindings(['SHARD_WEUR', 'SHARD_APAC']), (store, operation) =>
      down && store === 'SHARD_WEUR' ? Promise.reject(new Error('D1_ERROR: overloaded')) : operation(),
    );
    const server = serve(env);
    await setSetting(server, 'deletion_grace_days', 0);
    const { id } = await zerlinaAt(server);
    await requestDeletion(server, id);
    const now = Date.now();
    await runCron(env, now);
    down = true;
    await runCronDespite(env, now + 26 * HOUR);
    expect((await server.admin('GET', `/users/${id}`)).status).toBe(200);
    down = false;
    await runCron(env, now + 27 * HOUR);
    expect((await server.admin('GET', `/users/${id}`)).status).toBe(404);
    expect((await mentions(all(server), [id])).filter((cell) => !cell.startsWith('audit_events'))).toEqual([]);
  });

  it('a shard that exists but is not bound keeps the user until it is bound again', async () => {
    const server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
    await setSetting(server, 'deletion_grace_days', 0);
    const { id } = await zerlinaAt(server);
    await requestDeletion(server, id);
    const now = Date.now();
    await runCron(server.env, now);
    await runCron(bindings(['SHARD_APAC']), now + 26 * HOUR);
    expect((await server.admin('GET', `/users/${id}`)).status).toBe(200);
    await runCron(server.env, now + 27 * HOUR);
    expect((await server.admin('GET', `/users/${id}`)).status).toBe(404);
    expect((await mentions(all(server), [id])).filter((cell) => !cell.startsWith('audit_events'))).toEqual([]);
  });

  it('a provider that cannot be reached is asked again, and not for ever', async () => {
    const server = serve();
    await setSetting(server, 'deletion_grace_days', 0);
    const far = await farEnd();
    await connectApp(server, far);
    const { zerlina, id } = await zerlinaAt(server);
    await connectUser(zerlina, far);
    let asked = 0;
    far.web.answers[`${far.issuer}/revoke`] = () => {
      asked++;
      return refusal('server_error', `${ZERLINA.email} is busy`, 503);
    };
    await requestDeletion(server, id);
    const now = Date.now();
    await runCron(server.env, now);
    await runCron(server.env, now + HOUR);
    expect(asked).toBe(2);
    await runCron(server.env, now + 26 * HOUR);
    expect((await server.admin('GET', `/users/${id}`)).status).toBe(404);
    expect(await mentions(all(server), [ZERLINA.email])).toEqual([]);
  });

  it('cannot be cancelled once it has begun, neither by an administrator nor by signing in', async () => {
    const server = serve();
    await setSetting(server, 'deletion_grace_days', 0);
    const { zerlina, id } = await zerlinaAt(server);
    await sendForm(zerlina, DELETE);
    await runCron(server.env, Date.now());
    later(10);
    await zerlina.signIn(ZERLINA.email, ZERLINA.password);
    expect((await zerlina.request('/account')).status).toBe(303);
    expect((await server.admin('DELETE', `/users/${id}/deletion`)).status).toBe(409);
    const administrator = await administratorAt(server);
    expect(await see(administrator, `/console/users/${id}`)).toContain('cannot be cancelled');
  });

  it('of fifty sign-ins at the moment at which it begins, all cancel it or none does', async () => {
    const server = serve();
    const databases = new Databases(server.env);
    const { zerlina, id } = await zerlinaAt(server);
    for (const first of ['purge', 'sign-ins']) {
      await sendForm(zerlina, DELETE);
      const at = Date.now() + 31 * DAY;
      const cancel = (index: number) =>
        cancelDeletionBySignIn(databases, { requestId: `r${first}${index}`, now: at }, id);
      const purge = () => startPurges(databases, at);
      const cancels = () => Array.from({ length: 50 }, (_, index) => cancel(index));
      const [begun, outcomes] =
        first === 'purge' ? [purge(), Promise.all(cancels())] : [undefined, Promise.all(cancels())];
      await (begun ?? purge());
      const said = new Set(await outcomes);
      const row = await server.env.DB.prepare('SELECT purge_started_at AS at FROM users WHERE id = ?').bind(id).first();
      expect([...said]).toEqual([row?.at === null]);
      if (row?.at !== null) return;
      later(10);
      await zerlina.signIn(ZERLINA.email, ZERLINA.password);
    }
  });

  it('the address is free afterwards, and the former links and password of it are worth nothing', async () => {
    const server = serve();
    await setSetting(server, 'deletion_grace_days', 0);
    const { id } = await zerlinaAt(server);
    const { link } = await administer<{ link: string }>(server, 'POST', `/users/${id}/invitation`);
    await requestDeletion(server, id);
    const now = Date.now();
    await runCron(server.env, now);
    await runCron(server.env, now + 26 * HOUR);
    const added = await administer<Account>(server, 'POST', '/users', { email: ZERLINA.email, name: 'Another' });
    expect(added.id).not.toBe(id);
    const user = server.user();
    await user.signIn(ZERLINA.email, ZERLINA.password);
    expect((await user.request('/account')).status).toBe(303);
    const { pathname, search } = new URL(link);
    expect((await user.open(pathname + search)).status).toBe(400);
  });
});
