/** RFC 8707 and RFC 9728 with a registry: what each resource is, and what its tokens are like. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  obtainCode,
  obtainTokens,
  payloadOf,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { ADMINISTRATOR, administer, ISSUER, type Server, serve, setSetting } from '../support/server.ts';
import { text } from '../support/user.ts';

const FILES = 'https://files.acme.com';
const path = (resource: string) => `/resources/${encodeURIComponent(resource)}`;

let server: Server;
let client: TestClient;

beforeEach(async () => {
  server = serve();
  await setSetting(server, 'scopes_supported', 'notes Your notes');
  await administer(server, 'PUT', path(FILES), {
    name: 'Acme Files',
    documentation: 'https://files.acme.com/docs',
    policy_uri: 'https://files.acme.com/policy',
    tos_uri: 'https://files.acme.com/terms',
    scopes: [
      { name: 'files.read', description: 'Read your files' },
      { name: 'files.write', description: 'Change your files' },
    ],
    token_minutes: 2,
  });
  client = await makeClient(server);
});

describe('RFC 8707 §2 a registered resource', () => {
  it('the audience is exactly the resource that was asked for, at authorize, token and refresh; narrowing only', async () => {
    const both = { resource: [`${FILES}/`, ISSUER], scope: 'files.read notes profile' };
    const code = await obtainCode(server, client, both);
    const tokens = (await (await postToken(server, client, redemption(code, { resource: FILES }))).json()) as Tokens;
    expect(payloadOf(tokens.access_token).aud).toBe(FILES);
    const back = (await (await refresh(server, client, tokens.refresh_token, { resource: ISSUER })).json()) as Tokens;
    expect(payloadOf(back.access_token).aud).toBe(ISSUER);
    expect(await errorOf(await refresh(server, client, back.refresh_token, { resource: `${ISSUER}/x` }))).toBe(
      'invalid_target',
    );
    const only = await obtainCode(server, client, { resource: FILES, scope: 'files.read' });
    const wide = await postToken(server, client, redemption(only, { resource: ISSUER }));
    expect(await errorOf(wide)).toBe('invalid_target');
    expect((await postToken(server, client, redemption(only))).status).toBe(200);
  });

  it('scopes foreign to the resource are dropped: at authorize for all of them, at token and refresh for the one', async () => {
    const foreign = await obtainTokens(server, client, { resource: FILES, scope: 'files.read notes' });
    expect(foreign.scope).toBe('files.read');
    const both = await obtainTokens(server, client, { resource: [FILES, ISSUER], scope: 'files.read notes profile' });
    expect(both.scope).toBe('files.read profile');
    const here = (await (await refresh(server, client, both.refresh_token, { resource: ISSUER })).json()) as Tokens;
    expect(here.scope).toBe('notes profile');
    // A request whose resources are all dropped is one that names none.
    expect((await obtainTokens(server, client, { scope: 'files.read' })).scope).toBe('openid');
  });

  it('its tokens live as long as it says', async () => {
    expect((await obtainTokens(server, client, { resource: FILES, scope: 'files.read' })).expires_in).toBe(120);
    expect((await obtainTokens(server, client)).expires_in).toBe(3600);
  });

  it('a resource that is not registered is invalid_target, and so is one that was removed', async () => {
    const error = async (resource: string) =>
      (await server.user().authorise(authorizeUrl(client, { resource }), ADMINISTRATOR)).searchParams.get('error');
    expect(await error('https://other.acme.com')).toBe('invalid_target');
    expect(await error(`${FILES}/below`)).toBe('invalid_target');
    await administer(server, 'DELETE', path(FILES));
    expect(await error(FILES)).toBe('invalid_target');
  });

  it('one that was registered a moment ago is known everywhere at once: no refusal from what an isolate holds', async () => {
    await obtainTokens(server, client);
    const elsewhere = 'https://late.acme.com';
    // Another isolate registers it: this one goes on holding its registry.
    await server.env.DB.prepare('INSERT INTO resources (id, description, created_at) VALUES (?, ?, 0)')
      .bind(elsewhere, JSON.stringify({ name: 'Late', scopes: [{ name: 'late', description: 'Late' }] }))
      .run();
    const tokens = await obtainTokens(server, client, { resource: elsewhere, scope: 'late' });
    expect(payloadOf(tokens.access_token).aud).toBe(elsewhere);
  });

  it('the consent page names it, and says what its scopes open', async () => {
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const page = await user.open(authorizeUrl(client, { resource: FILES, scope: 'files.read files.write' }));
    expect(text(await page.text())).toMatch(/access to Acme Files.*Read your files.*Change your files/);
  });
});

describe('RFC 8707 §2, RFC 9728 §3.3 resource identifiers are bytes', () => {
  const SLASH = 'https://api.acme.com/mcp/';
  const BARE = 'https://api.acme.com/mcp';
  const HERE = `${ISSUER}/tools/`;
  /** ISSUER, as the admin API of these tests has it. */
  const LOOPBACK = 'http://localhost:8787';
  const scopes = [{ name: 'tools', description: 'Use tools' }];
  const document = (path: string) => server.fetch(`/.well-known/oauth-protected-resource${path}`);

  beforeEach(async () => {
    for (const id of [SLASH, HERE]) await administer(server, 'PUT', path(id), { name: 'Tools', scopes });
  });

  it('aud is the identifier as it was registered, whether the request ends with a slash or not, at every endpoint', async () => {
    for (const [registered, forms] of [
      [SLASH, [SLASH, BARE]],
      [FILES, [FILES, `${FILES}/`]],
      [HERE, [HERE, HERE.slice(0, -1)]],
    ] as const) {
      const scope = 'tools files.read';
      for (const [asked, again] of [forms, [...forms].reverse()] as [string, string][]) {
        const code = await obtainCode(server, client, { resource: asked, scope });
        const answer = await postToken(server, client, redemption(code, { resource: again }));
        const tokens = (await answer.json()) as Tokens;
        expect(payloadOf(tokens.access_token).aud).toBe(registered);
        const next = (await (
          await refresh(server, client, tokens.refresh_token, { resource: asked })
        ).json()) as Tokens;
        expect(payloadOf(next.access_token).aud).toBe(registered);
        const last = (await (await refresh(server, client, next.refresh_token)).json()) as Tokens;
        expect(payloadOf(last.access_token).aud).toBe(registered);
      }
    }
  });

  it('the document names exactly the identifier that was asked for, or there is none', async () => {
    expect(await (await document('/tools/')).json()).toMatchObject({ resource: HERE, resource_name: 'Tools' });
    expect((await document('/tools')).status).toBe(404);
    // Nobody registered one of these.
    for (const below of ['/mcp', '/mcp/', '/api/me', '/api/me/']) {
      expect(await (await document(below)).json()).toMatchObject({ resource: ISSUER + below });
    }
    for (const [asked, status] of [
      [SLASH, 200],
      [BARE, 404],
      [FILES, 200],
      [`${FILES}/`, 404],
      [FILES.toUpperCase(), 404],
    ] as const) {
      const response = await document(`?resource=${encodeURIComponent(asked)}`);
      expect([asked, response.status]).toEqual([asked, status]);
      if (status === 200) expect(await response.json()).toMatchObject({ resource: asked });
    }
  });

  it('registered under one form it is found, replaced and deleted under the other', async () => {
    await administer(server, 'PUT', path(BARE), { name: 'Renamed', scopes });
    expect(await administer(server, 'GET', path(BARE))).toMatchObject({ resource: SLASH, name: 'Renamed' });
    await administer(server, 'DELETE', path(BARE));
    expect((await server.admin('GET', path(SLASH))).status).toBe(404);
  });

  it("this server's own APIs have one form only", async () => {
    for (const own of ['/', '/api/', '/api/admin/']) {
      await administer(server, 'PUT', path(LOOPBACK + own), { name: 'Own' });
      const form = (LOOPBACK + own).replace(/\/$/, '');
      expect(await administer(server, 'GET', path(form))).toMatchObject({ resource: form });
    }
  });

  it('the token of a client and that of an exchange, too', async () => {
    const metadata = {
      grant_types: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [],
    };
    const exchange = { from: ['*'], resources: [BARE], scopes: ['tools'], semantics: ['impersonation'] };
    const worker = await makeClient(server, metadata, { exchange });
    const own = await postToken(server, worker, { grant_type: 'client_credentials', resource: BARE, scope: 'tools' });
    expect(payloadOf(((await own.json()) as Tokens).access_token).aud).toBe(SLASH);
    const { access_token: subject_token } = await obtainTokens(server, client, {
      resource: FILES,
      scope: 'files.read',
    });
    for (const resource of [undefined, BARE, SLASH]) {
      const exchanged = await postToken(server, worker, {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        ...(resource && { resource }),
      });
      expect(payloadOf(((await exchanged.json()) as Tokens).access_token).aud).toBe(SLASH);
    }
  });
});

