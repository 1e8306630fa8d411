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
import { text } from '../support/person.ts';
import { ADMINISTRATOR, administer, ISSUER, type Server, serve, setSetting } from '../support/server.ts';

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
    const none = await server.person().authorise(authorizeUrl(client, { scope: 'files.read' }), ADMINISTRATOR);
    expect(none.searchParams.get('error')).toBe('invalid_scope');
  });

  it('its tokens live as long as it says', async () => {
    expect((await obtainTokens(server, client, { resource: FILES, scope: 'files.read' })).expires_in).toBe(120);
    expect((await obtainTokens(server, client)).expires_in).toBe(600);
  });

  it('a resource that is not registered is invalid_target, and so is one that was removed', async () => {
    const error = async (resource: string) =>
      (await server.person().authorise(authorizeUrl(client, { resource }), ADMINISTRATOR)).searchParams.get('error');
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
    const person = server.person();
    await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const page = await person.open(authorizeUrl(client, { resource: FILES, scope: 'files.read files.write' }));
    expect(text(await page.text())).toMatch(/access to Acme Files.*Read your files.*Change your files/);
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
      await server.fetch(`/.well-known/oauth-protected-resource?resource=${encodeURIComponent(`${FILES}/`)}`)
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
  it('is listed, shown, replaced and removed by an administrator', async () => {
    const { resources } = await administer<{ resources: { resource: string }[] }>(server, 'GET', '/resources');
    expect(resources.map(({ resource }) => resource)).toEqual([FILES]);
    await administer(server, 'PUT', path(`${FILES}/`), { name: 'Renamed' });
    expect(await administer(server, 'GET', path(FILES))).toEqual({ resource: FILES, name: 'Renamed', scopes: [] });
    await administer(server, 'DELETE', path(FILES));
    expect((await server.admin('GET', path(FILES))).status).toBe(404);
  });

  it('refuses what cannot be: an identifier with a fragment, a lifetime over an hour, a scope with a space', async () => {
    const put = async (resource: string, body: unknown) => (await server.admin('PUT', path(resource), body)).status;
    expect(await put('https://a.example/#x', { name: 'A' })).toBe(400);
    expect(await put('relative', { name: 'A' })).toBe(400);
    expect(await put(FILES, { name: 'A', token_minutes: 61 })).toBe(400);
    expect(await put(FILES, { name: 'A', scopes: [{ name: 'a b', description: 'x' }] })).toBe(400);
    expect(await put(FILES, { name: '' })).toBe(400);
    expect(await put(FILES, { name: 'A', unknown: 1 })).toBe(400);
  });
});
