/** A second factor that a role or a client requires, and `acr` and `amr` that say so. */
import { describe, expect, it } from 'vitest';
import { essential, isIn, MULTI_FACTOR, parametersOf, REFEDS, tokensAt } from '../support/authentication-classes.ts';
import { Authenticator } from '../support/authenticator.ts';
import {
  ADMINISTRATOR,
  authorizeUrl,
  errorOf,
  makeClient,
  payloadOf,
  postToken,
  redemption,
  refresh,
  type Tokens,
} from '../support/client.ts';
import { Mailbox } from '../support/mailbox.ts';
import { codeOf, enrolIn, FACTOR_SIGN_IN, keyOn, recoveryCodesOn } from '../support/second-factor.ts';
import { administer, bindings, ISSUER, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';
import { ZERLINA, zerlinaAt } from '../support/user-account.ts';

const { email, password } = ADMINISTRATOR;
const SET_UP = '/sign-in/second-factor/set-up';
const requireOf = (server: Server, roles: string) => setSetting(server, 'second_factor_roles', roles);

async function signedIn(server: Server): Promise<User> {
  const user = server.user();
  await user.signIn(email, password);
  return user;
}

/** Sets up two-step sign-in on the page that a sign-in led to. @returns the page after it, and the key. */
async function setUpOn(user: User, asked: Response) {
  const form = await readForm(asked, SET_UP);
  const key = keyOn(form.html);
  const shown = await (await user.send(form, { code: codeOf(key, -1) })).text();
  return { key, shown, codes: recoveryCodesOn(shown), next: /class="button" href="([^"]*)"/.exec(shown)?.[1] ?? '' };
}

