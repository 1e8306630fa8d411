/** A far end that lies, floods or breaks: never more than a clear error (RFC 9700 §4, RFC 8414 §3.3, RFC 9728 §3.3). */
import { describe, expect, it, vi } from 'vitest';
import { parseChallenge } from '../../src/oauth-client/resource-challenge.ts';
import {
  comeBack,
  connectApp,
  connectUser,
  type FarEnd,
  farEnd,
  press,
  remoteAdmin,
  signedIn,
  tokens,
} from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { administer, serve } from '../support/server.ts';
import { text } from '../support/user.ts';

const html = () => new Response('<h1>Hello</h1>', { headers: { 'content-type': 'text/html' } });
const huge = () => new Response('x'.repeat(10 * 1024 * 1024), { headers: { 'content-type': 'application/json' } });
const loop = (far: FarEnd) => () => new Response(null, { status: 302, headers: { location: `${far.issuer}/token` } });
const raw = (body: string) => new Response(body, { headers: { 'content-type': 'application/json' } });

describe('the token endpoint of a hostile server', () => {
  const cases: [string, (far: FarEnd) => () => Response][] = [
    ['sends HTML where JSON belongs', () => html],
    ['sends ten megabytes', () => huge],
    ['redirects for ever', loop],
    ['sends half a document', () => () => raw('{"access_token":"a')],
    ['sends an array', () => () => raw('[]')],
    ['sends null', () => () => raw('null')],
    ['sends no access token', () => () => tokens({ access_token: undefined })],
    ['sends an access token that is a number', () => () => tokens({ access_token: 5 })],
    ['sends a token type that nobody knows', () => () => tokens({ token_type: 'mac' })],
    ['sends a token that is bound to a key, unasked', () => () => tokens({ token_type: 'DPoP' })],
    [
      'sends a nonce without end',
      () => () => json({ error: 'use_dpop_nonce' }, { 'dpop-nonce': 'x'.repeat(20_000) }, 400),
    ],
    ['answers 500', () => () => json({ error: 'server_error' }, {}, 500)],
    [
      'refuses with markup',
      () => () => json({ error: 'invalid_grant', error_description: '<script>alert(1)</script>' }, {}, 400),
    ],
    [
      'closes the connection',
      () => () => {
        throw new TypeError('closed');
      },
    ],
  ];

  it('ends in a page that says so, each time, and nothing is kept', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far, { scopes: ['files.read'] });
    const user = await signedIn(server);
    for (const [what, answer] of cases) {
      const token = `${far.issuer}/token`;
      const before = far.web.answers[token];
      far.web.answers[token] = answer(far);
      const response = await connectUser(user, far);
      const page = await response.text();
      expect([what, response.status]).toEqual([what, 400]);
      expect(text(page)).toContain('Faraway was not connected');
      expect(page).not.toContain('<script>alert');
      far.web.answers[token] = before as () => Response;
    }
    const { connections } = await administer<{ connections: object[] }>(server, 'GET', '/connections');
    expect(connections).toEqual([]);
    // And after all that an answer with an odd scope and a lifetime without end is taken for what it is worth.
    far.grants.authorization_code = () =>
      tokens({ expires_in: 1e300, token_type: undefined, scope: 'files.read "quoted" \u0000\r\nx' });
    expect((await connectUser(user, far)).status).toBe(303);
    const list = await administer<{ connections: object[] }>(server, 'GET', '/connections');
    expect(list.connections).toMatchObject([{ scope: 'files.read', expires_at: expect.stringMatching(/^20/) }]);
  });
});

