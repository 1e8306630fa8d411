/** RFC 6749 §3.1 and §4.1: the authorization endpoint. */
import { describe, expect, it } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  obtainTokens,
  REDIRECT_URI,
  registerClient,
} from '../support/client.ts';
import { serve, setSetting } from '../support/server.ts';
import { parseForm, text } from '../support/user.ts';

/** The response at the redirect URI to a request without a session. */
async function answerTo(url: string, server = serve()): Promise<URL> {
  const response = await server.user().request(url);
  return new URL(response.headers.get('location') ?? `none:${response.status}`, server.env.ISSUER);
}

describe('RFC 6749 §3.1 authorization endpoint', () => {
  it('request parameters MUST NOT be included more than once', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const name of ['response_type', 'scope', 'code_challenge', 'nonce', 'prompt']) {
      const answer = await answerTo(authorizeUrl(client, { [name]: ['a', 'b'] }), server);
      expect([name, answer.searchParams.get('error')]).toEqual([name, 'invalid_request']);
    }
  });

  it('a client_id, redirect_uri or state that is given twice is never redirected to or echoed', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const name of ['client_id', 'redirect_uri']) {
      const response = await server.fetch(authorizeUrl(client, { [name]: [client.client_id, REDIRECT_URI] }));
      expect(response.status).toBe(400);
      expect(response.headers.get('location')).toBeNull();
    }
    const answer = await answerTo(authorizeUrl(client, { state: ['one', 'two'] }), server);
    expect(answer.searchParams.get('error')).toBe('invalid_request');
    expect(answer.searchParams.get('state')).toBeNull();
  });

  it('parameters sent without a value MUST be treated as if they were omitted', async () => {
    const server = serve();
    const client = await makeClient(server);
    const back = await server
      .user()
      .authorise(authorizeUrl(client, { nonce: '', prompt: '', max_age: '' }), ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('unrecognized request parameters MUST be ignored', async () => {
    const server = serve();
    const client = await makeClient(server);
    const back = await server.user().authorise(authorizeUrl(client, { flavour: 'vanilla' }), ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('the authorization server MUST support GET and MAY support POST, whose parameters survive signing in', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = server.user();
    const [, body = ''] = authorizeUrl(client).split('?');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await user.request('/authorize', { method: 'POST', body, headers });
    expect(response.status).toBe(303);
    const back = await user.authorise(response.headers.get('location') ?? '', ADMINISTRATOR);
    expect(back.searchParams.get('state')).toBe('the-state');
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('a POST of another content type is refused with 415', async () => {
    const server = serve();
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
      const response = await server.fetch('/authorize', {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': type },
      });
      expect(response.status).toBe(415);
    }
  });

  it('a request over 6 KB is refused with a sentence that names PAR', async () => {
    const server = serve();
    const client = await makeClient(server);
    const response = await server.fetch(authorizeUrl(client, { state: 's'.repeat(7000) }));
    expect(response.status).toBe(400);
    expect(text(await response.text())).toContain('PAR');
  });
});

describe('RFC 6749 §3.1.2.4 invalid redirection endpoint', () => {
  it('an unknown client or an unregistered redirect URI is told before anybody signs in, and never redirected to', async () => {
    const server = serve();
    const client = await makeClient(server);
    const urls = [
      authorizeUrl({ client_id: 'c_nobody' }),
      authorizeUrl(client, { client_id: undefined }),
      authorizeUrl(client, { redirect_uri: 'https://evil.example/callback' }),
      authorizeUrl(client, { redirect_uri: `${REDIRECT_URI}/` }),
      authorizeUrl(client, { redirect_uri: `${REDIRECT_URI}?x=1` }),
      authorizeUrl(client, { redirect_uri: REDIRECT_URI.toUpperCase() }),
      authorizeUrl(client, { redirect_uri: 'https://app.example:443/callback' }),
      authorizeUrl(client, { redirect_uri: 'https://app.example@evil.example/callback' }),
    ];
    for (const url of urls) {
      const response = await server.fetch(url, { headers: { accept: 'text/html' } });
      expect([url, response.headers.get('location')]).toEqual([url, null]);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(text(await response.text())).toMatch(/client|redirect_uri/);
    }
  });
});

describe('RFC 6749 §3.1.2.3 dynamic configuration', () => {
  it('the only registered redirect URI is used when the request names none', async () => {
    const server = serve();
    const client = await makeClient(server);
    const back = await server
      .user()
      .authorise(authorizeUrl(client, { redirect_uri: undefined, scope: 'profile' }), ADMINISTRATOR);
    expect(back.href.startsWith(`${REDIRECT_URI}?code=`)).toBe(true);
  });

  it('if multiple redirection URIs have been registered, the client MUST include one', async () => {
    const server = serve();
    const client = await makeClient(server, { redirect_uris: [REDIRECT_URI, 'https://app.example/other'] });
    expect((await server.fetch(authorizeUrl(client, { redirect_uri: undefined }))).status).toBe(400);
  });

  it('a client with several redirect URIs can use each', async () => {
    const server = serve();
    const uris = [REDIRECT_URI, 'https://app.example/other'];
    const client = await makeClient(server, { redirect_uris: uris });
    for (const redirect_uri of uris) {
      const back = await server.user().authorise(authorizeUrl(client, { redirect_uri }), ADMINISTRATOR);
      expect(back.origin + back.pathname).toBe(redirect_uri);
    }
  });

  it('an existing query component of the redirect URI MUST be retained', async () => {
    const server = serve();
    const redirect_uri = 'https://app.example/callback?tenant=7';
    const client = await makeClient(server, { redirect_uris: [redirect_uri] });
    const back = await server.user().authorise(authorizeUrl(client, { redirect_uri }), ADMINISTRATOR);
    expect(back.searchParams.get('tenant')).toBe('7');
    expect(back.searchParams.get('code')).toBeTruthy();
  });
});

describe('RFC 6749 §4.1.2 authorization response', () => {
  it('state is REQUIRED if it was present, with the exact value received', async () => {
    const server = serve();
    const client = await makeClient(server);
    const state = 'a b+c&d=é"<script>';
    const back = await server.user().authorise(authorizeUrl(client, { state }), ADMINISTRATOR);
    expect(back.searchParams.get('state')).toBe(state);
  });

  it('a code is about half a kilobyte and begins with its prefix and shard', async () => {
    const server = serve();
    const client = await makeClient(server);
    const back = await server.user().authorise(authorizeUrl(client), ADMINISTRATOR);
    const code = back.searchParams.get('code') ?? '';
    expect(code).toMatch(/^pc_0_/);
    expect(code.length).toBeLessThan(1000);
  });

  it('a request too long to travel in a code is refused', async () => {
    const server = serve();
    const client = await makeClient(server);
    const back = await server.user().authorise(authorizeUrl(client, { nonce: 'n'.repeat(1200) }), ADMINISTRATOR);
    expect(back.searchParams.get('error')).toBe('invalid_request');
  });
});

describe('RFC 6749 §4.1.2.1 error response', () => {
  it('each fault after client and redirect URI are proven goes to the redirect URI, with its code and the state', async () => {
    const server = serve();
    const client = await makeClient(server, { scope: 'openid profile' });
    const faults: [Record<string, string | undefined>, string][] = [
      [{ response_type: undefined }, 'invalid_request'],
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ response_type: 'code id_token' }, 'unsupported_response_type'],
      [{ response_mode: 'web_message' }, 'invalid_request'],
      [{ scope: 'open"id' }, 'invalid_scope'],
      [{ max_age: 'soon' }, 'invalid_request'],
      [{ prompt: 'none login' }, 'invalid_request'],
      [{ prompt: 'create' }, 'invalid_request'],
      [{ prompt: 'login admin_consent' }, 'invalid_request'],
      [{ prompt: 'none' }, 'login_required'],
      [{ request: 'a.b.c' }, 'request_not_supported'],
      [{ request_uri: 'urn:x' }, 'request_uri_not_supported'],
    ];
    for (const [changes, error] of faults) {
      const answer = await answerTo(authorizeUrl(client, changes), server);
      expect([changes, answer.searchParams.get('error')]).toEqual([changes, error]);
      expect(answer.origin + answer.pathname).toBe(REDIRECT_URI);
      expect(answer.searchParams.get('state')).toBe('the-state');
      expect(answer.searchParams.get('error_description')).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    }
  });

  it('unauthorized_client: a client that is not registered for the grant is told so', async () => {
    const server = serve();
    const client = await makeClient(server);
    await server.admin('PATCH', `/clients/${client.client_id}`, { disabled: true });
    const response = await server.fetch(authorizeUrl(client));
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  it('access_denied: the resource owner denied the request', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const page = await (await user.open(authorizeUrl(client))).text();
    const response = await user.send(parseForm(page, '/consent'), { decision: 'deny' });
    const answer = new URL(response.headers.get('location') ?? '');
    expect(Object.fromEntries(answer.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'the-state',
      iss: 'https://as.example',
    });
  });

  it('scopes that nobody here knows are dropped, and the answer says what was granted', async () => {
    const server = serve();
    const client = await makeClient(server);
    const back = await server.user().authorise(authorizeUrl(client, { scope: 'openid files.read' }), ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('a self-registered client may step up beyond what it registered, but never to the admin scope', async () => {
    const server = serve();
    const client = (await (await registerClient(server, { scope: 'openid' })).json()) as { client_id: string };
    const more = await server
      .user()
      .authorise(authorizeUrl(client, { scope: 'openid email offline_access' }), ADMINISTRATOR);
    expect(more.searchParams.get('code')).toBeTruthy();
    const admin = await obtainTokens(server, { ...client, method: 'none' }, { scope: 'admin email' });
    expect(admin.scope).toBe('email');
  });

  it('offline_access is always tolerated', async () => {
    const server = serve();
    const client = await makeClient(server, { scope: 'openid' });
    const back = await server.user().authorise(authorizeUrl(client, { scope: 'openid offline_access' }), ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });
});

describe('OAuth 2.0 Multiple Response Type Encoding Practices §2.1: response_mode=fragment', () => {
  const inFragment = (location: string | null) => {
    const [address, fragment = ''] = (location ?? '').split('#');
    return { address, answer: Object.fromEntries(new URLSearchParams(fragment)) };
  };

  it.each(['https://app.example/callback?tenant=1', 'com.example.app:/callback', 'http://127.0.0.1:4000/callback'])(
    'answers %s in the fragment, and leaves the address as it was registered',
    async (redirect_uri) => {
      const server = serve();
      const client = await makeClient(server, { redirect_uris: [redirect_uri] });
      const user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      const url = authorizeUrl(client, { redirect_uri, response_mode: 'fragment' });
      const allowed = await user.send(parseForm(await (await user.open(url)).text(), '/consent'), {
        decision: 'allow',
      });
      const { address, answer } = inFragment(allowed.headers.get('location'));
      expect([allowed.status, address]).toEqual([303, redirect_uri]);
      expect(answer).toMatchObject({
        state: 'the-state',
        iss: 'https://as.example',
        code: expect.stringMatching(/^pc_/),
      });
    },
  );

  it('so are errors, and the way back that a page offers', async () => {
    const server = serve();
    const wrong = { response_mode: 'fragment', response_type: 'token' };
    const made = await server.fetch(authorizeUrl(await makeClient(server), wrong));
    expect(inFragment(made.headers.get('location'))).toMatchObject({
      address: REDIRECT_URI,
      answer: { error: 'unsupported_response_type', state: 'the-state' },
    });
    const client = (await (await registerClient(server)).json()) as { client_id: string };
    const html = await (await server.fetch(authorizeUrl(client, wrong))).text();
    expect(html).toContain(`href="${REDIRECT_URI}#error=unsupported_response_type`);
  });
});

describe('OAuth 2.0 Form Post Response Mode §2', () => {
  it('the answer is a form that sends itself to the redirect URI', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const page = await (await user.open(authorizeUrl(client, { response_mode: 'form_post' }))).text();
    const response = await user.send(parseForm(page, '/consent'), { decision: 'allow' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).not.toContain('form-action');
    const fields = Object.fromEntries(parseForm(await response.text(), REDIRECT_URI).fields);
    expect(fields).toMatchObject({ state: 'the-state', iss: 'https://as.example' });
    expect(fields.code).toMatch(/^pc_0_/);
  });
});

describe('RFC 8252 §7 redirects of native apps', () => {
  it('the authorization server MUST allow any port for loopback redirect URIs', async () => {
    const server = serve();
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      const client = await makeClient(server, { redirect_uris: [`http://${host}/callback`] });
      const redirect_uri = `http://${host}:49152/callback`;
      const back = await server.user().authorise(authorizeUrl(client, { redirect_uri }), ADMINISTRATOR);
      expect(back.origin + back.pathname).toBe(redirect_uri);
      for (const wrong of [
        `http://${host}:49152/other`,
        `https://${host}:49152/callback`,
        `http://${host}:1@evil.example/callback`,
      ]) {
        expect((await server.fetch(authorizeUrl(client, { redirect_uri: wrong }))).status).toBe(400);
      }
    }
  });

  it('a private-use scheme is called back', async () => {
    const server = serve();
    const redirect_uri = 'com.example.app:/callback';
    const client = await makeClient(server, { redirect_uris: [redirect_uri], application_type: 'native' });
    const back = await server.user().authorise(authorizeUrl(client, { redirect_uri }), ADMINISTRATOR);
    expect(back.href.startsWith(`${redirect_uri}?code=`)).toBe(true);
  });
});

describe('who may authorise', () => {
  it('a user with none of the roles of the client gets a page that says so, never a code', async () => {
    const server = serve();
    const client = await makeClient(server, {}, { roles: ['accountant'] });
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const response = await user.open(authorizeUrl(client));
    expect(response.status).toBe(403);
    expect(response.headers.get('location')).toBeNull();
    expect(text(await response.text())).toContain('accountant');
  });

  it('the settings may switch the documents off, and the flow goes on', async () => {
    const server = serve();
    const client = await makeClient(server);
    await setSetting(server, 'show_auth_server_metadata', false);
    const back = await server.user().authorise(authorizeUrl(client), ADMINISTRATOR);
    expect(back.searchParams.get('code')).toBeTruthy();
  });
});
