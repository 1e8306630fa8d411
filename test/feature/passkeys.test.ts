/** Passkeys (WebAuthn Level 3) and what a sign-in with one is called (RFC 8176). */
import { describe, expect, it, vi } from 'vitest';
import { amrOfPasskey } from '../../src/protocol/amr.ts';
import { Authenticator, type Mistakes } from '../support/authenticator.ts';
import { ADMINISTRATOR, ISSUER } from '../support/client.ts';
import { addAdministrator, administer, type Server, serve } from '../support/server.ts';
import { type Form, parseForm, readForm, text, type User } from '../support/user.ts';

const { email, password } = ADMINISTRATOR;
const ADD = '/account/passkeys/add';
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

async function signedIn(server: Server): Promise<User> {
  const user = server.user();
  await user.signIn(email, password);
  return user;
}

async function addTo(user: User, device = new Authenticator(ISSUER), mistakes: Mistakes = {}) {
  const form = await readForm(await user.open(ADD), ADD);
  const response = await user.send(form, { name: 'Laptop', passkey: await device.create(form, mistakes) });
  return { device, form, html: await response.text() };
}

/** The form of the sign-in page that the script fills in, with the hidden fields of the other one. */
async function passkeyForm(user: User): Promise<Form> {
  const html = await (await user.open('/sign-in')).text();
  const [other, own] = [parseForm(html, '/sign-in'), parseForm(html, '/sign-in/passkey')];
  return { ...own, fields: [...own.fields, ...other.fields], html };
}

async function signInWith(server: Server, device: Authenticator, mistakes: Mistakes = {}, user = server.user()) {
  const form = await passkeyForm(user);
  const response = await user.send(form, { passkey: await device.get(form, mistakes) });
  return { user, form, response };
}

