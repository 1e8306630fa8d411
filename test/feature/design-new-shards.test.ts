/** A shard that is bound for the first time honours what was withdrawn before (ARCHITECTURE §2, Cutoffs). */
import { beforeEach, describe, expect, it } from 'vitest';
import { clearIsolateCaches } from '../../src/storage/database/isolate-cache.ts';
import { authorizeUrl, makeClient, type TestClient } from '../support/client.ts';
import { wrapStores } from '../support/recorder.ts';
import { ADMINISTRATOR, administer, bindings, runCron, type Server, serve } from '../support/server.ts';
import { type StaleReplica, staleReplica } from '../support/stale-replica.ts';
import { ZERLINA, zerlinaAt } from '../support/user-account.ts';

describe('a shard that is bound while a replica lags', () => {
  let replica: StaleReplica;
  let server: Server;
  let client: TestClient;
  let id: string;

  beforeEach(async () => {
    const { SHARD_APAC } = bindings(['SHARD_APAC']);
    replica = staleReplica(bindings(), SHARD_APAC as D1Database);
    server = serve(replica.env);
    client = await makeClient(server, {}, { trusted: true, roles: ['editor'] });
    ({ id } = await zerlinaAt(server, ['editor']));
    await replica.freeze();
  });

  /** The parameters that GET /authorize sends to the client, after a sign-in in the new shard. */
  async function authorization(): Promise<Record<string, string>> {
    clearIsolateCaches();
    const bound = serve({ ...replica.env, ...bindings(['SHARD_WEUR']), DB: replica.env.DB });
    const zerlina = bound.user();
    await zerlina.signIn(ZERLINA.email, ZERLINA.password);
    expect(zerlina.cookies.get('__Host-session')).toContain('.weur.');
    const response = await zerlina.open(authorizeUrl(client, { scope: 'openid profile roles', prompt: 'none' }));
    return Object.fromEntries(new URL(response.headers.get('location') ?? '', server.env.ISSUER).searchParams);
  }

  it('a user with the role of the client gets a code', async () => {
    expect(await authorization()).toMatchObject({ code: expect.any(String) });
  });

  it.each([
    ['a role that was removed opens no client', () => administer(server, 'PATCH', `/users/${id}`, { roles: [] })],
    [
      'a client that was disabled gets no code',
      () => administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true }),
    ],
    [
      'a client whose roles were changed is read again',
      () => administer(server, 'PATCH', `/clients/${client.client_id}`, { roles: ['publisher'] }),
    ],
  ])('%s', async (_, withdraw) => {
    await withdraw();
    expect(await authorization()).not.toMatchObject({ code: expect.any(String) });
    await runCron(server.env);
    expect(await authorization()).not.toMatchObject({ code: expect.any(String) });
  });
});

const cutoffsIn = async (db: D1Database | undefined) => {
  const { results = [] } = (await db?.prepare('SELECT subject, at FROM cutoffs ORDER BY subject').all()) ?? {};
  return results;
};

/** Cutoffs in `DB`, as months of use leave them behind. */
const leaveCutoffs = ({ env }: Server, count: number) =>
  env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
    INSERT INTO cutoffs (subject, at, written_at, pending_shards)
    SELECT 'consent:u_' || i || ':c', ?2 - i, ?2 - i, '[]' FROM n`,
  )
    .bind(count, Date.now())
    .run();

/** @returns the shard of a new session. */
async function shardOfSignIn(server: Server): Promise<string | undefined> {
  clearIsolateCaches();
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return user.cookies.get('__Host-session')?.split('.')[1];
}

describe('a new shard', () => {
  it('has every cutoff before a session begins in it', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    await leaveCutoffs(server, 7000);
    expect(await shardOfSignIn(server)).toBe('weur');
    expect(await cutoffsIn(server.env.SHARD_WEUR)).toEqual(await cutoffsIn(server.env.DB));
  });

  it('waits for the cron where it is to receive more than a request copies', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    await leaveCutoffs(server, 25_000);
    expect(await shardOfSignIn(server)).toBe('0');
    await runCron(server.env);
    expect(await shardOfSignIn(server)).toBe('weur');
    expect(await cutoffsIn(server.env.SHARD_WEUR)).toHaveLength(25_000);
  });

  it('that does not answer is no failure: sessions begin in DB, until the cron reaches it', async () => {
    const env = bindings(['SHARD_WEUR']);
    const down = wrapStores(env, async (store, operation) => {
      if (store === 'SHARD_WEUR') throw new Error('D1_ERROR: down');
      return operation();
    });
    await leaveCutoffs(serve(env), 1);
    expect(await shardOfSignIn(serve(down))).toBe('0');
    await runCron(env);
    expect(await shardOfSignIn(serve(env))).toBe('weur');
  });

  it('that was removed and is used again has what was revoked meanwhile', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    expect(await shardOfSignIn(server)).toBe('weur');
    await server.env.SHARD_WEUR?.prepare('DELETE FROM sessions').run();
    await administer(server, 'PATCH', '/shards/weur', { draining: true });
    await server.env.DB.prepare('UPDATE shards SET draining_since = 1').run();
    await administer(server, 'DELETE', '/shards/weur');
    await leaveCutoffs(server, 10);
    expect(await shardOfSignIn(server)).toBe('0');
    await administer(server, 'PATCH', '/shards/weur', { draining: false });
    expect(await shardOfSignIn(server)).toBe('weur');
    expect(await cutoffsIn(server.env.SHARD_WEUR)).toEqual(await cutoffsIn(server.env.DB));
  });
});
