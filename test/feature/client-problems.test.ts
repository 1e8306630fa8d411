/** Errors that can be debugged: what is said of them, to whom, and what is kept of them for the client's page. */
import { describe, expect, it, vi } from 'vitest';
import type { Bindings } from '../../src/config.ts';
import {
  authorizeUrl,
  ISSUER,
  makeClient,
  postForm,
  postToken,
  redemption,
  registerClient,
  type TestClient,
} from '../support/client.ts';
import { administratorAt, see } from '../support/console-user.ts';
import { administer, bindings, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { text } from '../support/user.ts';

const DAY = 86_400_000;
const WRONG = 'https://app.example/other?next=a-secret-value#part';

type Problem = {
  error: string;
  reason: string;
  redirect_uri: string | null;
  count: number;
  first_seen: string;
  last_seen: string;
};

const problemsOf = async (server: Server, { client_id }: Pick<TestClient, 'client_id'>) =>
  (await administer<{ problems: Problem[] }>(server, 'GET', `/clients/${encodeURIComponent(client_id)}/problems`))
    .problems;

const open = (server: Server, url: string, headers: Record<string, string> = {}) =>
  server.fetch(url, { headers: { accept: 'text/html', 'cf-connecting-ip': '203.0.113.9', ...headers } });

const rows = async (server: Server) =>
  (await server.env.DB.prepare('SELECT count(*) AS n FROM recent_problems').first<number>('n')) ?? 0;

describe('a refused redirect_uri (RFC 6749 §3.1.2.4)', () => {
  it('names client and URI in the details of the page, in the log and among the recent problems', async () => {
    const logged = vi.spyOn(console, 'log');
    const server = serve();
    const client = await makeClient(server);
    const response = await open(server, authorizeUrl(client, { redirect_uri: WRONG }));
    expect(response.status).toBe(400);
    const page = text(await response.text());
    for (const said of ['Details for developers', 'Test application', client.client_id, WRONG]) {
      expect(page).toContain(said);
    }
    const log = logged.mock.calls.flat().join('\n');
    expect(log).toContain(`"client":"${client.client_id}","redirect_uri":"https://app.example/other?next=…"`);
    const [problem, ...more] = await problemsOf(server, client);
    expect(more).toEqual([]);
    expect(problem).toEqual({
      error: 'invalid_request',
      reason: 'redirect_uri is not registered for this client.',
      redirect_uri: 'https://app.example/other?next=…',
      count: 1,
      first_seen: expect.any(String),
      last_seen: expect.any(String),
    });
    const administrator = await administratorAt(server);
    const shown = await see(administrator, `/console/clients/${client.client_id}/problems`);
    expect(shown).toMatch(/Recent problems.*redirect_uri is not registered for this client\./s);
    expect(shown).toContain('https://app.example/other?next=…');
  });

  it('a pushed one is refused alike', async () => {
    const server = serve();
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const pushed = Object.fromEntries(new URLSearchParams(authorizeUrl(client, { redirect_uri: WRONG }).split('?')[1]));
    expect((await postForm(server, client, '/par', pushed)).status).toBe(400);
    expect(await problemsOf(server, client)).toMatchObject([{ redirect_uri: 'https://app.example/other?next=…' }]);
  });
});

describe('recent problems of a client', () => {
  it('are what its requests were refused for: client authentication, grants, parameters', async () => {
    const server = serve();
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const { client_id } = client;
    await postToken(server, { client_id, client_secret: 'not-the-secret', method: client.method }, redemption('c'));
    await postToken(server, { client_id, method: 'none' }, redemption('c'));
    await postToken(server, client, redemption('pc_0_no-code'));
    await open(server, authorizeUrl(client, { code_challenge: undefined }));
    const said = (await problemsOf(server, client)).map(({ error, reason }) => `${error}: ${reason}`).join('\n');
    expect(said).toContain('invalid_client: the client secret is wrong.');
    expect(said).toContain('invalid_client: this client must authenticate by client_secret_basic, not by none.');
    expect(said).toContain('invalid_grant: ');
    expect(said).toContain('invalid_request: code_challenge is missing');
    expect(said).not.toContain('not-the-secret');
  });

  it('are none for what a user decided, for a request with prompt=none, and for a device that polls', async () => {
    const server = serve();
    const client = await makeClient(server, { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] });
    const begun = (await (await postForm(server, client, '/device_authorization', {})).json()) as Record<
      string,
      string
    >;
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    await postToken(server, client, { grant_type, device_code: begun.device_code ?? '' });
    const web = await makeClient(server);
    await open(server, authorizeUrl(web, { prompt: 'none' }));
    expect([await problemsOf(server, client), await problemsOf(server, web)]).toEqual([[], []]);
  });

  it('the same problem is one row that is counted, coalesced in the isolate', async () => {
    const server = serve();
    const client = await makeClient(server);
    let writes = 0;
    const DB = new Proxy(server.env.DB, {
      get(db, name: keyof D1Database) {
        const value = db[name];
        if (typeof value !== 'function') return value;
        return (...parameters: unknown[]) => {
          if (name === 'batch') writes++;
          return (value as (...p: unknown[]) => unknown).apply(db, parameters);
        };
      },
    });
    const watched = serve({ ...server.env, DB } as Bindings);
    for (let turn = 0; turn < 50; turn++) await open(watched, authorizeUrl(client, { redirect_uri: WRONG }));
    // The other is that of the counted failures.
    expect(writes).toBeLessThanOrEqual(2);
    expect(await problemsOf(server, client)).toMatchObject([{ count: 50 }]);
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    await open(server, authorizeUrl(client, { redirect_uri: WRONG }));
    const [problem] = await problemsOf(server, client);
    expect(problem?.count).toBe(51);
    expect(Date.parse(problem?.last_seen ?? '') - Date.parse(problem?.first_seen ?? '')).toBeGreaterThan(50_000);
  });

  it('are at most 20 rows for each client, the latest', async () => {
    const server = serve();
    const client = await makeClient(server);
    const other = await makeClient(server);
    await open(server, authorizeUrl(other, { redirect_uri: WRONG }));
    for (let turn = 0; turn < 25; turn++) {
      await open(server, authorizeUrl(client, { redirect_uri: `https://app.example/${turn}` }));
    }
    const problems = await problemsOf(server, client);
    expect(problems).toHaveLength(20);
    expect(problems.map((problem) => problem.redirect_uri)).toContain('https://app.example/24');
    expect(problems.map((problem) => problem.redirect_uri)).not.toContain('https://app.example/0');
    expect(await rows(server)).toBe(21);
  });

  it('are bounded in bytes: of fifty requests with long texts at once', async () => {
    const server = serve();
    const client = await makeClient(server);
    const long = (turn: number) => `https://app.example/${turn}/${'x'.repeat(3000)}`;
    const wrong = (turn: number) => open(server, authorizeUrl(client, { redirect_uri: long(turn) }));
    await Promise.all(Array.from({ length: 50 }, (_, turn) => wrong(turn)));
    const { results } = await server.env.DB.prepare('SELECT * FROM recent_problems').all();
    expect(results.length).toBeLessThanOrEqual(20);
    for (const row of results) expect(JSON.stringify(row).length).toBeLessThan(1000);
  });

  it('are not written beyond the ceiling of a network, nor beyond that of all', async () => {
    const counting = (limit: number, only = '') => {
      const counts = new Map<string, number>();
      const one = async ({ key }: { key: string }) => {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return { success: (only !== '' && key !== only) || (counts.get(key) ?? 0) <= limit };
      };
      return { limit: one } as RateLimit;
    };
    const send = async (server: Server, addresses: string[]) => {
      const client = await makeClient(server);
      for (const [turn, address] of addresses.entries()) {
        const url = authorizeUrl(client, { redirect_uri: `https://app.example/${turn}` });
        expect((await open(server, url, { 'cf-connecting-ip': address })).status).toBe(400);
      }
      return (await problemsOf(server, client)).length;
    };
    const byNetwork = serve(bindings([], { CLIENT_PROBLEM_CEILING: counting(3) }));
    expect(await send(byNetwork, Array(6).fill('203.0.113.9'))).toBe(3);
    expect(await send(byNetwork, ['2001:db8::1', '2001:db8:0:1::1', '2001:db8:0:ffff::1', '2001:db8::2'])).toBe(3);
    const byAll = serve(bindings([], { STORED_CEILING: counting(2, 'clientProblem') }));
    expect(await send(byAll, ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'])).toBe(2);
  });

  it('are of clients that have a row only: who invents ids stores nothing', async () => {
    const server = serve();
    await open(server, authorizeUrl({ client_id: 'c_invented' }));
    await postToken(server, { client_id: 'c_invented', method: 'none' }, redemption('c'));
    expect(await rows(server)).toBe(0);
    const registered = (await (await registerClient(server)).json()) as TestClient;
    await open(server, authorizeUrl(registered, { redirect_uri: WRONG }));
    expect(await rows(server)).toBe(1);
  });

  it('are swept after the days of the setting, and go with their client', async () => {
    const server = serve();
    const client = await makeClient(server);
    const gone = await makeClient(server);
    for (const one of [client, gone]) await open(server, authorizeUrl(one, { redirect_uri: WRONG }));
    await administer(server, 'DELETE', `/clients/${gone.client_id}`);
    expect(await rows(server)).toBe(1);
    await setSetting(server, 'problem_days', 3);
    await runCron(server.env, Date.now() + 2 * DAY);
    expect(await rows(server)).toBe(1);
    await runCron(server.env, Date.now() + 4 * DAY);
    expect(await rows(server)).toBe(0);
  });
});

describe('an unknown client at /authorize', () => {
  it('is a page with 400 and no challenge, that says how to go on', async () => {
    const logged = vi.spyOn(console, 'log');
    const response = await open(serve(), authorizeUrl({ client_id: 'c_none' }));
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([400, null]);
    const page = text(await response.text());
    expect(page).toContain('No client with this client_id exists.');
    expect(page).toContain('Remove the connection to this server in the application, and add it again.');
    expect(page).toContain('c_none');
    expect(logged.mock.calls.flat().join('\n')).toContain('"unknown_client":"c_none"');
  });

  it('a secret that was sent in the place of the id is not logged', async () => {
    const logged = vi.spyOn(console, 'log');
    await open(serve(), authorizeUrl({ client_id: 'ps_0123456789abcdef' }));
    expect(logged.mock.calls.flat().join('\n')).not.toContain('ps_0123456789abcdef');
  });
});

describe('missing client authentication (RFC 6749 §5.2)', () => {
  it.each(['/token', '/par', '/introspect', '/revoke', '/device_authorization'])(
    'at %s it is 401 invalid_client, with a challenge',
    async (path) => {
      const server = serve();
      const bodies = [
        '',
        'client_secret=x',
        'client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      ];
      for (const body of bodies) {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const response = await server.fetch(path, { method: 'POST', headers, body: `grant_type=x&token=x&${body}` });
        expect([body, response.status]).toEqual([body, 401]);
        expect(response.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
        expect(await response.json()).toMatchObject({
          error: 'invalid_client',
          error_description: expect.stringContaining('the client must authenticate'),
        });
      }
    },
  );
});

describe('a request without a token', () => {
  it.each(['/userinfo', '/api/me', '/api/admin/clients'])(
    'at %s is told in a sentence what is missing, and no error code (RFC 6750 §3.1)',
    async (path) => {
      const response = await serve().fetch(path);
      expect(response.status).toBe(401);
      const body = (await response.json()) as Record<string, unknown>;
      expect(body.error_description).toMatch(/^This resource needs an access token/);
      expect(body.error).toBeUndefined();
      expect(response.headers.get('www-authenticate')).not.toContain('error');
    },
  );
});

describe('another host than that of the issuer', () => {
  const OTHER = 'https://postern.acme.workers.dev';
  it.each(['/', '/sign-in', '/authorize?client_id=x', '/account', '/console', '/nothing'])(
    'a page that is opened there says so, and names the issuer: %s',
    async (path) => {
      const response = await open(serve(), OTHER + path);
      expect(response.status).toBe(421);
      const html = await response.text();
      expect(text(html)).toContain(`opened at postern.acme.workers.dev, but its address is ${ISSUER}`);
      expect(html).toContain(`href="${ISSUER}${path}"`);
      expect(response.headers.getSetCookie()).toEqual([]);
    },
  );

  it.each(['text/html', '*/*'])('a form that is sent there says so too (Accept: %s)', async (accept) => {
    const server = serve();
    for (const path of ['/sign-in', '/consent', '/account/profile', '/console/clients/new/service']) {
      const headers = { accept, origin: OTHER, 'content-type': 'application/x-www-form-urlencoded' };
      const response = await server.fetch(OTHER + path, { method: 'POST', headers, body: 'email=a' });
      expect([path, response.status]).toEqual([path, 421]);
      expect(text(await response.text())).toContain(ISSUER);
    }
  });

  it('documents and what clients call are served there; so are pages behind a proxy that names the host', async () => {
    const server = serve();
    expect((await server.fetch(`${OTHER}/.well-known/openid-configuration`)).status).toBe(200);
    expect((await server.fetch(`${OTHER}/token`, { method: 'POST' })).status).not.toBe(421);
    const proxied = await open(server, `${OTHER}/sign-in`, { 'x-forwarded-host': new URL(ISSUER).host });
    expect(proxied.status).toBe(200);
  });

  it('a form of another site names the issuer', async () => {
    const headers = {
      accept: 'text/html',
      origin: 'https://evil.example',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const response = await serve().fetch('/sign-in', { method: 'POST', headers, body: 'email=a' });
    expect(response.status).toBe(403);
    expect(text(await response.text())).toContain(ISSUER);
  });

  it('of a server whose issuer is loopback, likewise on this machine', async () => {
    const server = serve(bindings([], { ISSUER: 'http://localhost:8787' }));
    const response = await open(server, 'http://127.0.0.1:8787/sign-in');
    expect([response.status, text(await response.text()).includes('http://localhost:8787')]).toEqual([421, true]);
  });
});
