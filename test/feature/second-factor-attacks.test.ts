/** Attacks on two-step sign-in: skipping the second step, guessing it, and ways around it. */
import { describe, expect, it, vi } from 'vitest';
import { ADMINISTRATOR, authorizeUrl, makeClient } from '../support/client.ts';
import { farEnd } from '../support/far-end.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { codeOf, enrolIn, FACTOR_SIGN_IN, signInWithCode } from '../support/second-factor.ts';
import { addAdministrator, administer, bindings, type Server, serve, setSetting, settle } from '../support/server.ts';
import { makeLogin, says, signInWith } from '../support/social.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';

const { email, password } = ADMINISTRATOR;
const PENDING = '__Host-pending-sign-in';
const SESSION = '__Host-session';
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });
const isIn = async (user: User) => (await user.request('/account')).status === 200;

async function withMail(changes = {}) {
  const mailbox = new Mailbox();
  const server = serve(bindings([], { EMAIL: mailbox.binding, ...changes }));
  await setSetting(server, 'mail_from', 'id@acme.com');
  return { server, mailbox };
}

async function enrolled(server: Server) {
  const user = server.user();
  await user.signIn(email, password);
  return { user, ...(await enrolIn(user)) };
}

/** A browser between the two steps. */
async function halfway(server: Server, address = '203.0.113.1') {
  const user = server.user();
  user.address = address;
  const form = await readForm(await user.signIn(email, password), FACTOR_SIGN_IN);
  return { user, form };
}

