/** OpenID Connect RP-Initiated Logout 1.0: a client sends a user here to sign out. */
import { describe, expect, it, vi } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  payloadOf,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { administer, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';

const BACK = 'https://app.example/signed-out';
const CONFIRM = '/end-session/confirm';

const at = (parameters: Record<string, string>) => `/end-session?${new URLSearchParams(parameters)}`;
const locationOf = (response: Response) => response.headers.get('location');

/** A user who signed in at a client, and what the client got. */
async function signedIn(scope = 'openid profile', metadata: Record<string, unknown> = {}) {
  const server = serve();
  const client = await makeClient(server, { post_logout_redirect_uris: [BACK, `${BACK}?from=here`], ...metadata });
  const user = server.user();
  const tokens = await tokensOf(server, client, user, scope);
  return { server, client, user, tokens, hint: tokens.id_token ?? '' };
}

async function tokensOf(server: Server, client: TestClient, user: User, scope: string): Promise<Tokens> {
  const back = await user.authorise(authorizeUrl(client, { scope }), ADMINISTRATOR);
  const response = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
  return (await response.json()) as Tokens;
}

const isSignedIn = async (user: User) => (await user.request('/account')).status === 200;

/** The question is asked, says that nobody is sent back, and signs out here. */
async function signsOutHere(user: User, url: string) {
  const page = await user.open(url);
  expect([url, page.status, locationOf(page)]).toEqual([url, 200, null]);
  const html = await page.text();
  expect(text(html)).toContain('Sign out?');
  expect(text(html)).toContain('you stay on this page after signing out');
  expect(await isSignedIn(user)).toBe(true);
  const out = await user.send(parseForm(html, CONFIRM), { decision: 'sign-out' });
  expect([out.status, locationOf(out)]).toEqual([200, null]);
  const said = await out.text();
  expect(text(said)).toContain('You are signed out');
  expect(said).not.toMatch(/evil\.example|app\.example|javascript:/);
  expect(await isSignedIn(user)).toBe(false);
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
}

async function confirm(user: User, url: string, decision = 'sign-out') {
  return user.send(await readForm(await user.open(url), CONFIRM), { decision });
}

describe('RP-Initiated Logout §2 the logout request', () => {
  it('the user is asked, and nothing ends before they have answered', async () => {
    const { user, hint } = await signedIn();
    const page = await user.open(at({ id_token_hint: hint, post_logout_redirect_uri: BACK, state: 's 1&2' }));
    expect(page.status).toBe(200);
    expect(text(await page.text())).toContain('Test application asks whether you want to sign out here, too');
    expect(await isSignedIn(user)).toBe(true);
  });

  it('after the user agreed, the session has ended and the user is redirected to post_logout_redirect_uri with state', async () => {
    const { user, hint } = await signedIn();
    const request = { id_token_hint: hint, post_logout_redirect_uri: `${BACK}?from=here`, state: 's 1&2' };
    const response = await confirm(user, at(request));
    expect([response.status, locationOf(response)]).toEqual([303, `${BACK}?from=here&state=s+1%262`]);
    expect(await isSignedIn(user)).toBe(false);
  });

  it('who chooses to stay stays, and finds the way back to the application', async () => {
    const { user, hint } = await signedIn();
    const response = await confirm(user, at({ id_token_hint: hint, post_logout_redirect_uri: BACK }), 'stay');
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`href="${BACK}"`);
    expect(await isSignedIn(user)).toBe(true);
  });

  it('OPs MUST support GET and POST: a POST goes on by GET, so that the browser sends its cookie', async () => {
    const { user, hint } = await signedIn();
    const response = await user.request('/end-session', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://app.example' },
      body: new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: BACK }).toString(),
    });
    expect(response.status).toBe(303);
    expect((await confirm(user, locationOf(response) ?? '')).headers.get('location')).toBe(BACK);
  });

  it('without any parameter the user is asked, and then told that they are signed out', async () => {
    const { user } = await signedIn();
    const response = await confirm(user, '/end-session');
    expect(text(await response.text())).toContain('You are signed out');
    expect(await isSignedIn(user)).toBe(false);
  });

  it('an id_token_hint is accepted even when its exp has passed', async () => {
    const { user, hint } = await signedIn();
    vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] });
    const response = await user.open(at({ id_token_hint: hint, post_logout_redirect_uri: BACK }));
    expect(response.status).toBe(200);
  });

  it('an id_token_hint that this server did not issue leads nowhere, and keeps nobody signed in', async () => {
    const { user, hint, tokens, client } = await signedIn();
    for (const id_token_hint of [`${hint.slice(0, -6)}AAAAAA`, 'x.y.z', tokens.access_token]) {
      const request = { id_token_hint, post_logout_redirect_uri: BACK };
      await signsOutHere(user, at(request));
      await signsOutHere(user, at({ ...request, client_id: client.client_id }));
    }
  });

  it('client_id MUST be the client that id_token_hint was issued to', async () => {
    const { server, user, hint, client } = await signedIn();
    const other = await makeClient(server, { post_logout_redirect_uris: [BACK] });
    const request = { id_token_hint: hint, post_logout_redirect_uri: BACK };
    await signsOutHere(user, at({ ...request, client_id: other.client_id }));
    expect(locationOf(await confirm(user, at({ ...request, client_id: client.client_id })))).toBe(BACK);
  });

  it('a hint of another account says so, and ends nothing unasked', async () => {
    const { server, client, hint } = await signedIn();
    await administer(server, 'POST', '/users', { email: 'bob@example.com', name: 'Bob' });
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', {
      email: 'eve@example.com',
      name: 'Eve',
    });
    const eve = server.user();
    await eve.send(await readForm(await eve.open(link), '/welcome'), { password: 'a long enough password' });
    const page = await eve.open(at({ id_token_hint: hint, client_id: client.client_id }));
    expect(text(await page.text())).toContain('You used another account there');
    expect(await isSignedIn(eve)).toBe(true);
  });
});

