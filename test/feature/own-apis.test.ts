/** ARCHITECTURE §2: what a token opens of this server's own APIs, when it was made for another API. */

import { beforeEach, describe, expect, it } from 'vitest';
import { verifyForWorker } from '../../src/protected-resources/rpc.ts';
import { makeClient, me, obtainTokens, payloadOf, postToken, type TestClient, type Tokens } from '../support/client.ts';
import { administer, ISSUER, type Server, serve, workerDeps } from '../support/server.ts';

const FILES = 'https://files.acme.com/mcp';
const OWN_SCOPES = 'openid profile admin api_keys grants connections';
const OWN_APIS = ['/api/me', '/api/me/grants', '/api/me/api-keys', '/api/me/connections', '/api/admin/users'];

let server: Server;
let client: TestClient;

beforeEach(async () => {
  server = serve();
  await administer(server, 'PUT', `/resources/${encodeURIComponent(FILES)}`, {
    name: 'Files',
    scopes: [{ name: 'files.read', description: 'Read your files' }],
  });
  client = await makeClient(server, { scope: `${OWN_SCOPES} files.read` });
});

const statusOf = async (token: string, path: string) => (await me(server, token, path)).status;

describe('ARCHITECTURE §2 access token: the issuer as the second audience', () => {
  it('opens /userinfo only, and never an API of this server', async () => {
    const { access_token } = await obtainTokens(server, client, { resource: FILES, scope: OWN_SCOPES });
    expect(payloadOf(access_token).aud).toEqual([FILES, ISSUER]);
    expect(await statusOf(access_token, '/userinfo')).toBe(200);
    for (const path of OWN_APIS) expect([path, await statusOf(access_token, path)]).toEqual([path, 401]);
  });

  it('a Worker that verifies tokens made for the issuer over RPC is told no', async () => {
    const { access_token } = await obtainTokens(server, client, { resource: FILES, scope: OWN_SCOPES });
    const verify = (resource: string) => verifyForWorker(workerDeps(server.env, {}), access_token, { resource });
    expect(await verify(ISSUER)).toMatchObject({ valid: false, error: 'invalid_token' });
    expect(await verify(FILES)).toMatchObject({ valid: true });
  });

  it('with the issuer as the resource, the same scopes open them', async () => {
    const { access_token } = await obtainTokens(server, client, { scope: OWN_SCOPES });
    for (const path of OWN_APIS) expect([path, await statusOf(access_token, path)]).toEqual([path, 200]);
  });
});

describe('ARCHITECTURE §2 access token: scopes of this server’s own APIs', () => {
  const scopesOf = (tokens: Tokens) => tokens.scope.split(' ').sort();

  it('are never in a token whose resource is another API, beside the issuer in one grant either', async () => {
    const alone = await obtainTokens(server, client, { resource: FILES, scope: `${OWN_SCOPES} files.read` });
    expect(scopesOf(alone)).toEqual(['files.read', 'openid', 'profile']);
    const both = await obtainTokens(server, client, { resource: [FILES, ISSUER], scope: `${OWN_SCOPES} files.read` });
    expect(scopesOf(both)).toEqual(['files.read', 'openid', 'profile']);
    const refreshed = await postToken(server, client, {
      grant_type: 'refresh_token',
      refresh_token: both.refresh_token,
      resource: ISSUER,
    });
    expect(scopesOf((await refreshed.json()) as Tokens)).toEqual(OWN_SCOPES.split(' ').sort());
  });

  it('are unknown at a path of this host that holds none of its APIs', async () => {
    const tokens = await obtainTokens(server, client, { resource: `${ISSUER}/mcp`, scope: OWN_SCOPES });
    expect(scopesOf(tokens)).toEqual(['openid', 'profile']);
    const own = await obtainTokens(server, client, { resource: `${ISSUER}/api/admin`, scope: 'admin' });
    expect(scopesOf(own)).toEqual(['admin']);
    expect(await statusOf(own.access_token, '/api/admin/users')).toBe(200);
  });

  it('are not in a client’s own token for another API, nor in one that was exchanged for one', async () => {
    const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const metadata = { redirect_uris: [], token_endpoint_auth_method: 'client_secret_basic', scope: OWN_SCOPES };
    const { access_token: subject_token } = await obtainTokens(server, client, { scope: OWN_SCOPES });
    const users = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
    const machine = await makeClient(
      server,
      { ...metadata, grant_types: ['client_credentials', grant] },
      {
        acts_as: users.users[0]?.id,
        exchange: { from: [client.client_id], resources: [FILES, ISSUER], scopes: OWN_SCOPES.split(' ') },
      },
    );
    const own = await postToken(server, machine, { grant_type: 'client_credentials', resource: FILES });
    expect(scopesOf((await own.json()) as Tokens)).toEqual(['openid', 'profile']);
    const subject_token_type = 'urn:ietf:params:oauth:token-type:access_token';
    const ask = { grant_type: grant, subject_token, subject_token_type, resource: FILES };
    expect(scopesOf((await (await postToken(server, machine, ask)).json()) as Tokens)).toEqual(['openid', 'profile']);
  });

  it('another API cannot have a scope of that name', async () => {
    const description = { name: 'Mail', scopes: [{ name: 'admin', description: 'Everything' }] };
    const response = await server.admin(
      'PUT',
      `/resources/${encodeURIComponent('https://mail.acme.com')}`,
      description,
    );
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('own APIs')]);
  });
});
