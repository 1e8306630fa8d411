/** Connected apps: the flow (RFC 6749 §4.1, RFC 7636, RFC 9207, OpenID Connect Core §3.1). */
import { describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { sha256 } from '../../src/crypto/digest.ts';
import { openTokens } from '../../src/storage/providers/connection-tokens.ts';
import {
  CLIENT,
  comeBack,
  connectApp,
  connectUser,
  type FarEnd,
  farEnd,
  idToken,
  press,
  refusal,
  signedIn,
  tokens,
} from '../support/far-end.ts';
import { makeKey } from '../support/keys.ts';
import { ADMINISTRATOR, administer, ISSUER, serve } from '../support/server.ts';
import { parseForm, text, type User } from '../support/user.ts';

const connectionsOf = async (server: ReturnType<typeof serve>) =>
  (await administer<{ connections: Record<string, unknown>[] }>(server, 'GET', '/connections')).connections;

const said = async (response: Response) => text(await response.text());

describe('connecting an app', () => {
  it('sends the browser with PKCE, state and nonce, exchanges the code, verifies the id_token and keeps the tokens', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far, { query: { prompt: 'consent' } });
    const user = await signedIn(server);
    const sent = await press(user, far);
    expect(sent.status).toBe(303);
    const url = new URL(sent.headers.get('location') ?? '');
    expect(url.origin + url.pathname).toBe(`${far.issuer}/authorize`);
    const query = Object.fromEntries(url.searchParams);
    expect(query).toMatchObject({
      response_type: 'code',
      client_id: 'postern',
      scope: 'openid files.read',
      prompt: 'consent',
      redirect_uri: `${ISSUER}/connected-apps/faraway/callback`,
      code_challenge_method: 'S256',
    });
    const back = await comeBack(user, far, sent);
    if (back.status !== 303) throw new Error(text(await back.text()));
    expect([back.status, back.headers.get('location')]).toEqual([303, '/account/connections?connected=faraway']);
    const [asked] = far.tokenRequests;
    expect(sha256(asked?.body.get('code_verifier') ?? '')).toBe(query.code_challenge);
    expect(Object.fromEntries(asked?.body ?? [])).toMatchObject({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: query.redirect_uri,
    });
    expect(asked?.headers.get('authorization')).toBe(`Basic ${btoa('postern:theSecret')}`);
    const [row] = await connectionsOf(server);
    expect(row).toMatchObject({
      app: 'faraway',
      state: 'connected',
      account: 'alice@faraway.net',
      scope: 'openid files.read',
      issuer: far.issuer,
    });
    expect(await said(await user.open('/account/connections?connected=faraway'))).toContain('Faraway is connected.');
  });

  it('tokens and secrets are sealed: no row holds them in the clear', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    await connectUser(await signedIn(server), far);
    const dump = await Promise.all(
      ['connected_apps', 'connections'].map((table) => server.env.DB.prepare(`SELECT * FROM ${table}`).all()),
    );
    const everything = JSON.stringify(dump);
    expect(everything).toContain('faraway');
    for (const secret of [CLIENT.client_secret, 'at-1', 'rt-1']) expect(everything).not.toContain(secret);
  });

  it('a sealed token that was moved to another row is not opened', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    await connectUser(await signedIn(server), far);
    await server.env.DB.prepare(`UPDATE connections SET id = 'n_other'`).run();
    const user = await signedIn(server);
    expect(await said(await user.open('/account/connections'))).toContain('Connected');
    const row = await server.env.DB.prepare('SELECT * FROM connections').first();
    expect(await openTokens(readConfig(server.env).root, row as never)).toBeUndefined();
  });
});

