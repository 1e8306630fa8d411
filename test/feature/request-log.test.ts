/** The log line of a request, and the share of successful requests that have one. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Server, serve, setSetting } from '../support/server.ts';

describe('the log', () => {
  let server: Server;
  let lines: Record<string, unknown>[];

  beforeEach(() => {
    lines = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)));
    server = serve();
  });

  const logged = () => lines.map(({ path }) => path);

  it('has one line for each request, with what its handler added and neither query nor body', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'grant_type=client_credentials&client_id=c_x&client_secret=ps_hidden';
    const response = await server.fetch('/token?code=pc_hidden', { method: 'POST', headers, body });
    expect(lines).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        request_id: response.headers.get('x-request-id'),
        method: 'POST',
        path: '/token',
        status: 401,
        error: 'invalid_client',
        why: expect.any(String),
        unknown_client: 'c_x',
        ms: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('hidden');
  });

  it('leaves out successful requests where the setting log_successes_percent is 0, and no error', async () => {
    await server.fetch('/.well-known/openid-configuration');
    expect(logged()).toEqual(['/.well-known/openid-configuration']);
    await setSetting(server, 'log_successes_percent', 0);
    await server.fetch('/.well-known/openid-configuration');
    lines.length = 0;
    await server.fetch('/.well-known/openid-configuration');
    await server.fetch('/.well-known/jwks.json');
    await server.fetch('/token', { method: 'POST' });
    expect(logged()).toEqual(['/token']);
  });

  it('has the given share of successful requests', async () => {
    await setSetting(server, 'log_successes_percent', 25);
    await server.fetch('/.well-known/openid-configuration');
    lines.length = 0;
    vi.spyOn(Math, 'random').mockReturnValueOnce(0.24).mockReturnValueOnce(0.25).mockReturnValueOnce(0.1);
    for (let request = 0; request < 3; request++) await server.fetch('/.well-known/jwks.json');
    expect(lines.length).toBe(2);
  });
});
