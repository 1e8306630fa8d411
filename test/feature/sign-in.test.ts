/** Signing in, signing up, one-time links, and what keeps guessers away. */
import { describe, expect, it, vi } from 'vitest';
import operations from '../../docs/how-to/operate.md?raw';
import * as password from '../../src/crypto/password.ts';
import { ADMINISTRATOR, authorizeUrl, makeClient } from '../support/client.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, readForm, text } from '../support/user.ts';

const { email } = ADMINISTRATOR;
/** Every path of a form: none takes one that another site sent. */
const FORM_PAGES = [
  '/sign-in',
  '/sign-in/passkey',
  '/sign-in/code',
  '/sign-in/code/enter',
  '/sign-in/second-factor',
  '/sign-in/second-factor/set-up',
  '/sign-up',
  '/sign-up/finish',
  '/sign-out',
  '/consent',
  '/welcome',
  '/forgot',
  '/confirm-address',
  '/account/applications',
  '/account/keys',
  '/account/keys/add',
  '/account/profile',
  '/account/email',
  '/account/password',
  '/account/passkeys/add',
  '/account/passkeys/rename',
  '/account/passkeys/remove',
  '/account/second-factor/add',
  '/account/second-factor/remove',
  '/account/second-factor/recovery-codes',
  '/account/sessions',
];
const cookieLine = (response: Response, name: string) =>
  response.headers.getSetCookie().find((cookie) => cookie.includes(name)) ?? '';
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

/** A user who was added, and chose a password by the one-time link. */
async function addUser(server: Server, address: string, secret: string, roles: string[] = []) {
  const { link } = await administer<{ link: string }>(server, 'POST', '/users', {
    email: address,
    name: 'Bob',
    roles,
  });
  const user = server.user();
  const path = new URL(link).pathname + new URL(link).search;
  await user.send(await readForm(await user.open(path), '/welcome'), { password: secret });
  return { user, path };
}

describe('the session cookie', () => {
  it('is __Host-, Secure, HttpOnly and Lax; on http loopback the same without prefix and Secure', async () => {
    const secure = serve();
    const form = await readForm(await secure.user().open('/sign-in'), '/sign-in');
    expect(form.action).toBe('/sign-in');
    const user = secure.user();
    const response = await user.send(await readForm(await user.open('/sign-in'), '/sign-in'), ADMINISTRATOR);
    expect(response.status).toBe(200);
    expect([...user.cookies.keys()].sort()).toEqual(['__Host-device', '__Host-session', '__Host-sign-in']);

    const local = serve(bindings([], { ISSUER: 'http://localhost:8787' }));
    const neighbour = local.user();
    const page = await neighbour.request('/sign-in');
    expect(cookieLine(page, 'sign-in')).toMatch(/^sign-in=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
    await neighbour.signIn(email, ADMINISTRATOR.password);
    expect(neighbour.cookies.has('session')).toBe(true);
  });

  it('is a new one at each sign-in, and the former session has ended', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, ADMINISTRATOR.password);
    const first = user.cookies.get('__Host-session') ?? '';
    const client = await makeClient(server);
    await user.authorise(authorizeUrl(client, { prompt: 'login' }), ADMINISTRATOR);
    expect(user.cookies.get('__Host-session')).not.toBe(first);
    user.cookies.set('__Host-session', first);
    expect((await user.request('/account')).status).toBe(303);
  });

  it('ends when it is idle too long, and in any case after its days', async () => {
    const server = serve();
    const idle = server.user();
    await idle.signIn(email, ADMINISTRATOR.password);
    const busy = server.user();
    await busy.signIn(email, ADMINISTRATOR.password);
    for (let day = 0; day < 29; day += 2) {
      later(2 * 86_400);
      expect([day, (await busy.request('/account')).status]).toEqual([day, day < 28 ? 200 : 303]);
    }
    expect((await idle.request('/account')).status).toBe(303);
  });

  it('a made-up or altered cookie is nobody', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, ADMINISTRATOR.password);
    const real = user.cookies.get('__Host-session') ?? '';
    for (const cookie of [
      'x',
      `${real}x`,
      real.replace('.0.', '.zz.'),
      real.replace(/^u_.{22}/, `u_${'A'.repeat(22)}`),
      '',
    ]) {
      user.cookies.set('__Host-session', cookie);
      expect([cookie, (await user.request('/account')).status]).toEqual([cookie, 303]);
    }
  });

  it('only its hash stands in D1', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, ADMINISTRATOR.password);
    const rows = await server.env.DB.prepare('SELECT * FROM sessions').all();
    expect(rows.results).toHaveLength(1);
    expect(JSON.stringify(rows.results)).not.toContain((user.cookies.get('__Host-session') ?? 'x').split('.')[2]);
  });
});

