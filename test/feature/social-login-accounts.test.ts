/** Social login and what stands beside it: consent of applications, linking and unlinking, passwords switched off. */
import { describe, expect, it } from 'vitest';
import type { Bindings } from '../../src/config.ts';
import { authorizeUrl, makeClient, registerClient } from '../support/client.ts';
import { type FarEnd, farEnd, tokens } from '../support/far-end.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import {
  follow,
  identitiesOf,
  makeLogin,
  pageText,
  pressButton,
  type Row,
  returnFrom,
  says,
  signInWith,
  tells,
  whoAmI,
} from '../support/social.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';

const METHODS = '/account/sign-in-methods';

async function scene(changes: Row = {}): Promise<{ server: Server; far: FarEnd }> {
  const server = serve();
  const far = await farEnd();
  // The auth_time of every sign-in there is now: some operations below need a fresh sign-in.
  says(far, { sub: 'alice', email: 'alice@faraway.net', name: 'Alice', auth_time: Math.floor(Date.now() / 1000) });
  await makeLogin(server, far, changes);
  return { server, far };
}

async function administrator(server: Server): Promise<User> {
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return user;
}

/** Presses "Link" on the page of the account, and comes back to the question. */
async function askToLink(user: User, far: FarEnd): Promise<Response> {
  const html = await (await user.open(METHODS)).text();
  return returnFrom(user, far, follow(far, await user.send(parseForm(html, `${METHODS}/link`))));
}

/** And says yes. */
async function link(user: User, far: FarEnd): Promise<Response> {
  return user.send(await readForm(await askToLink(user, far), '/social-login/far/link'));
}

async function unlink(user: User, id: unknown): Promise<Response> {
  const page = await user.open(`${METHODS}/unlink?id=${id}`);
  return user.send(await readForm(page, `${METHODS}/unlink`));
}

describe('MCP security best practices, confused deputy: an application that registered itself', () => {
  for (const remembered of [false, true]) {
    it(`gets no code by a social login without our own consent${remembered ? ', even where consent is remembered' : ''}`, async () => {
      const { server, far } = await scene();
      await setSetting(server, 'skip_authorization', remembered);
      const metadata = { client_name: 'Innocent', redirect_uris: ['https://evil.dev/cb'] };
      const client = (await (await registerClient(server, metadata)).json()) as { client_id: string };
      const user = server.user();
      // They were here before: the provider would send them straight back.
      await signInWith(user, far);
      user.cookies.delete('__Host-session');
      const start = await user.request(authorizeUrl(client, { redirect_uri: 'https://evil.dev/cb' }));
      const page = start.headers.get('location') ?? '';
      // Before they are sent anywhere, they are told who asks.
      expect(await pageText(await user.open(page))).toContain('Innocent (evil.dev) asks you to sign in');
      const back = await signInWith(user, far, 'far', page);
      expect(back.headers.get('location')).toMatch(/^\/authorize\?/);
      const consent = await user.open(back.headers.get('location') ?? '');
      const form = await readForm(consent, '/consent');
      expect(form.html).toContain('evil.dev');
      const allowed = await user.send(form, { decision: 'allow' });
      expect(allowed.headers.get('location')).toMatch(/^https:\/\/evil\.dev\/cb\?code=pc_/);
      // And not again without being asked.
      const again = await user.open(authorizeUrl(client, { redirect_uri: 'https://evil.dev/cb' }));
      expect(again.headers.get('location')).toBeNull();
    });
  }

  it('a trusted client proceeds without consent', async () => {
    const { server, far } = await scene();
    const client = await makeClient(server, {}, { trusted: true });
    const user = server.user();
    const start = await user.request(authorizeUrl(client));
    const back = await signInWith(user, far, 'far', start.headers.get('location') ?? '');
    const answer = await user.open(back.headers.get('location') ?? '');
    expect(answer.headers.get('location')).toContain('code=pc_');
  });
});

