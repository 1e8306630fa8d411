/** The overview of the console: counters of days, what was refused, and what needs attention. */
import { describe, expect, it, vi } from 'vitest';
import { makeClient, obtainCode, obtainTokens, postToken, redemption, refresh } from '../support/client.ts';
import { administratorAt, see, signedInWith } from '../support/console-user.ts';
import { administer, bindings, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { text, type User } from '../support/user.ts';

const DAY = 86_400_000;
const overview = async (user: User) => (await user.open('/console')).text();

/** After the cron, which counts most of it. */
async function counted(server: Server): Promise<Record<string, number>> {
  await runCron(server.env);
  const shards = [server.env.DB, server.env.SHARD_WEUR].filter((db) => db !== undefined);
  const rows = await Promise.all(
    shards.map((db) => db.prepare('SELECT name, count FROM daily_counts').all<{ name: string; count: number }>()),
  );
  const sums: Record<string, number> = {};
  for (const { name, count } of rows.flatMap(({ results }) => results)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

describe('what is counted', () => {
  it('each sign-in, grant and token once, in the database that decided it; what is refused is no grant', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    const client = await makeClient(server, {}, { trusted: true });
    const tokens = await obtainTokens(server, client);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    expect((await postToken(server, client, redemption('pc_weur_none'))).status).toBe(400);
    expect(await counted(server)).toMatchObject({ 'sign-ins': 1, grants: 1, tokens: 2 });
    const { results } = await (server.env.SHARD_WEUR as D1Database).prepare('SELECT name FROM daily_counts').all();
    expect(results.map(({ name }) => name)).toEqual(expect.arrayContaining(['grants', 'sign-ins', 'tokens']));
  });

  it('fifty redemptions of one code at once are one grant', async () => {
    const server = serve();
    const client = await makeClient(server, {}, { trusted: true });
    const code = await obtainCode(server, client);
    await Promise.all(Array.from({ length: 50 }, () => postToken(server, client, redemption(code))));
    expect(await counted(server)).toMatchObject({ grants: 1, tokens: 1 });
  });

  it('a wrong password, and what clients are refused, by its kind', async () => {
    const server = serve();
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    await server.user().signIn('nobody@example.com', 'a wrong password');
    const client = await makeClient(server);
    await postToken(server, client, redemption('pc_0_none'));
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    await postToken(server, client, redemption('pc_0_none'));
    const { 'failed.invalid_grant': refused = 0, ...others } = await counted(server);
    expect(others['sign-ins.failed']).toBe(1);
    expect(refused).toBeGreaterThanOrEqual(1);
  });

  it('counters older than a year and a month are swept', async () => {
    const server = serve();
    const put = server.env.DB.prepare("INSERT INTO daily_counts VALUES (?, 'grants', 1)");
    await put.bind(new Date(Date.now() - 402 * DAY).toISOString().slice(0, 10)).run();
    await put.bind(new Date(Date.now() - 390 * DAY).toISOString().slice(0, 10)).run();
    await runCron(server.env);
    expect(await counted(server)).toEqual({ grants: 1 });
  });
});

describe('the overview', () => {
  it('draws a bar for each day and says the same in a table; no style stands in the page', async () => {
    const server = serve();
    const put = server.env.DB.prepare("INSERT INTO daily_counts VALUES (?, 'grants', ?)");
    const day = (ago: number) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);
    for (const [ago, count] of [
      [0, 3],
      [5, 12],
      [29, 7],
      [30, 100],
    ] as const)
      await put.bind(day(ago), count).run();
    const html = await overview(await signedInWith(server, ['auditor']));
    expect(text(html)).toContain('Grants 22 in 30 days, 12 at most on one day, 3 today (UTC)');
    expect(html).toContain(`<title>${day(5)}: 12</title>`);
    expect(html).not.toContain(day(30));
    expect(html).toMatch(new RegExp(`${day(29)}</td><td[^>]*>0</td><td[^>]*>7<`));
    expect(html).not.toMatch(/ style=|<style/);
    expect(html.length).toBeLessThan(40_000);
  });

  it('asks for a note about backups until there is one', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const task = 'Arrange backups, and note where they are';
    expect(await see(administrator, '/console')).toContain(`to do ${task}`);
    await setSetting(server, 'backup_note', 'R2 bucket postern-backups, each night; Ada restores.');
    expect(await see(administrator, '/console')).toContain(`done ${task}`);
  });

  it('says that nothing needs attention, and what does', async () => {
    const server = serve();
    const user = await signedInWith(server, ['auditor']);
    expect(text(await overview(user))).toContain('What needs attention Nothing needs attention.');
    await setSetting(server, 'sign_up', 'allow');
    await setSetting(server, 'allowed_public_client_origins', 'https://a.example\n*');
    await administer(server, 'PUT', `/resources/${encodeURIComponent('https://api.example/')}`, { name: 'Invoices' });
    const day = new Date().toISOString().slice(0, 10);
    await server.env.DB.prepare("INSERT INTO daily_counts VALUES (?, 'connections.failed', 2)").bind(day).run();
    const said = text(await overview(user));
    expect(said).toContain('Sign-up is open to everyone, but needs mail');
    expect(said).toContain('Pages of every origin');
    expect(said).toContain('The resource Invoices has no scopes');
    expect(said).toContain('connections to other services failed 2 times');
  });

  it('goes on without a database that does not answer, and names it', async () => {
    const broken = { prepare: () => ({ bind: () => ({ all: down, raw: down }), all: down, raw: down }), batch: down };
    const server = serve(bindings([], { SHARD_APAC: broken as unknown as D1Database }));
    const html = await overview(await administratorAt(server));
    expect(text(html)).toContain('The database apac does not respond');
  });
});

const down = () => Promise.reject(new Error('down'));