describe('RP-Initiated Logout §3 redirection after logout', () => {
  it('post_logout_redirect_uri MUST be one that the client registered, exactly', async () => {
    const { user, hint } = await signedIn();
    for (const uri of [
      `${BACK}/`,
      `${BACK}?x=1`,
      'https://evil.example/',
      'https://app.example',
      'javascript:alert(1)',
    ]) {
      await signsOutHere(user, at({ id_token_hint: hint, post_logout_redirect_uri: uri }));
    }
  });

  it('without id_token_hint and client_id, nobody is redirected, but signed out', async () => {
    const { user } = await signedIn();
    await signsOutHere(user, at({ post_logout_redirect_uri: BACK, state: 'x' }));
  });

  it('a client that is unknown, deleted or malformed leads nowhere, and keeps nobody signed in', async () => {
    const { server, user, client, hint } = await signedIn();
    for (const client_id of ['c_nobody', 'https://nowhere.example/client.json', '\u00e9"<', 'x'.repeat(3000)]) {
      await signsOutHere(user, at({ client_id, post_logout_redirect_uri: BACK }));
    }
    await administer(server, 'DELETE', `/clients/${client.client_id}`);
    await signsOutHere(user, at({ id_token_hint: hint, post_logout_redirect_uri: BACK }));
  });

  it('a request that is malformed or says something twice leads nowhere, and keeps nobody signed in', async () => {
    const { user, client } = await signedIn();
    const once = at({ client_id: client.client_id, post_logout_redirect_uri: BACK });
    for (const more of [
      '&client_id=c_other',
      '&post_logout_redirect_uri=https%3A%2F%2Fevil.example',
      '&x=%E0%A4%A',
      '&x=%00',
    ]) {
      await signsOutHere(user, `${once}${more}`);
    }
    const posted = await user.request('/end-session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://app.example' },
      body: '{}',
    });
    expect(posted.status).toBe(303);
    expect(locationOf(await confirm(user, locationOf(posted) ?? ''))).toBeNull();
    expect(await isSignedIn(user)).toBe(false);
  });

  it('who then chooses to stay stays, and what was wrong stands in the log', async () => {
    const { user, client } = await signedIn();
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const url = at({ client_id: client.client_id, post_logout_redirect_uri: 'https://evil.example/' });
    const form = await readForm(await user.open(url), CONFIRM);
    const lines = log.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('/end-session'));
    expect(lines.join()).toContain('post_logout_redirect_uri is not registered for this client');
    const stayed = await user.send(form, { decision: 'stay' });
    expect(await stayed.text()).not.toContain('evil.example');
    expect(await isSignedIn(user)).toBe(true);
  });

  it('client_id names the client where there is no hint', async () => {
    const { user, client } = await signedIn();
    const request = { client_id: client.client_id, post_logout_redirect_uri: BACK, logout_hint: 'x', ui_locales: 'de' };
    expect(locationOf(await confirm(user, at(request)))).toBe(BACK);
  });

  it('who is not signed in goes on at once, and only to a registered address', async () => {
    const { server, hint } = await signedIn();
    const visitor = server.user();
    const request = { id_token_hint: hint, post_logout_redirect_uri: BACK, state: 'x' };
    expect(locationOf(await visitor.request(at(request)))).toBe(`${BACK}?state=x`);
    const evil = await visitor.request(at({ ...request, post_logout_redirect_uri: 'https://evil.example/' }));
    expect([evil.status, locationOf(evil)]).toEqual([200, null]);
    expect(await evil.text()).not.toContain('evil.example');
  });

  it('the form is bound to the session and sealed: another cannot send it, nor change where it leads', async () => {
    const { server, user, hint } = await signedIn();
    const form = await readForm(await user.open(at({ id_token_hint: hint })), CONFIRM);
    expect((await user.send(form, { decision: 'sign-out', form_token: 'x' })).status).toBe(403);
    expect((await user.send(form, { decision: 'sign-out', return: 'https://evil.example/' })).status).toBe(400);
    const foreign = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' };
    const body = new URLSearchParams([...form.fields, ['decision', 'sign-out']]).toString();
    expect((await user.request(CONFIRM, { method: 'POST', headers: foreign, body })).status).toBe(403);
    expect(await isSignedIn(user)).toBe(true);
    expect(server).toBeDefined();
  });

  it('post_logout_redirect_uris are validated when they are registered', async () => {
    const server = serve();
    for (const uri of ['http://app.example/', 'https://app.example/#x', 'javascript:alert(1)']) {
      const made = server.admin('POST', '/clients', {
        metadata: { redirect_uris: [BACK], token_endpoint_auth_method: 'none', post_logout_redirect_uris: [uri] },
      });
      expect([uri, (await made).status]).toEqual([uri, 400]);
    }
  });
});