describe('linking and unlinking', () => {
  it('an account elsewhere is linked on the page of the account, signs in from then on, and can go again', async () => {
    const { server, far } = await scene({ sign_up: 'deny' });
    const user = await administrator(server);
    const page = await pageText(await link(user, far));
    expect(page).toContain('It is linked');
    expect(page).toContain('alice@faraway.net');
    const other = server.user();
    expect((await signInWith(other, far)).status).toBe(303);
    expect(await whoAmI(other)).toContain(ADMINISTRATOR.email);
    const [identity] = await identitiesOf(server);
    expect(await pageText(await unlink(user, identity?.id))).toContain('It is unlinked');
    expect((await signInWith(server.user(), far)).status).toBe(403);
  });

  it('nothing is linked before the user has seen the account: the browser may be signed in there as another user', async () => {
    const { server, far } = await scene();
    const user = await administrator(server);
    says(far, { sub: 'mallory', email: 'mallory@faraway.net' });
    const html = await (await user.open(METHODS)).text();
    const sent = follow(far, await user.send(parseForm(html, `${METHODS}/link`)));
    const form = await readForm(await returnFrom(user, far, sent), '/social-login/far/link');
    expect(form.html).toContain('mallory@faraway.net at Faraway signs you in here');
    expect(await identitiesOf(server)).toEqual([]);
    // Not by a form of another session, nor with what waits in another browser.
    const other = await administrator(server);
    expect((await other.send(form)).status).toBe(400);
    expect((await user.send(form, { form_token: 'x' })).status).toBe(403);
    expect(await identitiesOf(server)).toEqual([]);
  });

  it('is offered to a user who signed in a while ago only after a fresh sign-in', async () => {
    const { server, far } = await scene();
    const user = await administrator(server);
    const page = await askToLink(user, far);
    const form = await readForm(page, '/social-login/far/link');
    await server.env.DB.prepare('UPDATE sessions SET auth_time = 0').run();
    expect(await pageText(await user.send(form))).toContain('Please sign in again');
    expect(await identitiesOf(server)).toEqual([]);
  });

  it('one that signs in another user stays linked to that user', async () => {
    const { server, far } = await scene();
    await signInWith(server.user(), far);
    const page = await link(await administrator(server), far);
    expect([page.status, await pageText(page)]).toEqual([
      409,
      expect.stringContaining('It belongs to another account here'),
    ]);
    expect(await identitiesOf(server)).toHaveLength(1);
  });

  it('is finished by the user who began it: another user in the same browser links nothing', async () => {
    const { server, far } = await scene();
    const user = await administrator(server);
    const html = await (await user.open(METHODS)).text();
    const sent = follow(far, await user.send(parseForm(html, `${METHODS}/link`)));
    user.cookies.delete('__Host-session');
    const page = await (await returnFrom(user, far, sent)).text();
    expect(text(page)).toContain('Another user started this');
    expect(page).toMatch(/<a class="button" href="\/sign-in\?continue=[^"]+">Use another account</);
    expect(await identitiesOf(server)).toEqual([]);
  });

  it('the only way in stays', async () => {
    const { server, far } = await scene();
    const user = server.user();
    await signInWith(user, far);
    const [identity] = await identitiesOf(server);
    const page = await unlink(user, identity?.id);
    expect([page.status, await pageText(page)]).toEqual([409, expect.stringContaining('your only way to sign in')]);
    expect(await identitiesOf(server)).toHaveLength(1);
    // An administrator knows what they do.
    await administer(server, 'DELETE', `/identities/${identity?.id}`);
    expect(await identitiesOf(server)).toEqual([]);
  });

  it('nobody unlinks what is not theirs', async () => {
    const { server, far } = await scene();
    await signInWith(server.user(), far);
    const [identity] = await identitiesOf(server);
    const user = await administrator(server);
    expect((await user.open(`${METHODS}/unlink?id=${identity?.id}`)).status).toBe(404);
  });
});

