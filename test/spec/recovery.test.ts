/** Mail: recovery, invitation, confirming an address; and that nobody can find out who has an account. */
import { describe, expect, it, vi } from 'vitest';
import { ADMINISTRATOR } from '../support/client.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { type Person, parseForm, readForm, text } from '../support/person.ts';
import { addAdministrator, administer, bindings, type Server, serve, setSetting, settle } from '../support/server.ts';

const { email, password } = ADMINISTRATOR;
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

async function withMail() {
  const mailbox = new Mailbox();
  const server = serve(bindings([], { EMAIL: mailbox.binding }));
  await setSetting(server, 'mail_from', 'id@acme.com');
  return { server, mailbox };
}

async function sendForm(person: Person, path: string, typed: Record<string, string>, action = path) {
  return person.send(await readForm(await person.open(path), action), typed);
}

const comparable = (html: string) => html.replaceAll(/(form_token|ceremony)" value="[^"]+"/g, '');

async function signedIn(server: Server) {
  const person = server.person();
  await person.signIn(email, password);
  return person;
}

const personOf = async (server: Server, address: string) =>
  (await server.env.DB.prepare('SELECT * FROM people WHERE email = ?').bind(address).first()) as Record<
    string,
    unknown
  >;

describe('a forgotten password', () => {
  it('is replaced by a link that is mailed: good once, for an hour; all browsers are signed out', async () => {
    const { server, mailbox } = await withMail();
    const owner = await signedIn(server);
    await sendForm(server.person(), '/forgot', { email });
    const [letter] = mailbox.take();
    expect(letter).toMatchObject({ to: email, from: { email: 'id@acme.com', name: 'Postern' } });
    const path = linkIn(letter);
    const person = server.person();
    const page = await sendForm(person, path, { password: 'another password' }, '/welcome');
    expect(text(await page.text())).toContain('Your account');
    expect((await owner.request('/account')).status).toBe(303);
    expect(text(await (await sendForm(server.person(), '/sign-in', { email, password })).text())).toContain(
      'not right',
    );
    expect((await server.person().signIn(email, 'another password')).status).toBe(200);
    expect(await personOf(server, email)).toMatchObject({ email_verified_at: expect.any(Number) });
    expect((await server.person().open(path)).status).toBe(200);
    const thief = await sendForm(server.person(), path, { password: 'a third password' }, '/welcome');
    expect(text(await thief.text())).toContain('no longer good');
  });

  it('the link is dead after an hour, and as soon as a password was chosen', async () => {
    const { server, mailbox } = await withMail();
    const owner = await signedIn(server);
    await sendForm(server.person(), '/forgot', { email });
    later(1);
    await sendForm(owner, '/account/password', { password: 'a newer password' });
    const path = linkIn(mailbox.take()[0]);
    const used = await sendForm(server.person(), path, { password: 'another password' }, '/welcome');
    expect(text(await used.text())).toContain('no longer good');
    await sendForm(server.person(), '/forgot', { email });
    const second = linkIn(mailbox.take()[0]);
    later(3601);
    expect((await server.person().open(second)).status).toBe(400);
  });

  it('the page says the same for an address that has no account, byte for byte, and nothing is mailed there', async () => {
    const { server, mailbox } = await withMail();
    await signedIn(server);
    const pages = [];
    for (const address of [email, 'nobody@example.com']) {
      const response = await sendForm(server.person(), '/forgot', { email: address });
      pages.push([response.status, comparable(await response.text())]);
    }
    expect(pages[1]).toEqual(pages[0]);
    expect(mailbox.take().map(({ to }) => to)).toEqual([email]);
  });

  it('the answer waits for nothing that depends on the account: mail is written behind it', async () => {
    const { server, mailbox } = await withMail();
    await signedIn(server);
    const person = server.person();
    const form = await readForm(await person.open('/forgot'), '/forgot');
    let go: (value: unknown) => void = () => undefined;
    // Were it waited for, the answer would never come.
    mailbox.binding.send = (() => new Promise((resolve) => (go = resolve))) as never;
    const body = new URLSearchParams([...form.fields, ['email', email]]).toString();
    const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', cookie };
    const response = await server.fetchOnly('/forgot', { method: 'POST', body, headers });
    expect(response.status).toBe(200);
    await vi.waitUntil(() => go.length > 0, { timeout: 5000 });
    go({ messageId: '1' });
    await settle();
  });

  it('is counted alike for both: after three asks for an address, or thirty from a network, the next waits', async () => {
    const { server, mailbox } = await withMail();
    await administer(server, 'POST', '/people', { email: 'counted@acme.com', name: 'Carol' });
    mailbox.take();
    for (const address of ['counted@acme.com', 'uncounted@acme.com']) {
      for (let asks = 0; asks < 3; asks++) {
        const { status } = await sendForm(server.person(), '/forgot', { email: address });
        expect([address, asks, status]).toEqual([address, asks, 200]);
      }
      const response = await sendForm(server.person(), '/forgot', { email: address });
      expect([address, response.status, response.headers.get('retry-after')]).toEqual([address, 429, '2']);
    }
    expect(mailbox.take()).toHaveLength(3);
  });

  it('a link that was mailed to an address which is no longer theirs replaces nothing', async () => {
    const { server, mailbox } = await withMail();
    const person = await signedIn(server);
    await sendForm(server.person(), '/forgot', { email });
    const path = linkIn(mailbox.take()[0]);
    await sendForm(person, '/account/email', { email: 'new@acme.com' });
    await person.send(await readForm(await person.open(linkIn(mailbox.take()[0])), '/confirm-address'));
    const form = await readForm(await server.person().open(path), '/welcome');
    expect((await server.person().send(form, { password: 'of a stranger 1' })).status).toBe(400);
    expect((await server.person().signIn('new@acme.com', password)).status).toBe(200);
  });

  it('of a disabled person is not replaced', async () => {
    const { server, mailbox } = await withMail();
    await signedIn(server);
    const { id } = await personOf(server, email);
    await addAdministrator(server);
    mailbox.take();
    await administer(server, 'PATCH', `/people/${id}`, { disabled: true });
    await sendForm(server.person(), '/forgot', { email });
    expect(mailbox.take()).toEqual([]);
  });

  it('where no mail goes out, the page says whom to ask; on loopback the link is in the log, and only there', async () => {
    const log = vi.spyOn(console, 'log');
    const mails = () => log.mock.calls.filter(([line]) => String(line).includes('"mail"'));
    const server = serve();
    await signedIn(server);
    expect(text(await (await server.person().open('/forgot')).text())).toContain('cannot send mail');
    expect(await (await server.person().open('/sign-in')).text()).not.toContain('/forgot');
    const local = serve(bindings([], { ISSUER: 'http://localhost:8787' }));
    await sendForm(local.person(), '/forgot', { email });
    expect(mails()).toHaveLength(1);
    expect(JSON.parse(String(mails()[0]?.[0])).mail.to).toBe(email);
    const bound = await withMail();
    await sendForm(bound.server.person(), '/forgot', { email });
    expect([mails().length, bound.mailbox.take().length]).toEqual([1, 1]);
  });
});

describe('an invitation', () => {
  it('is mailed where mail goes out; only the mailed link proves the address', async () => {
    const { server, mailbox } = await withMail();
    const invite = (address: string) =>
      administer<{ link: string; mailed: boolean }>(server, 'POST', '/people', { email: address, name: 'Bob' });
    const first = await invite('bob@acme.com');
    expect(first.mailed).toBe(true);
    const path = linkIn(mailbox.take()[0]);
    expect(first.link).not.toContain(path);
    await sendForm(server.person(), path, { password: 'a good password' }, '/welcome');
    expect(await personOf(server, 'bob@acme.com')).toMatchObject({ email_verified_at: expect.any(Number) });
    const second = await invite('eve@acme.com');
    const handed = new URL(second.link);
    await sendForm(server.person(), handed.pathname + handed.search, { password: 'a good password' }, '/welcome');
    expect(await personOf(server, 'eve@acme.com')).toMatchObject({ email_verified_at: null });
  });
});

describe('signing up where mail goes out', () => {
  it('answers alike for an address that has an account, and tells only its reader', async () => {
    const { server, mailbox } = await withMail();
    await setSetting(server, 'sign_up', 'allow');
    await signedIn(server);
    const pages = [];
    for (const address of ['carol@acme.com', email]) {
      const response = await sendForm(server.person(), '/sign-up', { name: 'Carol', email: address });
      pages.push([response.status, comparable(await response.text())]);
    }
    expect(pages[1]).toEqual(pages[0]);
    const [first, second] = mailbox.take();
    expect([first?.to, second?.to]).toEqual(['carol@acme.com', email]);
    expect(second?.text).toContain('You have one already');
    expect(await personOf(server, 'carol@acme.com')).toBeNull();

    const carol = server.person();
    const done = await sendForm(carol, linkIn(first), { password: 'a good password' }, '/sign-up/finish');
    expect(text(await done.text())).toContain('carol@acme.com (confirmed)');
    const twice = await sendForm(server.person(), linkIn(first), { password: 'a bad password' }, '/sign-up/finish');
    expect(twice.status).toBe(400);
    expect((await server.person().signIn('carol@acme.com', 'a good password')).status).toBe(200);
  });
});

describe('the address of a person', () => {
  const EMAIL = '/account/email';

  it('is changed by whoever reads mail at the new one; the old one is told', async () => {
    const { server, mailbox } = await withMail();
    const person = await signedIn(server);
    await sendForm(person, EMAIL, { email: 'New@Acme.com' });
    const [letter] = mailbox.take();
    expect(letter?.to).toBe('new@acme.com');
    expect(await personOf(server, email)).toMatchObject({ email });
    const stranger = server.person();
    const page = await (await stranger.open(linkIn(letter))).text();
    expect(text(page)).toContain('Is new@acme.com your e-mail address?');
    const form = parseForm(page, '/confirm-address');
    expect(text(await (await stranger.send(form)).text())).toContain('From now on your address here is new@acme.com');
    expect(mailbox.take()).toMatchObject([{ to: email, subject: expect.stringContaining('was changed') }]);
    expect(await personOf(server, 'new@acme.com')).toMatchObject({ email_verified_at: expect.any(Number) });
    expect((await stranger.send(form)).status).toBe(400);
    expect((await server.person().signIn('new@acme.com', password)).status).toBe(200);
  });

  it('opening the link changes nothing: programs that look at mail open it, too', async () => {
    const { server, mailbox } = await withMail();
    const person = await signedIn(server);
    await sendForm(person, EMAIL, { email: 'new@acme.com' });
    await server.fetch(linkIn(mailbox.take()[0]));
    expect(await personOf(server, email)).toMatchObject({ email_verified_at: null });
  });

  it('is confirmed by a link to itself, once, within a day', async () => {
    const { server, mailbox } = await withMail();
    const person = await signedIn(server);
    await sendForm(person, EMAIL, { verify: 'yes' });
    const path = linkIn(mailbox.take()[0]);
    const form = await readForm(await person.open(path), '/confirm-address');
    expect((await person.send(form)).status).toBe(200);
    expect(mailbox.take()).toMatchObject([{ to: email, text: expect.stringContaining('You have confirmed') }]);
    expect(text(await (await person.open('/account')).text())).toContain('(confirmed)');
    expect((await person.send(form)).status).toBe(400);
    later(86_401);
    expect((await person.open(path)).status).toBe(400);
  });

  it('is not changed by a link that was asked for before a new password was chosen', async () => {
    const { server, mailbox } = await withMail();
    // Whoever sat at the open browser asked for it.
    const person = await signedIn(server);
    await sendForm(person, EMAIL, { email: 'stranger@acme.com' });
    const path = linkIn(mailbox.take()[0]);
    later(1);
    await sendForm(person, '/account/password', { password: 'known to its owner 1' });
    const stranger = server.person();
    const form = await readForm(await stranger.open(path), '/confirm-address');
    expect((await stranger.send(form)).status).toBe(400);
    expect(await personOf(server, email)).toMatchObject({ email });
  });

  it('of somebody else cannot be taken, and the page does not tell; two who race for one get one', async () => {
    const { server, mailbox } = await withMail();
    await administer(server, 'POST', '/people', { email: 'bob@acme.com', name: 'Bob' });
    mailbox.take();
    const person = await signedIn(server);
    const pages = [];
    for (const address of ['bob@acme.com', 'free@acme.com']) {
      const response = await sendForm(person, EMAIL, { email: address });
      pages.push([response.status, comparable(await response.text())]);
    }
    expect(pages[1]).toEqual(pages[0]);
    const [taken, free] = mailbox.take();
    expect(taken?.text).toContain('belongs to an account there already');
    await administer(server, 'POST', '/people', { email: 'free@acme.com', name: 'Quick' });
    const late = await readForm(await person.open(linkIn(free)), '/confirm-address');
    expect((await person.send(late)).status).toBe(400);
    expect(await personOf(server, email)).toMatchObject({ email });
  });

  it('a link that somebody made up, or for another address by now, does nothing', async () => {
    const { server, mailbox } = await withMail();
    const person = await signedIn(server);
    await sendForm(person, EMAIL, { email: 'one@acme.com' });
    await sendForm(person, EMAIL, { email: 'two@acme.com' });
    const [one, two] = mailbox.take().map(linkIn);
    for (const [path, status] of [
      [one, 200],
      [two, 400],
    ] as const) {
      const form = await readForm(await person.open(path ?? ''), '/confirm-address');
      expect((await person.send(form)).status).toBe(status);
    }
    expect((await person.open('/confirm-address?link=x.y.z')).status).toBe(400);
  });
});
