/** Users, clients and API keys that were imported from a Frappe site go on at its paths as before. */
import { describe, expect, it } from 'vitest';
import { payloadOf, REDIRECT_URI, type Tokens } from '../support/client.ts';
import { authorizeAddress, LOGGED_USER, postMethod, profileOf, redemptionOf, serveFrappe } from '../support/frappe.ts';
import { administer, setSetting } from '../support/server.ts';

/** `correct horse battery`, as passlib 1.7.4 hashes it. */
const HASH = '$pbkdf2-sha256$29000$MDEyMzQ1Njc4OWFiY2RlZg$HwysB.Ke0YuzHEd/zzqZI6iTbuC8ephxy6jSfQdwV8M';
const PASSWORD = 'correct horse battery';
const SOURCE = 'frappe:erp.example';
const USER = { source_name: 'test@example.com', email: 'test@example.com', name: 'Test', password_hash: HASH };
const CLIENT = { client_id: 'a1b2c3d4e5', client_secret: 'f6e5d4c3b2' };
const KEY = { user: USER.source_name, key: '0f1e2d3c4b5a697', secret: 'a6b5c4d3e2f1a0b' };

async function serveImported() {
  const server = await serveFrappe();
  await setSetting(server, 'imported_password_iterations', 29_000);
  const scope = 'all openid profile email roles';
  const grant_types = ['authorization_code', 'refresh_token'];
  const metadata = { client_name: 'Portal', redirect_uris: [REDIRECT_URI], grant_types, scope };
  for (const [path, member, record] of [
    ['users', 'users', USER],
    ['clients', 'clients', { ...CLIENT, metadata, trusted: true }],
    ['api-keys', 'api_keys', KEY],
  ] as const)
    await administer(server, 'POST', `/imports/${path}`, { source: SOURCE, [member]: [record] });
  return server;
}

describe('what was imported from a site', () => {
  it.each(['client_secret_basic', 'client_secret_post'])(
    'signs in with the old password, at a client with its old id and secret by %s, without PKCE',
    async (method) => {
      const server = await serveImported();
      const client = { ...CLIENT, method };
      const who = { email: USER.email, password: PASSWORD };
      const back = await server.user().authorise(authorizeAddress(client, { state: 'the-state' }), who);
      expect(back.searchParams.get('state')).toBe('the-state');
      const redeemed = redemptionOf(client, back.searchParams.get('code') ?? '');
      const tokens = (await (await postMethod(server, client, 'get_token', redeemed)).json()) as Tokens;
      expect(tokens.scope.split(' ').sort()).toEqual(['all', 'openid']);
      expect(payloadOf(tokens.id_token ?? '')).toMatchObject({ email: USER.email, aud: CLIENT.client_id });
      expect(await (await profileOf(server, tokens.access_token)).json()).toMatchObject({
        email: USER.email,
        name: 'Test',
      });
      const refreshing = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
      expect((await postMethod(server, client, 'get_token', refreshing)).status).toBe(200);
    },
  );

  it.each(['token', 'Basic'])('calls with its old API key, as %s', async (scheme) => {
    const server = await serveImported();
    const pair = `${KEY.key}:${KEY.secret}`;
    const authorization = `${scheme} ${scheme === 'Basic' ? btoa(pair) : pair}`;
    const response = await server.fetch(LOGGED_USER, { headers: { authorization } });
    expect([response.status, await response.json()]).toEqual([200, { message: USER.email }]);
  });
});
