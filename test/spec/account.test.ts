/** Pages about oneself: profile, password, sessions, applications, and what needs a fresh sign-in. */
import { describe, expect, it, vi } from 'vitest';
import { ACTS, type Act } from '../../src/identity/visitor.ts';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  me,
  obtainTokens,
  payloadOf,
  refresh,
  type Tokens,
} from '../support/client.ts';
import { type Person, parseForm, readForm, text } from '../support/person.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';

const { email, password } = ADMINISTRATOR;
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

async function signedIn(server: Server, userAgent = '') {
  const person = server.person();
  if (userAgent) {
    const request = person.request.bind(person);
    person.request = (path, init = {}) =>
      request(path, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), 'user-agent': userAgent },
      });
  }
  await person.signIn(email, password);
  return person;
}

const show = async (person: Person, path: string) => text(await (await person.open(path)).text());
const fill = async (person: Person, path: string, typed: Record<string, string>) =>
  person.send(await readForm(await person.open(path), path), typed);

describe('a fresh sign-in', () => {
  /** Where each act begins: every act has a line but linking, which begins at a provider (social-login-accounts.test.ts). */
  const PAGES: Record<Exclude<Act, 'link-account'>, string> = {
    look: '/account',
    'change-profile': '/account/profile',
    'change-password': '/account/password',
    'change-email': '/account/email',
    'add-passkey': '/account/passkeys/add',
    'rename-passkey': '/account/passkeys/rename?id=none',
    'remove-passkey': '/account/passkeys/remove?id=none',
    'end-session': '/account/sessions',
    'withdraw-access': '/account/applications',
    'unlink-account': '/account/sign-in-methods/unlink?id=none',
    'create-key': '/account/keys/add',
    'revoke-key': '/account/keys',
    administer: '/console/clients',
    'administer-for-good': '/console/tokens/end?client=c_none',
  };

  it.each(Object.entries(PAGES))(
    '%s asks for one after ten minutes exactly where the table says so',
    async (act, path) => {
      const server = serve();
      const person = await signedIn(server);
      later(590);
      expect((await person.request(path)).status).not.toBe(303);
      later(11);
      const response = await person.request(path);
      expect(response.status === 303).toBe(ACTS[act as Act]);
      if (!ACTS[act as Act]) return;
      const asked = await person.open(response.headers.get('location') ?? '');
      const html = await asked.text();
      expect(text(html)).toContain('Please sign in again to show that it is you');
      expect(html).toContain(`value="${email}"`);
      await person.send(parseForm(html, '/sign-in'), ADMINISTRATOR);
      expect((await person.request(path)).status).not.toBe(303);
    },
  );

  it('a form that was open for too long changes nothing, and leads to the sign-in page and back', async () => {
    const server = serve();
    const person = await signedIn(server);
    const form = await readForm(await person.open('/account/password'), '/account/password');
    later(601);
    const response = await person.send(form, { password: 'another password' });
    const html = await response.text();
    expect(text(html)).toContain('Please sign in again');
    const back = await person.send(parseForm(html, '/sign-in'), ADMINISTRATOR);
    expect(text(await back.text())).toContain('All your other browsers will be signed out');
  });
});

describe("a key of one's own", () => {
  it('is made only after a fresh sign-in, which leads back to making it; it is revoked without', async () => {
    const server = serve();
    const person = await signedIn(server);
    const typed = { name: 'Backup', scope: 'profile', days: '30' };
    const form = await readForm(await person.open('/account/keys/add'), '/account/keys/add');
    expect(text(await (await person.send(form, typed)).text())).toContain('shown this once');
    later(601);
    const asked = await (await person.send(form, { ...typed, name: 'Another' })).text();
    expect(text(asked)).toContain('Please sign in again to show that it is you');
    expect(await show(person, '/account/keys')).not.toContain('Another');
    const revoked = await readForm(await person.open('/account/keys'), '/account/keys');
    const { id } = (await server.env.DB.prepare('SELECT id FROM api_keys').first<{ id: string }>()) ?? { id: '' };
    expect(text(await (await person.send(revoked, { key: id })).text())).toContain('You have no key');
    const back = await (await person.send(parseForm(asked, '/sign-in'), ADMINISTRATOR)).text();
    const again = await person.send(parseForm(back, '/account/keys/add'), typed);
    expect(text(await again.text())).toContain('shown this once');
  });
});

describe('the profile', () => {
  it('is what applications see; what is left empty is left out (OpenID Connect Core §5.3.2)', async () => {
    const server = serve();
    const person = await signedIn(server);
    const typed = {
      name: 'Ada Lovelace',
      given_name: 'Ada',
      family_name: 'Lovelace',
      picture: 'https://p.acme.com/a.png',
    };
    expect(text(await (await fill(person, '/account/profile', typed)).text())).toContain('Your profile was saved');
    const client = await makeClient(server, {}, { trusted: true });
    const tokens = await obtainTokens(server, client);
    expect(await (await me(server, tokens.access_token, '/userinfo')).json()).toMatchObject(typed);
    await fill(person, '/account/profile', { ...typed, given_name: '', picture: '' });
    const claims = await (await me(server, tokens.access_token, '/userinfo')).json();
    expect(Object.keys(claims as object)).not.toEqual(expect.arrayContaining(['picture']));
  });

  it.each([
    [{ name: ' ' }, 'Please enter your name'],
    [{ picture: 'http://p.acme.com/a.png' }, 'not an https address'],
    [{ picture: 'javascript:alert(1)' }, 'not an https address'],
    [{ family_name: 'x'.repeat(201) }, 'At most 200 characters'],
  ])('%o is refused, beside its field', async (typed, problem) => {
    const server = serve();
    const response = await fill(await signedIn(server), '/account/profile', { name: 'Ada', ...typed });
    expect([response.status, text(await response.text())]).toEqual([400, expect.stringContaining(problem)]);
  });
});

