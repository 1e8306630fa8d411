/** Mail: recovery, invitation, confirming an address; and that nobody can find out who has an account. */
import { describe, expect, it, vi } from 'vitest';
import { ADMINISTRATOR } from '../support/client.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { addAdministrator, administer, bindings, type Server, serve, setSetting, settle } from '../support/server.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';

const { email, password } = ADMINISTRATOR;
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

async function withMail() {
  const mailbox = new Mailbox();
  const server = serve(bindings([], { EMAIL: mailbox.binding }));
  await setSetting(server, 'mail_from', 'id@acme.com');
  return { server, mailbox };
}

async function sendForm(user: User, path: string, typed: Record<string, string>, action = path) {
  return user.send(await readForm(await user.open(path), action), typed);
}

const comparable = (html: string) => html.replaceAll(/(form_token|ceremony)" value="[^"]+"/g, '');

async function signedIn(server: Server) {
  const user = server.user();
  await user.signIn(email, password);
  return user;
}

const userOf = async (server: Server, address: string) =>
  (await server.env.DB.prepare('SELECT * FROM users WHERE email = ?').bind(address).first()) as Record<string, unknown>;

describe('a forgotten password', () => {
  it('is replaced by a link that is mailed: good once, for an hour; all browsers are signed out', async () => {
    const { server, mailbox } = await withMail();
    const owner = await signedIn(server);
    await sendForm(server.user(), '/forgot', { email });
    const [letter] = mailbox.take();
    expect(letter).toMatchObject({ to: email, from: { email: 'id@acme.com', name: 'Postern' } });
    const path = linkIn(letter);
    const user = server.user();
    const page = await sendForm(user, path, { password: 'another password' }, '/welcome');
    expect(text(await page.text())).toContain('Your account');
    expect((await owner.request('/account')).status).toBe(303);
    expect(text(await (await sendForm(server.user(), '/sign-in', { email, password })).text())).toContain('not right');
    expect((await server.user().openAccount(email, 'another password')).status).toBe(200);
    expect(await userOf(server, email)).toMatchObject({ email_verified_at: expect.any(Number) });
    expect((await server.user().open(path)).status).toBe(200);
    const thief = await sendForm(server.user(), path, { password: 'a third password' }, '/welcome');
    expect(text(await thief.text())).toContain('no longer valid');
  });

  it('the link is dead after an hour, and as soon as a password was chosen', async () => {
    const { server, mailbox } = await withMail();
    const owner = await signedIn(server);
    await sendForm(server.user(), '/forgot', { email });
    later(1);
    await sendForm(owner, '/account/password', { password: 'a newer password' });
    const path = linkIn(mailbox.take()[0]);
    const used = await sendForm(server.user(), path, { password: 'another password' }, '/welcome');
    expect(text(await used.text())).toContain('no longer valid');
    await sendForm(server.user(), '/forgot', { email });
    const second = linkIn(mailbox.take()[0]);
    later(3601);
    expect((await server.user().open(second)).status).toBe(400);
  });

  it('the page says the same for an address that has no account, byte for byte, and nothing is mailed there', async () => {
    const { server, mailbox } = await withMail();
    await signedIn(server);
    const pages = [];
    for (const address of [email, 'nobody@example.com']) {
      const response = await sendForm(server.user(), '/forgot', { email: address });
      pages.push([response.status, comparable(await response.text())]);
    }
    expect(pages[1]).toEqual(pages[0]);
    expect(mailbox.take().map(({ to }) => to)).toEqual([email]);
  });

  it('the answer waits for nothing that depends on the account: mail is written behind it', async () => {
    const { server, mailbox } = await withMail();
    await signedIn(server);
    const user = server.user();
    const form = await readForm(await user.open('/forgot'), '/forgot');
    let go: (value: unknown) => void = () => undefined;
    // Were it waited for, the answer would never come.
    mailbox.binding.send = (() => new Promise((resolve) => (go = resolve))) as never;
    const body = new URLSearchParams([...form.fields, ['email', email]]).toString();
    const cookie = [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', cookie };
    const response = await server.fetchOnly('/forgot', { method: 'POST', body, headers });
    expect(response.status).toBe(200);
    await vi.waitUntil(() => go.length > 0, { timeout: 5000 });
    go({ messageId: '1' });
    await settle();
  });

  it('is counted alike for both: after three asks for an address, or thirty from a network, the next waits', async () => {
    const { server, mailbox } = await withMail();
    await administer(server, 'POST', '/users', { email: 'counted@acme.com', name: 'Carol' });
    mailbox.take();
    for (const address of ['counted@acme.com', 'uncounted@acme.com']) {
      for (let asks = 0; asks < 3; asks++) {
        const { status } = await sendForm(server.user(), '/forgot', { email: address });
        expect([address, asks, status]).toEqual([address, asks, 200]);
      }
      const response = await sendForm(server.user(), '/forgot', { email: address });
      expect([address, response.status, response.headers.get('retry-after')]).toEqual([address, 429, '2']);
    }
    expect(mailbox.take()).toHaveLength(3);
  });

  it('a link that was mailed to an address which is no longer theirs replaces nothing', async () => {
    const { server, mailbox } = await withMail();
    const user = await signedIn(server);
    await sendForm(server.user(), '/forgot', { email });
    const path = linkIn(mailbox.take()[0]);
    await sendForm(user, '/account/email', { email: 'new@acme.com' });
    await user.send(await readForm(await user.open(linkIn(mailbox.take()[0])), '/confirm-address'));
    const form = await readForm(await server.user().open(path), '/welcome');
    expect((await server.user().send(form, { password: 'of an attacker 1' })).status).toBe(400);
    expect((await server.user().openAccount('new@acme.com', password)).status).toBe(200);
  });

  it('of a disabled user is not replaced', async () => {
    const { server, mailbox } = await withMail();
    await signedIn(server);
    const { id } = await userOf(server, email);
    await addAdministrator(server);
    mailbox.take();
    await administer(server, 'PATCH', `/users/${id}`, { disabled: true });
    await sendForm(server.user(), '/forgot', { email });
    expect(mailbox.take()).toEqual([]);
  });

  it('where no mail goes out, the page says whom to ask; on loopback the link is in the log, and only there', async () => {
    const log = vi.spyOn(console, 'log');
    const mails = () => log.mock.calls.filter(([line]) => String(line).includes('"mail"'));
    const server = serve();
    await signedIn(server);
    expect(text(await (await server.user().open('/forgot')).text())).toContain('cannot send mail');
    expect(await (await server.user().open('/sign-in')).text()).not.toContain('/forgot');
    const local = serve(bindings([], { ISSUER: 'http://localhost:8787' }));
    await sendForm(local.user(), '/forgot', { email });
    expect(mails()).toHaveLength(1);
    expect(JSON.parse(String(mails()[0]?.[0])).mail.to).toBe(email);
    const bound = await withMail();
    await sendForm(bound.server.user(), '/forgot', { email });
    expect([mails().length, bound.mailbox.take().length]).toEqual([1, 1]);
  });
});

describe('an invitation', () => {
  it('is mailed where mail goes out; only the mailed link proves the address', async () => {
    const { server, mailbox } = await withMail();
    const invite = (address: string) =>
      administer<{ link: string; mailed: boolean }>(server, 'POST', '/users', { email: address, name: 'Bob' });
    const first = await invite('bob@acme.com');
    expect(first.mailed).toBe(true);
    const path = linkIn(mailbox.take()[0]);
    expect(first.link).not.toContain(path);
    await sendForm(server.user(), path, { password: 'a good password' }, '/welcome');
    expect(await userOf(server, 'bob@acme.com')).toMatchObject({ email_verified_at: expect.any(Number) });
    const second = await invite('eve@acme.com');
    const handed = new URL(second.link);
    await sendForm(server.user(), handed.pathname + handed.search, { password: 'a good password' }, '/welcome');
    expect(await userOf(server, 'eve@acme.com')).toMatchObject({ email_verified_at: null });
  });
});

describe('signing up where mail goes out', () => {
  it('answers alike for an address that has an account, and tells only its reader', async () => {
    const { server, mailbox } = await withMail();
    await setSetting(server, 'sign_up', 'allow');
    await signedIn(server);
    const pages = [];
    for (const address of ['carol@acme.com', email]) {
      const response = await sendForm(server.user(), '/sign-up', { name: 'Carol', email: address });
      pages.push([response.status, comparable(await response.text())]);
    }
    expect(pages[1]).toEqual(pages[0]);
    const [first, second] = mailbox.take();
    expect([first?.to, second?.to]).toEqual(['carol@acme.com', email]);
    expect(second?.text).toContain('You have one already');
    expect(await userOf(server, 'carol@acme.com')).toBeNull();

    const carol = server.user();
    const done = await sendForm(carol, linkIn(first), { password: 'a good password' }, '/sign-up/finish');
    expect(text(await done.text())).toContain('carol@acme.com (confirmed)');
    const twice = await sendForm(server.user(), linkIn(first), { password: 'a bad password' }, '/sign-up/finish');
    expect(twice.status).toBe(400);
    expect((await server.user().openAccount('carol@acme.com', 'a good password')).status).toBe(200);
  });
});

describe('the address of a user', () => {
  const EMAIL = '/account/email';

  it('is changed by the link mailed to the new one; the old one gets a notice', async () => {
    const { server, mailbox } = await withMail();
    const user = await signedIn(server);
    await sendForm(user, EMAIL, { email: 'New@Acme.com' });
    const [letter] = mailbox.take();
    expect(letter?.to).toBe('new@acme.com');
    expect(await userOf(server, email)).toMatchObject({ email });
    const page = await (await user.open(linkIn(letter))).text();
    expect(text(page)).toContain('Is new@acme.com your e-mail address?');
    const form = parseForm(page, '/confirm-address');
    expect(text(await (await user.send(form)).text())).toContain('From now on your address here is new@acme.com');
    expect(mailbox.take()).toMatchObject([{ to: email, subject: expect.stringContaining('was changed') }]);
    expect(await userOf(server, 'new@acme.com')).toMatchObject({ email_verified_at: expect.any(Number) });
    expect((await user.send(form)).status).toBe(400);
    expect((await server.user().openAccount('new@acme.com', password)).status).toBe(200);
  });

  it('opening the link changes nothing: programs that look at mail open it, too', async () => {
    const { server, mailbox } = await withMail();
    const user = await signedIn(server);
    await sendForm(user, EMAIL, { email: 'new@acme.com' });
    await server.fetch(linkIn(mailbox.take()[0]));
    expect(await userOf(server, email)).toMatchObject({ email_verified_at: null });
  });

  it('is confirmed by a link to itself, once, within a day', async () => {
    const { server, mailbox } = await withMail();
    const user = await signedIn(server);
    await sendForm(user, EMAIL, { verify: 'yes' });
    const path = linkIn(mailbox.take()[0]);
    const form = await readForm(await user.open(path), '/confirm-address');
    expect((await user.send(form)).status).toBe(200);
    expect(mailbox.take()).toMatchObject([{ to: email, text: expect.stringContaining('You have confirmed') }]);
    expect(text(await (await user.open('/account')).text())).toContain('(confirmed)');
    expect((await user.send(form)).status).toBe(400);
    later(86_401);
    expect((await user.open(path)).status).toBe(400);
  });

  it('is not changed by a link that was asked for before a new password was chosen', async () => {
    const { server, mailbox } = await withMail();
    // An attacker at the unlocked browser requested it.
    const user = await signedIn(server);
    await sendForm(user, EMAIL, { email: 'attacker@acme.com' });
    const path = linkIn(mailbox.take()[0]);
    later(1);
    await sendForm(user, '/account/password', { password: 'known to its owner 1' });
    const form = await readForm(await user.open(path), '/confirm-address');
    expect((await user.send(form)).status).toBe(400);
    expect(await userOf(server, email)).toMatchObject({ email });
  });

  it('is confirmed only by the account that requested it: an answer by another user who reads the mail does nothing for it', async () => {
    const { server, mailbox } = await withMail();
    // The attacker has an account, and asks to use the address of the victim, who has one of another address.
    const attacker = await signedIn(server);
    await sendForm(attacker, EMAIL, { email: 'victim@acme.com' });
    const path = linkIn(mailbox.take()[0]);
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', {
      email: 'at-work@acme.com',
      name: 'Victim',
    });
    const victim = server.user();
    const { pathname, search } = new URL(link);
    await sendForm(victim, pathname + search, { password: 'known to the victim 1' }, '/welcome');
    mailbox.take();
    const page = await victim.open(path);
    expect([page.status, text(await page.text())]).toEqual([403, expect.stringContaining('about another account')]);
    // Nor by the form of the attacker, nor by who is not signed in.
    const form = await readForm(await attacker.open(path), '/confirm-address');
    expect((await victim.send(form)).status).toBe(403);
    const nobody = server.user();
    expect(text(await (await nobody.open(path)).text())).toContain('Sign in');
    expect((await nobody.request(path)).headers.get('location')).toMatch(/^\/sign-in/);
    expect((await attacker.send(form, { form_token: 'x' })).status).toBe(403);
    expect(await userOf(server, 'victim@acme.com')).toBeNull();
    // The account that asked can, in a browser where it signs in, too.
    const again = server.user();
    await again.signIn(email, password);
    await again.send(await readForm(await again.open(path), '/confirm-address'));
    expect(await userOf(server, 'victim@acme.com')).toMatchObject({ email_verified_at: expect.any(Number) });
  });

  it('of another account cannot be used, and the page does not tell; two users who race for one get one', async () => {
    const { server, mailbox } = await withMail();
    await administer(server, 'POST', '/users', { email: 'bob@acme.com', name: 'Bob' });
    mailbox.take();
    const user = await signedIn(server);
    const pages = [];
    for (const address of ['bob@acme.com', 'free@acme.com']) {
      const response = await sendForm(user, EMAIL, { email: address });
      pages.push([response.status, comparable(await response.text())]);
    }
    expect(pages[1]).toEqual(pages[0]);
    const [taken, free] = mailbox.take();
    expect(taken?.text).toContain('belongs to an account there already');
    await administer(server, 'POST', '/users', { email: 'free@acme.com', name: 'Quick' });
    const late = await readForm(await user.open(linkIn(free)), '/confirm-address');
    expect((await user.send(late)).status).toBe(400);
    expect(await userOf(server, email)).toMatchObject({ email });
  });

  it('a link that is forged, or for another address by now, does nothing', async () => {
    const { server, mailbox } = await withMail();
    const user = await signedIn(server);
    await sendForm(user, EMAIL, { email: 'one@acme.com' });
    await sendForm(user, EMAIL, { email: 'two@acme.com' });
    const [one, two] = mailbox.take().map(linkIn);
    for (const [path, status] of [
      [one, 200],
      [two, 400],
    ] as const) {
      const form = await readForm(await user.open(path ?? ''), '/confirm-address');
      expect((await user.send(form)).status).toBe(status);
    }
    expect((await user.open('/confirm-address?link=x.y.z')).status).toBe(400);
  });
});
