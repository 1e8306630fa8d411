/** POST /api/admin/imports/connections: tokens of a provider come sealed, for imported users only. */
import { describe, expect, it } from 'vitest';
import { administer, type Server, serve } from '../support/server.ts';

const SOURCE = 'frappe:erp.example';
const ADA = { source_name: 'ada', email: 'ada@corp.example', name: 'Ada' };
const TOKENS = {
  user: 'ada',
  app: 'tracker',
  access_token: 'time-access',
  refresh_token: 'time-refresh',
  scopes: ['time'],
};

type Outcome = { source_name: string; outcome: string; reason?: string };
const send = async (server: Server, path: string, records: object) =>
  (await administer<{ outcomes: Outcome[] }>(server, 'POST', `/imports/${path}`, { source: SOURCE, ...records }))
    .outcomes;
const connect = async (server: Server, changes: object = {}, more: object = {}) =>
  (await send(server, 'connections', { connections: [{ ...TOKENS, ...changes }], ...more })).map(
    ({ outcome }) => outcome,
  );

async function withApp(): Promise<Server> {
  const server = serve();
  await administer(server, 'POST', '/connected-apps', {
    id: 'tracker',
    template: 'oauth',
    client_id: 'client',
    client_secret: 'secret',
    endpoints: {
      authorization_endpoint: 'https://time.example/authorize',
      token_endpoint: 'https://time.example/token',
    },
  });
  return server;
}

const rowsOf = async (server: Server) =>
  (
    await server.env.DB.prepare('SELECT * FROM connections').all<{
      user_id: string;
      sealed: string;
      expires_at: number;
    }>()
  ).results;

describe('imported tokens of a connected app', () => {
  it('are sealed, and refreshed before their first use', async () => {
    const server = await withApp();
    await send(server, 'users', { users: [ADA] });
    expect(await connect(server, {}, { dry_run: true })).toEqual(['imported']);
    expect(await rowsOf(server)).toEqual([]);
    expect(await connect(server)).toEqual(['imported']);
    const [row] = await rowsOf(server);
    expect(row?.sealed).toBeTruthy();
    expect(JSON.stringify(row)).not.toMatch(/time-access|time-refresh/);
    expect(row?.expires_at).toBeLessThanOrEqual(Date.now());
    const { events } = await administer<{ events: { type: string; actor: string }[] }>(
      server,
      'GET',
      `/events?subject=${encodeURIComponent(`tracker:${row?.user_id}`)}`,
    );
    expect(events).toEqual([expect.objectContaining({ type: 'connection.connected', actor: 'command' })]);
  });

  it('come once: those that the user has here stay, and those that were disconnected do not come back', async () => {
    const server = await withApp();
    await send(server, 'users', { users: [ADA] });
    await connect(server);
    const [before] = await rowsOf(server);
    expect(await connect(server, { access_token: 'another' })).toEqual(['exists']);
    expect(await rowsOf(server)).toEqual([before]);
    await administer(server, 'DELETE', `/connections/tracker/${before?.user_id}`);
    expect(await connect(server)).toEqual(['refused']);
    // The audit log does not reach as far as an import that is repeated.
    await server.env.DB.prepare('DELETE FROM audit_events').run();
    expect(await connect(server)).toEqual(['refused']);
    expect(await rowsOf(server)).toEqual([]);
  });

  it('come neither to an account with the same address, nor to a disabled user, nor for an app that is not here', async () => {
    const server = await withApp();
    await administer(server, 'POST', '/users', { email: ADA.email, name: 'Another' });
    const bob = { ...ADA, source_name: 'bob', email: 'bob@corp.example', disabled: true };
    await send(server, 'users', { users: [ADA, bob] });
    expect(await connect(server)).toEqual(['refused']);
    expect(await connect(server, { user: 'bob' })).toEqual(['refused']);
    expect(await connect(server, { app: 'other' })).toEqual(['refused']);
    expect(await rowsOf(server)).toEqual([]);
  });
});
