/** RFC 7591: dynamic client registration. */
import { describe, expect, it } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  errorOf,
  obtainTokens,
  REDIRECT_URI,
  registerClient,
  type TestClient,
} from '../support/client.ts';
import { administer, serve, setSetting } from '../support/server.ts';

type Registered = Record<string, unknown> & { client_id: string; client_secret?: string };
const registered = async (response: Response) => (await response.json()) as Registered;

describe('RFC 7591 §3.2.1 client information response', () => {
  it('the server MUST return all registered metadata, each field of the RFC kept and unknown ones ignored', async () => {
    const metadata = {
      redirect_uris: [REDIRECT_URI, 'http://localhost/callback'],
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      client_name: 'An application',
      'client_name#ja-Jpan-JP': 'クライアント',
      client_uri: 'https://app.example',
      logo_uri: 'https://app.example/logo.png',
      scope: 'openid profile',
      contacts: ['ops@app.example'],
      tos_uri: 'https://app.example/tos',
      'tos_uri#de': 'https://app.example/de/tos',
      policy_uri: 'https://app.example/policy',
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', kid: '1' }] },
      software_id: '4NRB1-0XZABZI9E6-5SM3R',
      software_version: '2.1',
    };
    const server = serve();
    const response = await registerClient(server, { ...metadata, flavour: 'vanilla' });
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const answer = await registered(response);
    expect(answer).toMatchObject(metadata);
    expect(answer.flavour).toBeUndefined();
    expect(answer.client_secret).toMatch(/^ps_/);
    expect(answer.client_secret_expires_at).toBe(0);
    expect(Math.abs(Number(answer.client_id_issued_at) - Date.now() / 1000)).toBeLessThan(10);
    const kept = await administer<{ metadata: object }>(server, 'GET', `/clients/${answer.client_id}`);
    expect(kept.metadata).toEqual(metadata);
  });

  it('the method and the grant types that were registered are returned, defaults included', async () => {
    const response = await serve().fetch('/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
    });
    expect(await registered(response)).toMatchObject({
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
    });
  });

  it('what the server cannot do is replaced: grant types and response types it does not know are left out', async () => {
    const response = await registerClient(serve(), {
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'],
      response_types: ['code', 'token'],
    });
    expect(await registered(response)).toMatchObject({
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    });
  });

  it('a public client gets no secret, a confidential one a secret that works', async () => {
    const server = serve();
    expect((await registered(await registerClient(server))).client_secret).toBeUndefined();
    const confidential = await registered(
      await registerClient(server, { token_endpoint_auth_method: 'client_secret_basic' }),
    );
    await obtainTokens(server, { ...confidential, method: 'client_secret_basic' } as TestClient);
  });

  it('identical public registrations are one client; different ones, and confidential ones, are not', async () => {
    const server = serve();
    const id = async (metadata: object) =>
      (await registered(await registerClient(server, metadata as Record<string, unknown>))).client_id;
    const first = await id({ redirect_uris: ['https://a.example/', 'https://b.example/'] });
    expect(await id({ redirect_uris: ['https://b.example/', 'https://a.example/'], flavour: 'x' })).toBe(first);
    expect(await id({ redirect_uris: ['https://a.example/'] })).not.toBe(first);
    const confidential = { token_endpoint_auth_method: 'client_secret_basic' };
    expect(await id(confidential)).not.toBe(await id(confidential));
    const many = await Promise.all(Array.from({ length: 20 }, () => id({ client_name: 'Same' })));
    expect(new Set(many).size).toBe(1);
  });
});

