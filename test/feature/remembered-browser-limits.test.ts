/** Limits of a remembered browser: fresh authentication, classes of more than one factor, forged cookies. */
import { describe, expect, it, vi } from 'vitest';
import { essential, isIn, MULTI_FACTOR, parametersOf, REFEDS, tokensAt } from '../support/authentication-classes.ts';
import {
  ADMINISTRATOR,
  authorizeUrl,
  errorOf,
  makeClient,
  payloadOf,
  refresh,
  type Tokens,
} from '../support/client.ts';
import { codeOf, enrolIn, FACTOR_SIGN_IN, REMEMBERED_COOKIE, rememberIn } from '../support/second-factor.ts';
import { administer, ISSUER, serve, setSetting } from '../support/server.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';
import { ZERLINA, zerlinaAt } from '../support/user-account.ts';

const { email, password } = ADMINISTRATOR;
const SESSION = '__Host-session';
const PASSWORD_CLASS = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

/** The administrator in a remembered browser, without a session. */
async function remembered() {
  const server = serve();
  await setSetting(server, 'remember_browser_days', 30);
  const user = server.user();
  await user.signIn(email, password);
  const { codes, key } = await enrolIn(user);
  await rememberIn(user, ADMINISTRATOR, codes[0] ?? '');
  user.cookies.delete(SESSION);
  return { server, user, codes, key };
}

/** The same, signed in without a code. */
async function signedIn() {
  const scene = await remembered();
  await scene.user.signIn(email, password);
  expect(await isIn(scene.user)).toBe(true);
  return scene;
}

/** True where the page that a sign-in leads to asks for the code. */
const asksForCode = async (response: Response) => text(await response.text()).includes('Enter your code');

describe('a fresh authentication is no matter of a remembered browser', () => {
  it.each([{ prompt: 'login' }, { max_age: '3600' }, { max_age: '0' }])('%s asks for the code', async (parameters) => {
    const { server, user, key } = await remembered();
    const client = await makeClient(server, {}, { trusted: true });
    const url = authorizeUrl(client, parameters);
    const asked = await user.signIn(email, password, url);
    const back = await user.send(await readForm(asked, FACTOR_SIGN_IN), { code: codeOf(key) });
    const { id_token = '' } = await tokensAt(server, client, parametersOf(back).get('code'));
    expect(payloadOf(id_token)).toMatchObject({ acr: MULTI_FACTOR, amr: ['pwd', 'otp', 'mfa'] });
  });

  it.each([{ prompt: 'login' }, { max_age: '3600' }])(
    '%s is not met by a sign-in beside it that leaves out where it came from, nor when that returns to the request',
    async (parameters) => {
      const { server, user, codes } = await remembered();
      const client = await makeClient(server, {}, { trusted: true });
      const url = authorizeUrl(client, parameters);
      const form = await readForm(await user.signIn(email, password, url), FACTOR_SIGN_IN);
      const body = new URLSearchParams([...form.fields, ['recovery_code', codes[1] ?? '']]).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: ISSUER };
      const resume = (await user.request(form.action, { method: 'POST', body, headers })).headers.get('location') ?? '';
      expect(resume).toMatch(/^\/authorize\?/);
      expect(parametersOf(await user.request(resume)).get('code')).not.toBeNull();
      later(1);
      user.cookies.delete(SESSION);
      await user.signIn(email, password);
      expect(await isIn(user)).toBe(true);
      for (const address of [url, resume])
        expect((await user.request(address)).headers.get('location')).toMatch(/^\/sign-in\?/);
      const silent = await user.request(`${authorizeUrl(client, { max_age: '3600' })}&prompt=none`);
      expect(parametersOf(silent).get('error')).toBe('login_required');
    },
  );

  it.each([
    '/account/password',
    '/account/second-factor/remove',
    '/account/second-factor/add',
    '/account/second-factor/recovery-codes',
    '/account/passkeys/add',
    '/account/keys/add',
    '/account/data/export',
    '/account/data/delete',
    '/console/api-keys/new',
  ])('%s asks for the code right after a sign-in without one', async (path) => {
    const { user, codes } = await signedIn();
    const asked = await user.open(path);
    expect(text(await asked.clone().text())).toContain('Please sign in again');
    const step = await user.send(await readForm(asked, '/sign-in'), { email, password });
    await user.send(await readForm(step, FACTOR_SIGN_IN), { recovery_code: codes[1] ?? '' });
    expect((await user.request(path)).status).not.toBe(303);
  });
});

