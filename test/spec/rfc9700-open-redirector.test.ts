/** RFC 9700 §4.11.2: whoever registers itself here cannot use this server to send people to its own pages. */
import { describe, expect, it } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  obtainTokens,
  REDIRECT_URI,
  registerClient,
} from '../support/client.ts';
import { readForm, text } from '../support/person.ts';
import { administer, type Server, serve } from '../support/server.ts';

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

  it('with form_post the page holds the answer, and sends it only when the person says so', async () => {
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
    const person = server.person();
    await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect((await person.request(authorizeUrl(client, { scope: 'admin' }))).status).toBe(400);
  });

  it('a client that an administrator made or trusts, and a program on the person’s own device, get their answer', async () => {
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

  it('prompt=none shows no page, and whoever saw the consent page and denied goes back at once', async () => {
    const server = serve();
    const client = await registered(server);
    const silent = await server.fetch(authorizeUrl(client, { prompt: 'none' }));
    expect([silent.status, locationOf(silent)]).toEqual([303, expect.stringContaining('error=login_required')]);
    const person = server.person();
    await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const asked = await readForm(await person.open(authorizeUrl(client)), '/consent');
    const denied = await person.send(asked, { decision: 'deny' });
    expect([denied.status, locationOf(denied)]).toEqual([303, expect.stringContaining('error=access_denied')]);
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

    const person = server.person();
    await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const confirmed = await person.send(await readForm(await person.open(at({})), '/end-session/confirm'), {
      decision: 'sign-out',
    });
    expect([confirmed.status, locationOf(confirmed)]).toEqual([200, null]);

    const { id_token = '' } = await obtainTokens(server, { ...client, method: 'none' }, { scope: 'openid' });
    expect(locationOf(await server.fetch(at({ id_token_hint: id_token })))).toBe(BACK);
  });
});
