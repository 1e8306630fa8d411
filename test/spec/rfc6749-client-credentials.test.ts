/** RFC 6749 §4.4: a client asks for itself. */
import { describe, expect, it, vi } from 'vitest';
import { errorOf, makeClient, me, payloadOf, postToken, registerClient, type TestClient } from '../support/client.ts';
import { ADMINISTRATOR, addAdministrator, administer, type Server, serve, setSetting } from '../support/server.ts';

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
    expect(await errorOf(await ask(server, client, { scope: 'reports.read other' }))).toBe('invalid_scope');
  });

  it('what only a person has is never in the token of a client that acts as itself', async () => {
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

  it('it may act as the person that an administrator named, for as long as that person is enabled', async () => {
    const server = await ready();
    await server.person().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const { people } = await administer<{ people: { id: string }[] }>(server, 'GET', '/people');
    const person = people[0]?.id ?? '';
    const client = await machine(server, { scope: 'openid profile email' }, { acts_as: person });
    const { access_token = '' } = (await (await ask(server, client)).json()) as Record<string, string>;
    expect(payloadOf(access_token).sub).toBe(person);
    expect(await (await me(server, access_token)).json()).toMatchObject({ email: ADMINISTRATOR.email });
    await addAdministrator(server);
    await administer(server, 'PATCH', `/people/${person}`, { disabled: true });
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
      administer<{ tokens: { client_id: string; person: string | null; status: string }[] }>(
        server,
        'GET',
        `/tokens?client=${client.client_id}`,
      );
    expect((await list()).tokens).toMatchObject([{ client_id: client.client_id, person: null, status: 'active' }]);
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
