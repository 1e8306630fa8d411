/** POST /api/admin/imports/users: users come with their passwords, whole, and once. */
import { describe, expect, it } from 'vitest';
import { errorOf } from '../support/client.ts';
import { administer, bindings, type Server, serve, setSetting, settle } from '../support/server.ts';

/** `correct horse battery`, as passlib 1.7.4 hashes it. */
const HASH = '$pbkdf2-sha256$29000$MDEyMzQ1Njc4OWFiY2RlZg$HwysB.Ke0YuzHEd/zzqZI6iTbuC8ephxy6jSfQdwV8M';
const PASSWORD = 'correct horse battery';
const SOURCE = 'frappe:erp.example';

const ada = { source_name: 'ada@corp.example', email: 'Ada@corp.example', name: 'Ada', password_hash: HASH };

type Outcome = { source_name: string; outcome: string; reason?: string };
const send = async (server: Server, users: object[], more: object = {}) =>
  (await administer<{ outcomes: Outcome[] }>(server, 'POST', '/imports/users', { source: SOURCE, users, ...more }))
    .outcomes;
const outcomesOf = async (...sent: Parameters<typeof send>) => (await send(...sent)).map(({ outcome }) => outcome);

const hashOf = (server: Server, email: string) =>
  server.env.DB.prepare('SELECT password_hash FROM users WHERE email = ?').bind(email).first<string>('password_hash');

const signsIn = async (server: Server, email: string, password: string) => {
  const user = server.user();
  await user.signIn(email, password);
  await settle();
  return user.cookies.has('__Host-session');
};

describe('an imported user', () => {
  it('signs in with the old password, whose hash the first sign-in replaces', async () => {
    const server = serve();
    await setSetting(server, 'imported_password_iterations', 29_000);
    expect(await outcomesOf(server, [ada])).toEqual(['imported']);
    expect(await hashOf(server, 'ada@corp.example')).toBe(HASH);
    expect(await signsIn(server, 'ada@corp.example', 'wrong horse battery')).toBe(false);
    expect(await hashOf(server, 'ada@corp.example')).toBe(HASH);
    expect(await signsIn(server, 'ada@corp.example', PASSWORD)).toBe(true);
    expect(await hashOf(server, 'ada@corp.example')).toMatch(/^scrypt\$/);
    await setSetting(server, 'imported_password_iterations', 0);
    expect(await signsIn(server, 'ada@corp.example', PASSWORD)).toBe(true);
  });

  it('does not sign in by the old hash while the setting accepts none, nor while disabled', async () => {
    const server = serve();
    expect(await outcomesOf(server, [ada, { ...ada, source_name: 'b', email: 'b@x.example', disabled: true }])).toEqual(
      ['imported', 'imported'],
    );
    expect(await signsIn(server, 'ada@corp.example', PASSWORD)).toBe(false);
    await setSetting(server, 'imported_password_iterations', 29_000);
    expect(await signsIn(server, 'b@x.example', PASSWORD)).toBe(false);
    expect(await hashOf(server, 'b@x.example')).toBe(HASH);
  });

  it('has profile, roles and state, is found by search, and is in the audit log', async () => {
    const server = serve();
    const eve = {
      source_name: 'eve',
      email: 'eve@corp.example',
      name: 'Eve Lovelace',
      given_name: 'Eve',
      family_name: 'Lovelace',
      picture: 'https://erp.example/eve.png',
      locale: 'de',
      roles: ['sales-user', 'accounts'],
      email_verified: true,
      disabled: true,
    };
    await send(server, [eve]);
    const { source_name: _, ...shown } = eve;
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users?search=lovel');
    expect(users).toEqual([expect.objectContaining({ ...shown, has_password: false })]);
    const { events } = await administer<{ events: object[] }>(server, 'GET', `/events?subject=${users[0]?.id}`);
    const detail = { roles: eve.roles, imported_from: SOURCE };
    expect(events).toEqual([expect.objectContaining({ type: 'user.added', detail })]);
  });
});

describe('an import', () => {
  it('that runs again changes nothing, whatever was changed meanwhile', async () => {
    const server = serve();
    await send(server, [ada]);
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users?email=ada@corp.example');
    await administer(server, 'PATCH', `/users/${users[0]?.id}`, { email: 'ada@new.example', name: 'Ada B.' });
    expect(await outcomesOf(server, [ada, { ...ada, source_name: 'bob', email: 'bob@x.example' }])).toEqual([
      'exists',
      'imported',
    ]);
    expect(await administer(server, 'GET', `/users/${users[0]?.id}`)).toMatchObject({ email: 'ada@new.example' });
    const added = "SELECT count(*) AS n FROM audit_events WHERE type = 'user.added' AND subject = ?";
    expect(await server.env.DB.prepare(added).bind(users[0]?.id).first('n')).toBe(1);
  });

  it('imports nothing when it is dry, and says the same', async () => {
    const server = serve();
    const twice = [ada, { ...ada, source_name: 'again' }];
    const outcomes = [
      { source_name: ada.source_name, outcome: 'imported' },
      { source_name: 'again', outcome: 'refused', reason: 'another account has this e-mail address' },
    ];
    expect(await send(server, twice, { dry_run: true })).toEqual(outcomes);
    expect(await hashOf(server, 'ada@corp.example')).toBeNull();
    expect(await send(server, twice)).toEqual(outcomes);
  });

  it('does not touch an account that has the address already', async () => {
    const server = serve();
    await administer(server, 'POST', '/users', { email: 'ada@corp.example', name: 'Another' });
    expect(await outcomesOf(server, [ada])).toEqual(['refused']);
    expect(await hashOf(server, 'ada@corp.example')).toBeNull();
  });

  it('does not bring back a user who was deleted here', async () => {
    const env = bindings();
    const server = serve(env);
    await send(server, [ada]);
    const id = await env.DB.prepare("SELECT id FROM users WHERE email = 'ada@corp.example'").first<string>('id');
    await env.DB.batch([
      env.DB.prepare('DELETE FROM users WHERE id = ?').bind(id),
      env.DB.prepare("INSERT INTO audit_events VALUES ('r', 'user.deleted', ?, 1, 'cron', '{}')").bind(id),
    ]);
    expect(await outcomesOf(server, [ada], { dry_run: true })).toEqual(['refused']);
    expect(await outcomesOf(server, [ada])).toEqual(['refused']);
    expect(await hashOf(server, 'ada@corp.example')).toBeNull();
  });

  it.each([
    ['a hash that cannot be verified', { password_hash: '$argon2id$v=19$m=102400,t=2,p=8$5pzT$Uya' }],
    ['more iterations than the platform allows', { password_hash: HASH.replace('29000', '600000') }],
    ['a hash of this server', { password_hash: 'scrypt$16384$8$5$abc$def' }],
    ['a role with spaces', { roles: ['System Manager'] }],
    ['an address that is none', { email: 'Administrator' }],
    ['an unknown member', { is_admin: true }],
    ['a name of another type', { name: { toString: 'x' } }],
    ['a giant text', { name: 'x'.repeat(10_000) }],
  ])('imports none of its users where one has %s', async (_, wrong) => {
    const server = serve();
    const response = await server.admin('POST', '/imports/users', {
      source: SOURCE,
      users: [ada, { ...ada, source_name: 'b', email: 'b@x.example', ...wrong }],
    });
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_request']);
    expect(await hashOf(server, 'ada@corp.example')).toBeNull();
  });
});