describe('a second factor that a role requires', () => {
  it('is set up at the next sign-in, before there is a session, and then the sign-in goes on', async () => {
    const server = serve();
    await signedIn(server);
    await requireOf(server, 'administrator');
    const user = server.user();
    const page = await (await user.open('/account/profile')).text();
    const asked = await user.send(parseForm(page, '/sign-in'), { email, password });
    expect(text(await asked.clone().text())).toContain('This server asks for two-step sign-in');
    expect([user.cookies.has('__Host-session'), await isIn(user)]).toEqual([false, false]);
    const { key, codes, next } = await setUpOn(user, asked);
    expect([codes.length, next]).toEqual([10, '/account/profile']);
    expect(await isIn(user)).toBe(true);
    const again = server.user();
    await again.send(await readForm(await again.signIn(email, password), FACTOR_SIGN_IN), { code: codeOf(key) });
    expect(await isIn(again)).toBe(true);
  });

  it('ends the use of sessions from before, at once and also for prompt=none', async () => {
    const server = serve();
    const user = await signedIn(server);
    const client = await makeClient(server, {}, { trusted: true });
    await requireOf(server, 'administrator');
    expect(await isIn(user)).toBe(false);
    expect((await user.request('/console')).status).toBe(303);
    const silent = await user.request(authorizeUrl(client, { prompt: 'none' }));
    expect(parametersOf(silent).get('error')).toBe('login_required');
    await requireOf(server, '');
    expect(await isIn(user)).toBe(true);
  });

  it('concerns users with the role alone; * concerns everyone, also at sign-up', async () => {
    const server = serve();
    await setSetting(server, 'sign_up', 'allow');
    const { zerlina } = await zerlinaAt(server);
    await requireOf(server, 'administrator\nauditor');
    expect(await isIn(zerlina)).toBe(true);
    await requireOf(server, '*');
    expect(await isIn(zerlina)).toBe(false);
    const newcomer = server.user();
    const form = await readForm(await newcomer.open('/sign-up'), '/sign-up');
    const asked = await newcomer.send(form, { name: 'N', email: 'new@example.com', password: 'a new password' });
    await setUpOn(newcomer, asked);
    expect(await isIn(newcomer)).toBe(true);
  });

  it('is a passkey for a user who has one', async () => {
    const server = serve();
    const user = await signedIn(server);
    const device = new Authenticator(ISSUER);
    const adding = await readForm(await user.open('/account/passkeys/add'), '/account/passkeys/add');
    await user.send(adding, { name: 'Laptop', passkey: await device.create(adding) });
    await requireOf(server, 'administrator');
    const other = server.user();
    const html = await (await other.signIn(email, password)).text();
    const [own, key] = [parseForm(html, SET_UP), parseForm(html, '/sign-in/passkey')];
    const form = { ...key, fields: [...key.fields, ...own.fields] };
    await other.send(form, { passkey: await device.get(form) });
    expect(await isIn(other)).toBe(true);
  });

  it('is set up once by two browsers with the same password: the second one replaces nothing', async () => {
    const server = serve();
    await signedIn(server);
    await requireOf(server, 'administrator');
    const [first, second] = [server.user(), server.user()];
    const [asked, other] = [await first.signIn(email, password), await second.signIn(email, password)];
    const forms = [await readForm(asked, SET_UP), await readForm(other, SET_UP)] as const;
    await first.send(forms[0], { code: codeOf(keyOn(forms[0].html)) });
    const refused = await second.send(forms[1], { code: codeOf(keyOn(forms[1].html)) });
    expect(recoveryCodesOn(await refused.text())).toEqual([]);
    expect([await isIn(first), await isIn(second)]).toEqual([true, false]);
  });

  it('is set up once by fifty at the same moment', async () => {
    const server = serve();
    await signedIn(server);
    await requireOf(server, 'administrator');
    const browsers: { user: User; code: string; form: Awaited<ReturnType<typeof readForm>> }[] = [];
    for (let n = 0; n < 50; n++) {
      const user = server.user();
      user.address = `203.0.113.${n}`;
      const form = await readForm(await user.signIn(email, password), SET_UP);
      browsers.push({ user, form, code: codeOf(keyOn(form.html)) });
    }
    await Promise.all(browsers.map(({ user, form, code }) => user.send(form, { code })));
    const ins = await Promise.all(browsers.map(({ user }) => isIn(user)));
    expect(ins.filter(Boolean)).toHaveLength(1);
  });

  it('cannot be set up for another user, nor by a form of another browser', async () => {
    const server = serve();
    await zerlinaAt(server);
    await requireOf(server, '*');
    const victim = server.user();
    const form = await readForm(await victim.signIn(ZERLINA.email, ZERLINA.password), SET_UP);
    const thief = server.user();
    const own = await readForm(await thief.signIn(email, password), SET_UP);
    const enrolment = form.fields.find(([name]) => name === 'enrolment')?.[1] ?? '';
    const refused = await thief.send(own, { enrolment, code: codeOf(keyOn(form.html)) });
    expect([refused.status, await isIn(thief)]).toEqual([400, false]);
  });

  it('is refused for what is no role, when the setting is saved', async () => {
    const server = serve();
    for (const value of ['Administrators!', 'a b', '**'])
      expect([value, (await server.admin('PUT', '/settings/second_factor_roles', { value })).status]).toEqual([
        value,
        400,
      ]);
  });

  it('is required of what was approved before: the code and the refresh token are refused until it is there', async () => {
    const server = serve();
    const client = await makeClient(server);
    const url = authorizeUrl(client, { scope: 'openid offline_access' });
    const user = await signedIn(server);
    const first = await user.authorise(url, ADMINISTRATOR);
    const tokens = await tokensAt(server, client, first.searchParams.get('code'));
    const second = await user.authorise(url, ADMINISTRATOR);
    await requireOf(server, 'administrator');
    const redeemed = await postToken(server, client, redemption(second.searchParams.get('code') ?? ''));
    expect(await errorOf(redeemed)).toBe('invalid_grant');
    expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_grant');
    await requireOf(server, '');
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });
});

