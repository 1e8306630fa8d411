/** With passwords disabled, the only way in of the last administrator stays, by whatever path it would go. */
import { describe, expect, it } from 'vitest';
import { newIdentityId, newPasskeyId } from '../../src/protocol/credentials.ts';
import { farEnd } from '../support/far-end.ts';
import {
  ADMINISTRATOR,
  addAdministrator,
  administer,
  bindings,
  type Server,
  serve,
  setSetting,
} from '../support/server.ts';
import { makeLogin } from '../support/social.ts';
import { readForm } from '../support/user.ts';

type Shown = { id: string };

const addPasskey = async (server: Server, user: string, id: string = newPasskeyId()) => {
  await server.env.DB.prepare(
    `INSERT INTO passkeys (id, credential_id, user_id, name, public_key, counter, transports, synced, created_at)
     VALUES (?, ?, ?, 'Key', 'k', 0, '[]', 0, 0)`,
  )
    .bind(id, id, user)
    .run();
  return id;
};

const addIdentity = async (server: Server, user: string, login = 'far') => {
  const id = newIdentityId();
  await server.env.DB.prepare(
    `INSERT INTO user_identities (id, login_id, issuer, subject, user_id, created_at, last_used_at)
     VALUES (?, ?, 'https://far', ?, ?, 0, 0)`,
  )
    .bind(id, login, id, user)
    .run();
  return id;
};

/** Passwords are off. One administrator has a way in, another one has none. */
async function scene(way: 'passkey' | 'identity') {
  const server = serve(bindings());
  const [one, other] = [await addAdministrator<Shown>(server), await addAdministrator<Shown>(server)];
  for (const id of ['far', 'further']) await makeLogin(server, await farEnd(), { id });
  const id = await (way === 'passkey' ? addPasskey(server, one.id) : addIdentity(server, one.id));
  await setSetting(server, 'password_sign_in', false);
  return { server, one, other, id };
}

type Scene = Awaited<ReturnType<typeof scene>>;

const PATHS: [path: string, way: 'passkey' | 'identity', act: (scene: Scene) => Promise<Response>][] = [
  ['taking the passkey', 'passkey', ({ server, one, id }) => server.admin('DELETE', `/users/${one.id}/passkeys/${id}`)],
  ['unlinking the account', 'identity', ({ server, id }) => server.admin('DELETE', `/identities/${id}`)],
  ['deleting the social login', 'identity', ({ server }) => server.admin('DELETE', '/social-logins/far')],
  [
    'disabling the social login',
    'identity',
    ({ server }) => server.admin('PATCH', '/social-logins/far', { disabled: true }),
  ],
  [
    'disabling the administrator',
    'passkey',
    ({ server, one }) => server.admin('PATCH', `/users/${one.id}`, { disabled: true }),
  ],
  ['taking the role', 'identity', ({ server, one }) => server.admin('PATCH', `/users/${one.id}`, { roles: [] })],
];

describe('the only way in of the last administrator', () => {
  it.each(PATHS)('is kept, with the reason: %s', async (_, way, act) => {
    const given = await scene(way);
    const refused = await act(given);
    expect([refused.status, await refused.json()]).toMatchObject([
      409,
      { error: 'conflict', detail: expect.stringContaining('last') },
    ]);
    const { events } = await administer<{ events: { type: string }[] }>(given.server, 'GET', '/events?order=asc');
    const types = events.map(({ type }) => type);
    for (const type of ['passkey.removed', 'identity.unlinked', 'social-login.deleted', 'user.disabled'])
      expect(types).not.toContain(type);
    // It may be removed where another administrator has a sign-in method.
    await addPasskey(given.server, given.other.id);
    expect((await act(given)).ok).toBe(true);
  });

  it('is kept where passwords are to be switched off, and no administrator can sign in without', async () => {
    const server = serve();
    const admin = await addAdministrator<Shown>(server);
    await makeLogin(server, await farEnd());
    const off = () => server.admin('PUT', '/settings/password_sign_in', { value: false });
    expect((await off()).status).toBe(409);
    await addPasskey(server, admin.id);
    expect((await off()).status).toBe(200);
  });

  it('is kept on the page of the account, whatever this isolate still believes of the setting', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const { users } = await administer<{ users: Shown[] }>(server, 'GET', '/users');
    await makeLogin(server, await farEnd());
    const id = await addPasskey(server, users[0]?.id ?? '');
    const form = await readForm(await user.open(`/account/passkeys/remove?id=${id}`), '/account/passkeys/remove');
    // Another isolate switched passwords off: this one does not know yet.
    await server.env.DB.prepare("INSERT INTO settings VALUES ('password_sign_in', 'false')").run();
    expect((await user.send(form)).status).toBe(409);
  });

  it('is left, of fifty, where all are taken at once', async () => {
    const { server, one, id } = await scene('passkey');
    const all = [{ user: one.id, passkey: id }];
    for (let at = 0; at < 49; at++) {
      const { id: user } = await addAdministrator<Shown>(server);
      all.push({ user, passkey: await addPasskey(server, user) });
    }
    const answers = await Promise.all(
      all.map(({ user, passkey }) => server.admin('DELETE', `/users/${user}/passkeys/${passkey}`)),
    );
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(1);
    const left = await server.env.DB.prepare('SELECT id FROM passkeys').all();
    expect(left.results).toHaveLength(1);
  }, 60_000);

  it('is left where passwords are switched off and the last passkey is taken at once, whichever comes first', async () => {
    for (let round = 0; round < 10; round++) {
      const server = serve();
      await server.env.DB.batch(
        ['users', 'passkeys', 'settings', 'social_logins'].map((table) =>
          server.env.DB.prepare(`DELETE FROM ${table}`),
        ),
      );
      const user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      const { users } = await administer<{ users: Shown[] }>(server, 'GET', '/users');
      const id = users[0]?.id ?? '';
      await makeLogin(server, await farEnd());
      const passkey = await addPasskey(server, id);
      const [off, taken] = await Promise.all([
        server.admin('PUT', '/settings/password_sign_in', { value: false }),
        server.admin('DELETE', `/users/${id}/passkeys/${passkey}`),
      ]);
      expect([off.ok, taken.ok].filter(Boolean)).toHaveLength(1);
    }
  }, 60_000);
});
