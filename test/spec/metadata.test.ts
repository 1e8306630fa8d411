/** The well-known documents: RFC 8414, OpenID Connect Discovery, RFC 9728, RFC 7517. */
import { describe, expect, it } from 'vitest';
import { ISSUER, serve, setSetting } from '../support/server.ts';

type Document = Record<string, unknown>;
const AS = '/.well-known/oauth-authorization-server';
const OIDC = '/.well-known/openid-configuration';
const PR = '/.well-known/oauth-protected-resource';
const JWKS = '/.well-known/jwks.json';

const get = async (path: string, server = serve()) => (await (await server.fetch(path)).json()) as Document;

describe('RFC 8414 §2 authorization server metadata', () => {
  it('issuer is identical to what the URL was made from, at both documents, which are one', async () => {
    const [as, oidc] = [await get(AS), await get(OIDC)];
    expect(as.issuer).toBe(ISSUER);
    expect(oidc).toEqual(as);
  });

  it('lists every endpoint that exists, under the issuer, and each answers', async () => {
    const server = serve();
    const document = await get(AS, server);
    for (const name of [
      'authorization_endpoint',
      'token_endpoint',
      'registration_endpoint',
      'userinfo_endpoint',
      'jwks_uri',
    ]) {
      const url = new URL(String(document[name]));
      expect(url.origin).toBe(ISSUER);
      expect((await server.fetch(url.pathname)).status).not.toBe(404);
    }
  });

  it('says what it can do, and nothing that it cannot', async () => {
    expect(await get(AS)).toMatchObject({
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:ietf:params:oauth:grant-type:token-exchange',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ],
      token_endpoint_auth_methods_supported: [
        'private_key_jwt',
        'spiffe_jwt',
        'client_secret_basic',
        'client_secret_post',
        'none',
      ],
      // client_secret_jwt is not offered: it needs the secret in clear text here.
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'Ed25519', 'EdDSA'],
      introspection_endpoint: 'https://as.example/introspect',
      introspection_endpoint_auth_methods_supported: [
        'private_key_jwt',
        'spiffe_jwt',
        'client_secret_basic',
        'client_secret_post',
      ],
      revocation_endpoint: 'https://as.example/revoke',
      device_authorization_endpoint: 'https://as.example/device_authorization',
      client_id_metadata_document_supported: true,
      authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
      code_challenge_methods_supported: ['S256'],
      scopes_supported: ['openid', 'profile', 'email', 'roles', 'offline_access'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256', 'RS256'],
    });
  });

  it('scopes of the settings are listed, blank lines ignored', async () => {
    const server = serve();
    await setSetting(server, 'scopes_supported', '\n files.read Read your files \n\n\nfiles.write\n');
    expect((await get(AS, server)).scopes_supported).toContain('files.read');
    expect((await get(PR, server)).scopes_supported).toEqual([
      'openid',
      'profile',
      'email',
      'roles',
      'files.read',
      'files.write',
    ]);
  });

  it('the issuer comes from the configuration, never from the Host header', async () => {
    const response = await serve().fetch(`https://evil.example${AS}`, { headers: { host: 'evil.example' } });
    expect(((await response.json()) as Document).issuer).toBe(ISSUER);
  });
});

describe('RFC 9728 §2 and §3 protected resource metadata', () => {
  it('the resource value MUST be identical to the identifier into which the well-known part was inserted', async () => {
    for (const path of ['', '/api/me', '/mcp', '/a/b/c']) {
      const document = await get(PR + path);
      expect(document.resource).toBe(ISSUER + path);
      expect(document.authorization_servers).toEqual([ISSUER]);
      expect(document.bearer_methods_supported).toEqual(['header']);
    }
  });

  it('shows the resource fields of the settings', async () => {
    const server = serve();
    await setSetting(server, 'resource_name', 'Our API');
    await setSetting(server, 'resource_policy_uri', 'https://example.com/policy');
    expect(await get(PR, server)).toMatchObject({
      resource_name: 'Our API',
      resource_policy_uri: 'https://example.com/policy',
    });
    expect(await get(PR, server)).not.toHaveProperty('resource_tos_uri');
  });

  it('scopes_supported has neither offline_access nor, but at the admin API, admin', async () => {
    expect((await get(PR)).scopes_supported).toEqual(['openid', 'profile', 'email', 'roles']);
    expect((await get(`${PR}/api/admin`)).scopes_supported).toEqual(['admin']);
  });
});

describe('RFC 7517 §5 the JWK set', () => {
  it('holds the public half of every key, and no private member', async () => {
    const { keys } = (await get(JWKS)) as { keys: Document[] };
    expect(keys.map((key) => [key.kid, key.alg, key.use])).toEqual([
      ['test-ec', 'ES256', 'sig'],
      ['test-rsa', 'RS256', 'sig'],
    ]);
    for (const key of keys)
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
  });
});

describe('all documents', () => {
  it('may be read from any origin without credentials, and kept for a while', async () => {
    const server = serve();
    for (const path of [AS, OIDC, PR, `${PR}/mcp`, JWKS]) {
      const response = await server.fetch(path, { headers: { origin: 'https://anyone.example' } });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      expect(response.headers.get('cache-control')).toBe('public, max-age=300');
      const preflight = await server.fetch(path, {
        method: 'OPTIONS',
        headers: { origin: 'https://anyone.example', 'access-control-request-headers': 'mcp-protocol-version' },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-headers')).toBe('*, Authorization');
    }
  });

  it('are not sent again to a client that has them: ETag and 304', async () => {
    const server = serve();
    const etag = (await server.fetch(AS)).headers.get('etag') ?? '';
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`]) {
      expect((await server.fetch(AS, { headers: { 'if-none-match': tag } })).status).toBe(304);
    }
    await setSetting(server, 'resource_documentation', 'https://example.com/docs');
    expect((await server.fetch(AS, { headers: { 'if-none-match': etag } })).status).toBe(200);
  });

  it('a setting switches each off: 404; the JWK set always stands', async () => {
    const server = serve();
    await setSetting(server, 'show_auth_server_metadata', false);
    await setSetting(server, 'show_protected_resource_metadata', false);
    for (const path of [AS, OIDC, PR, `${PR}/mcp`])
      expect([path, (await server.fetch(path)).status]).toEqual([path, 404]);
    expect((await server.fetch(JWKS)).status).toBe(200);
    const challenge = (await server.fetch('/api/me')).headers.get('www-authenticate');
    expect(challenge).not.toContain('resource_metadata');
  });

  it('another method is refused with what is allowed', async () => {
    const response = await serve().fetch(AS, { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  });
});
