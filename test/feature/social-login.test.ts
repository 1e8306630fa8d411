/** Social login: the flow, and the account that an identity belongs to (OpenID Connect Core §3.1, RFC 9207, RFC 9700 §4). */
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import { type FarEnd, farEnd, idToken, refusal, tokens } from '../support/far-end.ts';
import { ADMINISTRATOR, administer, ISSUER, type Server, serve, setSetting } from '../support/server.ts';
import {
  identitiesOf,
  makeLogin,
  pageText,
  pressButton,
  type Row,
  returnFrom,
  says,
  signInWith,
  tells,
  usersOf,
  whoAmI,
} from '../support/social.ts';
import { parseForm, readForm, text } from '../support/user.ts';

const ALICE = { sub: 'alice', email: 'Alice@Faraway.net', name: 'Alice Far' };

/** A server with a social login, and the claims that its identity provider returns. */
async function scene(claims: Row = ALICE, changes: Row = {}): Promise<{ server: Server; far: FarEnd }> {
  const server = serve();
  const far = await farEnd();
  says(far, claims);
  await makeLogin(server, far, changes);
  return { server, far };
}

describe('signing in with an account elsewhere', () => {
  it('goes there with PKCE, state and nonce, comes back, and makes an account', async () => {
    const { server, far } = await scene(ALICE, { roles: ['reader'] });
    const user = server.user();
    const sent = await pressButton(user, far);
    expect(sent.status).toBe(303);
    const query = Object.fromEntries(new URL(sent.headers.get('location') ?? '').searchParams);
    expect(query).toMatchObject({
      response_type: 'code',
      client_id: 'postern',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      redirect_uri: `${ISSUER}/social-login/far/callback`,
    });
    const back = await returnFrom(user, far, sent);
    expect([back.status, back.headers.get('location')]).toEqual([303, '/account']);
    expect(sha256(far.tokenRequests[0]?.body.get('code_verifier') ?? '')).toBe(query.code_challenge);
    expect(await whoAmI(user)).toContain('alice@faraway.net');
    const [alice] = await usersOf(server);
    expect(alice).toMatchObject({ email: 'alice@faraway.net', name: 'Alice Far', roles: ['reader'] });
    expect(await identitiesOf(server)).toMatchObject([
      { login: 'far', issuer: far.issuer, subject: 'alice', user: alice?.id, account: 'Alice@Faraway.net' },
    ]);
    expect((await server.env.DB.prepare('SELECT amr FROM sessions').first())?.amr).toBe('["fed"]');
  });

  it('the same account elsewhere is the same user, whatever its address has become', async () => {
    const { server, far } = await scene();
    await signInWith(server.user(), far);
    says(far, { sub: 'alice', email: 'married@faraway.net' });
    const again = server.user();
    expect((await signInWith(again, far)).status).toBe(303);
    expect(await whoAmI(again)).toContain('alice@faraway.net');
    expect(await usersOf(server)).toHaveLength(1);
    const { events } = await administer<{ events: Row[] }>(server, 'GET', '/events');
    const types = events.map(({ type }) => String(type)).sort();
    expect(types).toEqual(['identity.linked', 'sign-in', 'sign-in', 'sign-up', 'social-login.created']);
  });

  it('another account elsewhere with the same address is not the same user', async () => {
    const { server, far } = await scene();
    await signInWith(server.user(), far);
    says(far, { ...ALICE, sub: 'mallory' });
    const mallory = server.user();
    const page = await signInWith(mallory, far);
    expect(await pageText(page)).toContain('You have an account here already');
    expect(await whoAmI(mallory)).toBeUndefined();
    expect(await identitiesOf(server)).toHaveLength(1);
  });

  it('goes on to where the user was going, even by a request of 6 KB', async () => {
    const { server, far } = await scene();
    for (const extra of ['y', 'x'.repeat(4000)]) {
      const user = server.user();
      const start = await user.request(`/account/connections/none?${extra}`);
      const page = start.headers.get('location') ?? '';
      expect(page).toMatch(/^\/sign-in\?continue=/);
      const back = await signInWith(user, far, 'far', page);
      expect(back.headers.get('location')).toBe(`/account/connections/none?${extra}`);
    }
  });

  it('asks the provider for a fresh sign-in where one is asked for here', async () => {
    const { server, far } = await scene();
    const user = server.user();
    await signInWith(user, far);
    await server.env.DB.prepare('UPDATE sessions SET auth_time = 0').run();
    const start = await user.request('/account/password');
    const sent = await pressButton(user, far, 'far', start.headers.get('location') ?? '');
    const query = new URL(sent.headers.get('location') ?? '').searchParams;
    expect([query.get('prompt'), query.get('max_age'), query.get('login_hint')]).toEqual([
      'login',
      '1',
      'alice@faraway.net',
    ]);
    says(far, { ...ALICE, auth_time: Math.floor(Date.now() / 1000) });
    const back = await returnFrom(user, far, sent);
    expect((await user.open(back.headers.get('location') ?? '')).status).toBe(200);
  });

  it('a form of another browser or site begins nothing', async () => {
    const { server, far } = await scene();
    const form = { action: '/social-login/far', fields: [['form_token', 'x']] as [string, string][], html: '' };
    expect((await server.user().send(form)).status).toBe(400);
    const user = server.user();
    const own = await readForm(await user.open('/sign-in'), '/social-login/far');
    const foreign = await user.request('/social-login/far', {
      method: 'POST',
      body: new URLSearchParams(own.fields),
      headers: { origin: 'https://evil.dev' },
    });
    expect(foreign.status).toBe(403);
    expect((await server.fetch('/social-login/far')).status).toBe(405);
    expect(far.web.visits.filter((url) => url.includes('/token'))).toEqual([]);
  });

  it('by form_post comes again by GET, before any cookie is looked at', async () => {
    const { server } = await scene();
    const answer = await server.fetch('/social-login/far/callback', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://id1.faraway.net' },
      body: 'code=c&state=s',
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/social-login/far/callback?code=c&state=s']);
  });
});

describe('OpenID Connect Core §3.1.2.1, max_age: a fresh sign-in', () => {
  const seconds = () => Math.floor(Date.now() / 1000);

  /** A user who signed in a while ago opens the password page, and is sent to the provider for a fresh sign-in. */
  async function signInAnew(server: Server, far: FarEnd, claims: Row) {
    const user = server.user();
    says(far, ALICE);
    await signInWith(user, far);
    await server.env.DB.prepare('UPDATE sessions SET auth_time = 0').run();
    const page = (await user.request('/account/password')).headers.get('location') ?? '';
    const sent = await pressButton(user, far, 'far', page);
    says(far, { ...ALICE, ...claims });
    return { user, page, back: await returnFrom(user, far, sent) };
  }

  it('is one only where the provider says that it happened after it was asked for', async () => {
    const { server, far } = await scene();
    const stale: [Row, string][] = [
      [{ auth_time: seconds() - 120 }, 'used an older sign-in'],
      [{ auth_time: undefined }, 'did not say when you signed in there'],
    ];
    for (const [claims, words] of stale) {
      const { user, back } = await signInAnew(server, far, claims);
      expect([back.status, await pageText(back)]).toEqual([400, expect.stringContaining(words)]);
      expect((await user.request('/account/password')).status).toBe(303);
    }
    const { user, back } = await signInAnew(server, far, { auth_time: seconds() });
    expect(back.headers.get('location')).toBe('/account/password');
    expect((await user.request('/account/password')).status).toBe(200);
  });

  it('is accepted without auth_time where the provider is trusted for it (trust_fresh)', async () => {
    const { server, far } = await scene(ALICE, { trust_fresh: true });
    const { back } = await signInAnew(server, far, { auth_time: undefined });
    expect(back.headers.get('location')).toBe('/account/password');
  });

  it('prompt is left out where the provider says that it does not know the value; the answer is validated all the same', async () => {
    const server = serve();
    const far = await farEnd({ prompt_values_supported: ['none', 'consent'] });
    await makeLogin(server, far);
    const { back } = await signInAnew(server, far, { auth_time: seconds() - 120 });
    expect(await pageText(back)).toContain('used an older sign-in');
  });

  it('is not asked of a provider without OpenID, which cannot prove it: no button, words, and another way', async () => {
    const server = serve();
    const far = await farEnd();
    const { authorization_endpoint, token_endpoint } = far.metadata as Record<string, string>;
    const endpoints = { authorization_endpoint, token_endpoint, userinfo_endpoint: `${far.issuer}/me` };
    await makeLogin(server, far, { provider: 'oauth', issuer: undefined, endpoints, trust_email: true });
    tells(far, { id: 7, email: 'alice@faraway.net' });
    far.grants.authorization_code = () => tokens();
    const user = server.user();
    await signInWith(user, far);
    await server.env.DB.prepare('UPDATE sessions SET auth_time = 0').run();
    const html = await (await user.open('/account/password')).text();
    expect(html).not.toContain('Continue with Faraway');
    expect(text(html)).toContain('Faraway cannot confirm that you sign in again');
    expect(html).toContain('type="password"');
    // The form, submitted without the button, is refused too.
    const form = { ...parseForm(html, '/sign-in'), action: '/social-login/far' };
    const refused = await user.send(form);
    expect([refused.status, await pageText(refused)]).toEqual([
      400,
      expect.stringContaining('cannot confirm that you do'),
    ]);
    expect(far.tokenRequests).toHaveLength(1);
    await administer(server, 'PATCH', '/social-logins/far', { trust_fresh: true });
    expect(await (await user.open('/account/password')).text()).toContain('Continue with Faraway');
  });
});

describe('the answer of the provider', () => {
  it('with a state of another browser, an invented one, or one that was used is refused on a page', async () => {
    const { server, far } = await scene();
    const user = server.user();
    const sent = await pressButton(user, far);
    const cookies = new Map(user.cookies);
    for (const state of ['x', 'a'.repeat(43)]) expect((await returnFrom(user, far, sent, { state })).status).toBe(400);
    expect(await pageText(await returnFrom(server.user(), far, sent))).toContain('started in another browser');
    expect((await returnFrom(user, far, sent)).status).toBe(303);
    // A browser without the session that it created is refused.
    user.cookies.clear();
    for (const [name, value] of cookies) user.cookies.set(name, value);
    expect(await pageText(await returnFrom(user, far, sent))).toContain('was used before');
    expect(far.tokenRequests).toHaveLength(1);
  });

  it('of another record with the same provider is refused', async () => {
    const { server, far } = await scene();
    await makeLogin(server, far, { id: 'other' });
    const user = server.user();
    const sent = await pressButton(user, far);
    expect((await returnFrom(user, far, sent, {}, 'other')).status).toBe(400);
    expect(far.tokenRequests).toHaveLength(0);
  });

  it('from another issuer than it was asked of is refused, and its words are not shown (RFC 9207 §2.4)', async () => {
    const { server, far } = await scene();
    const user = server.user();
    for (const iss of ['https://evil.faraway.net', undefined]) {
      const answer = { iss, code: undefined, error: 'access_denied', error_description: 'Call 555-0100' };
      const page = await pageText(await returnFrom(user, far, await pressButton(user, far), answer));
      expect(page).not.toContain('555-0100');
      expect(await whoAmI(user)).toBeUndefined();
    }
  });

  it('that is an error is said in words, with the way back', async () => {
    const { server, far } = await scene();
    const user = server.user();
    const answer = { code: undefined, error: 'access_denied', error_description: 'You pressed no' };
    const page = await pageText(await returnFrom(user, far, await pressButton(user, far), answer));
    expect(page).toContain('access was refused there (access_denied: You pressed no)');
    expect(page).toContain('Back to signing in');
  });

  it('fifty answers of fifty browsers for the same new user make one account', async () => {
    const { server, far } = await scene();
    far.nonce = '';
    const ready = [];
    for (let at = 0; at < 50; at++) {
      const user = server.user();
      const sent = await pressButton(user, far);
      ready.push({ user, sent, nonce: far.nonce });
    }
    const nonces = ready.map(({ nonce }) => nonce);
    far.grants.authorization_code = async ({ body }) => {
      const nonce = nonces[Number(body.get('code'))];
      return tokens({ id_token: await idToken(far, { ...ALICE, email_verified: true, nonce }) });
    };
    const all = await Promise.all(ready.map(({ user, sent }, at) => returnFrom(user, far, sent, { code: String(at) })));
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 303));
    expect(await usersOf(server)).toHaveLength(1);
    expect(await identitiesOf(server)).toHaveLength(1);
  }, 60_000);
});

