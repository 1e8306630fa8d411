/** POST /api/admin/imports/identities: accounts at identity providers stay linked to their users, and to no other account. */
import { describe, expect, it } from 'vitest';
import { administer, type Server, serve } from '../support/server.ts';

const SOURCE = 'frappe:erp.example';
const ADA = { source_name: 'ada', email: 'ada@corp.example', name: 'Ada' };
const LINKED = { user: 'ada', login: 'sso', subject: '1122334455', account: 'ada.l' };

type Outcome = { source_name: string; outcome: string; reason?: string };
const send = async (server: Server, path: string, records: object) =>
  (await administer<{ outcomes: Outcome[] }>(server, 'POST', `/imports/${path}`, { source: SOURCE, ...records }))
    .outcomes;
const link = async (server: Server, identities: object[] = [LINKED], more: object = {}) =>
  (await send(server, 'identities', { identities, ...more })).map(({ outcome }) => outcome);

async function withLogin(): Promise<Server> {
  const server = serve();
  await administer(server, 'POST', '/social-logins', {
    id: 'sso',
    provider: 'oauth',
    client_id: 'client',
    client_secret: 'secret',
    user_id: 'uid',
    endpoints: {
      authorization_endpoint: 'https://sso.example/authorize',
      token_endpoint: 'https://sso.example/token',
      userinfo_endpoint: 'https://sso.example/me',
    },
  });
  return server;
}

const linkedIn = async (server: Server) =>
  (await administer<{ identities: { id: string; account: string; subject: string }[] }>(server, 'GET', '/identities'))
    .identities;

describe('an imported account at an identity provider', () => {
  it('is linked to its imported user, once', async () => {
    const server = await withLogin();
    await send(server, 'users', { users: [ADA] });
    expect(await link(server, [LINKED], { dry_run: true })).toEqual(['imported']);
    expect(await linkedIn(server)).toEqual([]);
    expect(await link(server)).toEqual(['imported']);
    expect(await linkedIn(server)).toMatchObject([{ account: 'ada.l', subject: '1122334455', login: 'sso' }]);
    expect(await link(server)).toEqual(['exists']);
    expect(await link(server, [LINKED], { dry_run: true })).toEqual(['exists']);
  });

  it('is not linked to an account that only has the same address, nor at a login that is not here', async () => {
    const server = await withLogin();
    await administer(server, 'POST', '/users', { email: ADA.email, name: 'Another' });
    await send(server, 'users', { users: [ADA] });
    expect(await link(server)).toEqual(['refused']);
    expect(await link(server, [{ ...LINKED, login: 'none' }])).toEqual(['refused']);
    expect(await linkedIn(server)).toEqual([]);
  });

  it('stays with the user who has it, and does not come back after it was unlinked', async () => {
    const server = await withLogin();
    await send(server, 'users', { users: [ADA, { ...ADA, source_name: 'eve', email: 'eve@corp.example' }] });
    await link(server);
    expect(await link(server, [{ ...LINKED, user: 'eve' }])).toEqual(['exists']);
    const [linked] = await linkedIn(server);
    await administer(server, 'DELETE', `/identities/${linked?.id}`);
    expect(await link(server)).toEqual(['refused']);
    expect(await linkedIn(server)).toEqual([]);
  });
});
