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

const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

describe('the setting allowed_public_client_origins', () => {
  it('lets the listed origins in, trimmed and normalised, and no other', async () => {
    const server = serve();
    await setSetting(
      server,
      'allowed_public_client_origins',
      '  https://SPA.example:443/ \n\nhttp://localhost:5173, https://two.example/path\nnonsense',
    );
    for (const path of ENDPOINTS) {
      for (const origin of ['https://spa.example', 'http://localhost:5173', 'https://two.example']) {
        const response = await preflight(server, path, origin);
        expect([path, origin, response.status, allowed(response)]).toEqual([path, origin, 204, origin]);
        expect(response.headers.get('access-control-allow-headers')).toBe(
          'authorization, content-type, dpop, idempotency-key, if-match, if-none-match, mcp-protocol-version',
        );
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