describe('RFC 9728 §2 the document of each resource', () => {
  it('is served for one below this server, with what was said of it', async () => {
    await administer(server, 'PUT', path(`${ISSUER}/mcp`), {
      name: 'Tools',
      scopes: [{ name: 'tools', description: 'Use tools' }],
    });
    const document = await (await server.fetch('/.well-known/oauth-protected-resource/mcp')).json();
    expect(document).toMatchObject({
      resource: `${ISSUER}/mcp`,
      resource_name: 'Tools',
      scopes_supported: ['tools'],
      authorization_servers: [ISSUER],
    });
  });

  it('is served by name for one on another origin, which passes it on', async () => {
    const document = await (
      await server.fetch(`/.well-known/oauth-protected-resource?resource=${encodeURIComponent(FILES)}`)
    ).json();
    expect(document).toEqual({
      resource: FILES,
      authorization_servers: [ISSUER],
      bearer_methods_supported: ['header'],
      resource_name: 'Acme Files',
      scopes_supported: ['files.read', 'files.write'],
      resource_documentation: 'https://files.acme.com/docs',
      resource_policy_uri: 'https://files.acme.com/policy',
      resource_tos_uri: 'https://files.acme.com/terms',
    });
    const unknown = await server.fetch('/.well-known/oauth-protected-resource?resource=https://no.example');
    expect(unknown.status).toBe(404);
  });
});

