/** Connections without a browser: a Worker brings an assertion (RFC 7523 §2.1), or an id_token for an ID-JAG (§4.3, §4.4). */
import { createExecutionContext } from 'cloudflare:test';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallerProps } from '../../src/http/rpc-caller.ts';
import { Connections } from '../../src/worker.ts';
import {
  comeBack,
  connectApp,
  connectUser,
  type FarEnd,
  farEnd,
  press,
  refusal,
  signedIn,
  tokens,
} from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { administer, runCron, type Server, serve, setSetting } from '../support/server.ts';
import type { User } from '../support/user.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
const CALLER: CallerProps = { caller: 'agent', apps: ['faraway', 'enterprise'], connects: true };

let server: Server;
let far: FarEnd;
let user: User;
let userId: string;

/** The binding of another Worker. */
const bound = (props: CallerProps = CALLER) =>
  new Connections(Object.assign(createExecutionContext(), { props }), server.env);

const connect = (grant: unknown = { assertion: 'the-jwt' }, owner = userId, props = CALLER) =>
  bound(props).connectByAssertion('faraway', owner, grant as { assertion: string });

beforeEach(async () => {
  server = serve();
  far = await farEnd();
  far.grants[JWT_BEARER] = () => tokens({ access_token: 'at-asserted', refresh_token: undefined });
  await connectApp(server, far, { resource: 'https://mcp.faraway.net/mcp', scopes: ['files.read'] });
  user = await signedIn(server);
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
  userId = users[0]?.id ?? '';
});

describe('RFC 7523 §2.1 an assertion that another Worker has', () => {
  it('is sent as it is, with client authentication, resource and scopes; the token is that of the user', async () => {
    expect(await connect()).toEqual({ scope: 'files.read' });
    const [request] = far.tokenRequests;
    expect(Object.fromEntries(request?.body ?? [])).toEqual({
      grant_type: JWT_BEARER,
      assertion: 'the-jwt',
      scope: 'files.read',
      resource: 'https://mcp.faraway.net/mcp',
    });
    expect(request?.headers.get('authorization')).toMatch(/^Basic /);
    expect(await bound().token('faraway', userId)).toMatchObject({ access_token: 'at-asserted', scope: 'files.read' });
    const { events } = await administer<{ events: object[] }>(server, 'GET', '/events?type=connection.connected');
    expect(events).toEqual([expect.objectContaining({ subject: `faraway:${userId}`, actor: 'worker:agent' })]);
  });

  it('of the app itself is its token; as a public client there it has no other', async () => {
    await administer(server, 'PATCH', '/connected-apps/faraway', { auth_method: 'none' });
    expect(await bound().token('faraway', '')).toMatchObject({ error: 'connection_required' });
    expect(await connect(undefined, '')).toEqual({ scope: 'files.read' });
    expect(await bound().token('faraway', '')).toMatchObject({ access_token: 'at-asserted' });
    vi.useFakeTimers({ now: Date.now() + 7_200_000, toFake: ['Date'] });
    expect(await bound().token('faraway', '')).toMatchObject({ error: 'connection_required' });
    expect(far.tokenRequests.map(({ body }) => body.get('grant_type'))).toEqual([JWT_BEARER]);
  });

  it('without a refresh token, which it SHOULD NOT have, another assertion is needed once it expired', async () => {
    await connect();
    vi.useFakeTimers({ now: Date.now() + 7_200_000, toFake: ['Date'] });
    expect(await bound().token('faraway', userId)).toMatchObject({ error: 'connection_required' });
    far.grants[JWT_BEARER] = () => tokens({ access_token: 'at-next', refresh_token: undefined });
    await connect();
    expect(await bound().token('faraway', userId)).toMatchObject({ access_token: 'at-next' });
  });

  it.each(['invalid_grant', 'invalid_scope', 'unauthorized_client', 'invalid_client'])(
    'that is refused (%s) is not sent again, and no other grant is tried',
    async (code) => {
      far.grants[JWT_BEARER] = () => refusal(code);
      const answer = await connect();
      expect(answer).toMatchObject({ error: 'access_denied', description: expect.stringContaining(code) });
      expect(far.tokenRequests).toHaveLength(1);
      expect(await bound().token('faraway', userId)).toMatchObject({ error: 'connection_required' });
    },
  );

  it('that fails keeps the connection that was there', async () => {
    await connectUser(user, far);
    far.grants[JWT_BEARER] = () => refusal('server_error', 'down', 503);
    expect(await connect()).toMatchObject({ error: 'temporarily_unavailable', status: 503 });
    expect(await bound().token('faraway', userId)).toMatchObject({ access_token: 'at-1' });
  });
});

