/** Mail that tells the owner of an account what was changed about the way into it. */
import { describe, expect, it } from 'vitest';
import { Authenticator } from '../support/authenticator.ts';
import { ADMINISTRATOR, ISSUER } from '../support/client.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { type Person, parseForm, readForm } from '../support/person.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';

const { email, password } = ADMINISTRATOR;

async function fill(person: Person, path: string, typed: Record<string, string>, action = path) {
  return person.send(await readForm(await person.open(path), action), typed);
}

async function withMail() {
  const mailbox = new Mailbox();
  const server = serve(bindings([], { EMAIL: mailbox.binding }));
  await setSetting(server, 'mail_from', 'id@acme.com');
  const person = server.person();
  await person.signIn(email, password);
  return { server, mailbox, person };
}

const ADD = '/account/passkeys/add';

async function addPasskey(person: Person, name: string) {
  const form = await readForm(await person.open(ADD), ADD);
  return person.send(form, { name, passkey: await new Authenticator(ISSUER).create(form) });
}

async function passkeyIn(server: Server): Promise<{ id: string; person_id: string }> {
  const row = await server.env.DB.prepare('SELECT id, person_id FROM passkeys').first<{
    id: string;
    person_id: string;
  }>();
  if (!row) throw new Error('there is no passkey');
  return row;
}

type Given = Awaited<ReturnType<typeof withMail>>;

/** What is done, and what the owner is told. Before it is done the mailbox is emptied. */
const DEEDS: [what: string, told: string, ready: (given: Given) => Promise<() => Promise<unknown>>][] = [
  [
    'a password that was changed on the account page',
    'The password of your account was changed',
    async ({ person }) =>
      () =>
        fill(person, '/account/password', { password: 'another password' }),
  ],
  [
    'a password that was chosen by a link',
    'The password of your account was changed',
    async ({ server, mailbox }) => {
      const stranger = server.person();
      await fill(stranger, '/forgot', { email });
      const link = linkIn(mailbox.take()[0]);
      return () => fill(stranger, link, { password: 'another password' }, '/welcome');
    },
  ],
  [
    'an address that was confirmed',
    `You have confirmed that ${email} is the address`,
    async ({ person, mailbox }) => {
      await fill(person, '/account/email', { verify: 'yes' });
      const link = linkIn(mailbox.take()[0]);
      return () => fill(person, link, {}, '/confirm-address');
    },
  ],
  [
    'an address that was changed, at the one before',
    'now uses the address new@acme.com instead of this one',
    async ({ person, mailbox }) => {
      await fill(person, '/account/email', { email: 'new@acme.com' });
      const link = linkIn(mailbox.take()[0]);
      return () => fill(person, link, {}, '/confirm-address');
    },
  ],
  [
    'a passkey that was added',
    'signs in to your account was added: Blue laptop',
    async ({ person }) =>
      () =>
        addPasskey(person, 'Blue laptop'),
  ],
  [
    'a passkey that was removed',
    'was removed: Blue laptop',
    async ({ server, person }) => {
      await addPasskey(person, 'Blue laptop');
      const { id } = await passkeyIn(server);
      return () => fill(person, `/account/passkeys/remove?id=${id}`, {}, '/account/passkeys/remove');
    },
  ],
  [
    'a passkey that an administrator removed',
    'was removed: Blue laptop',
    async ({ server, person }) => {
      await addPasskey(person, 'Blue laptop');
      const { id, person_id } = await passkeyIn(server);
      return () => administer(server, 'DELETE', `/people/${person_id}/passkeys/${id}`);
    },
  ],
];

describe('the owner of an account is told by mail, with no link in it, of', () => {
  it.each(DEEDS)('%s', async (_, told, ready) => {
    const given = await withMail();
    const act = await ready(given);
    given.mailbox.take();
    await act();
    const letters = given.mailbox.take();
    expect(letters).toMatchObject([{ to: email, subject: expect.stringContaining('was changed') }]);
    expect(letters[0]?.text).toContain(told);
    expect(letters[0]?.text).not.toMatch(/https?:/);
  });
});

describe('a notice', () => {
  it('is not sent of what did not happen: a password that was refused, a passkey that is not there', async () => {
    const { server, mailbox, person } = await withMail();
    await addPasskey(person, 'Blue laptop');
    mailbox.take();
    await fill(person, '/account/password', { password: 'short' });
    const { id } = await passkeyIn(server);
    const remove = parseForm(
      await (await person.open(`/account/passkeys/remove?id=${id}`)).text(),
      '/account/passkeys/remove',
    );
    await person.send(remove, { id: 'pk_none' });
    expect(mailbox.take()).toEqual([]);
  });

  it('does not come to those who choose their first password: they know', async () => {
    const { server, mailbox } = await withMail();
    const { link } = await administer<{ link: string }>(server, 'POST', '/people', {
      email: 'b@acme.com',
      name: 'Bob',
    });
    mailbox.take();
    const path = new URL(link).pathname + new URL(link).search;
    await fill(server.person(), path, { password: 'a good password' }, '/welcome');
    expect(mailbox.take()).toEqual([]);
  });

  it('comes even where a stranger has used up the mail that may be asked for', async () => {
    const { server, mailbox, person } = await withMail();
    for (let i = 0; i < 5; i++) await fill(server.person(), '/forgot', { email });
    mailbox.take();
    await fill(person, '/account/password', { password: 'another password' });
    expect(mailbox.take()).toMatchObject([{ to: email }]);
  });

  it('is sent only so often: what is done after that is done, and not told', async () => {
    const { server, mailbox, person } = await withMail();
    await setSetting(server, 'mail_failures', 1);
    for (let i = 0; i < 12; i++) await fill(person, '/account/password', { password: `another password ${i}` });
    expect(mailbox.take()).toHaveLength(10);
    expect((await server.person().signIn(email, 'another password 11')).status).toBe(200);
  });

  it('makes nobody wait: the page is there before the mail is sent', async () => {
    const { mailbox, person, server } = await withMail();
    let go: () => void = () => undefined;
    mailbox.binding.send = (() => new Promise<void>((resolve) => (go = resolve))) as never;
    const form = await readForm(await person.open('/account/password'), '/account/password');
    const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, origin: ISSUER, 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams([...form.fields, ['password', 'another password']]).toString();
    const response = await server.fetchOnly(form.action, { method: 'POST', headers, body });
    expect(response.headers.get('location')).toContain('done=password');
    go();
  });
});
