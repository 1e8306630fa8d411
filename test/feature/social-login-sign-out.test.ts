/** Sign-out at the identity provider (OpenID Connect RP-Initiated Logout 1.0, as a client). */
import { describe, expect, it } from 'vitest';
import { makeClient } from '../support/client.ts';
import { type FarEnd, farEnd } from '../support/far-end.ts';
import { ADMINISTRATOR, administer, ISSUER, type Server, serve } from '../support/server.ts';
import { makeLogin, pageText, type Row, says, signInWith, whoAmI } from '../support/social.ts';
import { parseForm, readForm, type User } from '../support/user.ts';

const BACK = `${ISSUER}/social-login/far/signed-out`;
const ENDED = 'https://app.example/signed-out';

async function scene(changes: Row = {}, metadata: Row = {}) {
  const server = serve();
  const far = await farEnd({ ...metadata });
  if (!('end_session_endpoint' in metadata)) far.metadata.end_session_endpoint = `${far.issuer}/logout?ui=plain`;
  says(far, { sub: 'alice', email: 'alice@faraway.net' });
  await makeLogin(server, far, { sign_out_at_provider: true, ...changes });
  const user = server.user();
  await signInWith(user, far);
  expect(await whoAmI(user)).toContain('alice@faraway.net');
  return { server, far, user };
}

const signOut = async (user: User) => user.send(await readForm(await user.open('/sign-out'), '/sign-out'));
const locationOf = (response: Response) => response.headers.get('location');

/** The request that the provider gets. */
function requestIn(response: Response, far: FarEnd) {
  const url = new URL(locationOf(response) ?? '');
  expect(`${url.origin}${url.pathname}`).toBe(`${far.issuer}/logout`);
  return Object.fromEntries(url.searchParams);
}

describe('RP-Initiated Logout §2: signing out of a session that a social login began', () => {
  it('goes on to the provider, which is told the client and where to return', async () => {
    const { far, user } = await scene();
    const page = await user.open('/sign-out');
    // Chromium applies form-action to the redirect that follows.
    expect(page.headers.get('content-security-policy')).not.toContain('form-action');
    const out = await user.send(await readForm(page, '/sign-out'));
    expect([out.status, out.headers.get('cache-control')]).toEqual([303, 'no-store']);
    expect(requestIn(out, far)).toEqual({
      ui: 'plain',
      client_id: 'postern',
      post_logout_redirect_uri: BACK,
    });
    expect(await whoAmI(user)).toBeUndefined();
    const back = await user.open('/social-login/far/signed-out');
    expect([back.status, await pageText(back)]).toEqual([200, expect.stringContaining('You are signed out')]);
  });

  it.each<[string, Row]>([
    ['that is not enabled', { sign_out_at_provider: false }],
    ['by default', { sign_out_at_provider: undefined }],
  ])('ends here where it is an option %s', async (_, changes) => {
    const { user } = await scene(changes);
    const out = await signOut(user);
    expect([out.status, locationOf(out)]).toEqual([200, null]);
    expect(await whoAmI(user)).toBeUndefined();
  });

  it('ends here where the provider has no end_session_endpoint', async () => {
    const { user } = await scene({}, { end_session_endpoint: null });
    const out = await signOut(user);
    expect([out.status, await pageText(out)]).toEqual([200, expect.stringContaining('You are signed out')]);
  });

  it.each<[string, (server: Server, far: FarEnd) => unknown]>([
    [
      'the provider is down',
      (_, far) => {
        far.web.answers = {};
      },
    ],
    ['the record is disabled', (server) => administer(server, 'PATCH', '/social-logins/far', { disabled: true })],
    ['the record is deleted', (server) => administer(server, 'DELETE', '/social-logins/far')],
  ])('ends here although %s', async (_, ruin) => {
    const { server, far, user } = await scene();
    await ruin(server, far);
    expect([200, 303]).toContain((await signOut(user)).status);
    expect(await whoAmI(user)).toBeUndefined();
  });

  it('ends here for a session that a password began', async () => {
    const { server } = await scene();
    const other = server.user();
    await other.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect((await signOut(other)).status).toBe(200);
  });

  it('an endpoint that an administrator typed holds', async () => {
    const endpoints = { end_session_endpoint: 'https://logout.faraway.net/out' };
    const { user } = await scene({ endpoints });
    expect(locationOf(await signOut(user))).toMatch(/^https:\/\/logout\.faraway\.net\/out\?client_id=postern&/);
  });

  it('stores no id_token of the provider', async () => {
    const { server } = await scene();
    const tables = await server.env.DB.prepare('SELECT * FROM sessions').all();
    expect(JSON.stringify(tables.results)).not.toContain('eyJ');
  });
});

describe('RP-Initiated Logout: a client that ends the session', () => {
  async function endedByClient(user: User, server: Server) {
    const { client_id } = await makeClient(server, { post_logout_redirect_uris: [ENDED] });
    const query = new URLSearchParams({ client_id, post_logout_redirect_uri: ENDED, state: 'st' });
    const html = await (await user.open(`/end-session?${query}`)).text();
    return user.send(parseForm(html, '/end-session/confirm'), { decision: 'sign-out' });
  }

  it('gets its user back by way of the provider', async () => {
    const { server, far, user } = await scene();
    const out = await endedByClient(user, server);
    expect(await whoAmI(user)).toBeUndefined();
    const { state = '', ...request } = requestIn(out, far);
    expect(request).toMatchObject({ client_id: 'postern', post_logout_redirect_uri: BACK });
    const back = await user.open(`/social-login/far/signed-out?${new URLSearchParams({ state })}`);
    expect([back.status, locationOf(back)]).toEqual([303, `${ENDED}?state=st`]);
  });

  it('is gone on to only by a state that this server sealed', async () => {
    const { server, user, far } = await scene();
    const { state = '' } = requestIn(await endedByClient(user, server), far);
    for (const wrong of ['', 'https://evil.example', `${state}x`, state.slice(0, -4)]) {
      const back = await user.open(`/social-login/far/signed-out?${new URLSearchParams({ state: wrong })}`);
      expect([wrong, back.status, locationOf(back)]).toEqual([wrong, 200, null]);
    }
  });

  it('who came back from elsewhere signed in is not told to be signed out', async () => {
    const { user } = await scene();
    const back = await user.request('/social-login/far/signed-out');
    expect([back.status, locationOf(back)]).toEqual([303, '/sign-out']);
  });
});

describe('a record with sign-out at the provider', () => {
  it('names the post-logout redirect URI to register', async () => {
    const { server } = await scene();
    const login = await administer<Row>(server, 'GET', '/social-logins/far');
    expect(login).toMatchObject({
      sign_out_at_provider: true,
      post_logout_redirect_uri: expect.stringMatching(/\/social-login\/far\/signed-out$/),
    });
  });
});
