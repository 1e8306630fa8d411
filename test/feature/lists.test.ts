/** The lists of an administrator with a load behind them: what a page costs, and that pages neither lose nor repeat. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { CONSOLE_PAGES } from '../../src/admin/console/pages.tsx';
import { errorOf, makeClient, obtainTokens } from '../support/client.ts';
import { administratorAt } from '../support/console-user.ts';
import { wrapStores } from '../support/recorder.ts';
import { addAdministrator, administer, bindings, type Server, serve } from '../support/server.ts';
import { StorageMeter } from '../support/storage-meter.ts';

const PAGE = 100;

/** Runs a statement for each number from 1 to `most`, in stretches that D1 can take. */
async function seed(db: D1Database, most: number, statement: string): Promise<void> {
  const stretch = 100_000;
  for (let from = 1; from <= most; from += stretch) {
    const to = Math.min(most, from + stretch - 1);
    await db
      .prepare(`WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to}) ${statement}`)
      .run();
  }
}

/** Seeds without the indexes, and makes them again behind it: in a tenth of the time. */
async function seedAll(db: D1Database, now: number): Promise<void> {
  const { results } = await db
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    .all<{ name: string; sql: string }>();
  for (const { name } of results) await db.prepare(`DROP INDEX "${name}"`).run();
  await seed(
    db,
    100_000,
    `INSERT INTO clients (id, origin, metadata, roles, allowed_origins, created_at, last_used_at)
     SELECT 'c_' || i, 'administrator',
       json_object('client_name', 'App ' || (i % 50), 'redirect_uris', json_array('https://host' || (i % 90) || '.example/cb')),
       '[]', '[]', ${now} - i / 1000, ${now} FROM n`,
  );
  await seed(
    db,
    100_000,
    `INSERT INTO users (id, email, name, roles, created_at)
     SELECT 'u_' || i, 'p' || i || '@example.com', 'User ' || (i % 70), '[]', ${now} - i / 1000 FROM n`,
  );
  await seed(
    db,
    100_000,
    `INSERT INTO grants (id, client_id, user_id, session_id, scopes, resources, authorized_at, created_at, expires_at,
       redeemed_by, generation, rotated_at, rotated_by)
     SELECT 'g_0_' || i, 'c_' || (i % 100), 'u_' || (i % 300), 's_0_' || i, '[]', '[]', ${now} - i / 500, ${now} - i / 500,
       ${now} + 100000000, '', 0, ${now}, '' FROM n`,
  );
  await seed(
    db,
    100_000,
    `INSERT INTO sessions (cookie_hash, id, user_id, signed_in_at, last_seen_at, expires_at)
     SELECT 'h' || i, 's_0_' || i, 'u_' || (i % 300), ${now} - i / 500, ${now}, ${now} + 100000000 FROM n`,
  );
  await seed(
    db,
    100_000,
    `INSERT INTO audit_events (request_id, type, subject, at, actor, detail)
     SELECT 'r' || i, CASE i % 3 WHEN 0 THEN 'sign-in' ELSE 'grant' END, 'u_' || (i % 300), ${now} - i / 500,
       'user:u_' || (i % 200), '{}' FROM n`,
  );
  await seed(
    db,
    TOKENS,
    `INSERT INTO tokens (id, grant_id, client_id, user_id, scopes, resource, issued_at, expires_at)
     SELECT 't_0_' || i, 'g_0_' || (i % 1000), 'c_' || (i % 100), 'u_' || (i % 300), '[]', '', ${now},
       ${now} + 600000 + (i / 2000) * 1000 FROM n`,
  );
  await seed(
    db,
    FEWER,
    `INSERT INTO device_codes (id, device_code_hash, user_code_hash, client_id, scopes, resources, created_at,
       expires_at, interval, polled_at)
     SELECT 'd_0_' || i, 'd' || i, 'u' || i, 'c_' || (i % 100), '[]', '[]', ${now}, ${now} + 600000 + i / 50, 5, 0 FROM n`,
  );
  await seed(
    db,
    FEWER,
    `INSERT INTO api_keys (id, user_id, name, scopes, secret_hash, created_at, authorized_at, expires_at)
     SELECT 'k_' || i, 'u_' || (i % 50), 'Key', '[]', 'h' || i, ${now} - i / 50, ${now} - i / 50, ${now} + 100000000 FROM n`,
  );
  await seed(
    db,
    100_000,
    `INSERT INTO connections (id, app_id, user_id, issuer, scopes, state, fence, settled_fence, lease_until, leased_by,
       created_at, refreshed_at)
     SELECT 'n_' || i, 'a_' || (i / 316), 'u_' || (i % 316), 'https://x.example', '[]', 'connected', 0, 0, 0, '',
       ${now} - i / 50, ${now} FROM n`,
  );
  await seed(
    db,
    FEWER,
    `INSERT INTO user_identities (id, login_id, issuer, subject, user_id, created_at, last_used_at)
     SELECT 'i_' || i, 'l_' || (i % 50), 'https://x.example', 's' || i, 'u_' || (i % 50), ${now} - i / 50, ${now} FROM n`,
  );
  for (const { sql } of results) await db.prepare(sql).run();
}

