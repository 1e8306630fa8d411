/** RFC 8252 §7.1: redirect URIs with a private-use scheme, with a dot and without one. */
import { describe, expect, it, vi } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  postToken,
  redemption,
  registerClient,
  type TestClient,
} from '../support/client.ts';
import { json, pretendWeb } from '../support/pretend-web.ts';
import { administer, type Server, serve, setSetting } from '../support/server.ts';
import { text } from '../support/user.ts';

const CURSOR = 'cursor://anysphere.cursor-mcp/oauth/callback';
const MYAPP = 'MyApp://callback';

const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

async function register(server: Server, redirect_uri: string): Promise<TestClient> {
  const response = await registerClient(server, { redirect_uris: [redirect_uri] });
  expect([redirect_uri, response.status]).toEqual([redirect_uri, 201]);
  return { ...((await response.json()) as TestClient), method: 'none' };
}

async function signedIn(server: Server) {
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return user;
}

describe('RFC 8252 §7.1 private-use URI schemes', () => {
  it.each([
    CURSOR,
    'vscode://vscode.github-authentication/did-authenticate',
    'claude://callback',
    'com.example.app:/cb',
  ])('a client registers itself with %s and is called back there, with PKCE', async (redirect_uri) => {
    const server = serve();
    const client = await register(server, redirect_uri);
    const back = await server.user().authorise(authorizeUrl(client, { redirect_uri }), ADMINISTRATOR);
    expect(back.href.startsWith(`${redirect_uri}?code=`)).toBe(true);
    const code = back.searchParams.get('code') ?? '';
    const redeem = (changes: Record<string, string>) =>
      postToken(server, client, redemption(code, { redirect_uri, ...changes }));
    expect((await redeem({ code_verifier: 'x'.repeat(43) })).status).toBe(400);
    expect((await redeem({})).status).toBe(200);
  });

  it('an administrator may register any scheme that is not refused, with or without a dot', async () => {
    const server = serve();
    for (const redirect_uri of [MYAPP, CURSOR, 'com.example.app:/cb']) {
      const client = await makeClient(server, { redirect_uris: [redirect_uri], post_logout_redirect_uris: [MYAPP] });
      const back = await server.user().authorise(authorizeUrl(client, { redirect_uri }), ADMINISTRATOR);
      expect(back.searchParams.get('code')).toBeTruthy();
    }
    for (const uri of ['javascript:alert(1)', 'file:///etc/passwd', 'intent://x', 'ms-word:ofe', 'tel:1']) {
      for (const metadata of [{ redirect_uris: [uri] }, { post_logout_redirect_uris: [uri] }]) {
        const made = await server.admin('POST', '/clients', {
          metadata: { client_name: 'App', redirect_uris: ['https://app.example/'], ...metadata },
        });
        expect([uri, made.status]).toEqual([uri, 400]);
        expect(await made.text()).toContain('cannot be used: it');
      }
    }
  });

  it('a self-registered client may use those without a dot that the setting names, and no others', async () => {
    const server = serve();
    for (const metadata of [{ redirect_uris: [MYAPP] }, { post_logout_redirect_uris: [MYAPP] }]) {
      expect((await registerClient(server, metadata)).status).toBe(400);
    }
    await setSetting(server, 'private_use_schemes', 'myapp');
    await register(server, MYAPP);
    expect((await registerClient(server, { redirect_uris: [CURSOR] })).status).toBe(400);
  });

  it('is validated as the setting is when the client asks, unless an administrator trusts the client', async () => {
    const server = serve();
    const client = await register(server, CURSOR);
    const open = async () => (await signedIn(server)).open(authorizeUrl(client, { redirect_uri: CURSOR }));
    expect((await open()).status).toBe(200);
    await setSetting(server, 'private_use_schemes', 'zed');
    const refused = await open();
    expect([refused.status, refused.headers.get('location')]).toEqual([400, null]);
    expect(text(await refused.text())).toContain('the private-use scheme cursor needs a dot');
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { trusted: true });
    expect((await open()).headers.get('location')).toMatch(/^cursor:.*code=/);
  });

  it('a client that a document describes is held to the same; its other redirect URIs go on', async () => {
    const client_id = 'https://app.acme.com/client.json';
    const redirect_uris = ['https://app.acme.com/cb', CURSOR, MYAPP];
    const web = pretendWeb({ [client_id]: () => json({ client_id, redirect_uris, client_name: 'Acme' }) });
    const server = serve();
    const statuses = async () => {
      const user = await signedIn(server);
      const open = (redirect_uri: string) => user.open(authorizeUrl({ client_id }, { redirect_uri }));
      return Promise.all(redirect_uris.map(async (uri) => (await open(uri)).status));
    };
    expect(await statuses()).toEqual([200, 200, 400]);
    await setSetting(server, 'private_use_schemes', 'myapp');
    expect(await statuses()).toEqual([200, 400, 200]);
    web.answers[client_id] = () => json({ client_id, redirect_uris: [...redirect_uris, 'shell:x'] });
    later(86_400);
    const [status] = await statuses();
    expect([status, web.visits.length > 1]).toEqual([200, true]);
    const other = 'https://app.acme.com/other.json';
    web.answers[other] = () => json({ client_id: other, redirect_uris: ['shell:x'] });
    expect((await server.fetch(authorizeUrl({ client_id: other }, { redirect_uri: 'shell:x' }))).status).toBe(400);
  });

  it('RFC 8252 §8.4: the redirect URI is compared byte by byte', async () => {
    const server = serve();
    const client = await register(server, CURSOR);
    for (const redirect_uri of [
      CURSOR.replace('cursor:', 'Cursor:'),
      `${CURSOR}/`,
      `${CURSOR}?x`,
      CURSOR.replace('-mcp', '-mcp:1'),
      CURSOR.replace('oauth', '%6fauth'),
    ]) {
      expect((await server.fetch(authorizeUrl(client, { redirect_uri }))).status).toBe(400);
    }
  });

  it('RFC 8252 §8.6: consent is asked for every request, and names the scheme', async () => {
    const server = serve();
    await setSetting(server, 'skip_authorization', true);
    const administered = await makeClient(server, { redirect_uris: [CURSOR] });
    for (const client of [administered, await register(server, CURSOR)]) {
      const url = authorizeUrl(client, { redirect_uri: CURSOR });
      await server.user().authorise(url, ADMINISTRATOR);
      const again = await (await signedIn(server)).open(url);
      expect(again.status).toBe(200);
      expect(await again.text()).toContain('the app on this device that opens <strong>cursor</strong>');
    }
  });

  it('what stands behind a private-use scheme is no host: it lends the client no link', async () => {
    const server = serve();
    const redirect_uri = 'cursor://accounts.google.com/callback';
    const response = await registerClient(server, {
      redirect_uris: [redirect_uri],
      client_uri: 'https://accounts.google.com/',
    });
    const client = (await response.json()) as TestClient;
    const html = await (await (await signedIn(server)).open(authorizeUrl(client, { redirect_uri }))).text();
    // The choice of a language leads back to the address of the page, which has the request.
    expect(html.replace(/<form class="languages".*?<\/form>/, '')).not.toContain('google');
  });
});

describe('the setting private_use_schemes', () => {
  it('refuses what can be no such scheme, and names it', async () => {
    const server = serve();
    for (const line of ['javascript', 'https', 'cursor://', 'MS-Word', 'my app_']) {
      const response = await server.admin('PUT', '/settings/private_use_schemes', { value: `cursor\n${line}` });
      expect([line, response.status]).toEqual([line, 400]);
      expect(await response.text()).toContain('cannot be allowed');
    }
    await setSetting(server, 'private_use_schemes', '');
    expect((await registerClient(server, { redirect_uris: [CURSOR] })).status).toBe(400);
  });
});