describe('skipping the second step', () => {
  it('opens nothing: account, console, authorization and consent ask to sign in; prompt=none is login_required', async () => {
    const server = serve();
    await enrolled(server);
    const client = await makeClient(server);
    const { user } = await halfway(server);
    for (const path of ['/account', '/account/second-factor/remove', '/console', authorizeUrl(client)]) {
      const response = await user.request(path);
      expect([path, response.status, response.headers.get('location')]).toEqual([
        path,
        303,
        expect.stringContaining('/sign-in?continue='),
      ]);
    }
    const silent = await user.request(authorizeUrl(client, { prompt: 'none' }));
    expect(new URL(silent.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });

  it('with the pending sign-in in place of the session cookie opens nothing', async () => {
    const server = serve();
    await enrolled(server);
    const { user } = await halfway(server);
    user.cookies.set(SESSION, user.cookies.get(PENDING) ?? '');
    expect(await isIn(user)).toBe(false);
  });

  it('with the session from before two-step sign-in opens nothing, even where ending it failed', async () => {
    const server = serve();
    const old = server.user();
    await old.signIn(email, password);
    await enrolled(server);
    await server.env.DB.prepare('UPDATE sessions SET ended_at = NULL').run();
    await server.env.DB.prepare("DELETE FROM cutoffs WHERE subject LIKE 'session:%'").run();
    expect(await isIn(old)).toBe(false);
    const client = await makeClient(server);
    const silent = await old.request(authorizeUrl(client, { prompt: 'none' }));
    expect(new URL(silent.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });

  it('with the pending sign-in of another browser begins again', async () => {
    const server = serve();
    const { key } = await enrolled(server);
    const { user } = await halfway(server);
    const thief = server.user();
    await thief.open('/sign-in');
    thief.cookies.set(PENDING, user.cookies.get(PENDING) ?? '');
    expect(text(await (await thief.open(FACTOR_SIGN_IN)).text())).toContain('E-mail address');
    const token = (await readForm(await thief.open('/sign-in'), '/sign-in')).fields;
    thief.cookies.set(PENDING, user.cookies.get(PENDING) ?? '');
    await thief.send({ action: FACTOR_SIGN_IN, fields: token, html: '' }, { code: codeOf(key) });
    expect(thief.cookies.has(SESSION)).toBe(false);
  });

  it('is not possible after ten minutes, after another password, nor for a disabled user', async () => {
    const server = serve();
    const { key, user: owner } = await enrolled(server);
    const slow = await halfway(server);
    const path = '/account/password';
    await owner.send(await readForm(await owner.open(path), path), { password: 'another password' });
    await slow.user.send(slow.form, { code: codeOf(key) });
    expect(await isIn(slow.user)).toBe(false);

    const late = server.user();
    const form = await readForm(await late.signIn(email, 'another password'), FACTOR_SIGN_IN);
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${email}`);
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${users[0]?.id}`, { disabled: true });
    await late.send(form, { code: codeOf(key) });
    expect(late.cookies.has(SESSION)).toBe(false);
    await administer(server, 'PATCH', `/users/${users[0]?.id}`, { disabled: false });
    const tooLate = server.user();
    const again = await readForm(await tooLate.signIn(email, 'another password'), FACTOR_SIGN_IN);
    later(601);
    await tooLate.send(again, { code: codeOf(key) });
    expect(tooLate.cookies.has(SESSION)).toBe(false);
  });

  it('is not possible with the form of another site', async () => {
    const server = serve();
    const { key } = await enrolled(server);
    const { user, form } = await halfway(server);
    const forged = form.fields.filter(([name]) => name !== 'form_token');
    const answer = await user.send({ ...form, fields: forged }, { code: codeOf(key) });
    expect(answer.status).toBe(400);
    expect(user.cookies.has(SESSION)).toBe(false);
  });
});

describe('guessing the code', () => {
  it('is throttled by user over all browsers and sign-ins; the right code is refused meanwhile, the user is told once', async () => {
    const { server, mailbox } = await withMail();
    const { key } = await enrolled(server);
    mailbox.take();
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) {
      // Each with a sign-in of its own, from a network of its own.
      const { user, form } = await halfway(server, `198.51.100.${n}`);
      statuses.push((await user.send(form, { code: '000000' })).status);
    }
    expect(statuses.slice(0, 5)).toEqual([400, 400, 400, 400, 400]);
    expect(statuses.slice(-1)).toEqual([429]);
    const { user, form } = await halfway(server, '198.51.100.99');
    const refused = await user.send(form, { code: codeOf(key) });
    expect([refused.status, await isIn(user)]).toEqual([429, false]);
    await settle();
    const warnings = mailbox.take().filter(({ text }) => text.includes('several wrong codes'));
    expect(warnings.map(({ to }) => to)).toEqual([email]);
  });

  it('is limited to about a hundred guesses a day, whatever the window of passwords is', async () => {
    const server = serve();
    await setSetting(server, 'sign_in_window_minutes', 1);
    await enrolled(server);
    let tried = 0;
    for (let minutes = 0; minutes < 24 * 60; minutes += 16) {
      later(16 * 60);
      const { user, form } = await halfway(server);
      if ((await user.send(form, { code: '000000' })).status === 400) tried++;
    }
    expect(tried).toBeLessThanOrEqual(100);
  });

  it('with the right password does not lock out the browser that the user signed in with before', async () => {
    const server = serve();
    const { user: owner, key } = await enrolled(server);
    for (let n = 0; n < 12; n++) {
      const { user, form } = await halfway(server, `198.51.100.${n}`);
      await user.send(form, { code: '000000' });
    }
    owner.cookies.delete(SESSION);
    await signInWithCode(owner, ADMINISTRATOR, codeOf(key));
    expect(await isIn(owner)).toBe(true);
  });

  it('from browsers that signed in before two-step sign-in counts as from any other: by user', async () => {
    const server = serve();
    const hoarded: User[] = [];
    for (let n = 0; n < 6; n++) {
      const browser = server.user();
      browser.address = `198.51.100.${n}`;
      await browser.signIn(email, password);
      hoarded.push(browser);
    }
    await enrolled(server);
    const statuses: number[] = [];
    for (const browser of hoarded) {
      browser.cookies.delete(SESSION);
      const form = await readForm(await browser.signIn(email, password), FACTOR_SIGN_IN);
      for (let n = 0; n < 3; n++) statuses.push((await browser.send(form, { code: '000000' })).status);
    }
    expect(statuses.filter((status) => status === 400)).toHaveLength(5);
  });

  it('from a browser that signed in with a second factor that was replaced counts by user, too', async () => {
    const server = serve();
    const { user: former } = await enrolled(server);
    const owner = server.user();
    for (const [name, value] of former.cookies) owner.cookies.set(name, value);
    await enrolIn(owner);
    former.cookies.delete(SESSION);
    for (let n = 0; n < 6; n++) {
      const { user, form } = await halfway(server, `198.51.100.${n}`);
      await user.send(form, { code: '000000' });
    }
    const form = await readForm(await former.signIn(email, password), FACTOR_SIGN_IN);
    expect((await former.send(form, { code: '000000' })).status).toBe(429);
  });

  it('leaves an event for each wrong code, and none of them says the code', async () => {
    const server = serve();
    await enrolled(server);
    const { user, form } = await halfway(server);
    await user.send(form, { code: '123456' });
    const rows = await server.env.DB.prepare("SELECT * FROM audit_events WHERE type = 'second-factor.failed'").all();
    expect(rows.results).toHaveLength(1);
    expect(JSON.stringify(rows.results)).not.toContain('123456');
  });
});

describe('a way around by another first step', () => {
  it('a recovery link sets a password, and then asks for the code', async () => {
    const { server, mailbox } = await withMail();
    const { key } = await enrolled(server);
    const user = server.user();
    mailbox.take();
    await user.send(await readForm(await user.open('/forgot'), '/forgot'), { email });
    const path = linkIn(mailbox.take()[0]);
    const asked = await user.send(await readForm(await user.open(path), '/welcome'), { password: 'another password' });
    expect(user.cookies.has(SESSION)).toBe(false);
    const done = await user.send(await readForm(asked, FACTOR_SIGN_IN), { code: codeOf(key) });
    expect(done.status).toBe(200);
    expect(await isIn(user)).toBe(true);
  });

  it('a one-time link of an administrator does, too', async () => {
    const server = serve();
    await enrolled(server);
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${email}`);
    const { link } = await administer<{ link: string }>(server, 'POST', `/users/${users[0]?.id}/invitation`);
    const user = server.user();
    const { pathname, search } = new URL(link);
    const asked = await user.send(await readForm(await user.open(pathname + search), '/welcome'), {
      password: 'another password',
      end_all: 'on',
    });
    expect(text(await asked.text())).toContain('Enter your code');
    expect(user.cookies.has(SESSION)).toBe(false);
  });

  it('a linked account at an identity provider signs in, and then asks for the code', async () => {
    const server = serve();
    const far = await farEnd();
    says(far, { sub: 'alice', email: 'alice@faraway.net', name: 'Alice' });
    await makeLogin(server, far);
    const owner = server.user();
    await owner.open((await signInWith(owner, far)).headers.get('location') ?? '');
    // Reauthentication there, which setting it up needs.
    await server.env.DB.prepare('UPDATE sessions SET auth_time = ?').bind(Date.now()).run();
    const { key } = await enrolIn(owner);
    const user = server.user();
    const back = await signInWith(user, far);
    expect(back.headers.get('location')).toBe(FACTOR_SIGN_IN);
    expect(user.cookies.has(SESSION)).toBe(false);
    const form = await readForm(await user.open(FACTOR_SIGN_IN), FACTOR_SIGN_IN);
    await user.send(form, { code: codeOf(key) });
    expect(await isIn(user)).toBe(true);
    const { results } = await server.env.DB.prepare('SELECT amr FROM sessions WHERE ended_at IS NULL').all();
    expect(results.map(({ amr }) => amr)).toContain('["fed","otp","mfa"]');
  });

  it('a mailed link for reauthentication asks for the code before the sign-in counts as recent', async () => {
    const { server, mailbox } = await withMail();
    const { user, key } = await enrolled(server);
    later(601);
    const html = await (await user.open('/account/password')).text();
    mailbox.take();
    await user.send(parseForm(html, '/sign-in/mail'));
    const path = linkIn(mailbox.take()[0]);
    const asked = await user.send(await readForm(await user.open(path), '/sign-in/mailed'));
    expect(text(await asked.text())).toContain('Enter your code');
    expect((await user.request('/account/password')).status).toBe(303);
    const again = await readForm(await user.open(FACTOR_SIGN_IN), FACTOR_SIGN_IN);
    await user.send(again, { code: codeOf(key) });
    expect((await user.request('/account/password')).status).toBe(200);
  });
});

describe('session fixation', () => {
  it('the session begins under a cookie that nobody knew before the second step', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, password);
    const before = user.cookies.get(SESSION) ?? '';
    await enrolIn(user);
    expect(user.cookies.get(SESSION)).not.toBe(before);
    const thief = server.user();
    thief.cookies.set(SESSION, before);
    expect(await isIn(thief)).toBe(false);
  });

  it('the pending sign-in of one user does not take over the session of another', async () => {
    const server = serve();
    await enrolled(server);
    const { user } = await halfway(server);
    const victim = server.user();
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', {
      email: 'v@example.com',
      name: 'V',
    });
    const { pathname, search } = new URL(link);
    await victim.send(await readForm(await victim.open(pathname + search), '/welcome'), { password: 'password of V' });
    victim.cookies.set(PENDING, user.cookies.get(PENDING) ?? '');
    expect(text(await (await victim.open('/account')).text())).toContain('Overview');
    expect(await isIn(victim)).toBe(true);
    await victim.open(FACTOR_SIGN_IN);
    expect(victim.cookies.has(PENDING)).toBe(false);
  });
});

describe('the rotation of the root secret', () => {
  it('seals the secrets of apps again, and codes are accepted under the new one', async () => {
    const server = serve();
    const { key } = await enrolled(server);
    const both = serve({ ...server.env, ROOT_SECRET_2: 'b'.repeat(64), SEAL_WITH: '2' });
    expect(await administer(both, 'POST', '/sealing')).toMatchObject({ resealed: 1, unreadable: 0 });
    expect(await administer(both, 'POST', '/sealing')).toMatchObject({ resealed: 0, unreadable: 0 });
    const { ROOT_SECRET_1: _, ...only } = both.env;
    const after = serve(only as typeof both.env);
    const user = after.user();
    await signInWithCode(user, ADMINISTRATOR, codeOf(key));
    expect(await isIn(user)).toBe(true);
  });
});
