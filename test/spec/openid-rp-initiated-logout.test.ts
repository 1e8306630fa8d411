/** OpenID Connect RP-Initiated Logout 1.0: a client sends a person here to sign out. */
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
import { type Person, readForm, text } from '../support/person.ts';
import { administer, type Server, serve } from '../support/server.ts';

const BACK = 'https://app.example/signed-out';
const CONFIRM = '/end-session/confirm';

const at = (parameters: Record<string, string>) => `/end-session?${new URLSearchParams(parameters)}`;
const locationOf = (response: Response) => response.headers.get('location');

/** A person who signed in at a client, and what the client got. */
async function signedIn(scope = 'openid profile', metadata: Record<string, unknown> = {}) {
  const server = serve();
  const client = await makeClient(server, { post_logout_redirect_uris: [BACK, `${BACK}?from=here`], ...metadata });
  const person = server.person();
  const tokens = await tokensOf(server, client, person, scope);
  return { server, client, person, tokens, hint: tokens.id_token ?? '' };
}

async function tokensOf(server: Server, client: TestClient, person: Person, scope: string): Promise<Tokens> {
  const back = await person.authorise(authorizeUrl(client, { scope }), ADMINISTRATOR);
  const response = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
  return (await response.json()) as Tokens;
}

const isSignedIn = async (person: Person) => (await person.request('/account')).status === 200;

async function confirm(person: Person, url: string, decision = 'sign-out') {
  return person.send(await readForm(await person.open(url), CONFIRM), { decision });
}

describe('RP-Initiated Logout §2 the logout request', () => {
  it('the person is asked, and nothing ends before they have answered', async () => {
    const { person, hint } = await signedIn();
    const page = await person.open(at({ id_token_hint: hint, post_logout_redirect_uri: BACK, state: 's 1&2' }));
    expect(page.status).toBe(200);
    expect(text(await page.text())).toContain('Test application asks whether you want to sign out here, too');
    expect(await isSignedIn(person)).toBe(true);
  });

  it('after they agreed, the session is over and they go on to post_logout_redirect_uri with state', async () => {
    const { person, hint } = await signedIn();
    const request = { id_token_hint: hint, post_logout_redirect_uri: `${BACK}?from=here`, state: 's 1&2' };
    const response = await confirm(person, at(request));
    expect([response.status, locationOf(response)]).toEqual([303, `${BACK}?from=here&state=s+1%262`]);
    expect(await isSignedIn(person)).toBe(false);
  });

  it('who chooses to stay stays, and finds the way back to the application', async () => {
    const { person, hint } = await signedIn();
    const response = await confirm(person, at({ id_token_hint: hint, post_logout_redirect_uri: BACK }), 'stay');
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(`href="${BACK}"`);
    expect(await isSignedIn(person)).toBe(true);
  });

  it('OPs MUST support GET and POST: a POST goes on by GET, so that the browser sends its cookie', async () => {
    const { person, hint } = await signedIn();
    const response = await person.request('/end-session', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://app.example' },
      body: new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: BACK }).toString(),
    });
    expect(response.status).toBe(303);
    expect((await confirm(person, locationOf(response) ?? '')).headers.get('location')).toBe(BACK);
  });

  it('without any parameter the person is asked, and then told that they are signed out', async () => {
    const { person } = await signedIn();
    const response = await confirm(person, '/end-session');
    expect(text(await response.text())).toContain('You are signed out');
    expect(await isSignedIn(person)).toBe(false);
  });

  it('an id_token_hint is accepted even when its exp has passed', async () => {
    const { person, hint } = await signedIn();
    vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] });
    const response = await person.open(at({ id_token_hint: hint, post_logout_redirect_uri: BACK }));
    expect(response.status).toBe(200);
  });

  it('an id_token_hint that this server did not issue is refused on a page', async () => {
    const { person, hint, tokens } = await signedIn();
    for (const bad of [`${hint.slice(0, -6)}AAAAAA`, 'x.y.z', tokens.access_token]) {
      const response = await person.open(at({ id_token_hint: bad, post_logout_redirect_uri: BACK }));
      expect([response.status, locationOf(response)]).toEqual([400, null]);
    }
  });

  it('client_id MUST be the client that id_token_hint was issued to', async () => {
    const { server, person, hint, client } = await signedIn();
    const other = await makeClient(server, { post_logout_redirect_uris: [BACK] });
    const request = { id_token_hint: hint, post_logout_redirect_uri: BACK };
    expect((await person.open(at({ ...request, client_id: other.client_id }))).status).toBe(400);
    expect((await person.open(at({ ...request, client_id: client.client_id }))).status).toBe(200);
  });

  it('a hint of another account says so, and ends nothing unasked', async () => {
    const { server, client, hint } = await signedIn();
    await administer(server, 'POST', '/people', { email: 'bob@example.com', name: 'Bob' });
    const { link } = await administer<{ link: string }>(server, 'POST', '/people', {
      email: 'eve@example.com',
      name: 'Eve',
    });
    const eve = server.person();
    await eve.send(await readForm(await eve.open(link), '/welcome'), { password: 'a long enough password' });
    const page = await eve.open(at({ id_token_hint: hint, client_id: client.client_id }));
    expect(text(await page.text())).toContain('You used another account there');
    expect(await isSignedIn(eve)).toBe(true);
  });
});

