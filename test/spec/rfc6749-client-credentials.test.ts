/** RFC 6749 §4.4: a client asks for itself. */
import { describe, expect, it, vi } from 'vitest';
import {
  errorOf,
  makeClient,
  me,
  payloadOf,
  postToken,
  registerClient,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { ADMINISTRATOR, addAdministrator, administer, type Server, serve, setSetting } from '../support/server.ts';

const NOTES = 'https://notes.acme.com/mcp';
const FILES = 'https://files.acme.com';

const machine = (server: Server, metadata: Record<string, unknown> = {}, standing: Record<string, unknown> = {}) =>
  makeClient(
    server,
    {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'reports.read reports.write',
      ...metadata,
    },
    standing,
  );

const ask = (server: Server, client: TestClient, changes: Record<string, string> = {}) =>
  postToken(server, client, { grant_type: 'client_credentials', ...changes });

async function ready(): Promise<Server> {
  const server = serve();
  await setSetting(server, 'scopes_supported', 'reports.read Read reports\nreports.write Write reports\nother Another');
  return server;
}

describe('RFC 6749 §4.4 client credentials', () => {
  it('the client is its own subject, and A refresh token SHOULD NOT be included', async () => {
    const server = await ready();
    const client = await machine(server);
    const response = await ask(server, client);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const answer = (await response.json()) as Record<string, string>;
    expect(Object.keys(answer).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(payloadOf(answer.access_token ?? '')).toMatchObject({
      sub: client.client_id,
      client_id: client.client_id,
      aud: 'https://as.example',
      scope: 'reports.read reports.write',
    });
    expect(payloadOf(answer.access_token ?? '').grant).toBeUndefined();
  });

  it('the registered scope is a ceiling, and a request may narrow it', async () => {
    const server = await ready();
    const client = await machine(server);
    const narrow = (await (await ask(server, client, { scope: 'reports.read' })).json()) as { scope: string };
    expect(narrow.scope).toBe('reports.read');
    expect(await errorOf(await ask(server, client, { scope: 'other' }))).toBe('invalid_scope');
  });

  it("an audience follows resource, or its alias audience; else it is the only resource that has the client's scopes", async () => {
    const server = await ready();
    const scopes = (...names: string[]) => names.map((name) => ({ name, description: name }));
    const put = (id: string, ...names: string[]) =>
      administer(server, 'PUT', `/resources/${encodeURIComponent(id)}`, { name: id, scopes: scopes(...names) });
    await put(NOTES, 'notes.read', 'notes.write', 'shared');
    await put(FILES, 'files.read', 'shared');
    const client = await machine(server, { scope: 'notes.read notes.write files.read shared reports.read' });
    const got = async (changes: Record<string, string>, by = client) => {
      const response = await ask(server, by, changes);
      if (!response.ok) {
        const { error, error_description } = (await response.json()) as Record<string, string>;
        return [error, error_description];
      }
      const { access_token, scope } = (await response.json()) as Tokens;
      return [payloadOf(access_token).aud, scope];
    };
    expect(await got({ scope: 'notes.read' })).toEqual([NOTES, 'notes.read']);
    expect(await got({ scope: 'notes.read notes.write unknown' })).toEqual([NOTES, 'notes.read notes.write']);
    expect(await got({ scope: 'shared notes.read' })).toEqual([NOTES, 'shared notes.read']);
    expect(await got({ scope: 'reports.read' })).toEqual(['https://as.example', 'reports.read']);
    expect(await got({ scope: 'shared' })).toEqual([
      'invalid_target',
      `name the resource: shared belongs to ${NOTES} or ${FILES}.`,
    ]);
    expect(await got({ scope: 'notes.read files.read' })).toEqual([
      'invalid_target',
      `name the resource: notes.read belongs to ${NOTES}; files.read belongs to ${FILES}.`,
    ]);
    expect((await got({}))[0]).toBe('invalid_target');
    expect((await got({ scope: 'unknown' }))[0]).toBe('invalid_scope');
    for (const name of ['resource', 'audience']) {
      expect(await got({ scope: 'notes.read files.read', [name]: FILES })).toEqual([FILES, 'files.read']);
      expect(await got({ [name]: NOTES })).toEqual([NOTES, 'notes.read notes.write shared']);
      expect((await got({ [name]: 'https://nowhere.example', scope: 'notes.read' }))[0]).toBe('invalid_target');
    }
    expect(await got({ resource: FILES, audience: `${FILES}/`, scope: 'files.read' })).toEqual([FILES, 'files.read']);
    expect((await got({ resource: FILES, audience: NOTES, scope: 'files.read' }))[0]).toBe('invalid_target');
    const one = await machine(server, { scope: 'notes.read notes.write' });
    expect(await got({}, one)).toEqual([NOTES, 'notes.read notes.write']);
  });

  it('what only a user has is never in the token of a client that acts as itself', async () => {
    const server = await ready();
    const client = await machine(server, { scope: 'openid profile email admin reports.read' });
    const { access_token, scope } = (await (await ask(server, client)).json()) as Record<string, string>;
    expect(scope).toBe('reports.read');
    expect((await me(server, access_token ?? '', '/userinfo')).status).toBe(403);
    expect((await me(server, access_token ?? '')).status).toBe(403);
  });

  it('a client that registered itself cannot have it', async () => {
    const server = await ready();
    const registered = (await (
      await registerClient(server, {
        grant_types: ['authorization_code', 'client_credentials'],
        token_endpoint_auth_method: 'client_secret_basic',
      })
    ).json()) as { client_id: string; client_secret: string; grant_types: string[] };
    expect(registered.grant_types).toEqual(['authorization_code']);
    const client = { ...registered, method: 'client_secret_basic' };
    expect(await errorOf(await ask(server, client))).toBe('unauthorized_client');
  });

  it('The client credentials grant type MUST only be used by confidential clients', async () => {
    const server = await ready();
    const response = await server.admin('POST', '/clients', {
      metadata: { grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' },
    });
    expect(response.status).toBe(400);
    const mixed = await makeClient(server, { grant_types: ['authorization_code', 'client_credentials'] });
    expect(await errorOf(await ask(server, mixed))).toBe('unauthorized_client');
  });

  it('it may act as the user that an administrator named, for as long as that user is enabled', async () => {
    const server = await ready();
    await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
    const user = users[0]?.id ?? '';
    const client = await machine(server, { scope: 'openid profile email' }, { acts_as: user });
    const { access_token = '' } = (await (await ask(server, client)).json()) as Record<string, string>;
    expect(payloadOf(access_token).sub).toBe(user);
    expect(await (await me(server, access_token)).json()).toMatchObject({ email: ADMINISTRATOR.email });
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${user}`, { disabled: true });
    expect((await me(server, access_token)).status).toBe(401);
    expect(await errorOf(await ask(server, client))).toBe('invalid_grant');
    const nobody = await server.admin('PATCH', `/clients/${client.client_id}`, { acts_as: 'u_nobody' });
    expect(nobody.status).toBe(400);
  });

  it('its tokens are on record and end when the client is disabled; the record can be switched off', async () => {
    const server = await ready();
    const client = await machine(server);
    await ask(server, client);
    const list = () =>
      administer<{ tokens: { client_id: string; user: string | null; status: string }[] }>(
        server,
        'GET',
        `/tokens?client=${client.client_id}`,
      );
    expect((await list()).tokens).toMatchObject([{ client_id: client.client_id, user: null, status: 'active' }]);
    await setSetting(server, 'record_client_tokens', false);
    await ask(server, client);
    expect((await list()).tokens.length).toBe(1);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
    expect(await errorOf(await ask(server, client))).toBe('unauthorized_client');
  });

  it('resource sets the audience (RFC 8707 §2.2), and one that is not known is invalid_target', async () => {
    const server = await ready();
    const client = await machine(server);
    const at = async (resource: string) => ask(server, client, { resource });
    const { access_token = '' } = (await (await at('https://as.example/reports/')).json()) as Record<string, string>;
    expect(payloadOf(access_token).aud).toBe('https://as.example/reports');
    expect(await errorOf(await at('https://elsewhere.example'))).toBe('invalid_target');
  });

  it('an access token lives as long as the setting says', async () => {
    const server = await ready();
    await setSetting(server, 'access_token_minutes', 3);
    const answer = (await (await ask(server, await machine(server))).json()) as { expires_in: number };
    expect(answer.expires_in).toBe(180);
    vi.useRealTimers();
  });
});