describe('passwords switched off', () => {
  const off = (server: Server) => server.admin('PUT', '/settings/password_sign_in', { value: false });

  it('only where a social login is shown and an administrator can sign in without; then no password is taken', async () => {
    const { server, far } = await scene();
    const user = await administrator(server);
    expect((await off(server)).status).toBe(409);
    await link(user, far);
    await administer(server, 'PATCH', '/social-logins/far', { disabled: true });
    expect((await off(server)).status).toBe(409);
    await administer(server, 'PATCH', '/social-logins/far', { disabled: false });
    expect((await off(server)).status).toBe(200);
    const html = await (await server.user().open('/sign-in')).text();
    expect([html.includes('type="password"'), html.includes('Continue with Faraway')]).toEqual([false, true]);
    const stubborn = server.user();
    const form = await readForm(await stubborn.open('/sign-in'), '/social-login/far');
    const typed = { email: ADMINISTRATOR.email, password: ADMINISTRATOR.password };
    const refused = await stubborn.send({ ...form, action: '/sign-in' }, typed);
    expect([refused.status, await pageText(refused)]).toEqual([400, expect.stringContaining('Passwords are disabled')]);
    for (const path of ['/sign-up', '/forgot']) {
      expect(await (await stubborn.open(path)).text()).not.toMatch(/<form[^>]*(sign-up|forgot)/);
    }
    const other = server.user();
    expect((await signInWith(other, far)).status).toBe(303);
    // The last one stays for as long as it is the only way.
    expect((await server.admin('DELETE', '/social-logins/far')).status).toBe(409);
    expect((await server.admin('PATCH', '/social-logins/far', { disabled: true })).status).toBe(409);
    // Nor does a password that no longer signs anybody in count as another way.
    const [identity] = await identitiesOf(server);
    expect((await unlink(other, identity?.id)).status).toBe(409);
  });

  /** Passwords are disabled, and a user was invited. @returns the path of the one-time link. */
  async function invited(changes: Row = {}) {
    const { server, far } = await scene({ sign_up: 'invited', ...changes });
    const user = await administrator(server);
    says(far, { sub: 'boss', email: ADMINISTRATOR.email });
    await link(user, far);
    expect((await off(server)).status).toBe(200);
    says(far, { sub: 'alice', email: 'alice@faraway.net', name: 'Alice' });
    const added = await administer<Row>(server, 'POST', '/users', { email: 'alice@faraway.net', name: 'Alice' });
    const { pathname, search } = new URL(String(added.link));
    return { server, far, path: pathname + search };
  }

  it('an invitation offers the ways that are on: an account elsewhere with its address', async () => {
    const { server, far, path } = await invited();
    const alice = server.user();
    const html = await (await alice.open(path)).text();
    expect(html).not.toContain('type="password"');
    expect(text(html)).toContain('must have the address that this invitation is for. alice@faraway.net');
    const sent = follow(far, await alice.send(parseForm(html, '/social-login/far')));
    expect((await returnFrom(alice, far, sent)).headers.get('location')).toBe('/account');
    expect(await whoAmI(alice)).toContain('alice@faraway.net');
  });

  it('or a passkey: the link signs its reader in once, and sets no password', async () => {
    const { server, path } = await invited();
    const alice = server.user();
    const form = await readForm(await alice.open(path), '/welcome');
    // Not even where the form of another time is sent.
    const page = await alice.send(form, { password: 'a long enough password' });
    expect(await pageText(page)).toContain('Name of the passkey');
    const row = await server.env.DB.prepare('SELECT password_hash FROM users WHERE name = ?').bind('Alice').first();
    expect(row).toEqual({ password_hash: null });
    const thief = server.user();
    expect(await pageText(await thief.send(await readForm(await thief.open(path), '/welcome')))).toContain(
      'no longer valid',
    );
    expect(await whoAmI(thief)).toBeUndefined();
  });

  it('on this very machine the first administrator keeps their password, and nobody else does', async () => {
    const { server, path } = await invited();
    const local = serve({ ...server.env, ISSUER: 'http://localhost:8787' });
    const page = await pageText(await local.user().open('/sign-in'));
    expect(page).toContain('On this machine, the first administrator can still use theirs');
    expect(page).not.toContain('Forgot your password?');
    const administrator = local.user();
    await administrator.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect(await whoAmI(administrator)).toContain(ADMINISTRATOR.email);
    // As if Alice had chosen one before they were switched off.
    await server.env.DB.exec(
      "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE name = 'Administrator')",
    );
    const alice = local.user();
    const refused = await pageText(await alice.signIn('alice@faraway.net', ADMINISTRATOR.password));
    expect(refused).toContain('Passwords are disabled here');
    expect(await whoAmI(alice)).toBeUndefined();
    expect(await (await local.user().open(path)).text()).not.toContain('type="password"');
    const elsewhere = server.user();
    await elsewhere.open('/sign-in');
    expect(await whoAmI(elsewhere)).toBeUndefined();
  });
});

