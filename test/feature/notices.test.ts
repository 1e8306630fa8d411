/** Mail that tells the owner of an account what was changed about the way into it. */
import { describe, expect, it } from 'vitest';
import { Authenticator } from '../support/authenticator.ts';
import { ADMINISTRATOR, ISSUER } from '../support/client.ts';
import { type FarEnd, farEnd } from '../support/far-end.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { follow, identitiesOf, makeLogin, returnFrom, says } from '../support/social.ts';
import { parseForm, readForm, type User } from '../support/user.ts';

const { email, password } = ADMINISTRATOR;

async function fill(user: User, path: string, typed: Record<string, string>, action = path) {
  return user.send(await readForm(await user.open(path), action), typed);
}

async function withMail() {
  const mailbox = new Mailbox();
  const server = serve(bindings([], { EMAIL: mailbox.binding }));
  await setSetting(server, 'mail_from', 'id@acme.com');
  const user = server.user();
  await user.signIn(email, password);
  return { server, mailbox, user };
}

const METHODS = '/account/sign-in-methods';

async function linkAccount(user: User, far: FarEnd) {
  const html = await (await user.open(METHODS)).text();
  const sent = follow(far, await user.send(parseForm(html, `${METHODS}/link`)));
  return user.send(await readForm(await returnFrom(user, far, sent), '/social-login/far/link'));
}

const ADD = '/account/passkeys/add';

async function addPasskey(user: User, name: string) {
  const form = await readForm(await user.open(ADD), ADD);
  return user.send(form, { name, passkey: await new Authenticator(ISSUER).create(form) });
}

async function passkeyIn(server: Server): Promise<{ id: string; user_id: string }> {
  const row = await server.env.DB.prepare('SELECT id, user_id FROM passkeys').first<{
    id: string;
    user_id: string;
  }>();
  if (!row) throw new Error('there is no passkey');
  return row;
}

type Given = Awaited<ReturnType<typeof withMail>>;

/** Operations, and the notice that the user gets of each. The mailbox is emptied before each one. */
const DEEDS: [what: string, told: string, ready: (given: Given) => Promise<() => Promise<unknown>>][] = [
  [
    'a password that was changed on the account page',
    'The password of your account was changed',
    async ({ user }) =>
      () =>
        fill(user, '/account/password', { password: 'another password' }),
  ],
  [
    'a password that was chosen by a link',
    'The password of your account was changed',
    async ({ server, mailbox }) => {
      const visitor = server.user();
      await fill(visitor, '/forgot', { email });
      const link = linkIn(mailbox.take()[0]);
      return () => fill(visitor, link, { password: 'another password' }, '/welcome');
    },
  ],
  [
    'an address that was confirmed',
    `You have confirmed that ${email} is the address`,
    async ({ user, mailbox }) => {
      await fill(user, '/account/email', { verify: 'yes' });
      const link = linkIn(mailbox.take()[0]);
      return () => fill(user, link, {}, '/confirm-address');
    },
  ],
  [
    'an address that was changed, at the one before',
    'now uses the address new@acme.com instead of this one',
    async ({ user, mailbox }) => {
      await fill(user, '/account/email', { email: 'new@acme.com' });
      const link = linkIn(mailbox.take()[0]);
      return () => fill(user, link, {}, '/confirm-address');
    },
  ],
  [
    'a passkey that was added',
    'signs in to your account was added: Blue laptop',
    async ({ user }) =>
      () =>
        addPasskey(user, 'Blue laptop'),
  ],
  [
    'an API key that was made',
    'An API key that acts for you was created: Nightly backup',
    async ({ user }) =>
      () =>
        fill(user, '/account/keys/add', { name: 'Nightly backup', scope: 'profile', days: '30' }),
  ],
  [
    'an API key that an administrator made',
    'An API key that acts for you was created: Nightly backup',
    async ({ server }) => {
      const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
      const key = { user: users[0]?.id, name: 'Nightly backup', scope: 'profile', days: 30 };
      return () => administer(server, 'POST', '/api-keys', key);
    },
  ],
  [
    'an account at an identity provider that was linked',
    'An account at Faraway was linked to yours',
    async ({ server, user }) => {
      const far = await farEnd();
      says(far, { sub: 'alice', email });
      await makeLogin(server, far);
      return () => linkAccount(user, far);
    },
  ],
  [
    'an account at an identity provider that was unlinked',
    'An account at Faraway no longer signs in to yours',
    async ({ server, user }) => {
      const far = await farEnd();
      says(far, { sub: 'alice', email });
      await makeLogin(server, far);
      await linkAccount(user, far);
      const [identity] = await identitiesOf(server);
      return () => fill(user, `${METHODS}/unlink?id=${identity?.id}`, {}, `${METHODS}/unlink`);
    },
  ],
  [
    'a passkey that was removed',
    'was removed: Blue laptop',
    async ({ server, user }) => {
      await addPasskey(user, 'Blue laptop');
      const { id } = await passkeyIn(server);
      return () => fill(user, `/account/passkeys/remove?id=${id}`, {}, '/account/passkeys/remove');
    },
  ],
  [
    'a passkey that an administrator removed',
    'was removed: Blue laptop',
    async ({ server, user }) => {
      await addPasskey(user, 'Blue laptop');
      const { id, user_id } = await passkeyIn(server);
      return () => administer(server, 'DELETE', `/users/${user_id}/passkeys/${id}`);
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
    const { server, mailbox, user } = await withMail();
    await addPasskey(user, 'Blue laptop');
    mailbox.take();
    await fill(user, '/account/password', { password: 'short' });
    const { id } = await passkeyIn(server);
    const remove = parseForm(
      await (await user.open(`/account/passkeys/remove?id=${id}`)).text(),
      '/account/passkeys/remove',
    );
    await user.send(remove, { id: 'pk_none' });
    expect(mailbox.take()).toEqual([]);
  });

  it('does not come to those who choose their first password: they know', async () => {
    const { server, mailbox } = await withMail();
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', {
      email: 'b@acme.com',
      name: 'Bob',
    });
    mailbox.take();
    const path = new URL(link).pathname + new URL(link).search;
    await fill(server.user(), path, { password: 'a good password' }, '/welcome');
    expect(mailbox.take()).toEqual([]);
  });

  it('comes even where an unauthenticated client has used up the mail that may be requested', async () => {
    const { server, mailbox, user } = await withMail();
    for (let i = 0; i < 5; i++) await fill(server.user(), '/forgot', { email });
    mailbox.take();
    await fill(user, '/account/password', { password: 'another password' });
    expect(mailbox.take()).toMatchObject([{ to: email }]);
  });

  it('is sent only so often: what is done after that is done, and not told', async () => {
    const { server, mailbox, user } = await withMail();
    await setSetting(server, 'mail_failures', 1);
    for (let i = 0; i < 12; i++) await fill(user, '/account/password', { password: `another password ${i}` });
    expect(mailbox.take()).toHaveLength(10);
    expect((await server.user().openAccount(email, 'another password 11')).status).toBe(200);
  });

  it('makes nobody wait: the page is there before the mail is sent', async () => {
    const { mailbox, user, server } = await withMail();
    let go: () => void = () => undefined;
    mailbox.binding.send = (() => new Promise<void>((resolve) => (go = resolve))) as never;
    const form = await readForm(await user.open('/account/password'), '/account/password');
    const cookie = [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, origin: ISSUER, 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams([...form.fields, ['password', 'another password']]).toString();
    const response = await server.fetchOnly(form.action, { method: 'POST', headers, body });
    expect(response.headers.get('location')).toContain('done=password');
    go();
  });
});