describe('who may come', () => {
  const come = async (server: Server, far: FarEnd) => {
    const back = await signInWith(server.user(), far);
    return { status: back.status, page: back.status === 303 ? '' : await pageText(back), users: await usersOf(server) };
  };

  it('nobody without an address', async () => {
    const { server, far } = await scene({ sub: 'alice', email: undefined });
    const { status, page, users } = await come(server, far);
    expect([status, users]).toEqual([403, []]);
    expect(page).toContain('Faraway did not tell us an e-mail address of yours');
  });

  it('nobody with an address that is not verified, except where the record trusts the provider', async () => {
    const { server, far } = await scene();
    for (const email_verified of [false, undefined, 'false', 'yes', 1]) {
      says(far, { ...ALICE, email_verified });
      const { status, page, users } = await come(server, far);
      expect([status, users]).toEqual([403, []]);
      expect(page).toContain('has not verified your e-mail address');
    }
    await administer(server, 'PATCH', '/social-logins/far', { trust_email: true });
    const trusted = await come(server, far);
    expect([trusted.status, trusted.users.length]).toEqual([303, 1]);
    // The provider did not say it, so this server does not either.
    expect(trusted.users[0]).toMatchObject({ email_verified: false });
  });

  it('no unknown user where the record says deny or invited, or the setting says no', async () => {
    const { server, far } = await scene();
    for (const sign_up of ['deny', 'invited', 'setting']) {
      await administer(server, 'PATCH', '/social-logins/far', { sign_up });
      const { status, page, users } = await come(server, far);
      expect([status, users]).toEqual([403, []]);
      expect(page).toContain('There is no account for you here');
    }
  });

  it('unknown users where the setting says so and the record follows it', async () => {
    const { server, far } = await scene(ALICE, { sign_up: 'setting' });
    await setSetting(server, 'sign_up', 'allow');
    expect((await signInWith(server.user(), far)).status).toBe(303);
  });

  it('whom an administrator added and who has no password yet, unless the record says deny', async () => {
    const { server, far } = await scene(ALICE, { sign_up: 'deny' });
    await administer(server, 'POST', '/users', { email: 'alice@faraway.net', name: 'Alice' });
    expect(await pageText(await signInWith(server.user(), far))).toContain('You have an account here already');
    await administer(server, 'PATCH', '/social-logins/far', { sign_up: 'invited' });
    const user = server.user();
    expect((await signInWith(user, far)).status).toBe(303);
    expect(await whoAmI(user)).toContain('alice@faraway.net');
    // The provider has verified the address that the invitation went to.
    expect(await usersOf(server)).toMatchObject([{ email_verified: true }]);
  });

  it('added by an administrator, by a provider that is only trusted: then the address is not verified', async () => {
    const { server, far } = await scene({ ...ALICE, email_verified: false }, { sign_up: 'invited', trust_email: true });
    await administer(server, 'POST', '/users', { email: 'alice@faraway.net', name: 'Alice' });
    expect((await signInWith(server.user(), far)).status).toBe(303);
    expect(await usersOf(server)).toMatchObject([{ email_verified: false }]);
  });

  it('nobody under an address that only looks like another one, nor by another one that is verified', async () => {
    const { server, far } = await scene({ sub: 'mallory', email: 'mic\u212A@faraway.net' }, { link_by_email: true });
    const address = { email: 'mick@faraway.net', name: 'Mick' };
    const mick = await administer<Row>(server, 'POST', '/users', address);
    await administer(server, 'PATCH', `/users/${mick.id}`, { email_verified: true });
    const mallory = server.user();
    await signInWith(mallory, far);
    expect((await identitiesOf(server)).filter(({ user }) => user === mick.id)).toEqual([]);
    // The id_token has an address of which nothing is said, the userinfo another one, that is verified.
    far.grants.authorization_code = async () =>
      tokens({ id_token: await idToken(far, { sub: 'eve', email: 'mick@faraway.net' }) });
    tells(far, { sub: 'eve', email: 'eve@faraway.net', email_verified: true });
    await administer(server, 'PATCH', '/social-logins/far', { endpoints: { userinfo_endpoint: `${far.issuer}/me` } });
    const eve = server.user();
    await signInWith(eve, far);
    expect(await whoAmI(eve)).toContain('eve@faraway.net');
  });

  it('no disabled user, known or with the same address', async () => {
    const { server, far } = await scene();
    await signInWith(server.user(), far);
    const [alice] = await usersOf(server);
    await administer(server, 'PATCH', `/users/${alice?.id}`, { disabled: true });
    for (const sub of ['alice', 'another']) {
      says(far, { ...ALICE, sub });
      const user = server.user();
      const page = await signInWith(user, far);
      expect([page.status, await pageText(page)]).toEqual([403, expect.stringContaining('This account is disabled')]);
      expect(await whoAmI(user)).toBeUndefined();
    }
  });
});