describe('a passkey', () => {
  it('signs in without a password; the session says how (RFC 8176 §2)', async () => {
    const server = serve();
    const { device, html } = await addTo(await signedIn(server));
    expect(text(html)).toContain('The passkey is ready');
    const { response } = await signInWith(server, device);
    expect(text(await response.text())).toContain(email);
    const { results } = await server.env.DB.prepare('SELECT amr FROM sessions ORDER BY auth_time').all();
    expect(results.at(-1)).toEqual({ amr: '["hwk","user","mfa"]' });
  });

  it.each([
    [{ synced: false, verified: true }, ['hwk', 'user', 'mfa']],
    [{ synced: true, verified: true }, ['swk', 'user', 'mfa']],
    [{ synced: false, verified: false }, ['hwk', 'user']],
  ])('%o is called %o', (proof, amr) => {
    expect(amrOfPasskey(proof)).toEqual(amr);
  });

  it('is asked for without saying who has one: the list of credentials is empty (WebAuthn §14.6.2)', async () => {
    const server = serve();
    await addTo(await signedIn(server));
    const { html } = await passkeyForm(server.user());
    expect(html).not.toContain('allowCredentials');
  });

  it('the answer to a challenge is good once, and so is fifty times the same answer at once', async () => {
    const server = serve();
    const { device } = await addTo(await signedIn(server));
    const user = server.user();
    const form = await passkeyForm(user);
    const passkey = await device.get(form);
    const answers = await Promise.all(Array.from({ length: 50 }, () => user.send(form, { passkey })));
    expect(answers.filter((response) => response.status === 200)).toHaveLength(1);
    expect((await user.send(form, { passkey })).status).toBe(400);
  });

  it('in a form that waited for more than an hour, or came from another browser, signs nobody in', async () => {
    const server = serve();
    const { device } = await addTo(await signedIn(server));
    const victim = server.user();
    const form = await passkeyForm(victim);
    const passkey = await device.get(form);
    const thief = server.user();
    const own = await passkeyForm(thief);
    const ceremony = form.fields.find(([name]) => name === 'ceremony')?.[1] ?? '';
    expect((await thief.send(own, { ceremony, passkey })).status).toBe(400);
    later(3700);
    expect((await victim.send(form, { passkey })).status).toBe(400);
    expect(victim.cookies.has('__Host-session')).toBe(false);
  });

  const WRONG: [string, Mistakes][] = [
    ['from another origin (§7.2 step 12)', { origin: 'https://evil.example' }],
    ['for another site (§7.2 step 15)', { rpId: 'evil.example' }],
    ['to another challenge (§7.2 step 11)', { challenge: 'AAAA' }],
    ['of nobody who was there (§7.2 step 16)', { flags: 0x00 }],
    ['whose user was not verified (§7.2 step 17)', { flags: 0x01 }],
    ['with a wrong signature (§7.2 step 21)', { signature: new Uint8Array([0x30, 6, 2, 1, 1, 2, 1, 1]) }],
    ['with a signature that is none', { signature: new Uint8Array([1, 2, 3]) }],
    ['for another user (§7.2 step 6)', { userHandle: Buffer.from('u_0000000000000000000000').toString('base64url') }],
  ];

  it.each(WRONG)('an answer %s signs nobody in, and spends nothing', async (_, mistakes) => {
    const server = serve();
    const { device } = await addTo(await signedIn(server));
    const { response, user, form } = await signInWith(server, device, mistakes);
    expect(response.status).toBe(400);
    expect(text(await response.text())).toContain('That passkey did not work here');
    expect((await user.send(form, { passkey: await device.get(form) })).status).toBe(200);
  });

  it('whose counter goes back was copied (§6.1.1): it signs nobody in', async () => {
    const server = serve();
    const device = new Authenticator(ISSUER);
    device.counter = 5;
    await addTo(await signedIn(server), device);
    expect((await signInWith(server, device)).response.status).toBe(200);
    expect((await signInWith(server, device, { counter: 3 })).response.status).toBe(400);
  });

  it('what is no answer at all is refused with a page', async () => {
    const server = serve();
    const { device } = await addTo(await signedIn(server));
    const user = server.user();
    const form = await passkeyForm(user);
    const good = JSON.parse(await device.get(form));
    const bad = ['', '{', '[]', 'null', '{"id":1}', JSON.stringify({ ...good, id: 'x'.repeat(2000) })];
    bad.push(JSON.stringify({ ...good, response: { ...good.response, authenticatorData: 'AAAA' } }));
    for (const passkey of bad) {
      expect([passkey.slice(0, 20), (await user.send(form, { passkey })).status]).toEqual([passkey.slice(0, 20), 400]);
    }
  });

  it('of a disabled user signs nobody in', async () => {
    const server = serve();
    const { device } = await addTo(await signedIn(server));
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${email}`);
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${users[0]?.id}`, { disabled: true });
    expect((await signInWith(server, device)).response.status).toBe(400);
  });
});