describe('a second factor that a client requires', () => {
  const demanding = (server: Server, changes = {}) =>
    makeClient(server, changes, { trusted: true, require_second_factor: true });

  it('is asked for at authorization, set up where there is none, and told in the id_token', async () => {
    const server = serve();
    const client = await demanding(server);
    const user = await signedIn(server);
    const silent = await user.request(authorizeUrl(client, { prompt: 'none' }));
    expect(parametersOf(silent).get('error')).toBe('login_required');
    const page = await (await user.open(authorizeUrl(client))).text();
    const asked = await user.send(parseForm(page, '/sign-in'), { email, password });
    const { next } = await setUpOn(user, asked);
    const back = await user.open(next.replaceAll('&amp;', '&'));
    const { id_token = '' } = await tokensAt(server, client, parametersOf(back).get('code'));
    expect(payloadOf(id_token)).toMatchObject({ acr: MULTI_FACTOR, amr: ['pwd', 'otp', 'mfa'] });
  });

  it('is not skipped by a sign-in that leaves out where it came from', async () => {
    const server = serve();
    const client = await demanding(server);
    const user = server.user();
    await user.open(authorizeUrl(client));
    await user.signIn(email, password);
    expect(await isIn(user)).toBe(true);
    expect((await user.request(authorizeUrl(client))).headers.get('location')).toMatch(/^\/sign-in\?/);
  });

  it('is required of consent that was on the screen, of codes and of refresh tokens from before', async () => {
    const server = serve();
    const client = await makeClient(server);
    const url = authorizeUrl(client, { scope: 'openid offline_access' });
    const user = await signedIn(server);
    const consent = await readForm(await user.open(url), '/consent');
    const first = await server.user().authorise(url, ADMINISTRATOR);
    const tokens = await tokensAt(server, client, first.searchParams.get('code'));
    const second = await server.user().authorise(url, ADMINISTRATOR);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { require_second_factor: true });
    const asked = await user.send(consent, { decision: 'allow' });
    expect(text(await asked.text())).toContain('Please sign in again');
    const redeemed = await postToken(server, client, redemption(second.searchParams.get('code') ?? ''));
    expect(await errorOf(redeemed)).toBe('invalid_grant');
    expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_grant');
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { require_second_factor: false });
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });

  it('is there in a refresh of what was approved with it', async () => {
    const server = serve();
    const client = await demanding(server);
    const user = await signedIn(server);
    await enrolIn(user);
    const back = await user.open(authorizeUrl(client, { scope: 'openid offline_access' }));
    const tokens = await tokensAt(server, client, parametersOf(back).get('code'));
    const again = (await (await refresh(server, client, tokens.refresh_token)).json()) as Tokens;
    expect(payloadOf(again.id_token ?? '')).toMatchObject({ acr: MULTI_FACTOR, amr: ['pwd', 'otp', 'mfa'] });
  });

  it('is asked for before a device is connected, and holds for its refresh token', async () => {
    const server = serve();
    const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
    const client = await makeClient(server, { grant_types: [GRANT, 'refresh_token'], redirect_uris: [] });
    const post = (path: string, body: Record<string, string>) =>
      server.fetch(path, { method: 'POST', body: new URLSearchParams({ client_id: client.client_id, ...body }) });
    const connect = async (user: User) => {
      const begun = await post('/device_authorization', { scope: 'openid offline_access' });
      const { device_code, user_code } = (await begun.json()) as Record<string, string>;
      return { device_code: device_code ?? '', page: await user.open(`/device?user_code=${user_code}`) };
    };
    const user = await signedIn(server);
    const weak = await connect(user);
    await user.send(await readForm(weak.page, '/device'), { decision: 'allow' });
    const before = (await (
      await post('/token', { grant_type: GRANT, device_code: weak.device_code })
    ).json()) as Tokens;
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { require_second_factor: true });
    expect(await errorOf(await refresh(server, client, before.refresh_token))).toBe('invalid_grant');
    const asked = await connect(user);
    expect(text(await asked.page.text())).toContain('Please sign in again');
    await enrolIn(user);
    const strong = await connect(user);
    await user.send(await readForm(strong.page, '/device'), { decision: 'allow' });
    const after = (await (
      await post('/token', { grant_type: GRANT, device_code: strong.device_code })
    ).json()) as Tokens;
    expect((await refresh(server, client, after.refresh_token)).status).toBe(200);
  });
});

