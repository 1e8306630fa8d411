/** Fresh authentication: only what was proven to have happened (OpenID Connect Core §2 auth_time, §3.1.2.1 max_age). */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  authorizeUrl,
  makeClient,
  payloadOf,
  postToken,
  REDIRECT_URI,
  redemption,
  type Tokens,
} from '../support/client.ts';
import { type FarEnd, farEnd } from '../support/far-end.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { json } from '../support/pretend-web.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import {
  makeLogin,
  pageText,
  pressButton,
  type Row,
  returnFrom,
  says,
  signInWith,
  usersOf,
} from '../support/social.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';

const ALICE = { sub: 'alice', email: 'alice@faraway.net', name: 'Alice Far' };
const PASSWORD_PAGE = '/account/password';

let now = 0;

beforeEach(() => {
  now = Math.floor(Date.now() / 1000) * 1000;
  vi.useFakeTimers({ now, toFake: ['Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function later(seconds: number): void {
  now += seconds * 1000;
  vi.setSystemTime(now);
}

const ago = (seconds: number) => Math.floor(now / 1000) - seconds;

async function scene(claims: Row = {}, changes: Row = {}, server = serve()) {
  const far = await farEnd();
  says(far, { ...ALICE, ...claims });
  await makeLogin(server, far, changes);
  return { server, far };
}

/** An OAuth provider without OpenID, such as GitHub: it tells nothing of when the user authenticated. */
async function gitHub(server: Server): Promise<FarEnd> {
  const far = await farEnd();
  await administer(server, 'POST', '/social-logins', {
    id: 'far',
    provider: 'github',
    sign_up: 'allow',
    roles: ['administrator'],
    client_id: 'postern',
    client_secret: 'secret',
  });
  Object.assign(far.web.answers, {
    'https://github.com/login/oauth/access_token': () => json({ access_token: 'gho', scope: 'read:user,user:email' }),
    'https://api.github.com/user': () => json({ id: 7, login: 'alice', name: 'Alice', email: null }),
    'https://api.github.com/user/emails': () => json([{ email: ALICE.email, primary: true, verified: true }]),
  });
  return far;
}

const throughGitHub = async (user: User, far: FarEnd, page = '/sign-in') =>
  returnFrom(user, far, await pressButton(user, far, 'far', page), { iss: undefined });

const withMail = async (): Promise<{ server: Server; mailbox: Mailbox }> => {
  const mailbox = new Mailbox();
  const server = serve(bindings([], { EMAIL: mailbox.binding }));
  await setSetting(server, 'mail_from', 'id@acme.com');
  return { server, mailbox };
};

const query = (sent: Response) => new URL(sent.headers.get('location') ?? '').searchParams;
const locationOf = (response: Response) => response.headers.get('location') ?? '';

/** Follows an authorize URL through consent. */
async function agree(user: User, url: string): Promise<string> {
  const response = await user.open(url);
  if (response.headers.get('location')) return locationOf(response);
  return locationOf(await user.send(parseForm(await response.text(), '/consent'), { decision: 'allow' }));
}

describe('OpenID Connect Core §2: auth_time of a sign-in with an identity provider', () => {
  it('is when the user authenticated there: signing out here and coming back through it opens no page that needs a fresh sign-in', async () => {
    const { server, far } = await scene({ auth_time: ago(5 * 3600) });
    const user = server.user();
    await signInWith(user, far);
    await user.send(await readForm(await user.open('/sign-out'), '/sign-out'));
    await signInWith(user, far);
    expect((await user.request('/account')).status).toBe(200);
    for (const page of [PASSWORD_PAGE, '/account/email', '/account/passkeys/add'])
      expect(locationOf(await user.request(page))).toMatch(/^\/sign-in/);
  });

  it('is in the id_token as the provider told it, and left out where it told nothing', async () => {
    const told = ago(5 * 3600);
    for (const auth_time of [told, undefined]) {
      const { server, far } = await scene({ auth_time });
      const user = server.user();
      await signInWith(user, far);
      const client = await makeClient(server);
      const code = new URL(await agree(user, authorizeUrl(client))).searchParams.get('code') ?? '';
      const answer = await postToken(server, client, redemption(code));
      const { id_token = '' } = (await answer.json()) as Tokens;
      expect(payloadOf(id_token).auth_time).toBe(auth_time);
      await administer(server, 'DELETE', '/social-logins/far');
    }
  });

  it('proves nothing where it lies in the future or is no time', async () => {
    for (const auth_time of [Date.now(), ago(-3600), 'now', -1, null]) {
      const { server, far } = await scene({ auth_time });
      const user = server.user();
      await signInWith(user, far);
      expect(locationOf(await user.request(PASSWORD_PAGE))).toMatch(/^\/sign-in/);
      await administer(server, 'DELETE', '/social-logins/far');
    }
  });

  it('that contradicts the trust in the provider (trust_fresh) decides', async () => {
    const { server, far } = await scene({ auth_time: ago(3600) }, { trust_fresh: true });
    const user = server.user();
    await signInWith(user, far);
    const page = locationOf(await user.request(PASSWORD_PAGE));
    expect(await pageText(await signInWith(user, far, 'far', page))).toContain('used an older sign-in');
    expect((await user.request(PASSWORD_PAGE)).status).toBe(303);
  });

  it('a session without one ends by what ends sessions, as any other', async () => {
    const { server, far } = await scene({ auth_time: undefined });
    const user = server.user();
    await signInWith(user, far);
    const [alice] = await usersOf(server);
    await administer(server, 'PATCH', `/users/${alice?.id}`, { disabled: true });
    expect((await user.request('/account')).status).toBe(303);
  });
});

describe('OpenID Connect Core §3.1.2.1: prompt and max_age', () => {
  it('are passed on to the identity provider also where nobody is signed in here', async () => {
    const { server, far } = await scene();
    const client = await makeClient(server);
    const asked: [changes: Record<string, string>, prompt: string | null, maxAge: string | null][] = [
      [{}, null, null],
      [{ prompt: 'login' }, 'login', '1'],
      [{ max_age: '3600' }, null, '3600'],
      [{ max_age: '0' }, 'login', '1'],
      [{ prompt: 'select_account' }, 'select_account', null],
      [{ prompt: 'select_account login' }, 'select_account login', '1'],
      [{ prompt: 'select_account', max_age: '60' }, 'select_account', '60'],
    ];
    for (const [changes, prompt, maxAge] of asked) {
      const user = server.user();
      const page = locationOf(await user.request(authorizeUrl(client, changes)));
      const sent = query(await pressButton(user, far, 'far', page));
      expect([changes, sent.get('prompt'), sent.get('max_age')]).toEqual([changes, prompt, maxAge]);
    }
    const user = server.user();
    const page = locationOf(await user.request(PASSWORD_PAGE));
    expect(query(await pressButton(user, far, 'far', page)).get('max_age')).toBe('600');
  });

  it('are met by no sign-in that the provider does not prove: the user is asked again, and prompt=none gives login_required', async () => {
    const proofs: [auth_time: number | undefined, isMet: boolean][] = [
      [undefined, false],
      [ago(5 * 3600), false],
      [ago(0), true],
    ];
    for (const [auth_time, isMet] of proofs) {
      const { server, far } = await scene({ auth_time });
      const client = await makeClient(server, {}, { trusted: true });
      const url = authorizeUrl(client, { max_age: '60' });
      const user = server.user();
      const back = await signInWith(user, far, 'far', locationOf(await user.request(url)));
      expect(locationOf(await user.request(locationOf(back)))).toMatch(isMet ? /code=/ : /^\/sign-in/);
      expect(locationOf(await user.request(`${url}&prompt=none`))).toContain(isMet ? 'code=' : 'error=login_required');
      await administer(server, 'DELETE', '/social-logins/far');
    }
  });

  it('prompt=login is not met by a session of the provider, either', async () => {
    const { server, far } = await scene({ auth_time: ago(3600) });
    const client = await makeClient(server, {}, { trusted: true });
    const user = server.user();
    const page = locationOf(await user.request(authorizeUrl(client, { prompt: 'login' })));
    const back = await signInWith(user, far, 'far', page);
    const again = await user.request(locationOf(back));
    expect(locationOf(again)).toMatch(/^\/sign-in/);
    says(far, { ...ALICE, auth_time: ago(0) });
    const met = await signInWith(user, far, 'far', locationOf(again));
    expect(locationOf(await user.request(locationOf(met)))).toContain('code=');
  });

  it('a return link never waives max_age: who comes back too late is asked again', async () => {
    const server = serve();
    const client = await makeClient(server, {}, { trusted: true });
    for (const max_age of ['0', '30', '600']) {
      const user = server.user();
      const page = await user.open(authorizeUrl(client, { max_age }));
      const sealed = parseForm(await page.text(), '/sign-in').fields.find(([name]) => name === 'continue')?.[1] ?? '';
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      const signed = await user.request(`/sign-in?continue=${sealed}`);
      const link = locationOf(signed);
      expect(link).toMatch(/^\/authorize\?/);
      expect(locationOf(await user.request(link))).toContain('code=');
      later(Math.max(60, Number(max_age)) + 1);
      expect([max_age, locationOf(await user.request(link))]).toEqual([max_age, expect.stringMatching(/^\/sign-in/)]);
    }
  });

  it('require_auth_time and auth_time as an Essential Claim are not met by a sign-in of unknown time', async () => {
    const { server, far } = await scene({ auth_time: undefined });
    const user = server.user();
    await signInWith(user, far);
    const requiring = await makeClient(server, { require_auth_time: true }, { trusted: true });
    const plain = await makeClient(server, {}, { trusted: true });
    const claims = JSON.stringify({ id_token: { auth_time: { essential: true } } });
    expect(locationOf(await user.request(authorizeUrl(requiring)))).toMatch(/^\/sign-in/);
    expect(locationOf(await user.request(authorizeUrl(plain, { claims })))).toMatch(/^\/sign-in/);
    expect(locationOf(await user.request(authorizeUrl(plain)))).toContain(`${REDIRECT_URI}?code=`);
  });
});

describe('an administrator whose only way in is GitHub, which proves no fresh sign-in', () => {
  const ADD = '/account/passkeys/add';

  it('opens what needs a fresh sign-in by a link that is mailed to them', async () => {
    const { server, mailbox } = await withMail();
    const far = await gitHub(server);
    const user = server.user();
    await throughGitHub(user, far);
    const html = await (await user.open(ADD)).text();
    expect(html).not.toContain('Continue with GitHub');
    expect(text(html)).toContain('GitHub cannot confirm that you sign in again');
    const sent = await user.send(parseForm(html, '/sign-in/mail'));
    expect(await pageText(sent)).toContain(`A link is on its way to ${ALICE.email}`);
    const [letter] = mailbox.take();
    expect(letter?.to).toBe(ALICE.email);
    const question = await user.open(linkIn(letter));
    expect((await user.request(ADD)).status).toBe(303);
    const done = await user.send(await readForm(question, '/sign-in/mailed'));
    expect(await pageText(done)).toContain('Add a passkey');
    expect((await user.request(ADD)).status).toBe(200);
  });

  it('and an application that asks for max_age gets what the link proves', async () => {
    const { server, mailbox } = await withMail();
    const far = await gitHub(server);
    const client = await makeClient(server, {}, { trusted: true });
    const user = server.user();
    const back = await throughGitHub(
      user,
      far,
      locationOf(await user.request(authorizeUrl(client, { max_age: '60' }))),
    );
    const page = await user.open(locationOf(back));
    await user.send(await readForm(page, '/sign-in/mail'));
    const question = await user.open(linkIn(mailbox.take()[0]));
    const done = await user.send(await readForm(question, '/sign-in/mailed'));
    const code = new URL(locationOf(done)).searchParams.get('code') ?? '';
    const { id_token = '' } = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
    expect(payloadOf(id_token)).toMatchObject({ auth_time: ago(0), amr: ['otp'] });
  });

  it('is told whom to ask where this server sends no mail, and a one-time link lets them in', async () => {
    const server = serve();
    const far = await gitHub(server);
    const user = server.user();
    await throughGitHub(user, far);
    expect(await pageText(await user.open(ADD))).toContain('ask your administrator for a one-time link');
    const [alice] = await usersOf(server);
    const { link } = await administer<{ link: string }>(server, 'POST', `/users/${alice?.id}/invitation`);
    const { pathname, search } = new URL(link);
    const form = await readForm(await user.open(pathname + search), '/welcome');
    await user.send(form, { password: 'a long good password 7' });
    expect((await user.request(ADD)).status).toBe(200);
  });
});

describe('a mailed link for a fresh sign-in', () => {
  async function asked() {
    const { server, mailbox } = await withMail();
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    later(601);
    const form = await readForm(await user.open(PASSWORD_PAGE), '/sign-in/mail');
    await user.send(form);
    return { server, mailbox, user, form, path: linkIn(mailbox.take()[0]) };
  }

  it('is valid once, for fifteen minutes, and only in the session that asked for it', async () => {
    const { server, user, path } = await asked();
    const other = server.user();
    await other.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    for (const elsewhere of [server.user(), other]) expect([(await elsewhere.open(path)).status]).toEqual([400]);
    const form = await readForm(await user.open(path), '/sign-in/mailed');
    expect((await other.send(form)).status).toBe(400);
    expect((await user.send(form)).status).toBe(200);
    expect((await user.send(form)).status).toBe(400);
    const second = await asked();
    later(901);
    expect((await second.user.open(second.path)).status).toBe(400);
  });

  it('is mailed to nobody who is not signed in, nor for a form of another browser', async () => {
    const { server, mailbox, form, user } = await asked();
    expect((await server.user().send(form)).status).toBe(400);
    expect((await user.send(form, { form_token: 'x' })).status).toBe(400);
    expect(mailbox.take()).toEqual([]);
  });

  it('of fifty at once opens the session once', async () => {
    const { user, path, server } = await asked();
    const form = await readForm(await user.open(path), '/sign-in/mailed');
    const body = new URLSearchParams(form.fields).toString();
    const cookie = [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, origin: server.env.ISSUER, 'content-type': 'application/x-www-form-urlencoded' };
    const all = await Promise.all(
      Array.from({ length: 50 }, () => server.fetch('/sign-in/mailed', { method: 'POST', body, headers })),
    );
    expect(all.filter(({ status }) => status === 303)).toHaveLength(1);
  }, 60_000);
});