describe('RFC 7591 §3.2.2 client registration error response', () => {
  it('a redirect URI that is not allowed is invalid_redirect_uri', async () => {
    const server = serve();
    for (const uri of [
      'http://app.example/callback',
      'http://192.168.0.1/callback',
      'http://localhost.evil.example/callback',
      'http://127.0.0.1.evil.example/',
      'https://app.example/#fragment',
      'https://user:pass@app.example/',
      'https://user@app.example/',
      'https://*.app.example/',
      'https://app.example/*',
      'app:/callback',
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'vbscript:x',
      '/callback',
      '',
      'https://app.example/ callback',
      'https://app.example/\r\nSet-Cookie: x',
      'https://app.example/\u0000',
      'https:\\\\app.example',
      'https://',
    ]) {
      const response = await registerClient(server, { redirect_uris: [uri] });
      const answer = [uri, response.status, await errorOf(response)];
      if (uri.includes('\u0000')) expect(answer).toEqual([uri, 400, 'invalid_client_metadata']);
      else expect(answer).toEqual([uri, 400, 'invalid_redirect_uri']);
    }
  });

  it('https, http on loopback, and a private-use scheme with a dot for native clients are allowed', async () => {
    const server = serve();
    for (const uri of [
      'https://app.example:8443/cb?x=1',
      'http://127.0.0.1:1/cb',
      'http://[::1]/cb',
      'http://localhost:3000/cb',
      'com.example.app:/cb',
    ]) {
      expect([uri, (await registerClient(server, { redirect_uris: [uri] })).status]).toEqual([uri, 201]);
    }
    const web = await registerClient(server, { redirect_uris: ['com.example.app:/cb'], application_type: 'web' });
    expect(await errorOf(web)).toBe('invalid_redirect_uri');
  });

  it('metadata that does not hold together is invalid_client_metadata', async () => {
    const server = serve();
    for (const metadata of [
      { token_endpoint_auth_method: 'client_secret_jwt' },
      { token_endpoint_auth_method: 'tls_client_auth' },
      { grant_types: ['password'] },
      { grant_types: ['refresh_token'] },
      { grant_types: 'authorization_code' },
      { response_types: ['token'] },
      { client_uri: 'javascript:alert(1)' },
      { logo_uri: 'data:image/png;base64,AA' },
      { 'policy_uri#de': 'javascript:alert(1)' },
      { client_name: 7 },
      { client_name: 'n'.repeat(300) },
      { scope: 'open"id' },
      { jwks: { keys: [] }, jwks_uri: 'https://app.example/jwks' },
      { id_token_signed_response_alg: 'none' },
    ]) {
      const response = await registerClient(server, metadata);
      expect([metadata, response.status, await errorOf(response)]).toEqual([metadata, 400, 'invalid_client_metadata']);
    }
    for (const redirect_uris of [undefined, [], 'https://app.example', [7]]) {
      expect((await registerClient(server, { redirect_uris })).status).toBe(400);
    }
  });

  it('a body that is not a JSON object is invalid_client_metadata', async () => {
    const server = serve();
    for (const body of ['', '{', '[]', 'null', '"x"', '7']) {
      const headers = { 'content-type': 'application/json' };
      const response = await server.fetch('/register', { method: 'POST', headers, body });
      expect([body, response.status, await errorOf(response)]).toEqual([body, 400, 'invalid_client_metadata']);
    }
  });
});

describe('RFC 7591 §5 registration by strangers', () => {
  it('has a ceiling for each address: 429 with Retry-After, and other addresses go on', async () => {
    const server = serve();
    const send = (address: string) =>
      server.fetch('/register', {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json', 'cf-connecting-ip': address },
      });
    let last = await send('2001:db8:1:2::1');
    for (let count = 0; count < 320 && last.status === 400; count++) last = await send(`2001:db8:1:2::${count}`);
    expect(last.status).toBe(429);
    expect(last.headers.get('retry-after')).toBe('60');
    expect((await send('2001:db8:1:3::1')).status).toBe(400);
  });

  it('switched off it answers 404, is not in the metadata, and has no CORS', async () => {
    const server = serve();
    await setSetting(server, 'allowed_public_client_origins', 'https://spa.example');
    await setSetting(server, 'enable_dynamic_client_registration', false);
    const response = await server.fetch('/register', { method: 'POST', headers: { origin: 'https://spa.example' } });
    expect(response.status).toBe(404);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    const metadata = (await (await server.fetch('/.well-known/oauth-authorization-server')).json()) as object;
    expect(metadata).not.toHaveProperty('registration_endpoint');
  });

  it('a client that registered itself is always shown for consent, even where the setting skips it', async () => {
    const server = serve();
    await setSetting(server, 'skip_authorization', true);
    const client = await registered(await registerClient(server));
    const person = server.person();
    await person.authorise(authorizeUrl(client), ADMINISTRATOR);
    expect((await person.open(authorizeUrl(client))).status).toBe(200);
  });
});
