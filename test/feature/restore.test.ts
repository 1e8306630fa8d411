/** ARCHITECTURE §2 cutoffs: a database that was restored to an earlier time gets again the revocations made since. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Act, type ExportedCutoff, type ExportedEvent, planOf } from '../../scripts/admin/restore-plan.ts';
import { makeClient, me, obtainTokens, payloadOf } from '../support/client.ts';
import { addAdministrator, administer, bindings, type Server, serve } from '../support/server.ts';

let server: Server;
beforeEach(() => {
  server = serve(bindings(['SHARD_WEUR']));
});

type Cutoffs = { pending: ExportedCutoff[]; next?: string };
const exported = async () => ({
  exported_at: new Date().toISOString(),
  cutoffs: (await administer<Cutoffs>(server, 'GET', '/cutoffs?all=true')).pending,
  events: (await administer<{ events: ExportedEvent[] }>(server, 'GET', '/events')).events,
});

const apply = async (acts: Act[]) => {
  for (const { method, path, body } of acts) await administer(server, method, path, body);
};

const CUT =
  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_%' ESCAPE '\\'";

/** Every row of a database, as a backup has it. @returns what puts them back. */
async function backUp(db: D1Database): Promise<() => Promise<void>> {
  const { results } = await db.prepare(CUT).all<{ name: string }>();
  const tables = results.map(({ name }) => name).filter((name) => !/migrations/.test(name));
  const rows = await Promise.all(
    tables.map(async (name) => {
      // Columns that the database generates are left out.
      const { results: columns } = await db.prepare(`PRAGMA table_info(${name})`).all<{ name: string }>();
      const list = columns.map((column) => `"${column.name}"`).join(', ');
      return [name, (await db.prepare(`SELECT ${list} FROM ${name}`).all()).results] as const;
    }),
  );
  return async () => {
    const inserts = rows.flatMap(([name, all]) =>
      all.map((row) => {
        const columns = Object.keys(row);
        const places = columns.map(() => '?').join(', ');
        return db
          .prepare(`INSERT INTO ${name} (${columns.map((column) => `"${column}"`).join(', ')}) VALUES (${places})`)
          .bind(...Object.values(row));
      }),
    );
    await db.batch([
      db.prepare('PRAGMA defer_foreign_keys = on'),
      ...tables.map((name) => db.prepare(`DELETE FROM ${name}`)),
      ...inserts,
    ]);
  };
}

describe('after a restore', () => {
  it('what was revoked, withdrawn and disabled is valid again, until the plan of the export is applied', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => makeClient(server)));
    const [one, two, three] = clients as [(typeof clients)[0], (typeof clients)[0], (typeof clients)[0]];
    const tokens = await Promise.all(clients.map((client) => obtainTokens(server, client)));
    const [first, second, third] = tokens.map(({ access_token }) => access_token) as [string, string, string];
    const statuses = () => Promise.all([first, second, third].map(async (token) => (await me(server, token)).status));
    const databases = [server.env.DB, (server.env as unknown as { SHARD_WEUR: D1Database }).SHARD_WEUR];
    const restores = await Promise.all(databases.map(backUp));
    const since = Date.now();

    await administer(server, 'DELETE', `/tokens/${payloadOf(first).jti}`);
    await administer(server, 'DELETE', `/users/${payloadOf(second).sub}/consents/${two.client_id}`);
    await administer(server, 'PATCH', `/clients/${three.client_id}`, { disabled: true });
    expect(await statuses()).toEqual([401, 401, 401]);
    const file = await exported();

    for (const restore of restores) await restore();
    expect(await statuses()).toEqual([200, 200, 200]);
    const { acts } = planOf(file, since);
    await apply(acts);
    expect(await statuses()).toEqual([401, 401, 401]);
    await apply(acts);
    expect((await administer<{ disabled: boolean }>(server, 'GET', `/clients/${three.client_id}`)).disabled).toBe(true);
    expect(one.client_id).not.toBe(two.client_id);
  });

  it('the list of all cutoffs has delivered ones, a page at a time, and says which are of something disabled', async () => {
    await addAdministrator(server);
    const client = await makeClient(server);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
    expect((await administer<Cutoffs>(server, 'GET', '/cutoffs')).pending).toEqual([]);
    const { pending, next } = await administer<Cutoffs>(server, 'GET', '/cutoffs?all=true');
    expect(pending).toContainEqual({
      subject: `client:${client.client_id}`,
      at: null,
      owing: [],
      since: expect.any(String),
    });
    expect(next).toBeUndefined();
    const after = encodeURIComponent(`client:${client.client_id}`);
    expect((await administer<Cutoffs>(server, 'GET', `/cutoffs?all=true&after=${after}`)).pending).toEqual([]);
  });
});

describe('the plan', () => {
  const at = '2026-11-25T12:00:00.000Z';
  const since = Date.parse('2026-11-25T10:00:00Z');
  const cutoff = (subject: string, more: Partial<ExportedCutoff> = {}) => ({
    subject,
    at,
    since: at,
    owing: [],
    ...more,
  });
  const event = (type: string, subject: string, when = at) => ({ type, subject, at: when, actor: 'user:u_1' });

  it('ends what each kind of cutoff ended, and each record whose end is an event; nothing from before', () => {
    const before = '2026-11-25T09:00:00.000Z';
    const { acts } = planOf(
      {
        exported_at: at,
        cutoffs: [
          cutoff('user:u_1'),
          cutoff('user:u_2', { at: null }),
          cutoff('client:c_1'),
          cutoff('consent:u_1:https://app.example/client'),
          cutoff('session:s_1'),
          cutoff('client:c_old', { since: before }),
        ],
        events: [event('session.ended', 's_1'), event('api-key.revoked', 'k_1'), event('token.revoked', 't_1', before)],
      },
      since,
    );
    expect(acts.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/revocations', { user: 'u_1' }],
      ['DELETE', '/users/u_1/sessions', undefined],
      ['PATCH', '/users/u_2', { disabled: true }],
      ['POST', '/revocations', { client: 'c_1' }],
      ['POST', '/revocations', { user: 'u_1', client: 'https://app.example/client' }],
      ['DELETE', '/sessions/s_1', undefined],
      ['DELETE', '/api-keys/k_1', undefined],
    ]);
  });

  it('ends the sessions of a user who signed out or was signed out everywhere, and asks again where a scope was withdrawn', () => {
    const events = [event('sign-out', 'u_1'), event('session.ended', 'u_1'), event('session.ended', 'u_2')];
    const cutoffs = [cutoff('sessions:u_3'), cutoff('scope:u_4:https://app.example/client email')];
    const { acts } = planOf({ exported_at: at, cutoffs, events }, since);
    expect(acts.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['DELETE', '/users/u_3/sessions', undefined],
      ['POST', '/revocations', { user: 'u_4', client: 'https://app.example/client' }],
      ['DELETE', '/users/u_1/sessions', undefined],
      ['DELETE', '/users/u_2/sessions', undefined],
    ]);
  });

  it('names what needs a decision', () => {
    const events = [event('user.password-set', 'u_1'), event('setting.changed', 'sign_up'), event('sign-in', 'u_1')];
    const { acts, byHand } = planOf({ exported_at: at, cutoffs: [], events }, since);
    expect([acts, byHand.map(({ type }) => type)]).toEqual([[], ['user.password-set', 'setting.changed']]);
  });
});
