/** A browser that is remembered after the second factor: how it is chosen, what it is enough for, and how it ends. */
import { describe, expect, it, vi } from 'vitest';
import { Databases } from '../../src/storage/database/database.ts';
import { rememberBrowser } from '../../src/storage/users/remembered-browsers.ts';
import { ADMINISTRATOR } from '../support/client.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import {
  ADD_FACTOR,
  codeOf,
  enrolIn,
  FACTOR_SIGN_IN,
  REMEMBERED_COOKIE,
  rememberIn,
} from '../support/second-factor.ts';
import { addAdministrator, administer, bindings, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';
import { DAY, ZERLINA, zerlinaAt } from '../support/user-account.ts';

const { email, password } = ADMINISTRATOR;
const PAGE = '/account/second-factor';
const BROWSERS = `${PAGE}/browsers`;
const later = (days: number) => vi.useFakeTimers({ now: Date.now() + days * DAY, toFake: ['Date'] });
const isIn = async (user: User) => (await user.request('/account')).status === 200;
const show = async (user: User, path: string) => text(await (await user.open(path)).text());
const rowsOf = async (server: Server) =>
  (await server.env.DB.prepare('SELECT * FROM remembered_browsers').all<Record<string, unknown>>()).results;
const eventsOf = async (server: Server, type: string) =>
  (await administer<{ events: { type: string; detail: object }[] }>(server, 'GET', `/events?type=${type}`)).events;

/** Ends the session of this browser alone, and signs in with the password. @returns whether that was enough. */
async function isEnough(user: User, who: { email: string; password: string } = ADMINISTRATOR): Promise<boolean> {
  user.cookies.delete('__Host-session');
  await user.signIn(who.email, who.password);
  return isIn(user);
}

/** A server that remembers browsers for 30 days, and the administrator in one that is remembered. */
async function remembered(server = serve()) {
  await setSetting(server, 'remember_browser_days', 30);
  const user = server.user();
  await user.signIn(email, password);
  const { codes, key } = await enrolIn(user);
  await rememberIn(user, ADMINISTRATOR, codes[0] ?? '');
  return { server, user, codes, key };
}

describe('the choice to remember a browser', () => {
  it('is not offered by default, and then a form with it remembers nothing', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, password);
    const { codes } = await enrolIn(user);
    const asked = await server.user().signIn(email, password);
    expect(await asked.text()).not.toContain('remember_browser');
    await rememberIn(user, ADMINISTRATOR, codes[0] ?? '');
    expect([await isIn(user), user.cookies.has(REMEMBERED_COOKIE), await rowsOf(server)]).toEqual([true, false, []]);
  });

  it('is offered beside both kinds of code, unticked, with the number of days', async () => {
    const { server, key } = await remembered();
    const user = server.user();
    const asked = await (await user.signIn(email, password)).text();
    expect(asked.match(/<input[^>]*name="remember_browser"[^>]*>/g)).toHaveLength(2);
    expect(asked).not.toMatch(/name="remember_browser"[^>]*checked/);
    expect(text(asked)).toContain('Do not ask for a code in this browser for 30 days');
    await user.send(await readForm(new Response(asked), FACTOR_SIGN_IN), { code: codeOf(key) });
    expect([await isIn(user), user.cookies.has(REMEMBERED_COOKIE)]).toEqual([true, false]);
  });

  it('sets a cookie that only this server and no script reads, and stores its hash', async () => {
    const { server, user, codes } = await remembered();
    user.cookies.delete('__Host-session');
    const form = await readForm(await server.user().signIn(email, password), FACTOR_SIGN_IN);
    const other = server.user();
    const own = await readForm(await other.signIn(email, password), FACTOR_SIGN_IN);
    const body = new URLSearchParams([...own.fields, ['recovery_code', codes[1] ?? ''], ['remember_browser', 'on']]);
    const answer = await other.request(form.action, {
      method: 'POST',
      body: body.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.env.ISSUER },
    });
    const [cookie = ''] = answer.headers.getSetCookie().filter((one) => one.startsWith(REMEMBERED_COOKIE));
    expect(cookie).toMatch(/^__Host-remembered-browser=pb_[A-Za-z0-9]{43}; Max-Age=2592000; Path=\/; /);
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax']) expect(cookie).toContain(attribute);
    const secret = other.cookies.get(REMEMBERED_COOKIE) ?? '';
    expect(JSON.stringify(await rowsOf(server))).not.toContain(secret);
  });

  it('is in the audit log, in the export of the user, and in a mail to them', async () => {
    const mailbox = new Mailbox();
    const server = serve(bindings([], { EMAIL: mailbox.binding }));
    await setSetting(server, 'mail_from', 'id@acme.com');
    const { user } = await remembered(server);
    expect(mailbox.take().filter(({ text }) => text.includes('One of your browsers was remembered'))).toHaveLength(1);
    expect(await eventsOf(server, 'browser.remembered')).toHaveLength(1);
    expect(await show(user, '/console/audit?type=browser.remembered')).toContain('had a browser remembered');
    const file = await (await user.open('/account/data/export')).text();
    const { remembered_browsers } = JSON.parse(file) as Record<string, Record<string, unknown>[]>;
    expect(remembered_browsers).toEqual([
      { user_agent: null, remembered_at: expect.any(String), expires_at: expect.any(String), last_used_at: null },
    ]);
    for (const { hash } of await rowsOf(server)) expect(file).not.toContain(hash);
  });
});