describe('RFC 9728 §2 the registry', () => {
  it('is listed, shown, changed and removed by an administrator; what a change leaves out stays', async () => {
    const { resources } = await administer<{ resources: { resource: string }[] }>(server, 'GET', '/resources');
    expect(resources.map(({ resource }) => resource)).toEqual([FILES]);
    const before = await administer<object>(server, 'GET', path(FILES));
    await administer(server, 'PUT', path(`${FILES}/`), { name: 'Renamed' });
    expect(await administer(server, 'GET', path(FILES))).toEqual({ ...before, name: 'Renamed' });
    await administer(server, 'PUT', path(FILES), { scopes: [] });
    expect(await administer(server, 'GET', path(FILES))).toMatchObject({ name: 'Renamed', scopes: [] });
    await administer(server, 'DELETE', path(FILES));
    expect((await server.admin('GET', path(FILES))).status).toBe(404);
  });

  it('refuses what cannot be: an identifier with a fragment, a lifetime over an hour unless it is validated online, a scope with a space', async () => {
    const put = async (resource: string, body: unknown) => (await server.admin('PUT', path(resource), body)).status;
    expect(await put('https://a.example/#x', { name: 'A' })).toBe(400);
    expect(await put('relative', { name: 'A' })).toBe(400);
    expect(await put(FILES, { name: 'A', token_minutes: 61 })).toBe(400);
    expect(await put(FILES, { name: 'A', scopes: [{ name: 'a b', description: 'x' }] })).toBe(400);
    expect(await put(FILES, { name: '' })).toBe(400);
    expect(await put(FILES, { name: 'A', unknown: 1 })).toBe(400);
  });
});