/** Of what there is less of. */
const FEWER = 20_000;

const TOKENS = 1_000_000;

/** The limit of 60 KB compressed, less the stylesheet and the script. */
const BESIDE_STYLES = 60_000 - 17_000;

async function compressedLength(html: string): Promise<number> {
  const compressed = new Blob([html]).stream().pipeThrough(new CompressionStream('gzip'));
  return (await new Response(compressed).arrayBuffer()).byteLength;
}

/** Rows that the names in a row of the console take: a user and a client by their ids, and the index of each. */
const NAMES_PER_ROW = 4;

const LISTS = [
  ['clients', ''],
  ['clients', 'order=desc'],
  ['clients', 'sort=name'],
  ['clients', 'sort=name&order=desc'],
  ['clients', 'sort=address'],
  ['clients', 'name_begins=app 1'],
  ['clients', 'name_begins=App 1&order=desc'],
  ['clients', 'address_begins=HOST7'],
  ['users', ''],
  ['users', 'order=desc'],
  ['users', 'sort=name'],
  ['users', 'sort=email&order=desc'],
  ['users', 'email_begins=p1'],
  ['users', 'name_begins=user 6'],
  ['tokens', ''],
  ['tokens', 'order=asc'],
  ['tokens', 'client=c_7'],
  ['tokens', 'user=u_7&order=asc'],
  ['tokens', 'grant=g_0_7'],
  ['grants', ''],
  ['grants', 'order=asc'],
  ['grants', 'client=c_7'],
  ['grants', 'user=u_7'],
  ['grants', 'client=c_7&user=u_7'],
  ['sessions', ''],
  ['sessions', 'user=u_7&order=asc'],
  ['events', ''],
  ['events', 'order=asc'],
  ['events', 'subject=u_7'],
  ['events', 'actor=user:u_7&order=asc'],
  ['events', 'type=sign-in'],
  ['devices', ''],
  ['devices', 'order=desc'],
  ['api-keys', ''],
  ['api-keys', 'order=desc'],
  ['api-keys', 'user=u_7&order=desc'],
  ['api-keys', 'user=u_7'],
  ['connections', ''],
  ['connections', 'order=desc'],
  ['connections', 'app=a_7&order=desc'],
  ['connections', 'app=a_7'],
  ['connections', 'user=u_7'],
  ['identities', ''],
  ['identities', 'order=desc'],
  ['identities', 'login=l_7&order=desc'],
  ['identities', 'login=l_7'],
  ['identities', 'user=u_7'],
] as const;

/** Looks at three pages of every list of the console. */
/** A token is as valid as its grant: with each its grant is read by its key, and what that stands behind. */
const perRow = (list: string): number => (list === 'tokens' ? 7 : 2);

