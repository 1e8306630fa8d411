/** Malformed and hostile requests get a clear 4xx, never a 5xx, and are logged without a secret. */
import { describe, expect, it, vi } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  obtainCode,
  obtainTokens,
  postToken,
  redemption,
} from '../support/client.ts';
import { serve } from '../support/server.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_PATHS = [
  '/token',
  '/par',
  '/authorize',
  '/consent',
  '/sign-in',
  '/sign-up',
  '/sign-out',
  '/welcome',
  '/account/applications',
  '/account/profile',
  '/account/password',
  '/account/sessions',
  '/account/keys/add',
  '/account/passkeys/add',
  '/sign-in/passkey',
  '/sign-up/finish',
  '/forgot',
  '/confirm-address',
];
const PATHS = [
  ...FORM_PATHS,
  '/register',
  '/userinfo',
  '/api/me',
  '/api/admin/settings',
  '/',
  '/account',
  '/playground',
  '/nothing',
];

const deep = (depth: number) =>
  `{"redirect_uris":["https://a.example/"],"jwks":{"keys":[${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}]}}`;

const BODIES: [string, string | Uint8Array][] = [
  ['empty', ''],
  ['1 MB', 'a='.padEnd(1024 * 1024, 'x')],
  ['invalid UTF-8', new Uint8Array([0x61, 0x3d, 0xff, 0xfe, 0xc3, 0x28])],
  ['invalid percent-encoding', 'client_id=%ff%fe&code=%'],
  ['NUL bytes', 'client_id=a%00b&grant_type=\u0000'],
  ['header injection', 'client_id=a%0d%0aSet-Cookie:x&redirect_uri=https://a.example/%0d%0aX:y'],
  ['duplicates', 'client_id=a&client_id=b&grant_type=x&grant_type=y&email=a&email=b&consent=a&consent=b'],
  ['thousands of parameters', Array.from({ length: 5000 }, (_, index) => `p${index}=1`).join('&')],
  ['prototype names', '__proto__=1&constructor=2&toString=3&grant_type=constructor&client_id=__proto__'],
  ['JSON', '{"a":1}'],
  ['broken JSON', '{"a":'],
  ['JSON NUL', '{"redirect_uris":["https://a.example/\\u0000"]}'],
  ['deep JSON', deep(5000)],
  ['very deep JSON', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
  ['JSON prototype', '{"__proto__":{"redirect_uris":["https://a.example/"]},"redirect_uris":{"length":1}}'],
];

describe('every endpoint, with every malformed body', () => {
  for (const [what, body] of BODIES) {
    it(`${what}: never a 5xx`, async () => {
      const server = serve();
      const log = vi.spyOn(console, 'log').mockImplementation(() => {});
      for (const path of PATHS) {
        for (const headers of [FORM, JSON_TYPE, { 'content-type': 'multipart/form-data; boundary=x' }, {}] as Record<
          string,
          string
        >[]) {
          for (const method of ['POST', 'PUT']) {
            const response = await server.fetch(path, {
              method,
              body,
              headers: { ...headers, 'cf-connecting-ip': '192.0.2.9' },
            });
            const where = `${method} ${path} ${headers['content-type']}`;
            expect([where, response.status < 500]).toEqual([where, true]);
            if (path !== '/sign-out' && !(path === '/authorize' && headers === FORM)) {
              expect([where, response.status >= 300]).toEqual([where, true]);
            }
          }
        }
      }
      for (const [line] of log.mock.calls) expect(String(line)).not.toContain('server_error');
    });
  }

  it('a body that is not UTF-8 is 400, and the next one in the same isolate is decoded afresh', async () => {
    const server = serve();
    const post = async (body: string | Uint8Array) =>
      (await server.fetch('/register', { method: 'POST', headers: JSON_TYPE, body })).status;
    const valid = JSON.stringify({ redirect_uris: ['https://a.example/'], client_name: 'Müller' });
    expect(await post(valid)).toBe(201);
    // Invalid at once, and cut off within a character: that must not begin the next body.
    const cut = new TextEncoder().encode('{"client_name":"ü').slice(0, -1);
    for (const invalid of [new Uint8Array([0x7b, 0xff, 0xfe]), cut, new Uint8Array([0xef, 0xbb])]) {
      expect([await post(invalid), await post(valid)]).toEqual([400, 201]);
    }
  });

  it('a body that is too large is 413', async () => {
    const server = serve();
    for (const [path, headers] of [
      ...FORM_PATHS.filter((path) => !path.startsWith('/sign-up')).map((path) => [path, FORM] as const),
      ['/register', JSON_TYPE] as const,
    ]) {
      const response = await server.fetch(path, { method: 'POST', body: 'x'.repeat(100_000), headers });
      expect([path, response.status]).toEqual([path, 413]);
    }
  });

  it('JSON with a text that never ends costs no more than its length', async () => {
    const server = serve();
    const body = `"${'\\"'.repeat(32_000)}`;
    const began = performance.now();
    const response = await server.fetch('/register', { method: 'POST', body, headers: JSON_TYPE });
    expect(response.status).toBe(400);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('a page form of the wrong type is 415', async () => {
    for (const path of FORM_PATHS.filter((name) => !/^\/(token|par|sign-up.*)$/.test(name))) {
      const response = await serve().fetch(path, { method: 'POST', body: '{}', headers: JSON_TYPE });
      expect([path, response.status]).toEqual([path, 415]);
    }
  });
});

describe('every endpoint, with hostile queries and headers', () => {
  it('malformed queries are 4xx', async () => {
    const server = serve();
    const client = await makeClient(server);
    for (const query of [
      'client_id=%ff',
      'client_id=%00',
      '%',
      'a=%zz',
      `x=${'y'.repeat(9000)}`,
      Array(200).fill('p=1').join('&'),
    ]) {
      for (const path of ['/authorize', '/sign-in', '/welcome']) {
        const response = await server.fetch(`${path}?${query}`);
        expect([path, query.slice(0, 20), response.status < 500]).toEqual([path, query.slice(0, 20), true]);
      }
      const response = await server.fetch(`${authorizeUrl(client)}&${query}`);
      expect(response.status).toBeLessThan(500);
    }
  });

  it('strange cookies, hosts, methods and addresses are nobody special', async () => {
    const server = serve();
    for (const headers of [
      { cookie: '__Host-session=%00; __Host-device=a.b.c.d.e; __Host-sign-in=x' },
      { cookie: '='.repeat(3000) },
      { authorization: '\t' },
      { authorization: `Bearer ${'a.'.repeat(3000)}` },
      { 'cf-connecting-ip': '::::::::::' },
      { 'cf-connecting-ip': 'x'.repeat(3000) },
      { origin: 'not an origin' },
      { 'if-none-match': '"'.repeat(1000) },
      { 'content-length': '0' },
    ] as unknown as Record<string, string>[]) {
      for (const path of [
        ...PATHS,
        '/.well-known/oauth-authorization-server',
        '/.well-known/oauth-protected-resource/%ff',
        '/.well-known/oauth-protected-resource//x',
      ]) {
        const response = await server.fetch(path, { headers });
        expect([path, headers, response.status < 500]).toEqual([path, headers, true]);
      }
    }
    for (const method of ['DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'PROPFIND']) {
      for (const path of PATHS) expect((await server.fetch(path, { method })).status).toBeLessThan(500);
    }
  });
});

describe('RFC 6749 §5.2 error_description', () => {
  it('MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E, whatever was sent', async () => {
    const server = serve();
    const body = JSON.stringify({ redirect_uris: ['http://ü"\\\n.example/'], client_name: 7 });
    for (const text of [body, body.replace(',"client_name":7', '')]) {
      const response = await server.fetch('/register', { method: 'POST', body: text, headers: JSON_TYPE });
      const { error_description } = (await response.json()) as { error_description: string };
      expect(error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    }
  });
});

describe('what is logged', () => {
  it('one JSON line for each request, with its id, and no secret of the whole flow in any of them', async () => {
    const lines: string[] = [];
    for (const method of ['log', 'warn', 'error'] as const)
      vi.spyOn(console, method).mockImplementation((line) => void lines.push(String(line)));
    const server = serve();
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_post' });
    const code = await obtainCode(server, client);
    const response = await postToken(server, client, redemption(code));
    const tokens = (await response.json()) as Record<string, string>;
    await postToken(server, client, redemption(code));
    await obtainTokens(server, client);
    const requestId = response.headers.get('x-request-id') ?? 'none';
    expect(lines.map((line) => JSON.parse(line)).filter((line) => line.request_id === requestId)).toMatchObject([
      { method: 'POST', path: '/token', status: 200, client: client.client_id, grant_type: 'authorization_code' },
    ]);
    const all = lines.join('\n');
    for (const secret of [
      code,
      tokens.access_token,
      tokens.refresh_token,
      tokens.id_token,
      client.client_secret,
      ADMINISTRATOR.password,
      'the-state',
    ]) {
      expect(all).not.toContain(secret);
    }
  });

  it('no secret stands in any table', async () => {
    const server = serve();
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_post' });
    const code = await obtainCode(server, client);
    const tokens = (await (await postToken(server, client, redemption(code))).json()) as Record<string, string>;
    const tables = await server.env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'd1_%'",
    ).all<{ name: string }>();
    let everything = '';
    for (const { name } of tables.results)
      everything += JSON.stringify((await server.env.DB.prepare(`SELECT * FROM ${name}`).all()).results);
    everything += JSON.stringify(await server.env.CODES.list());
    expect(everything).toContain(client.client_id);
    for (const secret of [
      code,
      tokens.access_token,
      tokens.refresh_token,
      client.client_secret,
      ADMINISTRATOR.password,
    ]) {
      expect(everything).not.toContain(secret);
    }
  });
});
