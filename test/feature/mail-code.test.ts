/** Sign-in with a code by mail: single-use, in one browser, and silent about who has an account. */
import { describe, expect, it, vi } from 'vitest';
import { ADMINISTRATOR } from '../support/client.ts';
import { Mailbox } from '../support/mailbox.ts';
import { codeOf, enrolIn, FACTOR_SIGN_IN } from '../support/second-factor.ts';
import { addAdministrator, administer, bindings, type Server, serve, setSetting, settle } from '../support/server.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';
import { ZERLINA, zerlinaAt } from '../support/user-account.ts';

const { email, password } = ADMINISTRATOR;
const ASK = '/sign-in/code';
const ENTER = '/sign-in/code/enter';
const SESSION = '__Host-session';
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });
const isIn = async (user: User) => (await user.request('/account')).status === 200;

async function withCodes() {
  const mailbox = new Mailbox();
  const server = serve(bindings([], { EMAIL: mailbox.binding }));
  await setSetting(server, 'mail_from', 'id@acme.com');
  await setSetting(server, 'mail_code_sign_in', true);
  await setSetting(server, 'mail_failures', 100);
  await server.user().signIn(email, password);
  return { server, mailbox };
}

const codeIn = (mailbox: Mailbox) => /\n(\d{4} \d{4})\n/.exec(mailbox.take().at(-1)?.text ?? '')?.[1] ?? '';

/** A browser that asked for a code, and the form that takes it. */
async function asked(server: Server, address = email, path = ASK) {
  const user = server.user();
  const html = await (await user.send(await readForm(await user.open(path), ASK), { email: address })).text();
  return { user, html, form: parseForm(html, ENTER) };
}