async function openConsole(server: Server, meter: StorageMeter): Promise<void> {
  const user = await administratorAt(server);
  for (const { path } of CONSOLE_PAGES.filter(({ path }) => !/:|export$/.test(path))) {
    let next: string | undefined = path;
    for (let page = 1; page <= 3 && next !== undefined; page++) {
      meter.take();
      const html: string = await (await user.open(next)).text();
      // Rows that a page of 30 reads, with those of the session.
      expect
        .soft(meter.take().rowsRead, `rows read by ${path}, page ${page}`)
        .toBeLessThanOrEqual((perRow(path.slice('/console/'.length)) + NAMES_PER_ROW) * 30 + 10);
      expect
        .soft(await compressedLength(html), `compressed bytes of ${path}, page ${page}`)
        .toBeLessThanOrEqual(BESIDE_STYLES);
      next = /href="([^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
  }
}

type Listed = Record<string, unknown> & { next?: string };

describe('lists, with 100,000 clients and 1,000,000 tokens', () => {
  it('each page of each order, filter and search reads at most twice the rows that it shows (with what decides for each access token, seven times); in the console, names included, it weighs at most 60 KB compressed', async () => {
    const began = Date.now();
    await seedAll(env.DB, began);
    console.info(`seeded in ${Date.now() - began} ms`);
    const meter = new StorageMeter();
    const server = serve(meter.over(bindings()));
    for (const [name, query] of LISTS) {
      let after = '';
      for (const page of [1, 2, 3]) {
        meter.take();
        const list = await administer<Listed>(server, 'GET', `/${name}?${query}${after}`);
        const [shown, read] = [(list[name.replace('-', '_')] as unknown[]).length, meter.take().rowsRead];
        expect.soft(read, `rows read by ${name}?${query}, page ${page}`).toBeLessThanOrEqual(perRow(name) * PAGE);
        expect.soft(shown, `${name}?${query} page ${page}`).toBe(PAGE);
        after = `&after=${list.next}`;
        if (list.next === undefined) break;
      }
    }
    await openConsole(server, meter);
  }, 180_000);

  it('pages neither lose nor repeat a row, over shards and where many rows are equal, in both directions', async () => {
    const now = Date.now();
    const env = bindings(['SHARD_WEUR', 'SHARD_APAC']);
    for (const [name, db] of [
      ['0', env.DB],
      ['weur', env.SHARD_WEUR],
      ['apac', env.SHARD_APAC],
    ] as const) {
      await seed(
        db as D1Database,
        150,
        `INSERT INTO audit_events (request_id, type, subject, at, actor, detail)
         SELECT '${name}-' || i, 'grant', 'x', ${now} - (i / 40), 'y', '{}' FROM n`,
      );
    }
    const server = serve(env);
    for (const query of ['order=desc', 'order=asc', 'subject=x', 'type=grant&order=asc']) {
      const seen: { request_id: string; at: string }[] = [];
      for (let after = ''; ; ) {
        const list = await administer<{ events: typeof seen; next?: string }>(
          server,
          'GET',
          `/events?${query}${after}`,
        );
        seen.push(...list.events);
        if (list.next === undefined) break;
        after = `&after=${list.next}`;
      }
      expect(seen.length, query).toBe(450);
      expect(new Set(seen.map((event) => event.request_id)).size, query).toBe(450);
      const times = seen.map((event) => event.at);
      expect(times).toEqual(query.includes('asc') ? times.toSorted() : times.toSorted().reverse());
    }
  });

  it('a database that does not answer is named, and the others are listed', async () => {
    const env = bindings(['SHARD_WEUR']);
    const broken = wrapStores(env, async (store, operation) => {
      if (store === 'SHARD_WEUR') throw new Error('D1_ERROR: no answer');
      return operation();
    });
    await env.DB.prepare("INSERT INTO audit_events VALUES ('r', 'grant', 'x', 1, 'y', '{}')").run();
    const list = await administer<Listed>(serve(broken), 'GET', '/events?subject=x');
    expect(list).toMatchObject({ events: [{ request_id: 'r' }], shards_that_did_not_answer: ['weur'] });
  });

  it('says whether each grant and session holds, or why not', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (let i = 0; i < 3; i++) await obtainTokens(server, client);
    type Grants = { grants: { id: string; status: string; user: string }[] };
    const grants = async () => (await administer<Grants>(server, 'GET', '/grants')).grants;
    const [last] = await grants();
    await administer(server, 'DELETE', `/grants/${last?.id}`);
    expect((await grants()).map(({ status }) => status)).toEqual(['ended', 'active', 'active']);
    await administer(server, 'POST', '/revocations', { client: client.client_id });
    expect((await grants()).map(({ status }) => status)).toEqual(['ended', 'cut off', 'cut off']);
    type Sessions = { sessions: { status: string }[] };
    const sessions = async () => (await administer<Sessions>(server, 'GET', '/sessions')).sessions;
    expect((await sessions())[0]).toMatchObject({ status: 'active' });
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${last?.user}`, { disabled: true });
    expect((await sessions()).every(({ status }) => status !== 'active')).toBe(true);
  });

  it('a sort, a cursor or a filter that the list does not have is refused, never answered with something else', async () => {
    const server = serve();
    for (const query of [
      'clients?sort=secret_hash',
      'clients?order=up',
      'clients?after=nonsense',
      `clients?after=${Buffer.from('[1,"nowhere",1]').toString('base64url')}`,
      'clients?name_begins=a&address_begins=b',
      'tokens?client=a&user=b',
      'events?subject=a&type=b',
      'events?since=yesterday',
    ]) {
      const response = await server.admin('GET', `/${query}`);
      expect([query, response.status, await errorOf(response)]).toEqual([query, 400, 'invalid_request']);
    }
  });
});