describe('a record', () => {
  it('that is incomplete is kept, says what is missing, has no button, and cannot be enabled', async () => {
    const server = serve();
    const create = (provider: string) => administer<Row>(server, 'POST', '/social-logins', { id: provider, provider });
    const cases = { keycloak: 'the issuer', microsoft: 'the directories', apple: undefined, github: 'the client id' };
    for (const [provider, missing] of Object.entries(cases)) {
      if (missing === undefined) continue;
      const made = await create(provider);
      expect(made).toMatchObject({ disabled: true, why_not_shown: expect.stringContaining(missing) });
      expect((await server.admin('PATCH', `/social-logins/${provider}`, { disabled: false })).status).toBe(400);
    }
    const github = await administer<Row>(server, 'PATCH', '/social-logins/github', { client_id: 'x' });
    expect(github.why_not_shown).toBe('the client secret must be given');
    expect(await (await server.user().open('/sign-in')).text()).not.toContain('Continue with');
    expect((await server.admin('POST', '/social-logins', { id: 'github', provider: 'github' })).status).toBe(409);
  });

  it('keeps its secret sealed, and never with another issuer', async () => {
    const { server } = await scene();
    const row = JSON.stringify(await server.env.DB.prepare('SELECT * FROM social_logins').first());
    expect(row).not.toContain('theSecret');
    const other = await farEnd();
    const moved = await administer<Row>(server, 'PATCH', '/social-logins/far', { issuer: other.issuer });
    expect(moved).toMatchObject({ has_secret: false, client_id: null, why_not_shown: 'the client id must be given' });
  });

  it('takes its credentials from the configuration of the Worker, for the issuer that is named there and no other', async () => {
    const other = await farEnd();
    const far = await farEnd();
    const credentials = { issuer: far.issuer, client_id: 'configured', client_secret: 'theConfiguredOne' };
    const server = serve(bindings([], { SOCIAL_LOGIN_FAR_AWAY: JSON.stringify(credentials) }));
    const none = { client_id: undefined, client_secret: undefined };
    const made = await makeLogin(server, far, { id: 'far-away', ...none });
    expect(made).toMatchObject({ client_id: 'configured', has_secret: true, configured: true, why_not_shown: null });
    says(far, { sub: 'alice', email: 'alice@faraway.net', aud: 'configured' });
    expect((await signInWith(server.user(), far, 'far-away')).status).toBe(303);
    expect(far.tokenRequests[0]?.headers.get('authorization')).toBe(`Basic ${btoa('configured:theConfiguredOne')}`);
    // A user who may change records cannot have the secret sent to another server.
    Object.assign(far.web.answers, other.web.answers);
    const moved = await administer<Row>(server, 'PATCH', '/social-logins/far-away', { issuer: other.issuer });
    expect(moved).toMatchObject({ configured: false, client_id: null, why_not_shown: 'the client id must be given' });
    const row = JSON.stringify(await server.env.DB.prepare('SELECT * FROM social_logins').first());
    expect(row).not.toContain('onfigured');
  });

  it('of an OAuth server may have endpoints that are paths below a base', async () => {
    const server = serve();
    const far = await farEnd();
    const endpoints = { authorization_endpoint: '/authorize', token_endpoint: '/token', userinfo_endpoint: '/me' };
    const oauth = { provider: 'oauth', issuer: undefined, trust_email: true, endpoints };
    const create = (changes: Row) =>
      server.admin('POST', '/social-logins', { id: 'x', name: 'X', provider: 'oauth', ...changes });
    expect(await (await create({ endpoints })).json()).toMatchObject({
      error_description: 'base_url: endpoints that are only paths need it.',
    });
    for (const token_endpoint of ['//evil.dev/token', 'token', 'javascript:alert(1)'])
      expect((await create({ base_url: far.issuer, endpoints: { ...endpoints, token_endpoint } })).status).toBe(400);
    await makeLogin(server, far, { ...oauth, base_url: `${far.issuer}/` });
    tells(far, { id: 7, email: 'alice@faraway.net' });
    far.grants.authorization_code = () => tokens();
    const user = server.user();
    expect((await signInWith(user, far)).status).toBe(303);
    expect(await whoAmI(user)).toContain('alice@faraway.net');
  });

  it('identifies users by the same member of the profile for as long as it signs any in', async () => {
    const { server, far } = await scene();
    await administer(server, 'PATCH', '/social-logins/far', { user_id: 'sub' });
    await signInWith(server.user(), far);
    const refused = await server.admin('PATCH', '/social-logins/far', { user_id: 'nickname' });
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('it signs in 1 users')]);
    await administer(server, 'PATCH', '/social-logins/far', { user_id: 'sub', name: 'Still Faraway' });
  });

  it('is sealed again under the root secret in use, and then the one before can be retired', async () => {
    const { server, far } = await scene();
    const ROOT_SECRET_7 = Buffer.alloc(32, 7).toString('base64url');
    const both = serve({ ...server.env, ROOT_SECRET_7, SEAL_WITH: '7' });
    expect(await administer(both, 'POST', '/sealing')).toMatchObject({ resealed: 1, unreadable: 0 });
    expect(await administer(both, 'POST', '/sealing')).toMatchObject({ resealed: 0, unreadable: 0 });
    const { ROOT_SECRET_1: _, ...rest } = both.env;
    const after = serve(rest as Bindings);
    expect((await signInWith(after.user(), far)).status).toBe(303);
    expect(far.tokenRequests[0]?.headers.get('authorization')).toBe(`Basic ${btoa('postern:theSecret')}`);
  });

  it('that is deleted says whom it signed in, and leaves their accounts', async () => {
    const { server, far } = await scene();
    await signInWith(server.user(), far);
    expect(await administer(server, 'GET', '/social-logins/far')).toMatchObject({ users: 1, without_another_way: 1 });
    const ended = await administer(server, 'DELETE', '/social-logins/far');
    expect(ended).toEqual({ deleted: true, users: 1, without_another_way: 1 });
    expect(await identitiesOf(server)).toEqual([]);
    expect((await administer<{ users: Row[] }>(server, 'GET', '/users')).users).toHaveLength(1);
    expect((await server.fetch('/social-login/far/callback')).status).toBe(404);
  });

  it('that was disabled meanwhile lets nobody back in', async () => {
    const { server, far } = await scene();
    const user = server.user();
    const sent = await pressButton(user, far);
    await administer(server, 'PATCH', '/social-logins/far', { disabled: true });
    expect((await returnFrom(user, far, sent)).status).toBe(404);
    expect(far.tokenRequests).toHaveLength(0);
  });
});