describe('who is not let in', () => {
  it('an unknown e-mail and a wrong password each cost exactly one scrypt and answer alike, byte for byte', async () => {
    const server = serve();
    await server.user().signIn(email, ADMINISTRATOR.password);
    const spy = vi.spyOn(password, 'verifyPassword');
    const bodies = [];
    for (const address of [email, 'nobody@example.com']) {
      const user = server.user();
      const before = spy.mock.calls.length;
      const response = await user.signIn(address, 'wrong password');
      const headers = [...response.headers].filter(([name]) => name !== 'x-request-id' && name !== 'set-cookie');
      const html = (await response.text())
        .replaceAll(address, 'ADDRESS')
        .replaceAll(/name="(form_token|ceremony)" value="[^"]+"/g, '')
        .replace(/challenge&quot;:&quot;[^&]+/, '');
      bodies.push(JSON.stringify([response.status, headers, html]));
      expect(spy.mock.calls.length - before).toBe(1);
    }
    expect(bodies[1]).toBe(bodies[0]);
  });

  it('after five failures for an account the next try waits 2, 4, 8 seconds, with a page that says when', async () => {
    const server = serve();
    const wrong = async () => server.user().signIn(email, 'wrong password');
    for (let tries = 0; tries < 5; tries++) expect((await wrong()).status).toBe(400);
    for (const seconds of [2, 4, 8]) {
      const response = await wrong();
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, String(seconds)]);
      expect(text(await response.text())).toContain(`${seconds} seconds`);
      // Even the right password waits.
      expect((await server.user().signIn(email, ADMINISTRATOR.password)).status).toBe(429);
      later(seconds);
      expect((await wrong()).status).toBe(400);
    }
    later(3600);
    expect((await server.user().openAccount(email, ADMINISTRATOR.password)).status).toBe(200);
  });

  it('fifty wrong passwords at once are not looked at fifty times', async () => {
    const server = serve();
    await server.user().signIn(email, ADMINISTRATOR.password);
    const users = await Promise.all(
      Array.from({ length: 50 }, async (_, number) => {
        const user = server.user();
        user.address = `198.51.100.${number}`;
        return { user, form: await readForm(await user.open('/sign-in'), '/sign-in') };
      }),
    );
    const responses = await Promise.all(users.map(({ user, form }) => user.send(form, { email, password: 'wrong' })));
    expect(responses.filter((response) => response.status === 400)).toHaveLength(5);
    expect(responses.filter((response) => response.status === 429)).toHaveLength(45);
  });

  it('after twenty failures from an address, other accounts wait there, too; other addresses do not', async () => {
    const server = serve();
    const from = async (address: string, account: string) => {
      const user = server.user();
      user.address = address;
      return (await user.signIn(account, 'wrong password')).status;
    };
    for (let tries = 0; tries < 20; tries++) expect(await from('198.51.100.1', `p${tries}@example.com`)).toBe(400);
    expect(await from('198.51.100.1', 'another@example.com')).toBe(429);
    expect(await from('198.51.100.2', 'another@example.com')).toBe(400);
  });

  it('1,000 wrong tries over many addresses do not keep the own browser of the owner out', async () => {
    const server = serve();
    const owner = server.user();
    owner.address = '192.0.2.1';
    await owner.signIn(email, ADMINISTRATOR.password);
    await owner.send(await readForm(await owner.open('/sign-out'), '/sign-out'));
    const attacker = server.user();
    const form = await readForm(await attacker.open('/sign-in'), '/sign-in');
    const statuses = new Map<number, number>();
    for (let tries = 0; tries < 1000; tries++) {
      attacker.address = `198.51.${tries % 100}.${tries % 50}`;
      const { status } = await attacker.send(form, { email, password: 'wrong password' });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect(statuses.get(429)).toBeGreaterThan(900);
    const visitor = server.user();
    visitor.address = '192.0.2.2';
    expect((await visitor.signIn(email, ADMINISTRATOR.password)).status).toBe(429);
    expect((await owner.openAccount(email, ADMINISTRATOR.password)).status).toBe(200);
  });

  it('a thousand wrong passwords from behind the same address do not keep the own browser of the owner out', async () => {
    const server = serve();
    const owner = server.user();
    await owner.signIn(email, ADMINISTRATOR.password);
    await owner.send(await readForm(await owner.open('/sign-out'), '/sign-out'));
    // The clock stands still: on a slow computer a delay could end meanwhile.
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    const attackers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const attacker = server.user();
        return { attacker, form: await readForm(await attacker.open('/sign-in'), '/sign-in') };
      }),
    );
    const statuses = new Map<number, number>();
    for (let round = 0; round < 50; round++) {
      const guesses = attackers.map(({ attacker, form }, number) =>
        attacker.send(form, {
          email: number % 2 ? email : `p${round}-${number}@example.com`,
          password: 'wrong password',
        }),
      );
      for (const { status } of await Promise.all(guesses)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect(statuses.get(429)).toBeGreaterThan(900);
    expect((await server.user().signIn(email, ADMINISTRATOR.password)).status).toBe(429);
    expect((await owner.openAccount(email, ADMINISTRATOR.password)).status).toBe(200);
  });

  it('correct passwords of a known browser buy its address no further wrong ones', async () => {
    const server = serve();
    await addUser(server, 'mallory@example.com', 'a good password of mallory');
    const mallory = server.user();
    await mallory.signIn('mallory@example.com', 'a good password of mallory');
    await mallory.send(await readForm(await mallory.open('/sign-out'), '/sign-out'));
    // The clock stands still: a delay that ends meanwhile would let one more in.
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    let refused = 0;
    for (let tries = 0; tries < 30; tries++) {
      const { status } = await server.user().signIn(`p${tries}@example.com`, 'wrong password');
      if (status === 429) refused++;
      expect((await mallory.openAccount('mallory@example.com', 'a good password of mallory')).status).toBe(200);
      await mallory.send(await readForm(await mallory.open('/sign-out'), '/sign-out'));
    }
    expect(refused).toBe(10);
  });

  it('a known browser that guesses is made to wait itself', async () => {
    const server = serve();
    const owner = server.user();
    await owner.signIn(email, ADMINISTRATOR.password);
    await owner.send(await readForm(await owner.open('/sign-out'), '/sign-out'));
    for (let tries = 0; tries < 5; tries++) expect((await owner.signIn(email, 'wrong')).status).toBe(400);
    expect((await owner.signIn(email, 'wrong')).status).toBe(429);
    expect((await server.user().openAccount(email, ADMINISTRATOR.password)).status).toBe(200);
  });
});

