/** CORS: documents are for everybody; the rest is for origins that an administrator listed. */
import { describe, expect, it, vi } from 'vitest';
import { makeClient, obtainTokens, refresh } from '../support/client.ts';
import { type Server, serve, setSetting } from '../support/server.ts';

const ENDPOINTS = ['/token', '/register', '/userinfo', '/api/me', '/api/admin/settings'];

const preflight = (server: Server, path: string, origin: string) =>
  server.fetch(path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  });

const NATIVE = {
  metadata: { client_name: 'App', redirect_uris: ['https://app.example/'], token_endpoint_auth_method: 'none' },
};

const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

describe('the setting allowed_public_client_origins', () => {
  it('lets the listed origins of any scheme in, and no other', async () => {
    const server = serve();
    const origins = ['https://spa.example', 'http://localhost:5173', 'capacitor://localhost', 'app.mine://x:80'];
    await setSetting(server, 'allowed_public_client_origins', `  ${origins.join(' \n\n')}`);
    for (const path of ENDPOINTS) {
      for (const origin of origins) {
        const response = await preflight(server, path, origin);
        expect([path, origin, response.status, allowed(response)]).toEqual([path, origin, 204, origin]);
        expect(response.headers.get('access-control-allow-headers')).toBe('authorization');
        expect(response.headers.get('access-control-max-age')).toBe('86400');
        expect(response.headers.get('vary')).toContain('Origin');
        expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      }
      for (const origin of ['https://evil.example', 'https://spa.example.evil.example', 'http://spa.example', 'null']) {
        const response = await preflight(server, path, origin);
        expect([path, origin, allowed(response)]).toEqual([path, origin, null]);
        expect(response.headers.get('vary')).toContain('Origin');
      }
    }
  });

  it.each([
    'https://SPA.example',
    'https://spa.example/',
    'https://spa.example:443',
    'https://spa.example/path',
    'https://*.example',
    'https://user@spa.example',
    'spa.example',
    'null',
    'nonsense',
  ])('refuses %s when it is saved, and names the entry', async (entry) => {
    const server = serve();
    const value = `https://good.example\n${entry}`;
    const response = await server.admin('PUT', '/settings/allowed_public_client_origins', { value });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(entry)]);
    expect(allowed(await preflight(server, '/token', 'https://good.example'))).toBeNull();
    const client = await server.admin('POST', '/clients', { ...NATIVE, allowed_origins: [entry] });
    expect(client.status).toBe(400);
  });

  it('echoes the header names that the page wants to send, and nothing that is no list of names', async () => {
    const server = serve();
    await setSetting(server, 'allowed_public_client_origins', 'https://spa.example');
    const asking = async (names: string) => {
      const headers = { origin: 'https://spa.example', 'access-control-request-headers': names };
      const response = await server.fetch('/token', { method: 'OPTIONS', headers });
      return response.headers.get('access-control-allow-headers');
    };
    expect(await asking('content-type,traceparent,x-datadog-trace-id')).toBe(
      'content-type,traceparent,x-datadog-trace-id',
    );
    for (const names of ['a b', 'a,,b', 'a:b', 'x'.repeat(1001)])
      expect([names, await asking(names)]).toEqual([names, '']);
  });

  it('* means every origin, still without credentials', async () => {
    const server = serve();
    await setSetting(server, 'allowed_public_client_origins', '*');
    const response = await server.fetch('/userinfo', { headers: { origin: 'https://anyone.example' } });
    expect(response.status).toBe(401);
    expect(allowed(response)).toBe('https://anyone.example');
    expect(response.headers.get('access-control-expose-headers')).toBe(
      'WWW-Authenticate, DPoP-Nonce, ETag, Retry-After',
    );
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('errors carry the headers, too, so that a page can read them', async () => {
    const server = serve();
    await setSetting(server, 'allowed_public_client_origins', 'https://spa.example');
    const headers = { origin: 'https://spa.example', 'content-type': 'application/x-www-form-urlencoded' };
    const response = await server.fetch('/token', { method: 'POST', body: 'grant_type=x&client_id=nobody', headers });
    expect([response.status, allowed(response)]).toEqual([401, 'https://spa.example']);
  });

  it('a refused origin is logged once a minute, with the setting and the line to add', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const server = serve();
    for (let times = 0; times < 3; times++) await preflight(server, '/token', 'https://new-spa.example');
    expect(warn).toHaveBeenCalledTimes(1);
    expect(JSON.parse(String(warn.mock.calls[0]?.[0]))).toMatchObject({
      refused_origin: 'https://new-spa.example',
      setting: 'allowed_public_client_origins',
      hint: expect.stringContaining(
        'add this line to the setting allowed_public_client_origins: https://new-spa.example',
      ),
    });
  });
});

describe('allowed origins of a client', () => {
  it('a preflight is answered from the union, the request itself by its client', async () => {
    const server = serve();
    const origin = 'https://only-one.example';
    const client = await makeClient(server, {}, { allowed_origins: [origin] });
    const other = await makeClient(server);
    expect(allowed(await preflight(server, '/token', origin))).toBe(origin);
    for (const [own, answer] of [
      [client, origin],
      [other, null],
    ] as const) {
      const tokens = await obtainTokens(server, own);
      const response = await refresh(
        { ...server, fetch: (url, init) => server.fetch(url, { ...init, headers: { ...init?.headers, origin } }) },
        own,
        tokens.refresh_token,
      );
      expect([response.status, allowed(response)]).toEqual([200, answer]);
      const me = await server.fetch('/api/me', { headers: { origin, authorization: `Bearer ${tokens.access_token}` } });
      expect([me.status, allowed(me)]).toEqual([200, answer]);
    }
  });
});

describe('documents under /.well-known/', () => {
  it('may be read by any page that sends any header, 404s too', async () => {
    const server = serve();
    const origin = 'https://anyone.example';
    for (const name of ['openid-configuration', 'jwks.json', 'oauth-protected-resource/none', 'nothing-here']) {
      const path = `/.well-known/${name}`;
      const asked = { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'traceparent' };
      const before = await server.fetch(path, { method: 'OPTIONS', headers: asked });
      expect([name, before.status, allowed(before)]).toEqual([name, 204, '*']);
      expect(before.headers.get('access-control-allow-headers')).toBe('*, Authorization');
      const response = await server.fetch(path, { headers: { origin } });
      expect([name, allowed(response)]).toEqual([name, '*']);
    }
  });

  it('a page of the origin "null" is not told to be allowed', async () => {
    // A refused origin is logged once a minute.
    vi.useFakeTimers({ now: Date.now() + 120_000, toFake: ['Date'] });
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await preflight(serve(), '/token', 'null');
    expect(String(warn.mock.calls[0]?.[0])).toContain('cannot be allowed');
    expect(String(warn.mock.calls[0]?.[0])).not.toContain('add this line');
  });
});

describe('pages', () => {
  it('have no CORS', async () => {
    const server = serve();
    await setSetting(server, 'allowed_public_client_origins', '*');
    for (const path of ['/', '/sign-in', '/authorize', '/account']) {
      expect([path, allowed(await server.fetch(path, { headers: { origin: 'https://spa.example' } }))]).toEqual([
        path,
        null,
      ]);
    }
  });
});