describe('adding and removing passkeys', () => {
  it.each([
    ['from another origin', { origin: 'https://evil.example' }],
    ['for another site', { rpId: 'evil.example' }],
    ['to another challenge', { challenge: 'AAAA' }],
    ['whose user was not verified', { flags: 0x01 }],
  ] as [string, Mistakes][])('a new key %s is not taken (WebAuthn §7.1)', async (_, mistakes) => {
    const server = serve();
    const user = await signedIn(server);
    const { html } = await addTo(user, new Authenticator(ISSUER), mistakes);
    expect(text(html)).toContain('could not be checked');
    expect(text(await (await user.open('/account/passkeys')).text())).toContain('You have no passkey yet');
  });

  it('a challenge makes one passkey, and only in the session that it was made for', async () => {
    const server = serve();
    const user = await signedIn(server);
    const { form, device } = await addTo(user);
    const again = await user.send(form, { passkey: await new Authenticator(ISSUER).create(form) });
    expect(again.status).toBe(400);
    const other = await signedIn(server);
    const own = await readForm(await other.open(ADD), ADD);
    const ceremony = form.fields.find(([name]) => name === 'ceremony')?.[1] ?? '';
    expect((await other.send(own, { ceremony, passkey: await device.create(form) })).status).toBe(400);
    const { results } = await server.env.DB.prepare('SELECT id FROM passkeys').all();
    expect(results).toHaveLength(1);
  });

  it('another user can neither rename nor remove one; the only way in is never removed', async () => {
    const server = serve();
    const owner = await signedIn(server);
    const { device } = await addTo(owner);
    const [, id = ''] = /rename\?id=(w_\w+)/.exec(await (await owner.open('/account/passkeys')).text()) ?? [];
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', {
      email: 'e@example.com',
      name: 'Eve',
    });
    const eve = server.user();
    const path = new URL(link).pathname + new URL(link).search;
    await eve.send(await readForm(await eve.open(path), '/welcome'), { password: 'a good password' });
    expect((await eve.open(`/account/passkeys/remove?id=${id}`)).status).toBe(404);
    const token = (await readForm(await eve.open('/account/profile'), '/account/profile')).fields;
    for (const action of ['/account/passkeys/remove', '/account/passkeys/rename']) {
      await eve.send({ action, fields: token, html: '' }, { id, name: 'Mine' });
    }
    await server.env.DB.prepare('UPDATE users SET password_hash = NULL WHERE email = ?').bind(email).run();
    const { user } = await signInWith(server, device);
    const page = await user.open(`/account/passkeys/remove?id=${id}`);
    const html = await page.text();
    expect(text(html)).toContain('Remove the passkey Laptop?');
    const kept = await user.send(parseForm(html, '/account/passkeys/remove'));
    expect([kept.status, text(await kept.text())]).toEqual([409, expect.stringContaining('only way to sign in')]);
    expect((await signInWith(server, device)).response.status).toBe(200);
  });

  it('adding and removing ask for a fresh sign-in after ten minutes, and lead back', async () => {
    const server = serve();
    const user = await signedIn(server);
    later(601);
    const page = await user.open(ADD);
    expect(text(await page.clone().text())).toContain('Please sign in again');
    const back = await user.send(await readForm(page, '/sign-in'), ADMINISTRATOR);
    expect(text(await back.text())).toContain('Name of the passkey');
  });

  it('an administrator sees them, and takes one away, even the last', async () => {
    const server = serve();
    const { device } = await addTo(await signedIn(server));
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${email}`);
    type Shown = { passkeys: { id: string; name: string }[] };
    const { passkeys } = await administer<Shown>(server, 'GET', `/users/${users[0]?.id}`);
    expect(passkeys).toMatchObject([{ name: 'Laptop', synced: false, last_used_at: null }]);
    await administer(server, 'DELETE', `/users/${users[0]?.id}/passkeys/${passkeys[0]?.id}`);
    expect((await signInWith(server, device)).response.status).toBe(400);
  });

  it('nobody has more than twenty', async () => {
    const server = serve();
    const user = await signedIn(server);
    const insert = `INSERT INTO passkeys (id, credential_id, user_id, name, public_key, counter, transports, synced, created_at)
      SELECT 'w_' || ?1, 'c' || ?1, id, 'x', 'x', 0, '[]', 0, ?1 FROM users`;
    await server.env.DB.batch(
      Array.from({ length: 19 }, (_, number) => server.env.DB.prepare(insert).bind(String(number))),
    );
    const forms = await Promise.all(Array.from({ length: 5 }, async () => readForm(await user.open(ADD), ADD)));
    await Promise.all(
      forms.map(async (form) => user.send(form, { passkey: await new Authenticator(ISSUER).create(form) })),
    );
    const { results } = await server.env.DB.prepare('SELECT id FROM passkeys').all();
    expect(results).toHaveLength(20);
    expect(text(await (await user.open(ADD)).text())).toContain('as many passkeys as one user can have');
  });
});