describe('the first administrator', () => {
  it('is made at the first sign-in, once, however many come at once', async () => {
    const server = serve();
    await Promise.all(Array.from({ length: 10 }, () => server.user().signIn(email, ADMINISTRATOR.password)));
    const { users } = await administer<{ users: { roles: string[] }[] }>(server, 'GET', '/users');
    expect(users).toMatchObject([{ email, roles: ['administrator'] }]);
  });

  it('a wrong password makes nobody', async () => {
    const server = serve();
    expect((await server.user().signIn(email, 'wrong password')).status).toBe(400);
    expect(await administer(server, 'GET', '/users')).toMatchObject({ users: [] });
  });

  it('is not made where another administrator exists', async () => {
    const server = serve();
    await addUser(server, 'eve@example.com', 'a good password', ['administrator']);
    expect((await server.user().signIn(email, ADMINISTRATOR.password)).status).toBe(400);
  });
});

describe('where nobody can administer any more', () => {
  it('an administrator is created with the rights to deploy, as docs/how-to/operate.md says', async () => {
    const before = serve();
    expect((await before.user().openAccount(email, ADMINISTRATOR.password)).status).toBe(200);
    await before.env.DB.exec("INSERT INTO settings VALUES ('password_sign_in', 'false')");
    const [, sql = ''] = /d1 execute .*--command "([^"]+)"/.exec(operations) ?? [];
    await before.env.DB.batch(sql.split(';').map((statement) => before.env.DB.prepare(statement)));
    const next = { email: 'next@example.com', password: 'a password of theirs' };
    const after = serve(bindings([], { ADMIN_EMAIL: next.email, ADMIN_PASSWORD: next.password }));
    later(60);
    expect((await after.user().openAccount(next.email, next.password)).status).toBe(200);
    const { users } = await administer<{ users: object[] }>(after, 'GET', '/users');
    expect(users).toMatchObject([
      { email, roles: [] },
      { email: next.email, roles: ['administrator'] },
    ]);
  });
});

