/** A user's own API: /api/me and /api/me/grants, by scopes of their own. */
import { describe, expect, it } from 'vitest';
import { makeClient, me, obtainTokens, payloadOf, refresh } from '../support/client.ts';
import { administer, bindings, ISSUER, type Server, serve } from '../support/server.ts';

type Grant = { id: string; client_id: string; client_name: string; scope: string; resources: string[] };

const bearer = (token: string, method = 'GET') => ({ method, headers: { authorization: `Bearer ${token}` } });

/** A client for the user's own affairs. */
async function manager(server: Server, scope = 'profile grants') {
  const client = await makeClient(server, { client_name: 'My affairs', scope: 'openid profile grants' });
  return (await obtainTokens(server, client, { scope })).access_token;
}

const listOf = async (server: Server, token: string) =>
  ((await (await server.fetch('/api/me/grants', bearer(token))).json()) as { grants: Grant[] }).grants;

describe('/api/me/grants', () => {
  it('lists what the user let applications do, over all shards, and ends one of them at once', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    const album = await makeClient(server, { client_name: 'Photo Album' });
    const tokens = await obtainTokens(server, album, { scope: 'openid profile email' });
    const token = await manager(server);
    const grants = await listOf(server, token);
    expect(grants.map(({ client_name }) => client_name)).toEqual(['My affairs', 'Photo Album']);
    const grant = grants[1] as Grant;
    expect(grant).toMatchObject({ client_id: album.client_id, scope: 'openid profile email', resources: [ISSUER] });
    expect((await me(server, tokens.access_token)).status).toBe(200);
    expect((await server.fetch(`/api/me/grants/${grant.id}`, bearer(token, 'DELETE'))).status).toBe(204);
    expect((await me(server, tokens.access_token)).status).toBe(401);
    expect((await refresh(server, album, tokens.refresh_token)).status).toBe(400);
    expect((await listOf(server, token)).map(({ client_name }) => client_name)).toEqual(['My affairs']);
    const { events } = await administer<{ events: object[] }>(server, 'GET', '/events');
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'grant.revoked', subject: grant.id, actor: expect.stringMatching(/^user:u_/) }),
    );
  });

  it('says 404 of a grant that is not one’s own, and leaves it alone', async () => {
    const server = serve();
    const tokens = await obtainTokens(server, await makeClient(server));
    const foreign = String(payloadOf(tokens.access_token).grant);
    // The grant is made one of another user.
    await server.env.DB.prepare("UPDATE grants SET user_id = 'u_other' WHERE id = ?").bind(foreign).run();
    const token = await manager(server);
    for (const id of [foreign, 'g_0_none', 'g_nowhere_x', 'x', '%00']) {
      expect([id, (await server.fetch(`/api/me/grants/${id}`, bearer(token, 'DELETE'))).status]).toEqual([id, 404]);
    }
    const row = await server.env.DB.prepare('SELECT revoked_at FROM grants WHERE id = ?').bind(foreign).first();
    expect(row).toEqual({ revoked_at: null });
  });

  it('needs the scope grants, which only a client that an administrator made may ask for', async () => {
    const server = serve();
    const without = await manager(server, 'profile');
    const response = await server.fetch('/api/me/grants', bearer(without));
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toContain('scope="grants profile"');
    const metadata = (await (await server.fetch('/.well-known/oauth-authorization-server')).json()) as {
      scopes_supported: string[];
    };
    expect(metadata.scopes_supported).not.toContain('grants');
    expect(metadata.scopes_supported).not.toContain('api_keys');
  });

  it('a method that it does not have is 405, with those that it has', async () => {
    const server = serve();
    const token = await manager(server);
    const response = await server.fetch('/api/me/grants', bearer(token, 'POST'));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
    expect((await server.fetch('/api/me/nowhere', bearer(token))).status).toBe(404);
  });
});
