/** Client ID Metadata Documents: an https URL is the client id, and what stands there describes the client. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  authorizeUrl,
  errorOf,
  obtainCode,
  postToken,
  REDIRECT_URI,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey } from '../support/keys.ts';
import { json, type PretendWeb, pretendWeb } from '../support/pretend-web.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { text } from '../support/user.ts';

const URL_ID = 'https://app.acme.com/oauth/client.json';
const client: TestClient = { client_id: URL_ID, method: 'none' };

const documentOf = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  client_id: URL_ID,
  client_name: 'Acme App',
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
  ...changes,
});

let web: PretendWeb;
let server: Server;
beforeEach(() => {
  web = pretendWeb({ [URL_ID]: () => json(documentOf()) });
  server = serve();
});

const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });
const authorize = (id = URL_ID, changes: Record<string, string> = {}) =>
  server.user().open(authorizeUrl({ client_id: id }, changes));
const says = async (response: Response) => text(await response.text());

describe('CIMD §3 a client that is described by a document', () => {
  it('signs a user in and gets tokens, and can refresh', async () => {
    const code = await obtainCode(server, client);
    const tokens = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    expect(web.visits).toEqual([URL_ID]);
  });

  it('the consent page MUST display the host of the client id, warns, and by default always asks', async () => {
    for (let times = 0; times < 2; times++) {
      const user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      const page = await says(await user.open(authorizeUrl(client)));
      expect(page).toContain('Allow Acme App to use your account? app.acme.com');
      expect(page).toContain('Its description comes from app.acme.com');
      await postToken(server, client, redemption(await obtainCode(server, client)));
    }
  });

  it('consent is remembered where the setting allows it, until the document says something else', async () => {
    await setSetting(server, 'skip_authorization', true);
    await postToken(server, client, redemption(await obtainCode(server, client)));
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const asks = async () => (await user.request(authorizeUrl(client))).status === 200;
    expect(await asks()).toBe(false);
    const changes: Record<string, unknown>[] = [
      { client_name: 'Another App' },
      { 'client_name#de': 'Eine andere' },
      { logo_uri: 'https://app.acme.com/logo.png' },
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://app.acme.com/jwks.json' },
    ];
    for (const change of changes) {
      web.answers[URL_ID] = () => json(documentOf(change));
      later(4000);
      expect([change, await asks()]).toEqual([change, true]);
      web.answers[URL_ID] = () => json(documentOf());
      later(4000);
      expect([change, await asks()]).toEqual([change, false]);
    }
  });

  it('redirect_uri must be one of the document', async () => {
    const response = await authorize(URL_ID, { redirect_uri: 'https://evil.example/' });
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });
});

describe('CIMD §2 the URL, validated as the raw string', () => {
  it.each([
    ['without a path', 'https://app.acme.com'],
    ['with a fragment', 'https://app.acme.com/client.json#x'],
    ['with a user name', 'https://u:p@app.acme.com/client.json'],
    ['with an empty user name', 'https://@app.acme.com/client.json'],
    ['with dot segments', 'https://app.acme.com/a/../client.json'],
    ['with encoded dot segments', 'https://app.acme.com/a/%2e%2e/client.json'],
    ['with a default port', 'https://app.acme.com:443/client.json'],
    ['in capitals', 'https://APP.acme.com/client.json'],
    ['with a backslash', 'https://app.acme.com\\client.json'],
    ['with a space', 'https://app.acme.com/client .json'],
    ['http', 'http://app.acme.com/client.json'],
    ['of loopback', 'https://localhost/client.json'],
    ['of an IPv4 address', 'https://127.0.0.1/client.json'],
    ['of a public IPv4 address', 'https://8.8.8.8/client.json'],
    ['of an IPv6 address', 'https://[::1]/client.json'],
    ['of a single name', 'https://intranet/client.json'],
    ['of a private name', 'https://app.internal/client.json'],
    ['of mDNS', 'https://printer.local/client.json'],
    ['of a metadata service with a dot at the end', 'https://metadata.google.internal./client.json'],
    ['of loopback with two dots at the end', 'https://localhost../client.json'],
    ['of an IPv4 address with a dot at the end', 'https://127.0.0.1./client.json'],
    ['of an IPv4 address as one number', 'https://2130706433/client.json'],
    ['of an IPv4 address in hexadecimal', 'https://0x7f.1/client.json'],
    ['of an IPv4 address in IPv6', 'https://[::ffff:127.0.0.1]/client.json'],
    ['with letters that IDNA turns into others', 'https://ｌocalhost/client.json'],
    ['with full-width dots', 'https://127。0。0。1/client.json'],
    ['with a name that is not written in punycode', 'https://bücher.acme.com/client.json'],
    ['with a tab', 'https://app.acme.com/cli\tent.json'],
    ['with an empty port', 'https://app.acme.com:/client.json'],
    ['with a single slash', 'https:/app.acme.com/client.json'],
    ['that is very long', `https://app.acme.com/${'x'.repeat(600)}`],
  ])('an address %s is refused, and nothing is fetched', async (_, id) => {
    const response = await authorize(id);
    expect([response.status, response.headers.get('location')]).toEqual([
      expect.toSatisfy((s) => s === 400 || s === 401),
      null,
    ]);
    expect(web.visits).toEqual([]);
  });
});

describe('CIMD §4 the document', () => {
  const stream = (pull: (controller: ReadableStreamDefaultController) => void) =>
    new Response(new ReadableStream({ pull }), { headers: { 'content-type': 'application/json' } });
  const endless = () => stream((controller) => controller.enqueue(new Uint8Array(1000)));

  it('a document that drips is given up after five seconds, headers and body together', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
      expect(milliseconds).toBe(5000);
      const controller = new AbortController();
      setTimeout(() => controller.abort(new DOMException('too slow', 'TimeoutError')), 20);
      return controller.signal;
    });
    web.answers[URL_ID] = () => stream(() => new Promise(() => undefined) as unknown as undefined);
    expect(await says(await authorize())).toMatch(/did not answer within 5 seconds/);
    timeout.mockRestore();
  });

  const wrong: [string, () => Response | Promise<Response>, RegExp][] = [
    ['that is not there', () => json({}, {}, 404), /answered 404/],
    [
      'behind a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://x.example/' } }),
      /answered 302/,
    ],
    ['by 201', () => json(documentOf(), {}, 201), /answered 201/],
    ['of another type', () => json(documentOf(), { 'content-type': 'text/html' }), /content type text\/html/],
    ['that is not JSON', () => json('{'), /not JSON/],
    ['of more than 5 KB', () => json(documentOf({ client_name: 'x'.repeat(6000) })), /more than 5120 bytes/],
    ['of another client', () => json(documentOf({ client_id: `${URL_ID}/` })), /client_id is not its URL/],
    ['with a secret', () => json(documentOf({ client_secret: 'x' })), /client_secret/],
    ['with the expiry of a secret', () => json(documentOf({ client_secret_expires_at: 0 })), /client_secret/],
    [
      'with a method by secret',
      () => json(documentOf({ token_endpoint_auth_method: 'client_secret_basic' })),
      /must be one of/,
    ],
    ['with keys missing', () => json(documentOf({ token_endpoint_auth_method: 'private_key_jwt' })), /needs jwks/],
    ['without redirect URIs', () => json(documentOf({ redirect_uris: undefined })), /redirect/],
    ['with a redirect URI by http', () => json(documentOf({ redirect_uris: ['http://a.example/'] })), /http is only/],
    [
      'with a shared key',
      () =>
        json(
          documentOf({
            token_endpoint_auth_method: 'private_key_jwt',
            jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] },
          }),
        ),
      /public keys/,
    ],
    [
      'of more than 5 KB that says it is shorter',
      () => json(documentOf({ client_name: 'x'.repeat(6000) }), { 'content-length': '100' }),
      /more than 5120 bytes/,
    ],
    ['that never ends', endless, /more than 5120 bytes/],
    ['that is an array', () => json([]), /client_id is not its URL/],
    ['of a server that does not answer', () => Promise.reject(new TypeError('connection refused')), /did not answer/],
  ];
  it.each(wrong)(
    'a document %s is refused with the reason, never redirects, and is not cached',
    async (_, answer, reason) => {
      web.answers[URL_ID] = answer;
      const response = await authorize();
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
      expect(await says(response)).toMatch(reason);
      web.answers[URL_ID] = () => json(documentOf());
      expect((await authorize()).status).toBe(200);
    },
  );

  it('application/*+json is JSON, too', async () => {
    web.answers[URL_ID] = () => json(documentOf(), { 'content-type': 'application/client+json; charset=utf-8' });
    expect((await authorize()).status).toBe(200);
  });

  it('a document that only machines could use gives no grant that an administrator must allow', async () => {
    web.answers[URL_ID] = () => json(documentOf({ grant_types: ['client_credentials'] }));
    expect(await says(await authorize())).toMatch(/grant_types must include/);
  });
});

describe('CIMD §4.2 caching', () => {
  const visitsAfter = async (seconds: number) => {
    later(seconds);
    await authorize();
    return web.visits.length;
  };

  it('is by HTTP rules, an hour where the document says nothing', async () => {
    expect([await visitsAfter(0), await visitsAfter(3000), await visitsAfter(1000)]).toEqual([1, 1, 2]);
  });

  it('max-age, Age and Expires are followed, within 30 seconds and a day', async () => {
    web.answers[URL_ID] = () => json(documentOf(), { 'cache-control': 'max-age=600', age: '500' });
    expect([await visitsAfter(0), await visitsAfter(90), await visitsAfter(20)]).toEqual([1, 1, 2]);
    web.answers[URL_ID] = () => json(documentOf(), { 'cache-control': 'no-store' });
    expect([await visitsAfter(200), await visitsAfter(20), await visitsAfter(20)]).toEqual([3, 3, 4]);
    web.answers[URL_ID] = () => json(documentOf(), { 'cache-control': 'max-age=99999999' });
    expect([await visitsAfter(60), await visitsAfter(86_000), await visitsAfter(1000)]).toEqual([5, 5, 6]);
  });

  it('the last good document is used when the origin fails', async () => {
    expect(await visitsAfter(0)).toBe(1);
    web.answers[URL_ID] = () => json({}, {}, 500);
    later(4000);
    expect((await authorize()).status).toBe(200);
    expect(web.visits.length).toBe(2);
  });

  it('a redirect URI that was added a minute ago is asked for before it is refused', async () => {
    await authorize();
    const added = 'https://new.acme.com/callback';
    web.answers[URL_ID] = () => json(documentOf({ redirect_uris: [REDIRECT_URI, added] }));
    expect((await authorize(URL_ID, { redirect_uri: added })).status).toBe(400);
    later(31);
    expect((await authorize(URL_ID, { redirect_uri: added })).status).toBe(200);
  });

  it('KV that is down costs a fetch and nothing else', async () => {
    const fail = () => Promise.reject(new Error('KV is down'));
    const CACHE = { get: fail, getWithMetadata: fail, put: fail, delete: fail, list: fail } as unknown as KVNamespace;
    server = serve({ ...bindings(), CACHE });
    expect((await authorize()).status).toBe(200);
  });

  it('there is a budget of fetches for each origin and in all', async () => {
    const limit = (name: string) => {
      const counts: Record<string, number> = {};
      return {
        limit: async ({ key }: { key: string }) => {
          counts[key] = (counts[key] ?? 0) + 1;
          return { success: (counts[key] ?? 0) <= (name === 'all' ? 4 : 2) };
        },
      } as RateLimit;
    };
    server = serve({ ...bindings(), OUTBOUND_CEILING: limit('all'), OUTBOUND_ORIGIN_CEILING: limit('origin') });
    web.answers = {};
    for (const host of ['a', 'a', 'a', 'b', 'c', 'd']) await authorize(`https://${host}.acme.com/client.json`);
    expect(web.visits.map((url) => new URL(url).host)).toEqual([
      'a.acme.com',
      'a.acme.com',
      'b.acme.com',
      'c.acme.com',
    ]);
  });

  it('one network cannot use the budget of all up', async () => {
    const counts: Record<string, number> = {};
    const OUTBOUND_NETWORK_CEILING = {
      limit: async ({ key }: { key: string }) => {
        counts[key] = (counts[key] ?? 0) + 1;
        return { success: counts[key] <= 2 };
      },
    } as RateLimit;
    server = serve({ ...bindings(), OUTBOUND_NETWORK_CEILING });
    const ask = (name: string, network: string) =>
      server.fetch(authorizeUrl({ client_id: `https://${name}.acme.com/client.json` }), {
        headers: { 'cf-connecting-ip': network },
      });
    for (const name of ['a', 'b', 'c']) await ask(name, '203.0.113.7');
    await ask('d', '203.0.113.8');
    expect(web.visits.map((url) => new URL(url).host)).toEqual(['a.acme.com', 'b.acme.com', 'd.acme.com']);
  });
});

describe('CIMD §4.1 authentication', () => {
  it('private_key_jwt clients must authenticate', async () => {
    const key = await makeKey();
    const method = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key.publicJwk] } };
    web.answers[URL_ID] = () => json(documentOf(method));
    const code = await obtainCode(server, client);
    expect((await postToken(server, client, redemption(code))).status).toBe(401);
    const proof = async () => ({
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await key.sign(assertionClaims(URL_ID)),
    });
    const response = await postToken(server, client, redemption(code, await proof()));
    expect([response.status, await errorOf(response.clone())]).toEqual([200, undefined]);
  });

  it('what a client says it can do is negotiated, not rejected', async () => {
    const supported = { token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'] };
    web.answers[URL_ID] = () => json(documentOf({ ...supported, token_endpoint_auth_method: 'private_key_jwt' }));
    const code = await obtainCode(server, client);
    expect((await postToken(server, client, redemption(code))).status).toBe(200);
  });
});

describe('CIMD §6 an administrator', () => {
  it('can disable, trust and limit such a client like any other', async () => {
    const path = `/clients/${encodeURIComponent(URL_ID)}`;
    expect(await administer(server, 'GET', path)).toMatchObject({
      client_id: URL_ID,
      origin: 'document',
      trusted: false,
    });
    await administer(server, 'PATCH', path, { trusted: true });
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect((await user.open(authorizeUrl(client))).headers.get('location')).toContain('code=');
    await administer(server, 'PATCH', path, { disabled: true });
    expect((await authorize()).status).toBe(400);
    const { clients } = await administer<{ clients: { client_id: string }[] }>(server, 'GET', '/clients');
    expect(clients.map(({ client_id }) => client_id)).toContain(URL_ID);
    expect((await server.admin('PATCH', path, { metadata: { client_name: 'Mine' } })).status).toBe(409);
  });
});

describe('CIMD §6 the trust of an administrator', () => {
  const path = `/clients/${encodeURIComponent(URL_ID)}`;
  const moved = () => json(documentOf({ redirect_uris: [REDIRECT_URI, 'https://evil.example/callback'] }));
  const isTrusted = async () => (await administer<{ trusted: boolean }>(server, 'GET', path)).trusted;

  it('is for the redirect URIs that the document had: with others the user is asked', async () => {
    await administer(server, 'PATCH', path, { trusted: true });
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect((await user.request(authorizeUrl(client))).status).toBe(303);
    web.answers[URL_ID] = moved;
    later(31);
    expect(await isTrusted()).toBe(false);
    expect((await user.request(authorizeUrl(client))).status).toBe(200);
  });

  it('is given anew for the document as it is, also as If-Match demands', async () => {
    await administer(server, 'PATCH', path, { trusted: true });
    web.answers[URL_ID] = moved;
    later(31);
    const etag = (await server.admin('GET', path)).headers.get('etag') ?? '';
    const given = await server.admin('PATCH', path, { trusted: true }, { 'if-match': etag });
    expect([given.status, await isTrusted()]).toEqual([200, true]);
    expect((await server.admin('PATCH', path, { trusted: false }, { 'if-match': etag })).status).toBe(412);
  });
});

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const LOGO = 'https://cdn.acme.com/logo.png';
const picture = (bytes: BodyInit, type: string) => () => new Response(bytes, { headers: { 'content-type': type } });

describe('CIMD §6.7 the logo', () => {
  const get = () => server.fetch(`/logo?client_id=${encodeURIComponent(URL_ID)}`);
  beforeEach(() => {
    web.answers[URL_ID] = () => json(documentOf({ logo_uri: LOGO }));
  });

  it('is served from here, cached, never linked to its origin', async () => {
    web.answers[LOGO] = picture(PNG, 'image/png');
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const page = await (await user.open(authorizeUrl(client))).text();
    expect(page).toContain(`src="/logo?client_id=${encodeURIComponent(URL_ID)}"`);
    expect(page).not.toContain('cdn.acme.com');
    for (let times = 0; times < 2; times++) {
      const response = await get();
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'image/png',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      });
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(PNG);
    }
    expect(web.visits.filter((url) => url === LOGO).length).toBe(1);
  });

  it.each([
    ['an SVG', picture('<svg onload="alert(1)"/>', 'image/svg+xml')],
    ['a page that says it is a picture', picture('<script>alert(1)</script>', 'image/png')],
    ['more than 100 KB', picture(new Uint8Array(101 * 1024), 'image/png')],
    ['nothing', () => new Response(null, { status: 404 })],
    ['a redirect', () => Response.redirect('https://x.example/', 302)],
  ])('%s is no logo: 404', async (_, answer) => {
    web.answers[LOGO] = answer;
    expect((await get()).status).toBe(404);
  });

  it('an address that may not be fetched is not fetched', async () => {
    web.answers[URL_ID] = () => json(documentOf({ logo_uri: 'https://192.168.0.1/logo.png' }));
    expect((await get()).status).toBe(404);
    expect(web.visits).toEqual([URL_ID]);
    expect((await server.fetch('/logo?client_id=c_nobody')).status).toBe(400);
    expect((await server.fetch('/logo')).status).toBe(400);
  });
});

describe('CIMD §6.5 where the issuer itself is loopback', () => {
  it('a document on loopback may be fetched, for trying things out', async () => {
    const id = 'http://localhost:9999/client.json';
    web.answers[id] = () => json(documentOf({ client_id: id }));
    expect((await authorize(id)).status).toBe(400);
    server = serve({ ...bindings(), ISSUER: 'http://localhost:8787' });
    expect((await authorize(id)).status).toBe(200);
    expect((await authorize('http://192.168.0.1/client.json')).status).toBe(400);
  });
});
