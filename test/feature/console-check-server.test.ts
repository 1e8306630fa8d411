/** The console's page "Check a server": the diagnosis through the guarded fetch module, for administrators. */
import { beforeEach, expect, it, vi } from 'vitest';
import { administratorAt, signedInWith } from '../support/console-user.ts';
import { type Faults, faultServer, MCP_URL, NOW } from '../support/fault-server.ts';
import { bindings, serve } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';

const PAGE = '/console/check-server';

/** The servers of others, as the Worker sees them. @returns the requests that were sent. */
function startServers(faults: Faults = {}): string[] {
  const { fetch, requests } = faultServer(faults);
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    if (init?.redirect !== 'manual' || !init.signal) throw new Error('a request without its guards');
    const { method = 'GET', headers, body } = init;
    return fetch(String(input), {
      method,
      headers: headers as Record<string, string>,
      ...(typeof body === 'string' && { body }),
    });
  });
  return requests;
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
});

const send = async (user: User, fields: Record<string, string>) =>
  user.send(await readForm(await user.open(PAGE), PAGE), fields);

const words = async (response: Response) => text(await response.text());

it('names the first broken step, what was seen, the clause and the fix', async () => {
  startServers({ server: { code_challenge_methods_supported: undefined } });
  const page = await words(await send(await administratorAt(serve()), { url: MCP_URL, client: 'bare' }));
  expect(page).toContain(`Not every client can connect to ${MCP_URL}`);
  expect(page).toContain('Fails at: Authorization server metadata');
  expect(page).toMatch(/First broken step.*Seen .*code_challenge_methods_supported.* Fix .*Clause .*MCP/s);
});

it('says that every client connects to a healthy server, and what was not tested', async () => {
  const requests = startServers();
  const page = await words(await send(await administratorAt(serve()), { url: MCP_URL }));
  expect(page).toContain(`Every client can connect to ${MCP_URL}`);
  expect(page).toContain('Not tested');
  // Clients of an old revision and pages of other origins fail, which does not count.
  expect(page.match(/Fails at: [^:]+ \(not counted\)/g)?.length).toBe(page.match(/Fails at/g)?.length);
  // The requests to the registration endpoint register nothing.
  expect(requests.filter((request) => /^(PUT|DELETE) /.test(request))).toEqual([]);
});

it('registers clients only where it was asked to, and deletes them', async () => {
  const requests = startServers();
  await send(await administratorAt(serve()), { url: MCP_URL, client: 'cursor', register: 'on' });
  const count = (pattern: RegExp) => requests.filter((request) => pattern.test(request)).length;
  expect(count(/^POST .*\/register$/)).toBe(1);
  expect(count(/^DELETE .*\/register\//)).toBe(1);
});

it('asks nothing at an address on loopback or in a private network where the issuer is not on loopback', async () => {
  const requests = startServers();
  const administrator = await administratorAt(serve());
  for (const url of ['http://127.0.0.1:8787/mcp', 'https://10.0.0.1/mcp', 'https://[::1]/mcp']) {
    const page = await words(await send(administrator, { url, client: 'bare' }));
    expect(page).toContain('cannot be fetched');
  }
  expect(requests).toEqual([]);
});

it('walks on loopback where the issuer is on loopback', async () => {
  const requests = startServers();
  const server = serve({ ...bindings(), ISSUER: 'http://localhost:8787' });
  await send(await administratorAt(server), { url: 'http://127.0.0.1:8791/mcp', client: 'bare' });
  expect(requests).toContain('POST http://127.0.0.1:8791/mcp');
});

it.each([
  [{ url: 'mcp.example' }, 'This must be an address'],
  [{ url: 'ftp://mcp.example/' }, 'This must be an address'],
  [{ url: MCP_URL, origin: 'https://app.example/path' }, 'This must be an origin'],
  [{ url: MCP_URL, client: 'netscape' }, 'Check a server'],
])('%j is refused, and nothing is asked', async (fields, sentence) => {
  const requests = startServers();
  const response = await send(await administratorAt(serve()), fields);
  expect(response.status).toBe(400);
  expect(await words(response)).toContain(sentence);
  expect(requests).toEqual([]);
});

it('an administrator starts six checks a minute at most', async () => {
  const requests = startServers();
  const administrator = await administratorAt(serve());
  const check = () => send(administrator, { url: MCP_URL, client: 'bare' });
  for (let time = 0; time < 6; time++) expect((await check()).status).toBe(200);
  const before = requests.length;
  const seventh = await check();
  expect(seventh.status).toBe(429);
  expect(await words(seventh)).toContain('Try again in a minute');
  expect(requests.length).toBe(before);
});

it('an auditor does not see the page', async () => {
  const auditor = await signedInWith(serve(), ['auditor']);
  expect((await auditor.open(PAGE)).status).toBe(403);
});