describe('forms', () => {
  it('a form of another site is refused by what the browser says of it, and without its token', async () => {
    const server = serve();
    for (const path of FORM_PAGES) {
      for (const headers of [
        { origin: 'https://evil.example' },
        { 'sec-fetch-site': 'cross-site' },
        { origin: 'null' },
      ] as Record<string, string>[]) {
        const response = await server.fetch(path, {
          method: 'POST',
          body: 'a=b',
          headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        });
        expect([path, response.status]).toEqual([path, 403]);
      }
    }
  });

  it('signing in needs the token that is bound to this browser', async () => {
    const server = serve();
    const victim = server.user();
    await victim.open('/sign-in');
    const attackers = await readForm(await server.user().open('/sign-in'), '/sign-in');
    const response = await victim.send(attackers, ADMINISTRATOR);
    expect(response.status).toBe(400);
    expect(victim.cookies.has('__Host-session')).toBe(false);
  });

  it('signing out needs the token of the session', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, ADMINISTRATOR.password);
    expect((await user.send({ action: '/sign-out', fields: [], html: '' })).status).toBe(403);
    expect((await user.request('/account')).status).toBe(200);
    await user.send(await readForm(await user.open('/sign-out'), '/sign-out'));
    expect((await user.request('/account')).status).toBe(303);
  });

  it('the place to go on to is sealed: one that was made up leads to the account page', async () => {
    const server = serve();
    for (const place of ['https://evil.example', '//evil.example', 'x.y.z']) {
      const response = await server
        .user()
        .openAccount(email, ADMINISTRATOR.password, `/sign-in?continue=${encodeURIComponent(place)}`);
      expect(text(await response.text())).toContain('Your account');
    }
  });

  it('without cookies the page says so', async () => {
    const server = serve();
    const user = server.user();
    const form = await readForm(await user.open('/sign-in'), '/sign-in');
    user.cookies.clear();
    expect(text(await (await user.send(form, ADMINISTRATOR)).text())).toContain('Cookies are off');
  });

  it('a request that waited for more than an hour says so, and the user is signed in all the same', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = server.user();
    const form = await readForm(await user.open(authorizeUrl(client)), '/sign-in');
    later(3700);
    expect(text(await (await user.send(form, ADMINISTRATOR)).text())).toContain('This took too long');
    expect((await user.request('/account')).status).toBe(200);
  });
});