describe('ID-JAG §4.3 an id_token of the identity provider of an enterprise', () => {
  let enterprise: FarEnd;
  const grant = { id_token: 'the-id-token', identity_provider: 'enterprise' };
  const answerWith = (changes: Record<string, unknown>) => () =>
    json({ access_token: 'the-id-jag', issued_token_type: ID_JAG, token_type: 'N_A', expires_in: 300, ...changes });

  beforeEach(async () => {
    const { web } = far;
    enterprise = await farEnd();
    // One web holds both.
    Object.assign(enterprise.web.answers, web.answers);
    enterprise.grants[EXCHANGE] = answerWith({});
    await connectApp(server, enterprise, { id: 'enterprise', name: 'Enterprise' });
  });

  it('is exchanged for an identity assertion for the server of the app, which is redeemed there', async () => {
    expect(await connect(grant)).toEqual({ scope: 'files.read' });
    expect(Object.fromEntries(enterprise.tokenRequests[0]?.body ?? [])).toEqual({
      grant_type: EXCHANGE,
      requested_token_type: ID_JAG,
      audience: far.issuer,
      resource: 'https://mcp.faraway.net/mcp',
      scope: 'files.read',
      subject_token: 'the-id-token',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    });
    expect(far.tokenRequests[0]?.body.get('assertion')).toBe('the-id-jag');
    expect(await bound().token('faraway', userId)).toMatchObject({ access_token: 'at-asserted' });
  });

  it('that is exchanged for anything else is redeemed nowhere', async () => {
    for (const changes of [{ issued_token_type: undefined }, { issued_token_type: 'urn:x:access_token' }]) {
      enterprise.grants[EXCHANGE] = answerWith(changes);
      expect(await connect(grant)).toMatchObject({ error: 'temporarily_unavailable' });
    }
    enterprise.grants[EXCHANGE] = () => refusal('invalid_grant');
    expect(await connect(grant)).toMatchObject({ error: 'access_denied' });
    expect(far.tokenRequests).toEqual([]);
  });

  it('needs a binding that names the identity provider, too', async () => {
    const props = { ...CALLER, apps: ['faraway'] };
    expect(await connect(grant, userId, props)).toMatchObject({ error: 'access_denied' });
    expect(enterprise.tokenRequests).toEqual([]);
  });
});

describe('a binding', () => {
  it('connects nothing unless its props say so, and no app that it does not name', async () => {
    for (const props of [{ apps: ['*'] }, { apps: ['*'], connects: false }, { apps: ['other'], connects: true }])
      expect(await connect(undefined, userId, props)).toMatchObject({ error: 'access_denied' });
    expect(far.tokenRequests).toEqual([]);
  });

  it('connects for users who may connect the app, and did not disconnect it', async () => {
    expect(await connect(undefined, 'u_0000000000000000000000')).toMatchObject({ error: 'access_denied' });
    expect(await connect(undefined, 'nobody')).toMatchObject({ error: 'invalid_request' });
    await administer(server, 'PATCH', '/connected-apps/faraway', { roles: ['editor'] });
    expect(await connect()).toMatchObject({ error: 'access_denied' });
    await administer(server, 'PATCH', '/connected-apps/faraway', { roles: [] });
    await connect();
    await administer(server, 'DELETE', `/connections/faraway/${userId}`);
    expect(await connect()).toMatchObject({ error: 'access_denied' });
  });

  it('a wrong call is an error of the caller', async () => {
    for (const grant of [undefined, {}, { assertion: 7 }, { assertion: '' }, { assertion: 'a', id_token: 'b' }, 'jwt'])
      await expect(connect(grant === undefined ? null : grant)).rejects.toThrow(TypeError);
    await expect(connect({ assertion: 'x'.repeat(20_000) })).rejects.toThrow(TypeError);
  });
});

/** The far end answers once this has happened here: between the check and the write. */
const answerAfter = (act: () => Promise<unknown>) => {
  far.grants[JWT_BEARER] = async () => {
    await act();
    return tokens({ access_token: 'at-asserted', refresh_token: undefined });
  };
};

const disconnect = () => administer(server, 'DELETE', `/connections/faraway/${userId}`);

const rows = async () =>
  (await server.env.DB.prepare('SELECT fence, created_at FROM connections').all<{ fence: number }>()).results;