describe('the answer of a provider', () => {
  const answeredWith = async (changes: Record<string, string | undefined>, metadata: Record<string, unknown> = {}) => {
    const server = serve();
    const far = await farEnd(metadata);
    await connectApp(server, far);
    const user = await signedIn(server);
    const back = await comeBack(user, far, await press(user, far), changes);
    return { server, far, user, back, page: back.status === 303 ? '' : await said(back) };
  };

  // RFC 9207 §2.4, the table of MCP: promised or not, present or not.
  for (const [promised, iss, status] of [
    [true, undefined, 400],
    [true, 'https://evil.faraway.net', 400],
    [false, 'https://evil.faraway.net', 400],
    [false, undefined, 303],
  ] as const) {
    it(`with iss ${iss ?? 'left out'} where it is ${promised ? '' : 'not '}promised ends in ${status}`, async () => {
      const { back, far, server } = await answeredWith(
        { iss },
        { authorization_response_iss_parameter_supported: promised },
      );
      expect(back.status).toBe(status);
      expect(far.tokenRequests).toHaveLength(status === 303 ? 1 : 0);
      expect(await connectionsOf(server)).toHaveLength(status === 303 ? 1 : 0);
    });
  }

  it('that comes from elsewhere is not shown, whatever error it names', async () => {
    const { page } = await answeredWith({
      iss: 'https://evil.faraway.net',
      error: 'access_denied',
      code: undefined,
      error_description: 'Call 555-0100',
    });
    expect(page).not.toContain('555-0100');
    expect(page).toContain('does not come from');
  });

  it('that is an error is said in words, with the way to begin again', async () => {
    const { page, far } = await answeredWith({
      error: 'access_denied',
      error_description: 'You pressed no',
      code: undefined,
    });
    expect(page).toContain('access was refused there (access_denied: You pressed no)');
    expect(page).toContain('Try again');
    expect(far.tokenRequests).toHaveLength(0);
  });

  it('is validated once: the same answer again goes on to its goal without a second exchange', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    const user = await signedIn(server);
    const sent = await press(user, far);
    const cookies = new Map(user.cookies);
    const goal = '/account/connections?connected=faraway';
    expect((await comeBack(user, far, sent)).headers.get('location')).toBe(goal);
    expect((await comeBack(user, far, sent)).headers.get('location')).toBe(goal);
    for (const [name, value] of cookies) user.cookies.set(name, value);
    expect((await comeBack(user, far, sent)).headers.get('location')).toBe(goal);
    expect(far.tokenRequests).toHaveLength(1);
  });

  it('fifty answers with one state at once are one exchange', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    const user = await signedIn(server);
    const sent = await press(user, far);
    const cookie = [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const state = new URL(sent.headers.get('location') ?? '').searchParams.get('state');
    const path = `/connected-apps/faraway/callback?${new URLSearchParams({ code: 'c', state: state ?? '', iss: far.issuer })}`;
    const all = await Promise.all(Array.from({ length: 50 }, () => server.fetch(path, { headers: { cookie } })));
    expect(all.filter(({ status }) => status === 303)).toHaveLength(50);
    expect(far.tokenRequests).toHaveLength(1);
  });

  it('with a state of another browser, an invented one, or after ten minutes is refused', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    const user = await signedIn(server);
    const sent = await press(user, far);
    for (const state of ['x', 'a'.repeat(43)]) {
      expect((await comeBack(user, far, sent, { state })).status).toBe(400);
    }
    const other = await signedIn(server);
    expect(await said(await comeBack(other, far, sent))).toContain('started in another browser');
    expect(far.tokenRequests).toHaveLength(0);
  });

  it('of another user in the same browser is refused, and of nobody waits for the sign-in', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', {
      email: 'b@example.com',
      name: 'B',
    });
    const user = await signedIn(server);
    const sent = await press(user, far);
    const cookies = new Map(user.cookies);
    user.cookies.delete('__Host-session');
    const nobody = await comeBack(user, far, sent);
    expect(nobody.headers.get('location')).toMatch(/^\/sign-in\?continue=/);
    const path = new URL(link).pathname + new URL(link).search;
    await user.send(parseForm(await (await user.open(path)).text(), '/welcome'), { password: 'another long one' });
    const foreign = await (await comeBack(user, far, sent)).text();
    expect(text(foreign)).toContain('Another user started this');
    expect(foreign).toMatch(/<a class="button" href="\/sign-in\?continue=[^"]+">Use another account</);
    expect(far.tokenRequests).toHaveLength(0);
    // The one who began it can still end it.
    for (const [name, value] of cookies) user.cookies.set(name, value);
    expect((await comeBack(user, far, sent)).status).toBe(303);
  });

  it('by POST comes again by GET, before any cookie is looked at', async () => {
    const server = serve();
    await connectApp(server, await farEnd());
    const answer = await server.fetch('/connected-apps/faraway/callback', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://elsewhere.dev' },
      body: 'code=c&state=s',
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      '/connected-apps/faraway/callback?code=c&state=s',
    ]);
  });
});

