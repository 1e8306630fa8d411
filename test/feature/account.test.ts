/** Pages about oneself: profile, password, sessions, applications, and what needs a fresh sign-in. */
import { describe, expect, it, vi } from 'vitest';
import { ACCOUNT_ACTIONS, type AccountAction } from '../../src/accounts/require-session.ts';
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
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';

const { email, password } = ADMINISTRATOR;
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

async function signedIn(server: Server, userAgent = '') {
  const user = server.user();
  if (userAgent) {
    const request = user.request.bind(user);
    user.request = (path, init = {}) =>
      request(path, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), 'user-agent': userAgent },
      });
  }
  await user.signIn(email, password);
  return user;
}

const show = async (user: User, path: string) => text(await (await user.open(path)).text());
const fill = async (user: User, path: string, typed: Record<string, string>) =>
  user.send(await readForm(await user.open(path), path), typed);

describe('a fresh sign-in', () => {
  /** The page at which each operation begins. Linking has no line: it begins at a provider (social-login-accounts.test.ts). */
  const PAGES: Record<Exclude<AccountAction, 'link-account'>, string> = {
    look: '/account',
    'change-profile': '/account/profile',
    'change-password': '/account/password',
    'change-email': '/account/email',
    'add-passkey': '/account/passkeys/add',
    'rename-passkey': '/account/passkeys/rename?id=none',
    'remove-passkey': '/account/passkeys/remove?id=none',
    'add-factor': '/account/second-factor/add',
    'remove-factor': '/account/second-factor/remove',
    'create-recovery-codes': '/account/second-factor/recovery-codes',
    'forget-browser': '/account/second-factor',
    'end-session': '/account/sessions',
    'withdraw-access': '/account/applications',
    'unlink-account': '/account/sign-in-methods/unlink?id=none',
    'create-key': '/account/keys/add',
    'revoke-key': '/account/keys',
    'export-data': '/account/data/export',
    'delete-account': '/account/data/delete',
    'keep-account': '/account/data',
    administer: '/console/clients',
    'administer-for-good': '/console/api-keys/new',
  };

  it.each(Object.entries(PAGES))(
    '%s asks for one after ten minutes exactly where the table says so',
    async (act, path) => {
      const server = serve();
      const user = await signedIn(server);
      later(590);
      expect((await user.request(path)).status).not.toBe(303);
      later(11);
      const response = await user.request(path);
      expect(response.status === 303).toBe(ACCOUNT_ACTIONS[act as AccountAction]);
      if (!ACCOUNT_ACTIONS[act as AccountAction]) return;
      const asked = await user.open(response.headers.get('location') ?? '');
      const html = await asked.text();
      expect(text(html)).toContain('Please sign in again to confirm that it is you');
      expect(html).toContain(`value="${email}"`);
      await user.send(parseForm(html, '/sign-in'), ADMINISTRATOR);
      expect((await user.request(path)).status).not.toBe(303);
    },
  );

  it('a form that was open for too long changes nothing, and leads to the sign-in page and back', async () => {
    const server = serve();
    const user = await signedIn(server);
    const form = await readForm(await user.open('/account/password'), '/account/password');
    later(601);
    const response = await user.send(form, { password: 'another password' });
    const html = await response.text();
    expect(text(html)).toContain('Please sign in again');
    const back = await user.send(parseForm(html, '/sign-in'), ADMINISTRATOR);
    expect(text(await back.text())).toContain('All your other browsers will be signed out');
  });
});

describe("a key of one's own", () => {
  it('is made only after a fresh sign-in, which leads back to making it; it is revoked without', async () => {
    const server = serve();
    const user = await signedIn(server);
    const typed = { name: 'Backup', scope: 'profile', days: '30' };
    const form = await readForm(await user.open('/account/keys/add'), '/account/keys/add');
    expect(text(await (await user.send(form, typed)).text())).toContain('shown this once');
    later(601);
    const asked = await (await user.send(form, { ...typed, name: 'Another' })).text();
    expect(text(asked)).toContain('Please sign in again to confirm that it is you');
    expect(await show(user, '/account/keys')).not.toContain('Another');
    const revoked = await readForm(await user.open('/account/keys'), '/account/keys');
    const { id } = (await server.env.DB.prepare('SELECT id FROM api_keys').first<{ id: string }>()) ?? { id: '' };
    expect(text(await (await user.send(revoked, { key: id })).text())).toContain('You have no key');
    const back = await (await user.send(parseForm(asked, '/sign-in'), ADMINISTRATOR)).text();
    const again = await user.send(parseForm(back, '/account/keys/add'), typed);
    expect(text(await again.text())).toContain('shown this once');
  });
});

describe('the profile', () => {
  it('is what applications see; what is left empty is left out (OpenID Connect Core §5.3.2)', async () => {
    const server = serve();
    const user = await signedIn(server);
    const typed = {
      name: 'Ada Lovelace',
      given_name: 'Ada',
      family_name: 'Lovelace',
      picture: 'https://p.acme.com/a.png',
    };
    expect(text(await (await fill(user, '/account/profile', typed)).text())).toContain('Your profile was saved');
    const client = await makeClient(server, {}, { trusted: true });
    const tokens = await obtainTokens(server, client);
    expect(await (await me(server, tokens.access_token, '/userinfo')).json()).toMatchObject(typed);
    await fill(user, '/account/profile', { ...typed, given_name: '', picture: '' });
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
    expect(text(await response.text())).toContain('Your password was changed');
    expect((await thief.request('/account')).status).toBe(303);
    expect((await server.user().signIn(email, password)).status).toBe(400);
    expect((await server.user().openAccount(email, 'another password')).status).toBe(200);
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

  it('the session id of another user, or a forged one, ends nothing', async () => {
    const server = serve();
    const owner = await signedIn(server);
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', {
      email: 'e@acme.com',
      name: 'Eve',
    });
    const eve = server.user();
    const path = new URL(link).pathname + new URL(link).search;
    await eve.send(await readForm(await eve.open(path), '/welcome'), { password: 'a good password' });
    const { results } = await server.env.DB.prepare(
      "SELECT id FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = 'admin@example.com')",
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
    return { client, tokens, user: await signedIn(server) };
  }

  it('one scope is revoked: a refresh no longer grants it, and consent is asked for again', async () => {
    const server = serve();
    await setSetting(server, 'skip_authorization', true);
    const { client, tokens, user } = await withGrant(server);
    const form = await readForm(await user.open(list), list);
    const page = text(await (await user.send(form, { part: `${client.client_id} email` })).text());
    expect(page).toContain('It may not do that any more');
    expect(page).toContain('See your name');
    expect(page).not.toContain('See your e-mail address');
    const fresh = (await (await refresh(server, client, tokens.refresh_token)).json()) as Tokens;
    expect(fresh.scope.split(' ')).not.toContain('email');
    expect(payloadOf(fresh.access_token).scope).not.toContain('email');
    const asked = await refresh(server, client, fresh.refresh_token, { scope: 'openid email' });
    expect([asked.status, ((await asked.json()) as Tokens).scope]).toEqual([200, 'openid']);
    expect((await user.request(authorizeUrl(client, { scope: 'openid email' }))).status).toBe(200);
    expect((await user.request(authorizeUrl(client, { scope: 'openid profile' }))).status).toBe(303);
  });

  it('all access is revoked at once', async () => {
    const server = serve();
    const { client, tokens, user } = await withGrant(server);
    const form = await readForm(await user.open(list), list);
    const page = text(await (await user.send(form, { client: client.client_id })).text());
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
    expect(await show(await signedIn(server), list)).toContain('Read your files Revoke');
  });
});
