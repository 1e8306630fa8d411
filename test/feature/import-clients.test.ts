/** POST /api/admin/imports/clients and /api-keys: ids and secrets of another server stay as their holders have them. */
import { describe, expect, it } from 'vitest';
import { Databases } from '../../src/storage/database/database.ts';
import { findLegacyKeyHolder } from '../../src/storage/users/api-key-lookup.ts';
import { errorOf, obtainCode, postToken, REDIRECT_URI, redemption } from '../support/client.ts';
import { administratorAt } from '../support/console-user.ts';
import { administer, type Server, serve } from '../support/server.ts';

const SOURCE = 'frappe:erp.example';
const PORTAL = {
  client_id: 'a1b2c3d4e5',
  client_secret: 'f6e5d4c3b2',
  metadata: { client_name: 'Portal', redirect_uris: [REDIRECT_URI], scope: 'openid profile' },
};
const WITHOUT_PKCE = { code_challenge: undefined, code_challenge_method: undefined };

type Outcome = { source_name: string; outcome: string; reason?: string };
const send = async (server: Server, path: string, records: object) =>
  (await administer<{ outcomes: Outcome[] }>(server, 'POST', `/imports/${path}`, { source: SOURCE, ...records }))
    .outcomes;
const sendClients = (server: Server, clients: object[], more: object = {}) =>
  send(server, 'clients', { clients, ...more });

describe('an imported client', () => {
  it.each(['client_secret_basic', 'client_secret_post'])('authenticates by %s, and needs no PKCE', async (method) => {
    const server = serve();
    expect(await sendClients(server, [PORTAL])).toEqual([{ source_name: PORTAL.client_id, outcome: 'imported' }]);
    const client = { ...PORTAL, method };
    const code = await obtainCode(server, client, WITHOUT_PKCE);
    const wrong = { ...client, client_secret: 'f6e5d4c3b3' };
    expect((await postToken(server, wrong, redemption(code, { code_verifier: undefined }))).status).toBe(401);
    const response = await postToken(server, client, redemption(code, { code_verifier: undefined }));
    expect([response.status, await response.json()]).toMatchObject([200, { scope: 'openid profile' }]);
  });

  it('has its name in the sentences of the audit log', async () => {
    const server = serve();
    await sendClients(server, [PORTAL]);
    const html = await (await (await administratorAt(server)).open('/console/audit')).text();
    expect(html).toContain('<a href="/console/clients/a1b2c3d4e5">Portal</a>');
  });

  it('is stored with a hash of its secret, and is in the audit log', async () => {
    const server = serve();
    await sendClients(server, [{ ...PORTAL, trusted: true, roles: ['sales'] }]);
    const row = await server.env.DB.prepare('SELECT * FROM clients WHERE id = ?').bind(PORTAL.client_id).first();
    expect(JSON.stringify(row)).not.toContain(PORTAL.client_secret);
    const shown = await administer(server, 'GET', `/clients/${PORTAL.client_id}`);
    expect(shown).toMatchObject({ origin: 'administrator', trusted: true, roles: ['sales'], require_pkce: false });
    const { events } = await administer<{ events: object[] }>(server, 'GET', `/events?subject=${PORTAL.client_id}`);
    expect(events).toEqual([expect.objectContaining({ type: 'client.created' })]);
  });

  it('that is public needs PKCE; one that registered itself is not of an administrator', async () => {
    const server = serve();
    const metadata = { ...PORTAL.metadata, token_endpoint_auth_method: 'none' };
    await sendClients(server, [{ client_id: 'b1b2c3d4e5', metadata, dynamic: true }]);
    const shown = await administer(server, 'GET', '/clients/b1b2c3d4e5');
    expect(shown).toMatchObject({ origin: 'registration', require_pkce: true });
  });

  it('keeps PKCE where a redirect URI is not https, and the outcome says so', async () => {
    const server = serve();
    const metadata = { ...PORTAL.metadata, redirect_uris: ['com.example.app:/cb'] };
    expect(await sendClients(server, [{ ...PORTAL, metadata }])).toMatchObject([
      { outcome: 'imported', reason: expect.stringContaining('PKCE is required') },
    ]);
    expect(await administer(server, 'GET', `/clients/${PORTAL.client_id}`)).toMatchObject({ require_pkce: true });
  });

  it.each([
    ['a confidential client without a secret', { client_secret: undefined }, /no client secret/],
    ['an http redirect URI', { metadata: { redirect_uris: ['http://app.example/cb'] } }, /http/],
    [
      'the implicit grant',
      { metadata: { redirect_uris: [REDIRECT_URI], grant_types: ['implicit'], response_types: ['token'] } },
      /./,
    ],
  ])('is refused with the reason, and the others are imported: %s', async (_, wrong, reason) => {
    const server = serve();
    const outcomes = await sendClients(server, [{ ...PORTAL, client_id: 'bad1bad1ba', ...wrong }, PORTAL]);
    expect(outcomes).toMatchObject([
      { outcome: 'refused', reason: expect.stringMatching(reason) },
      { outcome: 'imported' },
    ]);
    expect((await server.admin('GET', '/clients/bad1bad1ba')).status).toBe(404);
  });

  it.each(['c_0000000000000000000000', 'u_0000000000000000000000', 'https://app.example/client', 'a b', ''])(
    'cannot have an id of another kind: %j',
    async (client_id) => {
      const response = await serve().admin('POST', '/imports/clients', {
        source: SOURCE,
        clients: [{ ...PORTAL, client_id }],
      });
      expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_request']);
    },
  );

  it('is imported once: neither a second run, nor one after its deletion, nor a dry run stores it', async () => {
    const server = serve();
    expect(await sendClients(server, [PORTAL], { dry_run: true })).toMatchObject([{ outcome: 'imported' }]);
    expect((await server.admin('GET', `/clients/${PORTAL.client_id}`)).status).toBe(404);
    await sendClients(server, [PORTAL]);
    await administer(server, 'PATCH', `/clients/${PORTAL.client_id}`, { roles: ['sales'] });
    expect(await sendClients(server, [PORTAL, PORTAL])).toMatchObject([{ outcome: 'exists' }, { outcome: 'exists' }]);
    expect(await administer(server, 'GET', `/clients/${PORTAL.client_id}`)).toMatchObject({ roles: ['sales'] });
    await administer(server, 'DELETE', `/clients/${PORTAL.client_id}`);
    expect(await sendClients(server, [PORTAL])).toMatchObject([{ outcome: 'refused' }]);
  });
});