describe('a remembered browser', () => {
  it('signs in with the first step alone, and another browser does not', async () => {
    const { server, user } = await remembered();
    expect(await isEnough(user)).toBe(true);
    expect(await isEnough(server.user())).toBe(false);
    expect(await show(user, PAGE)).toMatch(/Remembered browsers .* This browser .* Last sign-in without a code/);
  });

  it('stays remembered after signing out, and for as long as the setting said, not longer by use', async () => {
    const { user } = await remembered();
    await user.send(await readForm(await user.open('/sign-out'), '/sign-out'));
    later(29);
    expect(await isEnough(user)).toBe(true);
    later(1.1);
    expect(await isEnough(user)).toBe(false);
  });

  it('does not outlive a setting that was lowered or turned off, and is not prolonged by a higher one', async () => {
    const { server, user } = await remembered();
    later(8);
    await setSetting(server, 'remember_browser_days', 7);
    expect(await isEnough(user)).toBe(false);
    await setSetting(server, 'remember_browser_days', 0);
    expect(await isEnough(user)).toBe(false);
    await setSetting(server, 'remember_browser_days', 90);
    expect(await isEnough(user)).toBe(true);
    later(23);
    expect(await isEnough(user)).toBe(false);
  });

  it('is replaced where it is remembered again, and beyond ten the oldest is forgotten', async () => {
    const { server, user, codes } = await remembered();
    const [before] = await rowsOf(server);
    later(0.01);
    const asked = await user.signIn(email, password, ADD_FACTOR);
    const again = await readForm(asked, FACTOR_SIGN_IN);
    await user.send(again, { recovery_code: codes[1] ?? '', remember_browser: 'on' });
    const [after, ...others] = await rowsOf(server);
    expect([others, after?.hash === before?.hash]).toEqual([[], false]);
    await administer(server, 'PUT', '/settings/sign_in_account_failures', { value: 100 });
    const path = `${PAGE}/recovery-codes`;
    const renewed = await (await user.send(await readForm(await user.open(path), path))).text();
    const more = [...renewed.matchAll(/<code>([a-z0-9-]{19})<\/code>/g)].map(([, code = '']) => code);
    for (const code of more) {
      later(0.01);
      await rememberIn(server.user(), ADMINISTRATOR, code);
    }
    expect(more).toHaveLength(10);
    expect(await rowsOf(server)).toHaveLength(10);
    expect(await isEnough(user)).toBe(false);
  });

  it('is used by fifty sign-ins at once, and of fifty that remember a browser at once ten are left', async () => {
    const { server, user } = await remembered();
    await setSetting(server, 'sign_in_account_failures', 100);
    const tabs = Array.from({ length: 50 }, (_, n) => {
      const tab = server.user();
      tab.address = `203.0.113.${n}`;
      tab.cookies.set(REMEMBERED_COOKIE, user.cookies.get(REMEMBERED_COOKIE) ?? '');
      return tab;
    });
    const ins = await Promise.all(tabs.map((tab) => isEnough(tab)));
    expect(ins.filter(Boolean)).toHaveLength(50);
    const [row] = await rowsOf(server);
    const databases = new Databases(server.env);
    await Promise.all(
      tabs.map((_, n) =>
        rememberBrowser(
          databases,
          { now: Date.now(), requestId: `r${n}` },
          {
            userId: row?.user_id as never,
            factorAt: row?.factor_at as number,
            forgotten: row?.forgotten as number,
            secret: `pb_${n}`,
            formerSecret: undefined,
            days: 30,
            userAgent: null,
          },
        ),
      ),
    );
    expect(await rowsOf(server)).toHaveLength(10);
  });
});