describe('the metadata of a hostile server', () => {
  const cases: [string, (far: FarEnd) => void][] = [
    [
      'names another issuer',
      (far) => {
        far.metadata.issuer = 'https://evil.dev';
      },
    ],
    [
      'names the issuer with a slash',
      (far) => {
        far.metadata.issuer = `${far.issuer}/`;
      },
    ],
    [
      'sends users to a script',
      (far) => {
        far.metadata.authorization_endpoint = 'javascript:alert(1)';
      },
    ],
    [
      'sends users to http',
      (far) => {
        far.metadata.authorization_endpoint = 'http://id.faraway.net/authorize';
      },
    ],
    [
      'has its token endpoint on a private address',
      (far) => {
        far.metadata.token_endpoint = 'https://10.0.0.1/token';
      },
    ],
    [
      'has its keys at the metadata service of a cloud',
      (far) => {
        far.metadata.jwks_uri = 'http://169.254.169.254/keys';
      },
    ],
    [
      'has its token endpoint on this machine',
      (far) => {
        far.metadata.token_endpoint = 'https://localhost/token';
      },
    ],
    [
      'has endpoints that are numbers',
      (far) => {
        far.metadata.token_endpoint = 5;
      },
    ],
    [
      'is HTML',
      (far) => {
        far.web.answers[`${far.issuer}/.well-known/oauth-authorization-server`] = html;
      },
    ],
    [
      'is ten megabytes',
      (far) => {
        far.web.answers[`${far.issuer}/.well-known/oauth-authorization-server`] = huge;
      },
    ],
    [
      'redirects for ever',
      (far) => {
        const url = `${far.issuer}/.well-known/oauth-authorization-server`;
        far.web.answers[url] = () => new Response(null, { status: 302, headers: { location: url } });
      },
    ],
  ];
  for (const [what, spoil] of cases) {
    it(`that ${what} makes no app`, async () => {
      const server = serve();
      const far = await farEnd();
      spoil(far);
      const { issuer } = far;
      const made = await (await remoteAdmin(server))('POST', '/connected-apps', {
        id: 'bad',
        template: 'openid',
        issuer,
        client_id: 'x',
      });
      expect([made.status, ((await made.json()) as { error: string }).error]).toEqual([400, 'invalid_request']);
      expect(far.tokenRequests).toEqual([]);
    });
  }

  it('that stands on an address which is not public is never fetched', async () => {
    const server = serve();
    const far = await farEnd();
    const ask = await remoteAdmin(server);
    for (const issuer of [
      'http://id.faraway.net',
      'https://127.0.0.1',
      'https://[::1]',
      'https://192.168.1.1',
      'https://db.internal',
      'https://localhost',
    ]) {
      const made = await ask('POST', '/connected-apps', { id: 'bad', template: 'openid', issuer, client_id: 'x' });
      expect([issuer, made.status]).toEqual([issuer, 400]);
    }
    expect(far.web.visits).toEqual([]);
  });

  it('without S256 sends nobody there', async () => {
    const server = serve();
    const far = await farEnd({ code_challenge_methods_supported: ['plain'] });
    await connectApp(server, far);
    const response = await connectUser(await signedIn(server), far).catch((error) => error as Error);
    expect(response).toBeInstanceOf(Error);
  });
});

/** An MCP server, and the authorization server that it names. */
async function mcp(spoil: (resource: Record<string, unknown>, far: FarEnd) => void = () => undefined) {
  const far = await farEnd({ registration_endpoint: undefined, scopes_supported: ['notes', 'offline_access'] });
  const url = `${far.issuer}/mcp`;
  const metadata = `${far.issuer}/somewhere/resource.json`;
  const resource: Record<string, unknown> = {
    resource: url,
    authorization_servers: [far.issuer],
    scopes_supported: ['all'],
  };
  far.web.answers[url] = () =>
    json({}, { 'www-authenticate': `Bearer resource_metadata="${metadata}", scope="notes"` }, 401);
  far.web.answers[metadata] = () => json(resource);
  spoil(resource, far);
  const create = (server: ReturnType<typeof serve>, more: Record<string, unknown> = {}) =>
    remoteAdmin(server).then((ask) =>
      ask('POST', '/connected-apps', { id: 'notes', template: 'mcp', resource: url, ...more }),
    );
  return { far, url, create };
}

