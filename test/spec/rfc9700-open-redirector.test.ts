/** RFC 9700 §4.11.2: a client from Dynamic Client Registration cannot use this server as an open redirector. */
import { describe, expect, it } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  obtainTokens,
  REDIRECT_URI,
  registerClient,
} from '../support/client.ts';
import { administer, type Server, serve } from '../support/server.ts';
import { readForm, text } from '../support/user.ts';

const BACK = 'https://app.example/signed-out';

const registered = async (server: Server, metadata: Record<string, unknown> = {}) =>
  (await (await registerClient(server, metadata)).json()) as { client_id: string };

const locationOf = (response: Response) => response.headers.get('location');

describe('RFC 9700 §4.11.2: the AS SHOULD only automatically redirect the user agent if it trusts the redirect URI', () => {
  it('a wrong request of a client that registered itself shows a page that says where the way back leads', async () => {
    const server = serve();
    const client = await registered(server);
    const wrong = authorizeUrl(client, { response_type: 'token', state: 'x' });
    const response = await server.fetch(wrong);
    expect([response.status, locationOf(response)]).toEqual([400, null]);
    const html = await response.text();
    expect(text(html)).toContain('Nobody here has checked this application');
    const [, href = ''] = /<a class="button secondary" href="([^"]*)"/.exec(html) ?? [];
    const back = new URL(href.replaceAll('&amp;', '&'));
    expect(back.origin + back.pathname).toBe(REDIRECT_URI);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: 'unsupported_response_type',
      state: 'x',
      iss: 'https://as.example',
    });
  });

  it('with form_post the page holds the answer, and sends it only when the user says so', async () => {
    const server = serve();
    const client = await registered(server);
    const response = await server.fetch(authorizeUrl(client, { code_challenge: 'short', response_mode: 'form_post' }));
    const html = await response.text();
    expect(response.status).toBe(400);
    expect(html).toContain(`action="${REDIRECT_URI}"`);
    expect(html).not.toContain('form-post.js');
  });

  it('who signed in sees the same page: what was wrong was not asked of them', async () => {
    const server = serve();
    const client = await registered(server);
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect((await user.request(authorizeUrl(client, { response_type: 'token' }))).status).toBe(400);
  });

  it('a client that an administrator made or trusts, and a program on the user’s own device, get their answer', async () => {
    const server = serve();
    const trusted = await registered(server);
    await administer(server, 'PATCH', `/clients/${trusted.client_id}`, { trusted: true });
    const made = await makeClient(server);
    for (const client of [trusted, made]) {
      expect((await server.fetch(authorizeUrl(client, { response_type: 'token' }))).status).toBe(303);
    }
    const local = { redirect_uris: ['http://127.0.0.1/callback'], application_type: 'native' };
    const native = await registered(server, { ...local, token_endpoint_auth_method: 'none' });
    const wrong = { response_type: 'token', redirect_uri: 'http://127.0.0.1:4711/callback' };
    expect((await server.fetch(authorizeUrl(native, wrong))).status).toBe(303);
  });

  it('prompt=none shows no page, and a user who saw the consent page and denied is redirected at once', async () => {
    const server = serve();
    const client = await registered(server);
    const silent = await server.fetch(authorizeUrl(client, { prompt: 'none' }));
    expect([silent.status, locationOf(silent)]).toEqual([303, expect.stringContaining('error=login_required')]);
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const asked = await readForm(await user.open(authorizeUrl(client)), '/consent');
    const denied = await user.send(asked, { decision: 'deny' });
    expect([denied.status, locationOf(denied)]).toEqual([303, expect.stringContaining('error=access_denied')]);
  });
});

describe('RFC 9700 §4.11.2: silent authentication of a client that nobody checked', () => {
  const WRONG: [string, Record<string, string | string[]>][] = [
    ['a response type that is not offered', { response_type: 'token' }],
    ['a scope that cannot be one', { scope: 'a"b' }],
    ['a resource that does not exist', { resource: 'https://nowhere.example/' }],
    ['no code challenge', { code_challenge: '' }],
    ['a code challenge that is none', { code_challenge: 'short' }],
    ['a parameter twice', { nonce: ['1', '2'] }],
    ['another prompt beside none', { prompt: 'none login' }],
    ['prompt twice', { prompt: ['none', 'none'] }],
    ['a response mode that is not offered', { response_mode: 'web_message' }],
    ['a hint that is no id_token', { id_token_hint: 'x' }],
    [
      'a class of authentication that is not offered',
      { claims: '{"id_token":{"acr":{"essential":true,"value":"9"}}}' },
    ],
    ['form_post', { code_challenge: 'short', response_mode: 'form_post' }],
  ];

  it.each(WRONG)('prompt=none with %s: a page, signed in or not, and no redirect', async (_, wrong) => {
    const server = serve();
    const client = await registered(server);
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    for (const visitor of [server.user(), user]) {
      const response = await visitor.request(authorizeUrl(client, { prompt: 'none', ...wrong }));
      expect([response.status, locationOf(response)]).toEqual([400, null]);
      const html = await response.text();
      expect(text(html)).toContain('Nobody here has checked this application');
      expect(html).not.toContain('form-post.js');
    }
  });

  it('the same from a client that an administrator made is answered at its redirect URI', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const [, wrong] of WRONG.filter(([name]) => name !== 'form_post')) {
      expect((await server.fetch(authorizeUrl(client, { prompt: 'none', ...wrong }))).status).toBe(303);
    }
  });

  it('a valid request is answered without a page: login_required, consent_required, access_denied', async () => {
    const server = serve();
    const client = await registered(server);
    const user = server.user();
    const silent = async () => locationOf(await user.request(authorizeUrl(client, { prompt: 'none' })));
    expect(await silent()).toContain('error=login_required');
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect(await silent()).toContain('error=consent_required');
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { roles: ['editor'] });
    expect(await silent()).toContain('error=access_denied');
  });
});

describe('RP-Initiated Logout §3: other means of confirming the legitimacy of the target', () => {
  it('a client that registered itself sends nobody on by its id alone; its id_token_hint does', async () => {
    const server = serve();
    const metadata = { post_logout_redirect_uris: [BACK] };
    const client = await registered(server, metadata);
    const at = (more: Record<string, string>) =>
      `/end-session?${new URLSearchParams({ client_id: client.client_id, post_logout_redirect_uri: BACK, ...more })}`;
    const unasked = await server.fetch(at({ state: 's' }));
    expect([unasked.status, locationOf(unasked)]).toEqual([200, null]);
    expect(await unasked.text()).toContain(`href="${BACK}?state=s"`);

    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const confirmed = await user.send(await readForm(await user.open(at({})), '/end-session/confirm'), {
      decision: 'sign-out',
    });
    expect([confirmed.status, locationOf(confirmed)]).toEqual([200, null]);

    const { id_token = '' } = await obtainTokens(server, { ...client, method: 'none' }, { scope: 'openid' });
    expect(locationOf(await server.fetch(at({ id_token_hint: id_token })))).toBe(BACK);
  });
});
