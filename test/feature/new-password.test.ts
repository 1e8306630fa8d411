/** A new password ends what was begun with an older one: in every shard, and a sign-in that is being made. */
import { describe, expect, it, vi } from 'vitest';
import { authorizeUrl, makeClient, obtainTokens, postToken } from '../support/client.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { wrapStores } from '../support/recorder.ts';
import { ADMINISTRATOR, administer, bindings, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { readForm, type User } from '../support/user.ts';

const { email, password } = ADMINISTRATOR;
const NEW = 'another long password 9';

async function signedIn(server: Server, secret = password): Promise<User> {
  const user = server.user();
  await user.signIn(email, secret);
  return user;
}

const isIn = async (user: User) => (await user.request('/account')).status === 200;

/** The link that an administrator hands over. */
async function handedLink(server: Server): Promise<string> {
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
  const { link } = await administer<{ link: string }>(server, 'POST', `/users/${users[0]?.id}/invitation`);
  const { pathname, search } = new URL(link);
  return pathname + search;
}

/** The ways to a new password. @returns the browser in which it was chosen. */
const WAYS: Record<string, (server: Server, typed?: Record<string, string>) => Promise<User>> = {
  'the account page': async (server) => {
    const user = await signedIn(server);
    await user.send(await readForm(await user.open('/account/password'), '/account/password'), { password: NEW });
    return user;
  },
  "an administrator's link": async (server, typed = {}) => {
    const user = server.user();
    const form = await readForm(await user.open(await handedLink(server)), '/welcome');
    await user.send(form, { password: NEW, ...typed });
    return user;
  },
  recovery: async (server, typed = {}) => {
    const said: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((line) => said.push(String(line)));
    const local = serve({ ...server.env, ISSUER: 'http://localhost:8787' });
    const user = local.user();
    await user.send(await readForm(await user.open('/forgot'), '/forgot'), { email });
    log.mockRestore();
    const mail = said.map((line) => JSON.parse(line)).find((line) => line.mail)?.mail;
    await user.send(await readForm(await user.open(linkIn(mail)), '/welcome'), { password: NEW, ...typed });
    return user;
  },
};

describe('a new password', () => {
  for (const [way, choose] of Object.entries(WAYS)) {
    it(`by ${way} ends every other session, and the browser in which it was chosen is signed in`, async () => {
      const server = serve(bindings(['SHARD_WEUR']));
      const others = [await signedIn(server), await signedIn(serve(server.env, 'AS'))];
      const chooser = await choose(server);
      expect(await Promise.all(others.map(isIn))).toEqual([false, false]);
      expect(await isIn(chooser)).toBe(true);
      expect((await signedIn(server)).cookies.has('__Host-session')).toBe(false);
      expect(await isIn(await signedIn(server, NEW))).toBe(true);
    }, 60_000);

    const contenders = way === 'the account page' ? 50 : 5;
    it(`by ${way} lets in no sign-in with the old one that was under way, of ${contenders} at once`, async () => {
      const env = bindings(['SHARD_WEUR']);
      const server = serve(env);
      await signedIn(server);
      for (const limit of ['sign_in_account_failures', 'sign_in_address_failures'])
        await setSetting(server, limit, 100);
      let waiting = 0;
      let letGo: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      // They have looked at the password; what begins their sessions arrives after it was changed.
      const slow = serve(
        wrapStores(env, async (store, run) => {
          if (store === 'SHARD_WEUR') {
            waiting++;
            await gate;
          }
          return run();
        }),
      );
      const users = Array.from({ length: contenders }, () => slow.user());
      const under = users.map((user) => user.signIn(email, password));
      await vi.waitFor(() => expect(waiting).toBe(contenders), { timeout: 100_000, interval: 100 });
      await choose(server);
      letGo();
      await Promise.all(under);
      const { results } = await (env.SHARD_WEUR as D1Database)
        .prepare('SELECT 1 FROM sessions WHERE ended_at IS NULL')
        .all();
      expect(results).toHaveLength(1);
    }, 120_000);
  }

  it('is told from one that is set in the same millisecond', async () => {
    const server = serve();
    const user = await signedIn(server);
    const form = await readForm(await user.open('/account/password'), '/account/password');
    const now = Date.now();
    vi.useFakeTimers({ now, toFake: ['Date'] });
    for (const next of ['first long password 1', 'second long password 2']) await user.send(form, { password: next });
    vi.useRealTimers();
    expect(await isIn(user)).toBe(true);
    const row = await server.env.DB.prepare('SELECT password_set_at AS at FROM users').first<{ at: number }>();
    expect(row?.at).toBe(now + 1);
  });

  it('reaches a shard that did not answer when the cron comes', async () => {
    const env = bindings(['SHARD_WEUR']);
    const server = serve(env);
    const other = await signedIn(server);
    const link = await handedLink(server);
    let isDown = true;
    const partly = serve(
      wrapStores(env, async (store, run) => {
        if (isDown && store === 'SHARD_WEUR') throw new Error('D1 is down');
        return run();
      }),
      'AS',
    );
    const user = partly.user();
    await user.send(await readForm(await user.open(link), '/welcome'), { password: NEW });
    isDown = false;
    await runCron(env);
    expect(await isIn(other)).toBe(false);
  });
});

describe('a one-time link of recovery or of an administrator', () => {
  async function withEverything() {
    const server = serve();
    await signedIn(server);
    const client = await makeClient(server, { scope: 'openid profile offline_access' });
    const scope = 'openid profile offline_access';
    const tokens = await obtainTokens(server, client, { scope });
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
    const asked = { user: users[0]?.id, name: 'Key', scope: 'profile', days: 30 };
    const { authorization } = await administer<{ authorization: string }>(server, 'POST', '/api-keys', asked);
    const works = async () => ({
      application: (
        await postToken(server, client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
      ).status,
      key: (await server.fetch('/api/me', { headers: { authorization } })).status,
    });
    return { server, client, works };
  }

  for (const way of ["an administrator's link", 'recovery']) {
    const choose = WAYS[way] as (typeof WAYS)[string];

    it(`offers to sign out everywhere and to revoke applications and API keys, on by default: ${way}`, async () => {
      const { server, client, works } = await withEverything();
      const chooser = await choose(server);
      expect(await works()).toEqual({ application: 400, key: 401 });
      expect(await isIn(chooser)).toBe(true);
      // Consent given from now on is valid.
      if (way !== 'recovery') {
        const back = await chooser.authorise(authorizeUrl(client), { email, password: NEW });
        expect(back.searchParams.get('code')).toBeTruthy();
      }
    });
  }

  it('leaves applications and API keys where the user says so; older sessions end all the same', async () => {
    const { server, works } = await withEverything();
    const other = await signedIn(server);
    const user = server.user();
    const form = await readForm(await user.open(await handedLink(server)), '/welcome');
    expect(form.fields.map(([name]) => name)).toContain('end_all');
    const fields = form.fields.filter(([name]) => name !== 'end_all');
    await user.send({ ...form, fields }, { password: NEW });
    expect(await works()).toEqual({ application: 200, key: 200 });
    expect([await isIn(user), await isIn(other)]).toEqual([true, false]);
  });

  it('that is not good ends nothing', async () => {
    const { server, works } = await withEverything();
    const link = await handedLink(server);
    const user = server.user();
    const form = await readForm(await user.open(link), '/welcome');
    await WAYS['the account page']?.(server);
    expect((await user.send(form, { password: 'yet another password 3' })).status).toBe(400);
    expect(await works()).toEqual({ application: 200, key: 200 });
  });

  it('is not offered to whom an administrator just added: there is nothing to end', async () => {
    const server = serve(bindings([], { EMAIL: new Mailbox().binding }));
    const body = { email: 'bob@acme.com', name: 'Bob' };
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', body);
    const { pathname, search } = new URL(link);
    expect(await (await server.user().open(pathname + search)).text()).not.toContain('end_all');
  });
});