describe('an id_token', () => {
  const withIdToken = async (make: (far: FarEnd) => Promise<string> | string) => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    far.grants.authorization_code = async () => tokens({ id_token: await make(far) });
    const back = await connectUser(await signedIn(server), far);
    return { status: back.status, rows: await connectionsOf(server) };
  };
  const wrong: [string, (far: FarEnd) => Promise<string> | string][] = [
    ['of another issuer', (far) => idToken(far, { iss: 'https://evil.faraway.net' })],
    ['for another client', (far) => idToken(far, { aud: 'another-client' })],
    ['with another nonce', (far) => idToken(far, { nonce: 'of another request' })],
    ['without a nonce', (far) => idToken(far, { nonce: undefined })],
    ['that expired', (far) => idToken(far, { exp: Math.floor(Date.now() / 1000) - 600 })],
    [
      'of a key that is not published',
      async (far) => (await makeKey()).sign(JSON.parse(atob((await idToken(far)).split('.')[1] ?? ''))),
    ],
    ['that is none', () => 'nonsense'],
    ['that is not there, although openid was asked for', () => undefined as never],
  ];
  for (const [what, make] of wrong) {
    it(`${what} is refused, and nothing is kept`, async () => {
      expect(await withIdToken(make)).toEqual({ status: 400, rows: [] });
    });
  }

  it('of a new key is accepted, because the keys are read again', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    const user = await signedIn(server);
    expect((await connectUser(user, far)).status).toBe(303);
    far.key = await makeKey('ES256', 'k2');
    far.web.answers[`${far.issuer}/jwks`] = () =>
      new Response(JSON.stringify({ keys: [far.key.publicJwk] }), { headers: { 'content-type': 'application/json' } });
    vi.setSystemTime(Date.now() + 40_000);
    expect((await connectUser(user, far)).status).toBe(303);
  });
});

describe('where a user goes on', () => {
  const goOn = async (user: User, far: FarEnd, returnTo: string) =>
    (await connectUser(user, far, `?${new URLSearchParams({ return_to: returnTo })}`)).headers.get('location');

  it('is a path of ours, or a page of an origin that an administrator named', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far, { return_to: ['https://app.photos.dev'] });
    const user = await signedIn(server);
    for (const good of ['/account/applications?x=1', 'https://app.photos.dev/done?a=b']) {
      expect(await goOn(user, far, good)).toBe(good);
    }
  });
  it('is nowhere else', async () => {
    const server = serve();
    await connectApp(server, await farEnd());
    const user = await signedIn(server);
    for (const bad of [
      '//evil.dev',
      '/\\evil.dev',
      'https://evil.dev/',
      'javascript:alert(1)',
      'https://app.photos.dev.evil.dev/',
    ]) {
      const path = `/account/connections/faraway?${new URLSearchParams({ return_to: bad })}`;
      expect([bad, (await user.open(path)).status]).toEqual([bad, 400]);
    }
  });
});

describe('who may connect', () => {
  it('is a user with one of the roles of the app', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far, { roles: ['editor'] });
    const user = await signedIn(server);
    expect(await said(await user.open('/account/connections'))).not.toContain('Faraway');
    expect((await press(user, far)).status).toBe(403);
  });

  it('a form of another session, or of another site, begins nothing', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    const user = await signedIn(server);
    const form = {
      action: '/account/connections/faraway',
      fields: [['form_token', 'x']] as [string, string][],
      html: '',
    };
    expect((await user.send(form)).status).toBe(403);
    expect(far.web.visits.filter((url) => url.includes('/authorize'))).toEqual([]);
  });
});

describe('disconnecting', () => {
  it('tells the provider (RFC 7009), and forgets the tokens', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    const user = await signedIn(server);
    await connectUser(user, far);
    const path = '/account/connections/faraway/disconnect';
    const page = await user.send(parseForm(await (await user.open('/account/connections')).text(), path));
    expect(await said(page)).toContain('Not connected');
    expect(far.revoked.map((body) => body.get('token'))).toEqual(['rt-1']);
    expect(await connectionsOf(server)).toEqual([]);
  });

  it('happens here even where the provider does not answer, and says so', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    const user = await signedIn(server);
    await connectUser(user, far);
    far.web.answers[`${far.issuer}/revoke`] = () => refusal('server_error', 'down', 503);
    const path = '/account/connections/faraway/disconnect';
    const page = await user.send(parseForm(await (await user.open('/account/connections')).text(), path));
    expect(await said(page)).toContain('the other service did not answer');
    expect(await connectionsOf(server)).toEqual([]);
  });

  it('by an administrator does the same', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    await connectUser(await signedIn(server), far);
    const { users } = await administer<{ users: { id: string }[] }>(
      server,
      'GET',
      `/users?email=${ADMINISTRATOR.email}`,
    );
    await administer(server, 'DELETE', `/connections/faraway/${users[0]?.id}`);
    expect(far.revoked).toHaveLength(1);
    expect(await connectionsOf(server)).toEqual([]);
  });
});
