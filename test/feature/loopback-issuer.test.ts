/** ARCHITECTURE §3: cookies without Secure are for this very machine, and so is a server whose issuer is loopback. */
import { describe, expect, it, vi } from 'vitest';
import { bindings, serve } from '../support/server.ts';

const LOCAL = 'http://localhost:8787';
const PATHS = [
  '/',
  '/sign-in',
  '/authorize',
  '/token',
  '/.well-known/oauth-authorization-server',
  '/api/admin/clients',
  '/nothing',
];

describe('a server whose issuer is loopback', () => {
  it.each(PATHS)('answers %s at loopback hosts only', async (path) => {
    const logged = vi.spyOn(console, 'log');
    const server = serve(bindings([], { ISSUER: LOCAL }));
    for (const host of ['http://localhost:8787', 'http://127.0.0.1:8787', 'http://[::1]:8787', 'http://localhost']) {
      expect([host, (await server.fetch(host + path)).status === 421]).toEqual([host, false]);
    }
    for (const host of [
      'https://postern.team.workers.dev',
      'http://192.168.1.7:8787',
      'http://localhost.evil.example',
      'http://127.0.0.1.nip.io',
      'https://id.example.com:8787',
    ]) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const response = await server.fetch(host + path, { method });
        expect([host, method, response.status]).toEqual([host, method, 421]);
        expect(response.headers.getSetCookie()).toEqual([]);
        // It names the address where it can be opened, and no name of a setting.
        const said = await response.text();
        expect([said.includes(LOCAL), said.includes('ISSUER')]).toEqual([true, false]);
      }
    }
    expect(logged.mock.calls.flat().join('\n')).toContain('ISSUER is loopback');
  });

  it('is not restricted where the issuer is a domain: the request may come by another host', async () => {
    const server = serve(bindings());
    expect((await server.fetch('https://other.example/.well-known/jwks.json')).status).toBe(200);
  });
});
