/** Connections without a browser: a Worker brings an assertion (RFC 7523 §2.1), or an id_token for an ID-JAG (§4.3, §4.4). */
import { createExecutionContext } from 'cloudflare:test';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallerProps } from '../../src/http/rpc-caller.ts';
import { Connections } from '../../src/worker.ts';
import { connectApp, connectUser, type FarEnd, farEnd, refusal, signedIn, tokens } from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { administer, type Server, serve } from '../support/server.ts';
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