describe('a decision that changes while the token requests are under way', () => {
  const changes: [string, () => Promise<unknown>][] = [
    ['the user connects and disconnects', () => connectUser(user, far).then(disconnect)],
    [
      'the user loses the required role',
      () => administer(server, 'PATCH', '/connected-apps/faraway', { roles: ['x'] }),
    ],
    ['the user is disabled', () => server.env.DB.prepare('UPDATE users SET disabled_at = 1').run()],
    ['the user is to be deleted', () => server.env.DB.prepare('UPDATE users SET deletion_due_at = 9e15').run()],
    ['the app is disabled', () => server.env.DB.prepare('UPDATE connected_apps SET disabled_at = 1').run()],
    ['the app is deleted', () => server.env.DB.prepare('DELETE FROM connected_apps').run()],
    ['the app has another issuer', () => server.env.DB.prepare("UPDATE connected_apps SET issuer = 'https://x'").run()],
  ];

  it.each(changes)('holds: nothing is connected where %s', async (_, change) => {
    answerAfter(change);
    expect(await connect()).toMatchObject({ error: 'access_denied', status: 403 });
    expect(await rows()).toEqual([]);
    const { events } = await administer<{ events: object[] }>(server, 'GET', '/events?type=connection.connected');
    expect(events).not.toContainEqual(expect.objectContaining({ actor: 'worker:agent' }));
  });

  it('holds for a connection that was there, which does not come back; its new tokens are revoked (RFC 7009)', async () => {
    await connect();
    answerAfter(disconnect);
    far.revoked.length = 0;
    expect(await connect()).toMatchObject({ error: 'access_denied' });
    expect(await rows()).toEqual([]);
    expect(far.revoked.map((body) => body.get('token'))).toEqual(['at-asserted', 'at-asserted']);
  });

  it('holds for fifty at once: none that the disconnection overtook is connected', async () => {
    await connect();
    let arrived = 0;
    const { promise: all, resolve } = Promise.withResolvers<void>();
    answerAfter(async () => {
      if (++arrived === 50) await disconnect().then(() => resolve());
      await all;
    });
    const answers = await Promise.all(Array.from({ length: 50 }, () => connect()));
    expect(answers.map((answer) => 'error' in answer && answer.error)).toEqual(Array(50).fill('access_denied'));
    expect(await rows()).toEqual([]);
  });

  it('of fifty at once that nothing overtook each is granted, and one connection is there', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => connect()));
    expect(answers).toEqual(Array(50).fill({ scope: 'files.read' }));
    expect(await rows()).toHaveLength(1);
  });

  it('leaves the newer connection of a user who disconnected and connected again', async () => {
    await connectUser(user, far);
    await server.env.DB.prepare('UPDATE connections SET created_at = created_at - 1000').run();
    far.grants.authorization_code = async () => tokens({ access_token: 'at-of-the-user', id_token: undefined });
    answerAfter(async () => {
      await disconnect();
      await administer(server, 'PATCH', '/connected-apps/faraway', { scopes: ['files.read'] });
      await comeBack(user, far, await press(user, far));
    });
    expect(await connect()).toMatchObject({ error: 'access_denied' });
    expect(await bound().token('faraway', userId)).toMatchObject({ access_token: 'at-of-the-user' });
  });

  it('may be that a role is one of several', async () => {
    await administer(server, 'PATCH', '/connected-apps/faraway', { roles: ['editor', 'administrator'] });
    await administer(server, 'PATCH', `/users/${userId}`, { roles: ['administrator', 'other'] });
    expect(await connect()).toEqual({ scope: 'files.read' });
  });
});

describe('a user who disconnected the app', () => {
  it('stays disconnected after the audit log was swept', async () => {
    await connect();
    await disconnect();
    await setSetting(server, 'audit_days', 1);
    await runCron(server.env, Date.now() + 3 * 86_400_000);
    const left = "SELECT count(*) AS n FROM audit_events WHERE type = 'connection.disconnected'";
    expect(await server.env.DB.prepare(left).first()).toEqual({ n: 0 });
    expect(await connect()).toMatchObject({ error: 'access_denied' });
    expect(far.tokenRequests).toHaveLength(1);
  });

  it('connects it again: from then on a Worker may, too', async () => {
    await connect();
    await disconnect();
    expect((await connectUser(user, far)).status).toBe(303);
    expect(await connect()).toEqual({ scope: 'files.read' });
  });

  it('has no connection in the list, and one mark, however often; it goes with the app', async () => {
    for (let n = 0; n < 3; n++) {
      await connectUser(user, far);
      await disconnect();
    }
    expect(await administer(server, 'GET', '/connections')).toMatchObject({ connections: [] });
    const marks = 'SELECT app_id, user_id FROM disconnected_apps';
    const of = async () => (await server.env.DB.prepare(marks).all()).results;
    expect(await of()).toEqual([{ app_id: 'faraway', user_id: userId }]);
    await administer(server, 'DELETE', '/connected-apps/faraway');
    expect(await of()).toEqual([]);
  });
});