describe('forgetting a browser', () => {
  it('is done by its user, for one or for all, without a fresh sign-in; the next sign-in asks for a code', async () => {
    const { server, user, codes } = await remembered();
    const other = server.user();
    await rememberIn(other, ADMINISTRATOR, codes[1] ?? '');
    later(1 / 24);
    const page = await (await user.open(PAGE)).text();
    const ids = [...page.matchAll(/name="browser" value="(b_[^"]+)"/g)].map(([, id = '']) => id);
    expect(ids).toHaveLength(2);
    const form = await readForm(new Response(page), BROWSERS);
    // The latest is the first one.
    const done = await user.send(form, { browser: ids[0] ?? '' });
    expect(text(await done.text())).toContain('That browser is asked for a code at its next sign-in.');
    expect([await isEnough(other), await isEnough(user)]).toEqual([false, true]);
    const again = await user.send(await readForm(await user.open(PAGE), BROWSERS));
    expect(text(await again.text())).toContain('Every browser is asked for a code');
    expect(await isEnough(user)).toBe(false);
    expect((await eventsOf(server, 'browser.forgotten')).map(({ detail }) => detail)).toEqual([{ all: true }, {}]);
  });

  it('of another user is not possible', async () => {
    const { server, user } = await remembered();
    const [row] = await rowsOf(server);
    const { zerlina } = await zerlinaAt(server);
    const { codes } = await enrolIn(zerlina);
    await rememberIn(zerlina, ZERLINA, codes[0] ?? '');
    await zerlina.send(await readForm(await zerlina.open(PAGE), BROWSERS), { browser: String(row?.id) });
    expect(await isEnough(user)).toBe(true);
    await zerlina.send(await readForm(await zerlina.open(PAGE), BROWSERS));
    expect([await isEnough(user), await isEnough(zerlina, ZERLINA)]).toEqual([true, false]);
  });

  it('holds against fifty sign-ins at the same moment: after it, none is enough', async () => {
    const { server, user } = await remembered();
    const form = await readForm(await user.open(PAGE), BROWSERS);
    const tabs = Array.from({ length: 50 }, (_, n) => {
      const tab = server.user();
      tab.address = `203.0.113.${n}`;
      tab.cookies.set(REMEMBERED_COOKIE, user.cookies.get(REMEMBERED_COOKIE) ?? '');
      return tab;
    });
    await Promise.all([...tabs.map((tab) => isEnough(tab)), user.send(form)]);
    const ins = await Promise.all(tabs.map((tab) => isEnough(tab)));
    expect(ins.filter(Boolean)).toHaveLength(0);
    expect(await rowsOf(server)).toEqual([]);
  });

  it('of expired ones is done by the cron', async () => {
    const { server } = await remembered();
    await runCron(server.env, Date.now() + 29 * DAY);
    expect(await rowsOf(server)).toHaveLength(1);
    await runCron(server.env, Date.now() + 31 * DAY);
    expect(await rowsOf(server)).toEqual([]);
  });
});