describe('any MCP server, given only its address', () => {
  it('is found through its challenge, and described to by our own document where that is taken', async () => {
    const server = serve();
    const { far, url, create } = await mcp((_, far) => {
      far.metadata.client_id_metadata_document_supported = true;
    });
    const app = (await (await create(server)).json()) as Record<string, unknown>;
    const client_id = 'https://as.example/connected-apps/notes/client-metadata.json';
    expect(app).toMatchObject({
      issuer: far.issuer,
      client_id,
      registered: 'document',
      auth_method: 'private_key_jwt',
    });
    const document = await (await server.fetch(client_id)).json();
    expect(document).toMatchObject({
      client_id,
      redirect_uris: ['https://as.example/connected-apps/notes/callback'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://as.example/.well-known/jwks.json',
    });
    const user = await signedIn(server);
    const sent = await press(user, far, '', 'notes');
    const query = new URL(sent.headers.get('location') ?? '').searchParams;
    // The scope of the challenge, the scope for a refresh token, and the resource (RFC 8707).
    expect([query.get('scope'), query.get('resource')]).toEqual(['notes offline_access', url]);
    far.grants.authorization_code = () => tokens();
    expect((await comeBack(user, far, sent, {}, 'notes')).status).toBe(303);
    expect(far.tokenRequests[0]?.body.get('resource')).toBe(url);
    expect(far.tokenRequests[0]?.body.get('client_assertion')).toMatch(/^ey/);
  });

  it('is registered at (RFC 7591) where our document is not taken', async () => {
    const server = serve();
    const { far, create } = await mcp((_, far) => {
      far.metadata.registration_endpoint = `${far.issuer}/register`;
    });
    let registered: Record<string, unknown> = {};
    far.web.answers[`${far.issuer}/register`] = async (request) => {
      registered = JSON.parse(new TextDecoder().decode(await request.arrayBuffer()));
      // Without an expiry beside the secret, and with 200, as some do.
      return json({ client_id: 'new', client_secret: 'given', token_endpoint_auth_method: 'client_secret_post' });
    };
    expect(await (await create(server)).json()).toMatchObject({
      client_id: 'new',
      registered: 'registered',
      auth_method: 'client_secret_post',
      has_secret: true,
    });
    expect(registered).toMatchObject({
      redirect_uris: ['https://as.example/connected-apps/notes/callback'],
      application_type: 'web',
    });
  });

  it('is registered at again by a refresh, once the secret that it gave has ended', async () => {
    const server = serve();
    const { far, create } = await mcp((_, far) => {
      far.metadata.registration_endpoint = `${far.issuer}/register`;
    });
    let count = 0;
    const client_secret_expires_at = Math.floor(Date.now() / 1000) + 3600;
    far.web.answers[`${far.issuer}/register`] = () =>
      json({ client_id: `c-${++count}`, client_secret: 'given', client_secret_expires_at }, {}, 201);
    await create(server);
    const refreshed = () => administer(server, 'POST', '/connected-apps/notes/refresh');
    expect(await refreshed()).toMatchObject({ client_id: 'c-1' });
    vi.setSystemTime((client_secret_expires_at + 1) * 1000);
    expect(await refreshed()).toMatchObject({ client_id: 'c-2' });
  });

  const refusals: [string, Parameters<typeof mcp>[0], string][] = [
    [
      'whose metadata describes another resource',
      (resource) => {
        resource.resource = 'https://evil.dev/mcp';
      },
      'describes',
    ],
    [
      'whose authorization server does not support PKCE',
      (_, far) => {
        far.metadata.code_challenge_methods_supported = undefined;
      },
      'PKCE',
    ],
    [
      'whose authorization server is on a private address',
      (resource) => {
        resource.authorization_servers = ['https://10.1.2.3'];
      },
      'IP address',
    ],
    [
      'whose challenge points into our network',
      (_, far) => {
        far.web.answers[`${far.issuer}/mcp`] = () =>
          json({}, { 'www-authenticate': 'Bearer resource_metadata="https://169.254.169.254/"' }, 401);
      },
      'IP address',
    ],
  ];
  for (const [what, spoil, says] of refusals) {
    it(`${what} is refused`, async () => {
      const made = await (await mcp(spoil)).create(serve(), { client_id: 'x' });
      expect([made.status, await made.text()]).toEqual([400, expect.stringContaining(says)]);
    });
  }
});

describe('a WWW-Authenticate header', () => {
  it('is read as RFC 9110 §11.6.1 says', () => {
    const one = { metadata: 'https://a.dev/m', scopes: ['x', 'y'] };
    for (const header of [
      'Bearer resource_metadata="https://a.dev/m", scope="x y"',
      'bearer scope="x y",resource_metadata=https://a.dev/m',
      'DPoP algs="ES256", resource_metadata="https://a.dev/m", scope="x y"',
      'Basic realm="a, b", Bearer error="invalid_token", scope="x y", resource_metadata="https:\\/\\/a.dev/m"',
    ]) {
      expect([header, parseChallenge(header)]).toEqual([header, one]);
    }
    for (const header of ['', 'Basic realm="x"', 'Bearer', 'DPoP algs="ES256"', 'x'.repeat(5000)]) {
      expect(parseChallenge(header)).toEqual({});
    }
  });

  it('without end is read as far as anybody has reason to write', () => {
    const began = performance.now();
    expect(parseChallenge(`Bearer scope="x", ${'a'.repeat(100_000)}`)).toEqual({ scopes: ['x'] });
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