describe('a user whose address has an account here', () => {
  const ADMIN = { sub: 'boss', email: ADMINISTRATOR.email };

  it('is linked at once where the record allows it, once the address is verified there and here', async () => {
    const { server, far } = await scene(ADMIN, { link_by_email: true });
    await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    // An attacker could prepare an account with the address of another user, and share it.
    expect(await pageText(await signInWith(server.user(), far))).toContain('You have an account here');
    expect(await identitiesOf(server)).toHaveLength(0);
    const [boss] = await usersOf(server);
    await administer(server, 'PATCH', `/users/${boss?.id}`, { email_verified: true });
    says(far, { ...ADMIN, email_verified: false });
    expect((await signInWith(server.user(), far)).status).toBe(403);
    says(far, ADMIN);
    const user = server.user();
    expect((await signInWith(user, far)).status).toBe(303);
    expect(await whoAmI(user)).toContain(ADMINISTRATOR.email);
  });

  it('proves the account first, sees what is linked to what, and comes in with it from then on', async () => {
    const { server, far } = await scene(ADMIN);
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    user.cookies.delete('__Host-session');
    const page = await (await signInWith(user, far)).text();
    const signInPage = /href="(\/sign-in\?continue=[^"]+)"/.exec(page)?.[1] ?? '';
    const linkPage = await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password, signInPage);
    const form = await readForm(linkPage, '/social-login/far/link');
    expect(form.html).toContain('admin@example.com at Faraway signs you in here');
    expect(await identitiesOf(server)).toHaveLength(0);
    expect(await pageText(await user.send(form))).toContain('It is linked.');
    const another = server.user();
    expect((await signInWith(another, far)).status).toBe(303);
    expect(await whoAmI(another)).toContain(ADMINISTRATOR.email);
  });

  it('the first administrator, whose address nobody confirmed, comes in where the record trusts it, as the guide says', async () => {
    const server = serve();
    const far = await farEnd();
    await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    says(far, { sub: 'itself', email: ADMINISTRATOR.email, email_verified: false });
    await makeLogin(server, far, { sign_up: 'setting', trust_email: true });
    const user = server.user();
    const html = await (await signInWith(user, far)).text();
    expect(text(html)).toContain('You have an account here already');
    const way = /href="(\/sign-in\?continue=[^"]+)"/.exec(html)?.[1] ?? '';
    const question = await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password, way);
    await user.send(await readForm(question, '/social-login/far/link'));
    const again = server.user();
    expect((await signInWith(again, far)).headers.get('location')).toBe('/account');
    expect(await whoAmI(again)).toContain(ADMINISTRATOR.email);
  });

  it('cannot be made to link the account of another user: a pending link is for one browser and one user', async () => {
    const { server, far } = await scene(ADMIN);
    const victim = server.user();
    await victim.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const attacker = server.user();
    const page = await (await signInWith(attacker, far)).text();
    const signInPage = /href="(\/sign-in\?continue=[^"]+)"/.exec(page)?.[1] ?? '';
    const there = await victim.open(signInPage);
    expect([there.status, await pageText(there)]).toEqual([400, expect.stringContaining('started in another browser')]);
    expect(await identitiesOf(server)).toHaveLength(0);
  });
});

describe('the provider', () => {
  it('that does not answer, or answers with something else, leaves a page that says so', async () => {
    const { server, far } = await scene();
    const answers: [() => Response, string][] = [
      [() => new Response('<html>down</html>', { headers: { 'content-type': 'text/html' } }), 'cannot be used'],
      [() => refusal('server_error', 'down', 503), 'answered 503'],
      [() => refusal('invalid_client', 'no', 401), 'does not accept the credentials'],
      [() => new Response('x'.repeat(200_000)), 'sent more than'],
    ];
    for (const [answer, words] of answers) {
      far.grants.authorization_code = answer;
      const user = server.user();
      const page = await signInWith(user, far);
      expect([page.status, await pageText(page)]).toEqual([400, expect.stringContaining(words)]);
      expect(await whoAmI(user)).toBeUndefined();
    }
    expect(await usersOf(server)).toEqual([]);
  });
});