describe('an imported API key', () => {
  const ADA = { source_name: 'ada', email: 'ada@corp.example', name: 'Ada', roles: ['administrator'] };
  const KEY = { user: 'ada', key: 'a1b2c3d4e5f6a7b', secret: '0f1e2d3c4b5a697' };
  const sendKeys = (server: Server, api_keys: object[], more: object = {}) =>
    send(server, 'api-keys', { api_keys, ...more });
  const find = (server: Server, pair: object = {}) =>
    findLegacyKeyHolder(new Databases(server.env), { legacyKey: KEY.key, secret: KEY.secret, ...pair }, Date.now());

  it('acts for its imported user, for a year, with every scope but those of the APIs of this server', async () => {
    const server = serve();
    await send(server, 'users', { users: [ADA] });
    expect(await sendKeys(server, [KEY])).toEqual([{ source_name: KEY.key, outcome: 'imported' }]);
    const holder = await find(server);
    expect(holder?.user.email).toBe('ada@corp.example');
    expect(holder?.key.scopes).toEqual(['profile', 'email', 'roles']);
    expect(Math.round(((holder?.key.expiresAt ?? 0) - Date.now()) / 86_400_000)).toBe(365);
    expect(await find(server, { secret: 'wrong' })).toBeUndefined();
  });

  it('is refused for a user who was not imported: an account with the same address gets none', async () => {
    const server = serve();
    await administer(server, 'POST', '/users', { email: 'ada@corp.example', name: 'Another' });
    await send(server, 'users', { users: [ADA] });
    expect(await sendKeys(server, [KEY])).toMatchObject([{ outcome: 'refused' }]);
    expect(await find(server)).toBeUndefined();
  });

  it('does not come back after it was revoked', async () => {
    const server = serve();
    await send(server, 'users', { users: [ADA] });
    expect(await sendKeys(server, [KEY], { dry_run: true })).toMatchObject([{ outcome: 'imported' }]);
    expect(await find(server)).toBeUndefined();
    await sendKeys(server, [KEY]);
    expect(await sendKeys(server, [KEY])).toMatchObject([{ outcome: 'exists' }]);
    await administer(server, 'DELETE', `/api-keys/${(await find(server))?.key.id}`);
    expect(await sendKeys(server, [KEY])).toMatchObject([{ outcome: 'refused' }]);
    expect(await find(server)).toBeUndefined();
  });
});