describe('what applications are told', () => {
  it('is the first step: neither mfa nor otp nor a class of more than one factor', async () => {
    const { server, user } = await signedIn();
    const client = await makeClient(server, {}, { trusted: true });
    const back = await user.open(authorizeUrl(client, { scope: 'openid offline_access' }));
    const tokens = await tokensAt(server, client, parametersOf(back).get('code'));
    expect(payloadOf(tokens.id_token ?? '')).toMatchObject({ acr: PASSWORD_CLASS, amr: ['pwd'] });
    const again = (await (await refresh(server, client, tokens.refresh_token)).json()) as Tokens;
    expect(payloadOf(again.id_token ?? '')).toMatchObject({ acr: PASSWORD_CLASS, amr: ['pwd'] });
    const { results } = await server.env.DB.prepare('SELECT amr FROM sessions WHERE ended_at IS NULL').all();
    expect(results.map(({ amr }) => amr)).toContain('["pwd","remembered"]');
  });
});

describe('roles and clients that require a second factor', () => {
  it('accept a remembered browser, as they accept a session that began as long ago: codes and refresh tokens too', async () => {
    const { server, user } = await remembered();
    await setSetting(server, 'second_factor_roles', '*');
    const client = await makeClient(server, {}, { trusted: true, require_second_factor: true });
    const back = await user.signIn(email, password, authorizeUrl(client, { scope: 'openid offline_access' }));
    const tokens = await tokensAt(server, client, parametersOf(back).get('code'));
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    expect(await isIn(user)).toBe(true);
  });

  it('do not accept it from a user who has no second factor any more', async () => {
    const { server, user } = await remembered();
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${email}`);
    await administer(server, 'DELETE', `/users/${users[0]?.id}/second-factor`);
    await setSetting(server, 'second_factor_roles', '*');
    const asked = await user.signIn(email, password);
    expect(text(await asked.text())).toContain('This server asks for two-step sign-in');
    expect(await isIn(user)).toBe(false);
  });

  it('and what was approved before there was a second factor is still refused', async () => {
    const server = serve();
    await setSetting(server, 'remember_browser_days', 30);
    const client = await makeClient(server, {}, { trusted: true });
    const user = server.user();
    await user.signIn(email, password);
    const back = await user.open(authorizeUrl(client, { scope: 'openid offline_access' }));
    const tokens = await tokensAt(server, client, parametersOf(back).get('code'));
    const { codes } = await enrolIn(user);
    await rememberIn(user, ADMINISTRATOR, codes[0] ?? '');
    await setSetting(server, 'second_factor_roles', '*');
    expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_grant');
  });
});

describe('OpenID Connect Core §3.1.2.1, §5.5.1.1: a class of more than one factor', () => {
  /** Signs in at the page of an authorization request, with the code that it must ask for. */
  async function stepUp(user: User, url: string, key: string): Promise<Response> {
    const asked = await user.send(await readForm(await user.open(url), '/sign-in'), { email, password });
    return user.send(await readForm(asked, FACTOR_SIGN_IN), { code: codeOf(key) });
  }

  it.each([
    ['acr_values', { acr_values: MULTI_FACTOR }, MULTI_FACTOR],
    ['acr_values in order of preference', { acr_values: `unknown ${REFEDS} ${PASSWORD_CLASS}` }, REFEDS],
    ['acr_values that a code is not enough for, then one', { acr_values: `phr ${MULTI_FACTOR}` }, MULTI_FACTOR],
    ['an essential acr', essential(MULTI_FACTOR), MULTI_FACTOR],
  ])('%s: steps up a session of a remembered browser', async (_, parameters, acr) => {
    const { server, user, key } = await signedIn();
    const client = await makeClient(server, {}, { trusted: true });
    const back = await stepUp(user, authorizeUrl(client, parameters), key);
    const { id_token = '' } = await tokensAt(server, client, parametersOf(back).get('code'));
    expect(payloadOf(id_token)).toMatchObject({ acr, amr: ['pwd', 'otp', 'mfa'] });
  });

  it.each([{ acr_values: MULTI_FACTOR }, essential(MULTI_FACTOR)])(
    '%s: asks for the code at the sign-in, in a remembered browser too',
    async (parameters) => {
      const { server, user, key } = await remembered();
      const client = await makeClient(server, {}, { trusted: true });
      const back = await stepUp(user, authorizeUrl(client, parameters), key);
      expect(parametersOf(back).get('code')).not.toBeNull();
    },
  );

  it('an essential one that a sign-in beside it did not meet is asked for again, and is no error', async () => {
    const { server, user, key } = await remembered();
    const client = await makeClient(server, {}, { trusted: true });
    const url = authorizeUrl(client, essential(MULTI_FACTOR));
    const page = await (await user.open(url)).text();
    await user.signIn(email, password);
    const asked = await user.send(parseForm(page, '/sign-in'), { email, password });
    const back = await user.send(await readForm(asked, FACTOR_SIGN_IN), { code: codeOf(key) });
    expect(parametersOf(back).get('code')).not.toBeNull();
  });

  it('default_acr_values of the client count as acr_values', async () => {
    const { server, user, key } = await signedIn();
    const client = await makeClient(server, { default_acr_values: [MULTI_FACTOR] }, { trusted: true });
    const back = await stepUp(user, authorizeUrl(client), key);
    expect(parametersOf(back).get('code')).not.toBeNull();
  });

  it.each([`${PASSWORD_CLASS} ${MULTI_FACTOR}`, 'phr', 'unknown'])(
    'acr_values=%s: asks for nothing, where the session has what is preferred, or a code does not help',
    async (acr_values) => {
      const { server, user } = await signedIn();
      const client = await makeClient(server, {}, { trusted: true });
      const back = await user.open(authorizeUrl(client, { acr_values }));
      const { id_token = '' } = await tokensAt(server, client, parametersOf(back).get('code'));
      expect(payloadOf(id_token)).toMatchObject({ acr: PASSWORD_CLASS });
    },
  );

  it('acr_values with prompt=none are not met, which the id_token says; an essential one is login_required', async () => {
    const { server, user } = await signedIn();
    const client = await makeClient(server, {}, { trusted: true });
    const silent = await user.request(authorizeUrl(client, { acr_values: MULTI_FACTOR, prompt: 'none' }));
    const { id_token = '' } = await tokensAt(server, client, parametersOf(silent).get('code'));
    expect(payloadOf(id_token)).toMatchObject({ acr: PASSWORD_CLASS });
    const needed = await user.request(authorizeUrl(client, { ...essential(MULTI_FACTOR), prompt: 'none' }));
    expect(parametersOf(needed).get('error')).toBe('login_required');
  });

  it('acr_values do not hold up a user without a second factor', async () => {
    const server = serve();
    const { zerlina } = await zerlinaAt(server);
    const client = await makeClient(server, {}, { trusted: true });
    const back = await zerlina.open(authorizeUrl(client, { acr_values: MULTI_FACTOR }));
    expect(parametersOf(back).get('code')).not.toBeNull();
  });
});

describe('cookies that stand for nothing', () => {
  const PB = 'pb_';

  it('of another user, forged, cut, too long, empty, or with the row’s id: the code is asked for', async () => {
    const { server, user } = await remembered();
    const { zerlina } = await zerlinaAt(server);
    const { codes } = await enrolIn(zerlina);
    await rememberIn(zerlina, ZERLINA, codes[0] ?? '');
    const own = user.cookies.get(REMEMBERED_COOKIE) ?? '';
    const rows = await server.env.DB.prepare('SELECT id, hash FROM remembered_browsers').all();
    const stored = rows.results.flatMap(({ id, hash }) => [String(id), String(hash), PB + String(hash).slice(0, 43)]);
    const forged = [
      zerlina.cookies.get(REMEMBERED_COOKIE) ?? '',
      PB + 'A'.repeat(43),
      own.slice(0, -1),
      `${own}A`,
      own.slice(3),
      PB + 'A'.repeat(7000),
      '',
      '%',
      "pb_' OR 1=1 --",
      ...stored,
    ];
    for (const value of forged) {
      const thief = server.user();
      thief.cookies.set(REMEMBERED_COOKIE, value);
      const asked = await thief.signIn(email, password);
      expect([value.slice(0, 50), await asksForCode(asked)]).toEqual([value.slice(0, 50), true]);
      expect(await isIn(thief)).toBe(false);
    }
    await user.signIn(email, password);
    expect(await isIn(user)).toBe(true);
  });

  it('two of them in one request give no error: the first one counts', async () => {
    const { server, user } = await remembered();
    const own = user.cookies.get(REMEMBERED_COOKIE) ?? '';
    const ins: boolean[] = [];
    for (const [first, second] of [
      ['A', 'B'],
      [own, 'B'],
      ['B', own],
    ]) {
      const browser = server.user();
      browser.cookies.set(REMEMBERED_COOKIE, `${first}; ${REMEMBERED_COOKIE}=${second}`);
      await browser.signIn(email, password);
      browser.cookies.delete(REMEMBERED_COOKIE);
      ins.push(await isIn(browser));
    }
    expect(ins).toEqual([false, true, false]);
  });

  it('without the first step it is nothing: no page opens, and a wrong password counts as from any browser', async () => {
    const { server, user } = await remembered();
    expect(await isIn(user)).toBe(false);
    const thief = server.user();
    thief.cookies.set(REMEMBERED_COOKIE, user.cookies.get(REMEMBERED_COOKIE) ?? '');
    thief.cookies.set(SESSION, user.cookies.get(REMEMBERED_COOKIE) ?? '');
    expect(await isIn(thief)).toBe(false);
    const statuses: number[] = [];
    for (let n = 0; n < 7; n++) statuses.push((await thief.signIn(email, 'a wrong password')).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it('with the password it earns no new guesses of a code, however often it signs in', async () => {
    const { server, user } = await remembered();
    const statuses: number[] = [];
    for (let n = 0; n < 8; n++) {
      const thief = server.user();
      thief.address = `198.51.100.${n}`;
      thief.cookies.set(REMEMBERED_COOKIE, user.cookies.get(REMEMBERED_COOKIE) ?? '');
      await thief.signIn(email, password);
      expect(await isIn(thief)).toBe(true);
      const again = await thief.send(await readForm(await thief.open('/account/password'), '/sign-in'), {
        email,
        password,
      });
      const guess = await thief.send(await readForm(again, FACTOR_SIGN_IN), { code: '000000' });
      statuses.push(guess.status);
    }
    expect(statuses.filter((status) => status === 400)).toHaveLength(5);
    // The browser of the owner, which showed a code itself, counts alone and is not locked out.
    await user.signIn(email, password);
    const asked = await user.send(await readForm(await user.open('/account/password'), '/sign-in'), {
      email,
      password,
    });
    expect((await user.send(await readForm(asked, FACTOR_SIGN_IN), { code: '000000' })).status).toBe(400);
  });

  it('the form of the code on another site remembers nothing', async () => {
    const { server, codes } = await remembered();
    const victim = server.user();
    const form = await readForm(await victim.signIn(email, password), FACTOR_SIGN_IN);
    const forged = form.fields.filter(([name]) => name !== 'form_token');
    await victim.send({ ...form, fields: forged }, { recovery_code: codes[1] ?? '', remember_browser: 'on' });
    expect(victim.cookies.has(REMEMBERED_COOKIE)).toBe(false);
  });

  it('a wrong code remembers nothing', async () => {
    const { server } = await remembered();
    const thief = server.user();
    const form = await readForm(await thief.signIn(email, password), FACTOR_SIGN_IN);
    await thief.send(form, { code: '000000', remember_browser: 'on' });
    expect(thief.cookies.has(REMEMBERED_COOKIE)).toBe(false);
  });
});