describe('signing up', () => {
  it('is denied by default: 404', async () => {
    expect((await serve().fetch('/sign-up')).status).toBe(404);
  });

  it('where the setting allows it, makes an account without roles and goes on to where the user was going', async () => {
    const server = serve();
    await setSetting(server, 'sign_up', 'allow');
    const client = await makeClient(server);
    const user = server.user();
    const html = await (await user.open(authorizeUrl(client))).text();
    const link = /href="(\/sign-up[^"]*)"/.exec(html)?.[1] ?? '';
    const form = await readForm(await user.open(link), '/sign-up');
    const weak = await user.send(form, { name: 'Carol', email: 'carol@example.com', password: 'short' });
    expect(text(await weak.text())).toContain('at least 8 characters');
    const page = await user.send(form, { name: 'Carol', email: 'Carol@Example.com', password: 'a good password' });
    expect(text(await page.text())).toContain('Allow Test application to use your account?');
    const { users } = await administer<{ users: object[] }>(server, 'GET', '/users?email=carol@example.com');
    expect(users).toMatchObject([{ name: 'Carol', email: 'carol@example.com', roles: [] }]);
    const twice = server.user();
    const again = await readForm(await twice.open('/sign-up'), '/sign-up');
    expect(
      (await twice.send(again, { name: 'C', email: 'carol@example.com', password: 'a good password' })).status,
    ).toBe(400);
  });
});

describe('one-time links', () => {
  it('let a user who was added choose a password, once', async () => {
    const server = serve();
    const { user, path } = await addUser(server, 'bob@example.com', 'a good password');
    expect(text(await (await user.open('/account')).text())).toContain('bob@example.com');
    expect((await server.user().openAccount('bob@example.com', 'a good password')).status).toBe(200);
    const thief = server.user();
    const page = await (await thief.open(path)).text();
    const response = await thief.send(parseForm(page, '/welcome'), { password: 'another password' });
    expect(text(await response.text())).toContain('no longer valid');
    expect((await server.user().signIn('bob@example.com', 'another password')).status).toBe(400);
  });

  it('fifty at once set one password', { timeout: 180_000 }, async () => {
    const server = serve();
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', {
      email: 'bob@example.com',
      name: 'Bob',
    });
    const path = new URL(link).pathname + new URL(link).search;
    const attempts = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const user = server.user();
        return { user, form: await readForm(await user.open(path), '/welcome') };
      }),
    );
    const responses = await Promise.all(
      attempts.map(({ user, form }, number) => user.send(form, { password: `password ${number}` })),
    );
    const pages = await Promise.all(responses.map(async (response) => text(await response.text())));
    expect(pages.filter((page) => page.includes('Your account'))).toHaveLength(1);
    expect(pages.filter((page) => page.includes('no longer valid'))).toHaveLength(49);
  });

  it('are good for seven days, and an older one dies with the first password', async () => {
    const server = serve();
    const { id, link } = await administer<{ id: string; link: string }>(server, 'POST', '/users', {
      email: 'bob@example.com',
      name: 'Bob',
    });
    const second = await administer<{ link: string }>(server, 'POST', `/users/${id}/invitation`);
    const use = async (address: string, secret: string) => {
      const user = server.user();
      const page = await (await user.open(new URL(address).pathname + new URL(address).search)).text();
      if (!page.includes('action="/welcome"')) return 'no longer valid';
      return text(await (await user.send(parseForm(page, '/welcome'), { password: secret })).text());
    };
    later(1);
    expect(await use(second.link, 'a good password')).toContain('Your account');
    expect(await use(link, 'another password')).toContain('no longer valid');
    later(8 * 86_400);
    expect(await use(second.link, 'a third password')).toContain('no longer valid');
  });
});