describe('the password', () => {
  it('is changed, and every other browser is signed out', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    const [owner, thief] = [await signedIn(server), await signedIn(server)];
    const response = await fill(owner, '/account/password', { password: 'another password' });
    expect(text(await response.text())).toContain('Your new password is good from now on');
    expect((await thief.request('/account')).status).toBe(303);
    expect((await server.person().signIn(email, password)).status).toBe(400);
    expect((await server.person().signIn(email, 'another password')).status).toBe(200);
  });

  it('one that is too short is refused', async () => {
    const server = serve();
    const response = await fill(await signedIn(server), '/account/password', { password: 'short' });
    expect([response.status, text(await response.text())]).toEqual([400, expect.stringContaining('at least 8')]);
  });
});

describe('where one is signed in', () => {
  const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
  const IPHONE =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';

  it('lists browsers over all shards; one is signed out, then all others', async () => {
    const europe = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
    const asia = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']), 'AS');
    const owner = await signedIn(europe, FIREFOX);
    const [phone, other] = [await signedIn(asia, IPHONE), await signedIn(asia)];
    const html = await (await owner.open('/account/sessions')).text();
    expect(text(html)).toMatch(/Firefox on Linux This browser .* Safari on iPhone/);
    expect(text(html)).toContain('Unknown device');
    const [, id = ''] = /name="session" value="([^"]+)"[^>]*>Sign out Safari on iPhone/.exec(html) ?? [];
    const form = parseForm(html, '/account/sessions');
    expect(text(await (await owner.send(form, { session: id })).text())).toContain('That browser was signed out');
    expect([(await phone.request('/account')).status, (await other.request('/account')).status]).toEqual([303, 200]);
    expect(text(await (await owner.send(form)).text())).toContain('All other browsers were signed out');
    expect([(await other.request('/account')).status, (await owner.request('/account')).status]).toEqual([303, 200]);
  });

  it('a session of somebody else, or a made-up one, ends nothing', async () => {
    const server = serve();
    const owner = await signedIn(server);
    const { link } = await administer<{ link: string }>(server, 'POST', '/people', {
      email: 'e@acme.com',
      name: 'Eve',
    });
    const eve = server.person();
    const path = new URL(link).pathname + new URL(link).search;
    await eve.send(await readForm(await eve.open(path), '/welcome'), { password: 'a good password' });
    const { results } = await server.env.DB.prepare(
      "SELECT id FROM sessions WHERE person_id = (SELECT id FROM people WHERE email = 'admin@example.com')",
    ).all<{ id: string }>();
    expect(results).toHaveLength(1);
    const form = await readForm(await eve.open('/account/sessions'), '/account/sessions');
    for (const { id } of [...results, { id: 's_zz_x' }, { id: 'x' }]) await eve.send(form, { session: id });
    expect((await owner.request('/account')).status).toBe(200);
  });
});

describe('applications with access', () => {
  const list = '/account/applications';

  async function withGrant(server: Server) {
    const client = await makeClient(server);
    const tokens = await obtainTokens(server, client, { scope: 'openid profile email offline_access' });
    return { client, tokens, person: await signedIn(server) };
  }

  it('one scope is taken away: a refresh gives it no more, and consent is asked for again', async () => {
    const server = serve();
    await setSetting(server, 'skip_authorization', true);
    const { client, tokens, person } = await withGrant(server);
    const form = await readForm(await person.open(list), list);
    const page = text(await (await person.send(form, { part: `${client.client_id} email` })).text());
    expect(page).toContain('It may not do that any more');
    expect(page).toContain('See your name');
    expect(page).not.toContain('See your e-mail address');
    const fresh = (await (await refresh(server, client, tokens.refresh_token)).json()) as Tokens;
    expect(fresh.scope.split(' ')).not.toContain('email');
    expect(payloadOf(fresh.access_token).scope).not.toContain('email');
    expect((await refresh(server, client, fresh.refresh_token, { scope: 'openid email' })).status).toBe(400);
    expect((await person.request(authorizeUrl(client, { scope: 'openid email' }))).status).toBe(200);
    expect((await person.request(authorizeUrl(client, { scope: 'openid profile' }))).status).toBe(303);
  });

  it('all is taken away at once', async () => {
    const server = serve();
    const { client, tokens, person } = await withGrant(server);
    const form = await readForm(await person.open(list), list);
    const page = text(await (await person.send(form, { client: client.client_id })).text());
    expect(page).toContain('It may not use your account any more');
    expect(page).toContain('No application may use your account');
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(400);
  });

  it('scopes of a protected resource are shown in its own words', async () => {
    const server = serve();
    const resource = 'https://files.acme.com';
    const scopes = [{ name: 'files.read', description: 'Read your files' }];
    await administer(server, 'PUT', `/resources/${encodeURIComponent(resource)}`, { name: 'Files', scopes });
    const client = await makeClient(server);
    await obtainTokens(server, client, { resource, scope: 'openid files.read' });
    expect(await show(await signedIn(server), list)).toContain('Read your files Take away');
  });
});