describe('a sign-in code by mail', () => {
  it('is offered while the setting is on, which it is not at first', async () => {
    const { server } = await withCodes();
    expect(text(await (await server.user().open('/sign-in')).text())).toContain('Mail me a code');
    await administer(server, 'DELETE', '/settings/mail_code_sign_in');
    const user = server.user();
    expect(text(await (await user.open('/sign-in')).text())).not.toContain('Mail me a code');
    for (const path of [ASK, ENTER]) expect((await user.request(path)).status).toBe(404);
    const form = await readForm(await user.open('/sign-in'), '/sign-in');
    expect((await user.send({ ...form, action: ASK }, { email })).status).toBe(404);
  });

  it('signs in once, as `otp` (RFC 8176 §2), and goes on to the page that asked', async () => {
    const { server, mailbox } = await withCodes();
    const user = server.user();
    const page = await (await user.open('/account/profile')).text();
    const link = /href="(\/sign-in\/code\?continue=[^"]+)"/.exec(page)?.[1] ?? '';
    const entry = await user.send(await readForm(await user.open(link), ASK), { email });
    const form = await readForm(entry, ENTER);
    const code = codeIn(mailbox);
    const done = await user.send(form, { code });
    expect(text(await done.text())).toContain('Profile');
    const { results } = await server.env.DB.prepare("SELECT amr FROM sessions WHERE amr LIKE '%otp%'").all();
    expect(results).toEqual([{ amr: '["otp"]' }]);
    expect(user.cookies.has('__Host-mail-code')).toBe(false);
  });

  it('is used once by fifty at the same moment, in tabs of the same browser', async () => {
    const { server, mailbox } = await withCodes();
    await setSetting(server, 'sign_in_account_failures', 100);
    await setSetting(server, 'sign_in_address_failures', 1000);
    const { user, form } = await asked(server);
    const code = codeIn(mailbox);
    const cookies = [...user.cookies];
    const tabs = Array.from({ length: 50 }, () => {
      const tab = server.user();
      for (const [name, value] of cookies) tab.cookies.set(name, value);
      return tab;
    });
    await Promise.all(tabs.map((tab) => tab.send(form, { code })));
    expect(tabs.filter((tab) => tab.cookies.has(SESSION))).toHaveLength(1);
  });

  it('works in the browser that asked for it alone', async () => {
    const { server, mailbox } = await withCodes();
    const { user } = await asked(server);
    const code = codeIn(mailbox);
    const { user: other, form } = await asked(server);
    await other.send(form, { code });
    expect(await isIn(other)).toBe(false);
    const thief = server.user();
    const own = await readForm(await thief.open('/sign-in'), '/sign-in');
    thief.cookies.set('__Host-mail-code', user.cookies.get('__Host-mail-code') ?? '');
    await thief.send({ ...own, action: ENTER }, { code });
    expect(await isIn(thief)).toBe(false);
  });

  it('is of no use after ten minutes, after another address, nor for a disabled user', async () => {
    const { server, mailbox } = await withCodes();
    const slow = await asked(server);
    const code = codeIn(mailbox);
    later(601);
    await slow.user.send(slow.form, { code });
    expect(await isIn(slow.user)).toBe(false);

    const { id } = await zerlinaAt(server);
    mailbox.take();
    const moved = await asked(server, ZERLINA.email);
    const second = codeIn(mailbox);
    later(2);
    await administer(server, 'PATCH', `/users/${id}`, { email: 'zoe@example.com' });
    await administer(server, 'PATCH', `/users/${id}`, { email: ZERLINA.email });
    await moved.user.send(moved.form, { code: second });
    expect(await isIn(moved.user)).toBe(false);
    mailbox.take();
    later(2);
    const disabled = await asked(server, ZERLINA.email);
    const third = codeIn(mailbox);
    expect(third).toMatch(/^\d{4} \d{4}$/);
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${id}`, { disabled: true });
    await disabled.user.send(disabled.form, { code: third });
    expect(await isIn(disabled.user)).toBe(false);
  });

  it('has the same pages, cookies and statuses for an address that has no account, which gets no mail', async () => {
    const { server, mailbox } = await withCodes();
    const known = await asked(server);
    expect(mailbox.take()).toHaveLength(1);
    const unknown = await asked(server, 'nobody@example.com');
    expect(mailbox.take()).toHaveLength(0);
    const comparable = (html: string) =>
      html
        .replaceAll(/(form_token|ceremony)" value="[^"]+"/g, '')
        .replaceAll(/admin@example.com|nobody@example.com/g, '');
    expect(comparable(unknown.html)).toBe(comparable(known.html));
    expect([...unknown.user.cookies.keys()]).toEqual([...known.user.cookies.keys()]);
    const refused = [
      await known.user.send(known.form, { code: '00000000' }),
      await unknown.user.send(unknown.form, { code: '00000000' }),
    ];
    const pages = await Promise.all(
      refused.map(async (response) => [response.status, comparable(await response.text())]),
    );
    expect(pages[0]).toEqual(pages[1]);
  });

  it('does not wait for the account before it answers', async () => {
    const { server } = await withCodes();
    const user = server.user();
    const form = await readForm(await user.open(ASK), ASK);
    await server.env.DB.prepare('ALTER TABLE users RENAME TO gone').run();
    const body = new URLSearchParams([...form.fields, ['email', email]]).toString();
    const cookie = [...user.cookies].map((pair) => pair.join('=')).join('; ');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://as.example', cookie };
    const answer = await server.fetchOnly(ASK, { method: 'POST', body, headers });
    await settle();
    await server.env.DB.prepare('ALTER TABLE gone RENAME TO users').run();
    expect([answer.status, answer.headers.get('location')]).toEqual([303, ENTER]);
  });

  it('guesses are throttled by account over all browsers and codes; the right one is refused meanwhile', async () => {
    const { server, mailbox } = await withCodes();
    const statuses: number[] = [];
    for (let n = 0; n < 8; n++) {
      const { user, form } = await asked(server);
      user.address = `198.51.100.${n}`;
      statuses.push((await user.send(form, { code: '12345678' })).status);
    }
    expect(statuses.slice(0, 5)).toEqual([400, 400, 400, 400, 400]);
    expect(statuses.at(-1)).toBe(429);
    mailbox.take();
    const { user, form } = await asked(server);
    user.address = '198.51.100.99';
    expect((await user.send(form, { code: codeIn(mailbox) })).status).toBe(429);
    expect(await isIn(user)).toBe(false);
  });

  it('requests are throttled by address', async () => {
    const { server } = await withCodes();
    await setSetting(server, 'mail_failures', 3);
    const user = server.user();
    const form = await readForm(await user.open(ASK), ASK);
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) statuses.push((await user.send(form, { email: 'nobody@example.com' })).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it('is the first step alone for a user with two-step sign-in, and where a role needs it', async () => {
    const { server, mailbox } = await withCodes();
    const { zerlina } = await zerlinaAt(server);
    const { key } = await enrolIn(zerlina);
    mailbox.take();
    const { user, form } = await asked(server, ZERLINA.email);
    const second = await user.send(form, { code: codeIn(mailbox) });
    expect(user.cookies.has(SESSION)).toBe(false);
    await user.send(await readForm(second, FACTOR_SIGN_IN), { code: codeOf(key) });
    expect(await isIn(user)).toBe(true);
    await setSetting(server, 'second_factor_roles', 'administrator');
    mailbox.take();
    const other = await asked(server);
    const setUp = await other.user.send(other.form, { code: codeIn(mailbox) });
    expect(text(await setUp.text())).toContain('This server asks for two-step sign-in');
    expect(other.user.cookies.has(SESSION)).toBe(false);
  });

  it('is in no row and no event', async () => {
    const { server, mailbox } = await withCodes();
    await asked(server);
    const code = codeIn(mailbox);
    const events = await server.env.DB.prepare('SELECT * FROM audit_events').all();
    expect(events.results.map(({ type }) => type)).toContain('sign-in-code.requested');
    expect(JSON.stringify(events.results)).not.toContain(code.replace(' ', ''));
  });
});
