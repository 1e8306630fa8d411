/** Shards (DESIGN §2) as an administrator sees them: `npm run admin -- shards` and the console. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Api } from '../../scripts/admin/command.ts';
import { recordCommands } from '../../scripts/admin/records/index.ts';
import { SHARD } from '../../src/admin/records/shard.ts';
import { administratorAt } from '../support/console-user.ts';
import { ADMINISTRATOR, administer, bindings, runCron, type Server, serve } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';

afterEach(() => vi.useRealTimers());

const SHARD_COMMANDS = recordCommands(SHARD);

const bound = () => serve(bindings(['SHARD_WEUR']));
const unbound = () => serve(bindings());
const later = (days: number) => vi.useFakeTimers({ now: Date.now() + days * 86_400_000, toFake: ['Date'] });

/** A server whose shard exists; with a session in it where one signs in. */
async function begun(): Promise<Server> {
  const server = bound();
  await runCron(server.env);
  return server;
}

/** Runs a command of the table against the admin API of a server, and prints its answer. */
async function run(server: Server, name: string, parameters: string[] = [], values = {}): Promise<string> {
  const command = SHARD_COMMANDS.find((one) => one.name === name);
  if (!command) throw new Error(`no command ${name}`);
  const api: Api = (method, path, body) => administer(server, method, path, body);
  return command.show(await command.run(api, parameters, command.request(parameters, values)));
}

describe('npm run admin -- shards', () => {
  it('list says of each whether it is in use, draining, empty or not bound', async () => {
    const server = await begun();
    expect(await run(server, 'shards list')).toBe('weur  in use');
    await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect(await run(server, 'shards drain', ['weur'])).toMatch(
      /^weur {2}draining since .*Z; the last credential ends 2/,
    );
    expect(await run(unbound(), 'shards list')).toMatch(/^weur {2}exists, but is not bound: .* 503/);
    later(400);
    expect(await run(server, 'shards list')).toMatch(/^weur {2}no credential of it is valid: "shards remove"/);
  });

  it('drain and resume end and begin new sessions there; remove refuses while a credential of it lives', async () => {
    const server = await begun();
    await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    await run(server, 'shards drain', ['weur']);
    expect(await run(server, 'shards resume', ['weur'])).toBe('weur  in use');
    await run(server, 'shards drain', ['weur']);
    await expect(run(server, 'shards remove', ['weur'])).rejects.toThrow(/409 .*drain it first/);
    await expect(run(server, 'shards drain', ['nowhere'])).rejects.toThrow(/404 .*no such shard/);
    later(400);
    expect(await run(server, 'shards remove', ['weur'])).toBe('Removed.');
  });

  it('remove --lost gives one up that is not bound, and no other', async () => {
    await begun();
    await expect(run(unbound(), 'shards remove', ['weur'])).rejects.toThrow(/409 .*it is not bound/);
    await expect(run(bound(), 'shards remove', ['weur'], { lost: true })).rejects.toThrow(/409/);
    expect(await run(unbound(), 'shards remove', ['weur'], { lost: true })).toBe('Removed.');
    expect(await run(unbound(), 'shards list')).toBe('Everything is in DB.');
  });

  it('each command names its own options', () => {
    const withOptions = SHARD_COMMANDS.filter(({ options = [] }) => options.length > 0).map(({ name, options }) => [
      name,
      options,
    ]);
    expect(withOptions).toEqual([
      ['shards remove', [expect.objectContaining({ name: 'lost', help: expect.stringContaining('not bound') })]],
    ]);
  });
});

const page = async (user: User, path = '/console/shards') => text(await (await user.open(path)).text());
const answer = async (user: User, path: string) =>
  text(await (await user.send(await readForm(await user.open(path), path))).text());

describe('the console', () => {
  it('names a shard that exists but is not bound among what needs attention, and leads to it', async () => {
    await begun();
    const user = await administratorAt(unbound());
    const html = await (await user.open('/console')).text();
    expect(text(html)).toContain('The database weur exists but is not bound to this Worker');
    expect(html).toContain('href="/console/shards"');
    expect(await page(user)).toContain('weur Not bound');
  });

  it('drains, resumes and removes after a question', async () => {
    const server = await begun();
    const user = await administratorAt(server);
    expect(await page(user)).toContain('weur In use');
    expect(await answer(user, '/console/shards/weur/drain')).toContain('weur Draining');
    expect(await answer(user, '/console/shards/weur/resume')).toContain('weur In use');
    expect((await user.open('/console/shards/nowhere/drain')).status).toBe(404);
    const form = await readForm(await user.open('/console/shards/weur/remove'), '/console/shards/weur/remove');
    expect((await user.send(form)).status).toBe(409);
    const elsewhere = await administratorAt(unbound());
    expect(await page(elsewhere, '/console/shards/weur/remove')).toContain('only if its database is lost');
    expect(await answer(elsewhere, '/console/shards/weur/remove')).toContain('Nothing to show');
  });

  it('a shard that was bound when the question was asked is not given up as lost', async () => {
    const user = await administratorAt(await begun());
    const form = await readForm(await user.open('/console/shards/weur/remove'), '/console/shards/weur/remove');
    const elsewhere = await administratorAt(unbound());
    const own = await readForm(await elsewhere.open('/console/shards/weur/remove'), '/console/shards/weur/remove');
    const asked = form.fields.find(([name]) => name === 'lost')?.[1] ?? '';
    expect((await elsewhere.send(own, { lost: asked })).status).toBe(409);
  });
});