describe('OpenID Connect Core §11 what a session ends with it', () => {
  it('a grant without offline_access is revoked: neither refreshed nor used, an outstanding code included', async () => {
    const { server, client, user, tokens } = await signedIn();
    const back = await user.authorise(authorizeUrl(client, { scope: 'openid profile' }), ADMINISTRATOR);
    await confirm(user, '/end-session');
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(400);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect((await server.fetch('/userinfo', { headers })).status).toBe(401);
    const late = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
    expect(await late.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('a grant with offline_access lives on', async () => {
    const { server, client, user, tokens } = await signedIn('openid profile offline_access');
    await confirm(user, '/end-session');
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect((await server.fetch('/userinfo', { headers })).status).toBe(200);
  });

  for (const [how, hours, isSwept] of [
    ['idle too long', 73, false],
    ['expired', 30 * 24 + 1, false],
    ['expired and swept', 30 * 24 + 1, true],
  ] as const) {
    it(`the same where the session ends without a logout: ${how}`, async () => {
      for (const scope of ['openid profile', 'openid profile offline_access']) {
        const { server, client, tokens } = await signedIn(scope);
        await setSetting(server, 'refresh_idle_days', 365);
        const later = Date.now() + hours * 3_600_000;
        vi.useFakeTimers({ now: later, toFake: ['Date'] });
        if (isSwept) await runCron(server.env, later);
        const { results } = await server.env.DB.prepare('SELECT id FROM sessions').all();
        expect(results).toHaveLength(isSwept ? 0 : 1);
        const answer = await refresh(server, client, tokens.refresh_token);
        expect([scope, answer.status]).toEqual([scope, scope.includes('offline_access') ? 200 : 400]);
        vi.useRealTimers();
        await server.env.DB.prepare('DELETE FROM sessions').run();
      }
    });
  }

  it('another session of the same user lives on', async () => {
    const { server, client, user } = await signedIn();
    const elsewhere = server.user();
    const tokens = await tokensOf(server, client, elsewhere, 'openid');
    await confirm(user, '/end-session');
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    expect(await isSignedIn(elsewhere)).toBe(true);
  });

  it('who proves again who they are goes on in the same session, under another cookie', async () => {
    const { server, client, user, tokens } = await signedIn();
    const cookie = user.cookies.get('__Host-session');
    const back = await user.authorise(authorizeUrl(client, { prompt: 'login' }), ADMINISTRATOR);
    const again = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
    const { id_token = '' } = (await again.json()) as Tokens;
    expect(user.cookies.get('__Host-session')).not.toBe(cookie);
    expect(payloadOf(id_token).sid).toBe(payloadOf(tokens.id_token ?? '').sid);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });
});