describe('OpenID Connect Core §5.5.1.1: requesting acr with more than one factor', () => {
  it('the metadata lists the classes', async () => {
    const metadata = (await (await serve().fetch('/.well-known/openid-configuration')).json()) as {
      acr_values_supported: string[];
    };
    expect(metadata.acr_values_supported).toEqual(expect.arrayContaining(['phr', MULTI_FACTOR, REFEDS]));
  });

  it.each([MULTI_FACTOR, REFEDS])('an essential %s is asked for, set up, and returned', async (acr) => {
    const server = serve();
    const client = await makeClient(server, {}, { trusted: true });
    const user = await signedIn(server);
    const url = authorizeUrl(client, essential(acr));
    expect(parametersOf(await user.request(`${url}&prompt=none`)).get('error')).toBe('login_required');
    const page = await (await user.open(url)).text();
    const { next } = await setUpOn(user, await user.send(parseForm(page, '/sign-in'), { email, password }));
    const back = await user.open(next.replaceAll('&amp;', '&'));
    const { id_token = '' } = await tokensAt(server, client, parametersOf(back).get('code'));
    expect(payloadOf(id_token).acr).toBe(acr);
  });

  it('acr_values return the wished class of a user who has a second factor, and ask nobody to set one up', async () => {
    const server = serve();
    const client = await makeClient(server, {}, { trusted: true });
    const user = await signedIn(server);
    const url = authorizeUrl(client, { acr_values: REFEDS });
    const before = await tokensAt(server, client, parametersOf(await user.open(url)).get('code'));
    expect(payloadOf(before.id_token ?? '').amr).toEqual(['pwd']);
    await enrolIn(user);
    const after = await tokensAt(server, client, parametersOf(await user.open(url)).get('code'));
    expect(payloadOf(after.id_token ?? '').acr).toBe(REFEDS);
  });
});

describe('a reset by an administrator', () => {
  const idOf = async (server: Server) =>
    (await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${ZERLINA.email}`)).users[0]?.id ?? '';

  it('turns two-step sign-in off, tells the user by mail, and leaves an event; codes in hand are useless', async () => {
    const mailbox = new Mailbox();
    const server = serve(bindings([], { EMAIL: mailbox.binding }));
    await setSetting(server, 'mail_from', 'id@acme.com');
    const { zerlina, id } = await zerlinaAt(server);
    const { codes } = await enrolIn(zerlina);
    const halfway = server.user();
    const form = await readForm(await halfway.signIn(ZERLINA.email, ZERLINA.password), FACTOR_SIGN_IN);
    expect(await administer(server, 'GET', `/users/${id}`)).toMatchObject({ second_factor: true });
    mailbox.take();
    await administer(server, 'DELETE', `/users/${id}/second-factor`);
    await administer(server, 'DELETE', `/users/${id}/second-factor`);
    expect(mailbox.take().map(({ to, text }) => [to, text.includes('An administrator turned off')])).toEqual([
      [ZERLINA.email, true],
    ]);
    expect(await administer(server, 'GET', `/users/${id}`)).toMatchObject({ second_factor: false });
    await halfway.send(form, { recovery_code: codes[0] ?? '' });
    expect(await isIn(halfway)).toBe(false);
    const again = server.user();
    await again.signIn(ZERLINA.email, ZERLINA.password);
    expect(await isIn(again)).toBe(true);
    const { events } = await administer<{ events: { type: string; actor: string }[] }>(server, 'GET', '/events');
    expect(events.filter(({ type }) => type === 'second-factor.removed')).toHaveLength(1);
  });

  it('is an action of the console for a user who has it on', async () => {
    const server = serve();
    const { zerlina } = await zerlinaAt(server);
    const administrator = await signedIn(server);
    const page = `/console/users/${await idOf(server)}`;
    expect(text(await (await administrator.open(page)).text())).not.toContain('Reset two-step sign-in');
    await enrolIn(zerlina);
    expect(text(await (await administrator.open(page)).text())).toContain('Reset two-step sign-in');
    const question = await readForm(await administrator.open(`${page}/second-factor`), `${page}/second-factor`);
    expect(text(await (await administrator.send(question)).text())).toContain('Two-step sign-in of the user is off');
  });

  it('where a second factor is required, the next sign-in sets it up again', async () => {
    const server = serve();
    const { zerlina, id } = await zerlinaAt(server);
    await enrolIn(zerlina);
    await requireOf(server, '*');
    await administer(server, 'DELETE', `/users/${id}/second-factor`);
    const user = server.user();
    await setUpOn(user, await user.signIn(ZERLINA.email, ZERLINA.password));
    expect(await isIn(user)).toBe(true);
  });
});