describe('what ends every remembered browser of a user', () => {
  /** Zerlina in a remembered browser, and in another session that does not count. */
  async function zerlinaRemembered() {
    const mailbox = new Mailbox();
    const server = serve(bindings([], { EMAIL: mailbox.binding }));
    await setSetting(server, 'mail_from', 'id@acme.com');
    await setSetting(server, 'remember_browser_days', 30);
    const { zerlina, id } = await zerlinaAt(server);
    const { codes } = await enrolIn(zerlina);
    await rememberIn(zerlina, ZERLINA, codes[0] ?? '');
    const row = await server.env.DB.prepare('SELECT * FROM remembered_browsers').first<Record<string, unknown>>();
    /** Puts the row back, as though deleting it had failed: the condition alone must refuse it. */
    const restore = async () => {
      const names = Object.keys(row ?? {});
      const values = Object.values(row ?? {});
      const holes = names.map(() => '?').join();
      await server.env.DB.prepare(`INSERT OR REPLACE INTO remembered_browsers (${names.join()}) VALUES (${holes})`)
        .bind(...values)
        .run();
    };
    return { server, mailbox, zerlina, id, codes, restore };
  }

  type Scene = Awaited<ReturnType<typeof zerlinaRemembered>>;
  const OTHER = { ...ZERLINA, password: 'another password' };

  const ENDS: Record<string, (scene: Scene) => Promise<typeof ZERLINA>> = {
    'the user chooses another password': async ({ zerlina }) => {
      const path = '/account/password';
      await zerlina.send(await readForm(await zerlina.open(path), path), { password: OTHER.password });
      return OTHER;
    },
    'a recovery link sets another password': async ({ server, mailbox }) => {
      const guest = server.user();
      mailbox.take();
      await guest.send(await readForm(await guest.open('/forgot'), '/forgot'), { email: ZERLINA.email });
      const form = await readForm(await guest.open(linkIn(mailbox.take()[0])), '/welcome');
      await guest.send(form, { password: OTHER.password });
      return OTHER;
    },
    'the user signs out everywhere else': async ({ zerlina }) => {
      const path = '/account/sessions';
      const guest = await zerlina.open(path);
      await zerlina.send(await readForm(guest, path));
      return ZERLINA;
    },
    'an administrator signs the user out everywhere': async ({ server, id }) => {
      await administer(server, 'DELETE', `/users/${id}/sessions`);
      return ZERLINA;
    },
    'an administrator resets the second factor, and the user sets it up again': async ({ server, id }) => {
      await administer(server, 'DELETE', `/users/${id}/second-factor`);
      const user = server.user();
      await user.signIn(ZERLINA.email, ZERLINA.password);
      await enrolIn(user);
      return ZERLINA;
    },
    'the user turns the second factor off, and on again': async ({ zerlina }) => {
      const path = `${PAGE}/remove`;
      await zerlina.send(await readForm(await zerlina.open(path), path));
      await enrolIn(zerlina);
      return ZERLINA;
    },
    'the user replaces the second factor': async ({ zerlina }) => {
      await enrolIn(zerlina);
      return ZERLINA;
    },
    'the user is disabled, and enabled again': async ({ server, id }) => {
      await administer(server, 'PATCH', `/users/${id}`, { disabled: true });
      await administer(server, 'PATCH', `/users/${id}`, { disabled: false });
      return ZERLINA;
    },
    'the user requests the deletion of the account, and keeps it': async ({ server, id }) => {
      await administer(server, 'POST', `/users/${id}/deletion`);
      await administer(server, 'DELETE', `/users/${id}/deletion`);
      return ZERLINA;
    },
  };

  it.each(Object.entries(ENDS))('%s', async (_, end) => {
    const scene = await zerlinaRemembered();
    const { zerlina, restore } = scene;
    const browser = scene.server.user();
    browser.cookies.set(REMEMBERED_COOKIE, zerlina.cookies.get(REMEMBERED_COOKIE) ?? '');
    expect(await isEnough(browser, ZERLINA)).toBe(true);
    const who = await end(scene);
    expect(await isEnough(browser, who)).toBe(false);
    await restore();
    browser.cookies.clear();
    browser.cookies.set(REMEMBERED_COOKIE, zerlina.cookies.get(REMEMBERED_COOKIE) ?? '');
    expect(await isEnough(browser, who)).toBe(false);
  });

  it('the purge of a deleted user deletes the rows', async () => {
    const { server, id } = await zerlinaRemembered();
    await addAdministrator(server);
    await administer(server, 'POST', `/users/${id}/deletion`);
    for (const day of [31, 32, 33]) await runCron(server.env, Date.now() + day * DAY);
    expect(await rowsOf(server)).toEqual([]);
  });
});
