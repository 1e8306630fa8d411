/** RFC 7591: dynamic client registration. */
import { describe, expect, it } from 'vitest';
import { ClientMetadataSchema, LANGUAGE_TAGGED_NAME } from '../../src/protocol/client-metadata-members.ts';
import { errorOf, makeClient, obtainTokens, REDIRECT_URI, registerClient, type TestClient } from '../support/client.ts';
import { json, pretendWeb } from '../support/pretend-web.ts';
import { administer, type Server, serve, setSetting } from '../support/server.ts';

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
    // OpenID Connect Dynamic Client Registration §2: the default, which the answer names.
    expect(kept.metadata).toEqual({ ...metadata, id_token_signed_response_alg: 'RS256' });
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

/** Endpoints that register a client, whose responses are compared. */
const SURFACES: Record<string, (server: Server, metadata: Record<string, unknown>) => Promise<Response>> = {
  'POST /register': registerClient,
  async 'PUT /register/:id'(server, metadata) {
    const made = await registerClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const client = (await made.json()) as Record<string, string>;
    return server.fetch(new URL(client.registration_client_uri ?? '').pathname, {
      method: 'PUT',
      headers: { authorization: `Bearer ${client.registration_access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [REDIRECT_URI], ...metadata, client_id: client.client_id }),
    });
  },
  'POST /api/admin/clients': (server, metadata) =>
    server.admin('POST', '/clients', { metadata: { redirect_uris: [REDIRECT_URI], ...metadata } }),
  async 'PATCH /api/admin/clients/{id}'(server, metadata) {
    const { client_id } = await makeClient(server, { logo_uri: 'https://app.example/logo.png', contacts: ['me'] });
    const token_endpoint_auth_method = null;
    const changes = { logo_uri: null, contacts: '', token_endpoint_auth_method, ...metadata };
    return server.admin('PATCH', `/clients/${client_id}`, { metadata: changes });
  },
  async 'a metadata document (CIMD)'(server, metadata) {
    const client_id = `https://app.acme.com/${crypto.randomUUID()}.json`;
    const document = { redirect_uris: [REDIRECT_URI], ...metadata, client_id };
    pretendWeb({ [client_id]: () => json(document) });
    return server.admin('GET', `/clients/${encodeURIComponent(client_id)}`);
  },
};

const metadataIn = async (response: Response) => {
  const answer = (await response.json()) as Record<string, unknown>;
  return (answer.metadata ?? answer) as Record<string, unknown>;
};

describe('RFC 7591 §2: a member that says nothing is as if it were not there', () => {
  it.each(Object.entries(SURFACES))('%s: null, empty text, list and object, all members at once', async (_, send) => {
    for (const nothing of [null, '', ' ', [], {}]) {
      const names = Object.keys(ClientMetadataSchema.shape).filter((name) => name !== 'redirect_uris');
      const metadata = Object.fromEntries([...names, 'client_name#de', 'logo_uri#de'].map((name) => [name, nothing]));
      const response = await send(serve(), metadata);
      expect([nothing, response.status]).toEqual([nothing, expect.toBeOneOf([200, 201])]);
      const answer = await metadataIn(response);
      // Members with a default are in the response.
      const { id_token_signed_response_alg: _, ...members } = answer;
      const kept = Object.keys(members).filter((name) => Object.hasOwn(metadata, name));
      expect(kept.sort()).toEqual(['grant_types', 'response_types', 'token_endpoint_auth_method']);
      expect(answer).toMatchObject({ grant_types: ['authorization_code'], response_types: ['code'] });
    }
  });

  it.each(Object.entries(SURFACES))('%s: redirect_uris that say nothing are missing', async (_, send) => {
    for (const redirect_uris of [null, '', [], {}]) {
      const response = await send(serve(), { redirect_uris });
      expect([400, 401]).toContain(response.status);
      expect(await response.text()).toContain('at least one redirect URI is needed');
    }
  });

  it('RFC 7592 §2.2: null is none of the members that MUST NOT be sent', async () => {
    const nothing = { registration_access_token: null, client_id_issued_at: null, client_secret: null };
    const response = await SURFACES['PUT /register/:id']?.(serve(), { ...nothing, client_secret_expires_at: null });
    expect(response?.status).toBe(200);
  });
});

describe('RFC 7591 §2.2: human-readable members in several languages', () => {
  it('an administrator sets and removes them too; a name that is none of them is refused', async () => {
    const server = serve();
    const metadata = { 'client_name#de': 'Anwendung', 'tos_uri#ja-Jpan-JP': 'https://app.example/ja/tos' };
    const { client_id } = await makeClient(server, metadata);
    const path = `/clients/${client_id}`;
    const read = async () => metadataIn(await server.admin('GET', path));
    expect(await read()).toMatchObject(metadata);
    await administer(server, 'PATCH', path, { metadata: { 'client_name#de': null, 'client_name#fr': 'Application' } });
    expect(await read()).toMatchObject({ 'client_name#fr': 'Application', 'tos_uri#ja-Jpan-JP': expect.anything() });
    expect(await read()).not.toHaveProperty('client_name#de');
    for (const name of ['redirect_uris#de', 'client_name#', 'client_nam', 'jwks_uri#de']) {
      const refused = await server.admin('PATCH', path, { metadata: { [name]: 'x' } });
      expect([name, refused.status]).toEqual([name, 400]);
      expect(await refused.text()).toContain(name);
    }
  });

  it('OpenAPI says so', async () => {
    const document = (await (await serve().fetch('/openapi.json')).json()) as {
      components: { schemas: { NewClientRequest: { properties: { metadata: Record<string, unknown> } } } };
    };
    const { metadata } = document.components.schemas.NewClientRequest.properties;
    expect(metadata.additionalProperties).toBe(false);
    expect(metadata.patternProperties).toEqual({ [LANGUAGE_TAGGED_NAME.source]: {} });
  });
});

describe('RFC 7591 §3.2.1: what decides nothing and cannot be used is left out', () => {
  const UNUSABLE: Record<string, unknown> = {
    client_name: 'n'.repeat(300),
    'client_name#de': 7,
    client_uri: 'javascript:alert(1)',
    logo_uri: 'data:image/png;base64,AA',
    'logo_uri#de': 'data:image/png;base64,AA',
    tos_uri: 'not a URL',
    policy_uri: { en: 'https://app.example/' },
    'policy_uri#de': 'javascript:alert(1)',
    contacts: 'ops@app.example',
    software_id: 7,
    software_version: 2.1,
    application_type: 'spa',
    initiate_login_uri: 'http://app.example/login',
    backchannel_logout_session_required: 'yes',
    token_endpoint_auth_signing_alg: 'HS256',
  };

  it.each(Object.entries(SURFACES))('%s: each alone, and all at once', async (_, send) => {
    const server = serve();
    for (const [name, value] of [...Object.entries(UNUSABLE), ['all', UNUSABLE] as const]) {
      const response = await send(server, name === 'all' ? UNUSABLE : { [name]: value });
      expect([name, response.status]).toEqual([name, expect.toBeOneOf([200, 201])]);
      const answer = await metadataIn(response);
      // An administrator's client goes on with what it had before the change.
      expect(Object.keys(answer).filter((member) => member in UNUSABLE && answer[member] === UNUSABLE[member])).toEqual(
        [],
      );
    }
  });

  it('what of a list says nothing is left out of it', async () => {
    const answer = await metadataIn(await registerClient(serve(), { contacts: ['', 'ops@app.example', null] }));
    expect(answer.contacts).toEqual(['ops@app.example']);
  });

  it('http on loopback is validated alike in every member that is an address', async () => {
    const server = serve();
    const LOOPBACK = ['http://localhost:3000/x', 'http://127.0.0.1/x', 'http://[::1]:8080/x'];
    for (const uri of [...LOOPBACK, 'https://app.example/x', 'HTTPS://app.example/x']) {
      const metadata = {
        redirect_uris: [uri],
        post_logout_redirect_uris: [uri],
        initiate_login_uri: uri,
        backchannel_logout_uri: uri,
        jwks_uri: uri,
        client_uri: uri,
      };
      expect(await metadataIn(await registerClient(server, metadata))).toMatchObject(metadata);
    }
    for (const uri of ['http://app.example/x', 'http://127.0.0.1.evil.example/x', 'http://192.168.0.1/x']) {
      for (const metadata of [
        { redirect_uris: [uri] },
        { post_logout_redirect_uris: [uri] },
        { backchannel_logout_uri: uri },
        { jwks_uri: uri },
      ]) {
        expect([metadata, (await registerClient(server, metadata)).status]).toEqual([metadata, 400]);
      }
      const lenient = await metadataIn(await registerClient(server, { initiate_login_uri: uri }));
      expect(lenient.initiate_login_uri).toBeUndefined();
    }
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
    expect(await registered(web)).toMatchObject({ application_type: 'web' });
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
      { scope: 'open"id' },
      { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }] }, jwks_uri: 'https://app.example/jwks' },
      { jwks_uri: 'http://app.example/jwks' },
      { post_logout_redirect_uris: ['http://app.example/'] },
      { backchannel_logout_uri: 'http://app.example/logout' },
      { default_max_age: 'soon' },
      { require_pushed_authorization_requests: 'yes' },
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

describe('RFC 7591 §5 open registration', () => {
  it('has a ceiling for each IPv4 address or IPv6 /48: 429 with Retry-After, and other networks go on', async () => {
    const server = serve();
    const send = (address: string) =>
      server.fetch('/register', {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json', 'cf-connecting-ip': address },
      });
    let last = await send('2001:db8:1:2::1');
    for (let count = 0; count < 650 && last.status === 400; count++) last = await send(`2001:db8:1:${count}::1`);
    expect(last.status).toBe(429);
    expect(last.headers.get('retry-after')).toBe('60');
    expect((await send('2001:db8:2:2::1')).status).toBe(400);
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

  it('OpenID Connect Dynamic Client Registration §5: sector_identifier_uri is refused, and not dropped', async () => {
    const response = await registerClient(serve(), { sector_identifier_uri: 'https://app.example/uris.json' });
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_client_metadata']);
    // Absent, null and empty are the same.
    for (const sector_identifier_uri of [null, '']) {
      expect((await registerClient(serve(), { sector_identifier_uri })).status).toBe(201);
    }
  });
});