describe('RP-Initiated Logout §3 redirection after logout', () => {
  it('post_logout_redirect_uri MUST be one that the client registered, exactly', async () => {
    const { person, hint } = await signedIn();
    for (const uri of [
      `${BACK}/`,
      `${BACK}?x=1`,
      'https://evil.example/',
      'https://app.example',
      'javascript:alert(1)',
    ]) {
      const response = await person.open(at({ id_token_hint: hint, post_logout_redirect_uri: uri }));
      expect([uri, response.status, locationOf(response)]).toEqual([uri, 400, null]);
    }
  });

  it('without id_token_hint and client_id, nobody is redirected', async () => {
    const { person } = await signedIn();
    const response = await person.open(at({ post_logout_redirect_uri: BACK }));
    expect([response.status, locationOf(response)]).toEqual([400, null]);
  });

  it('client_id names the client where there is no hint', async () => {
    const { person, client } = await signedIn();
    const request = { client_id: client.client_id, post_logout_redirect_uri: BACK, logout_hint: 'x', ui_locales: 'de' };
    expect(locationOf(await confirm(person, at(request)))).toBe(BACK);
  });

  it('who is not signed in goes on at once, and only to a registered address', async () => {
    const { server, hint } = await signedIn();
    const stranger = server.person();
    const request = { id_token_hint: hint, post_logout_redirect_uri: BACK, state: 'x' };
    expect(locationOf(await stranger.request(at(request)))).toBe(`${BACK}?state=x`);
    const evil = { ...request, post_logout_redirect_uri: 'https://evil.example/' };
    expect(locationOf(await stranger.request(at(evil)))).toBeNull();
  });

  it('the form is bound to the session and sealed: another cannot send it, nor change where it leads', async () => {
    const { server, person, hint } = await signedIn();
    const form = await readForm(await person.open(at({ id_token_hint: hint })), CONFIRM);
    expect((await person.send(form, { decision: 'sign-out', form_token: 'x' })).status).toBe(403);
    expect((await person.send(form, { decision: 'sign-out', return: 'https://evil.example/' })).status).toBe(400);
    const foreign = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' };
    const body = new URLSearchParams([...form.fields, ['decision', 'sign-out']]).toString();
    expect((await person.request(CONFIRM, { method: 'POST', headers: foreign, body })).status).toBe(403);
    expect(await isSignedIn(person)).toBe(true);
    expect(server).toBeDefined();
  });

  it('post_logout_redirect_uris are judged when they are registered', async () => {
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
  it('a grant without offline_access is over: neither refreshed nor used, a code in flight included', async () => {
    const { server, client, person, tokens } = await signedIn();
    const back = await person.authorise(authorizeUrl(client, { scope: 'openid profile' }), ADMINISTRATOR);
    await confirm(person, '/end-session');
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(400);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect((await server.fetch('/userinfo', { headers })).status).toBe(401);
    const late = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
    expect(await late.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('a grant with offline_access lives on', async () => {
    const { server, client, person, tokens } = await signedIn('openid profile offline_access');
    await confirm(person, '/end-session');
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect((await server.fetch('/userinfo', { headers })).status).toBe(200);
  });

  it('another session of the same person lives on', async () => {
    const { server, client, person } = await signedIn();
    const elsewhere = server.person();
    const tokens = await tokensOf(server, client, elsewhere, 'openid');
    await confirm(person, '/end-session');
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    expect(await isSignedIn(elsewhere)).toBe(true);
  });

  it('who proves again who they are goes on in the same session, under another cookie', async () => {
    const { server, client, person, tokens } = await signedIn();
    const cookie = person.cookies.get('__Host-session');
    const back = await person.authorise(authorizeUrl(client, { prompt: 'login' }), ADMINISTRATOR);
    const again = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
    const { id_token = '' } = (await again.json()) as Tokens;
    expect(person.cookies.get('__Host-session')).not.toBe(cookie);
    expect(payloadOf(id_token).sid).toBe(payloadOf(tokens.id_token ?? '').sid);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });
});
