/** OpenID Connect Back-Channel Logout 1.0: clients are notified that a session has ended. */
import { describe, expect, it } from 'vitest';
import type { SessionId, UserId } from '../../src/protocol/credentials.ts';
import { Databases } from '../../src/storage/database/database.ts';
import { endSessionById, endSessionsOf } from '../../src/storage/users/session-revocation.ts';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  payloadOf,
  postToken,
  redemption,
  registerClient,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { pretendWeb } from '../support/pretend-web.ts';
import { type LogoutClaims, validateLogoutToken } from '../support/relying-party.ts';
import {
  addAdministrator,
  administer,
  bindings,
  ISSUER,
  runCron,
  type Server,
  serve,
  setSetting,
} from '../support/server.ts';
import { readForm, type User } from '../support/user.ts';

const URI = 'https://app.notes.dev/backchannel';
const OTHER_URI = 'https://other.notes.dev/backchannel';
const HOUR = 3_600_000;

type Delivery = { client_id: string; attempts: number; status: string; problem: string | null };

/** The applications of a test: where each is told, and what it heard. */
function applications(answers: Record<string, () => Response> = {}) {
  const heard: { url: string; form: URLSearchParams }[] = [];
  const listen = (url: string) => async (request: Request) => {
    heard.push({ url, form: new URLSearchParams(await request.text()) });
    return answers[url]?.() ?? new Response(null, { status: 200 });
  };
  const web = pretendWeb({ [URI]: listen(URI), [OTHER_URI]: listen(OTHER_URI) });
  return { heard, web };
}

const makeTold = (server: Server, uri = URI, metadata: Record<string, unknown> = {}) =>
  makeClient(server, { backchannel_logout_uri: uri, backchannel_logout_session_required: true, ...metadata });

async function signInAt(server: Server, client: TestClient, user: User, changes = {}): Promise<Tokens> {
  const back = await user.authorise(authorizeUrl(client, changes), ADMINISTRATOR);
  const response = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
  return (await response.json()) as Tokens;
}

const signOut = async (user: User) => user.send(await readForm(await user.open('/sign-out'), '/sign-out'));

const jwksOf = async (server: Server) => (await server.fetch('/.well-known/jwks.json')).json();

const deliveries = async (server: Server) =>
  (await administer<{ deliveries: Delivery[] }>(server, 'GET', '/logouts')).deliveries;

async function sessionIdOf(database: D1Database): Promise<SessionId> {
  return (await database.prepare('SELECT id FROM sessions').first('id')) as SessionId;
}

describe('Back-Channel Logout §2.4 to §2.6 the logout token', () => {
  it('each client of the session is sent one, by POST, that a client written by the text accepts', async () => {
    const server = serve();
    const { heard } = applications();
    const [first, second] = [await makeTold(server), await makeTold(server, OTHER_URI)];
    const user = server.user();
    const tokens = [await signInAt(server, first, user), await signInAt(server, second, user)];
    await signOut(user);
    expect(heard.map(({ url }) => url).sort()).toEqual([URI, OTHER_URI].sort());
    const jwks = await jwksOf(server);
    const claims: LogoutClaims[] = [];
    for (const [index, client] of [first, second].entries()) {
      const uri = index === 0 ? URI : OTHER_URI;
      const form = heard.find(({ url }) => url === uri)?.form ?? new URLSearchParams();
      const told = await validateLogoutToken(form, jwks, ISSUER, client.client_id);
      const { sub, sid } = payloadOf(tokens[index]?.id_token ?? '');
      expect([told.sub, told.sid]).toEqual([sub, sid]);
      claims.push(told);
    }
    expect(claims[0]?.jti).not.toBe(claims[1]?.jti);
    // §2.1: a sid of one client tells nothing of that of another.
    expect(claims[0]?.sid).not.toBe(claims[1]?.sid);
  });

  it.each([
    ['ES256', 'that the client registered for its id_tokens', { id_token_signed_response_alg: 'ES256' }],
    ['RS256', 'of its id_tokens where it registered none', {}],
  ])('is signed with %s, the algorithm %s', async (alg, _, metadata) => {
    const server = serve();
    const { heard } = applications();
    const client = await makeTold(server, URI, metadata);
    const user = server.user();
    await signInAt(server, client, user);
    await signOut(user);
    const [, header] = /^([^.]+)\./.exec(heard[0]?.form.get('logout_token') ?? '') ?? [];
    expect(JSON.parse(atob(header ?? ''))).toMatchObject({ alg, typ: 'logout+jwt' });
    await validateLogoutToken(heard[0]?.form ?? new URLSearchParams(), await jwksOf(server), ISSUER, client.client_id);
  });

  it('goes to nobody who gave no address, was given no id_token, or has another session', async () => {
    const server = serve();
    const { heard } = applications();
    const silent = await makeClient(server);
    const withoutOpenId = await makeTold(server);
    const elsewhere = await makeTold(server, OTHER_URI);
    const user = server.user();
    await signInAt(server, silent, user);
    await signInAt(server, withoutOpenId, user, { scope: 'profile' });
    await signInAt(server, elsewhere, server.user());
    await signOut(user);
    expect(heard).toEqual([]);
    expect(await deliveries(server)).toEqual([]);
  });

  it('comes also where offline access lives on, and after RP-initiated logout', async () => {
    const server = serve();
    const { heard } = applications();
    const client = await makeTold(server);
    const user = server.user();
    await signInAt(server, client, user, { scope: 'openid offline_access' });
    const form = await readForm(await user.open('/end-session'), '/end-session/confirm');
    await user.send(form, { decision: 'sign-out' });
    expect(heard).toHaveLength(1);
  });

  it('comes when another user takes over the browser, and not when the same one signs in again', async () => {
    const server = serve();
    const { heard } = applications();
    const client = await makeTold(server);
    const user = server.user();
    await signInAt(server, client, user);
    await signInAt(server, client, user, { prompt: 'login' });
    expect(heard).toHaveLength(0);
    const eve = { email: 'eve@example.com', name: 'Eve' };
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', eve);
    await user.send(await readForm(await user.open(link), '/welcome'), { password: 'a long enough password' });
    expect(heard).toHaveLength(1);
  });
});

describe('Back-Channel Logout §2.5 to §2.8 delivery', () => {
  it('a delivery that failed is tried again by the cron, later each time, and ends when it succeeds', async () => {
    const server = serve();
    let status = 500;
    const { heard } = applications({ [URI]: () => new Response(null, { status }) });
    const user = server.user();
    await signInAt(server, await makeTold(server), user);
    await signOut(user);
    const start = Date.now();
    expect(heard).toHaveLength(1);
    expect(await deliveries(server)).toMatchObject([
      { attempts: 1, status: 'waiting', problem: expect.stringContaining('500') },
    ]);
    await runCron(server.env, start + 60_000);
    expect(heard).toHaveLength(1);
    await runCron(server.env, start + 6 * 60_000);
    expect(heard).toHaveLength(2);
    await runCron(server.env, start + 10 * 60_000);
    expect(heard).toHaveLength(2);
    status = 204;
    await runCron(server.env, start + 20 * 60_000);
    expect(heard).toHaveLength(3);
    expect(await deliveries(server)).toMatchObject([{ attempts: 3, status: 'told', problem: null }]);
    await runCron(server.env, start + 2 * HOUR);
    expect(heard).toHaveLength(3);
  });

  it('is given up after 24 hours, and the log says so', async () => {
    const server = serve();
    const { heard } = applications({ [URI]: () => new Response(null, { status: 503 }) });
    const user = server.user();
    await signInAt(server, await makeTold(server), user);
    await signOut(user);
    const start = Date.now();
    await runCron(server.env, start + 23 * HOUR);
    await runCron(server.env, start + 25 * HOUR);
    expect(heard).toHaveLength(2);
    expect(await deliveries(server)).toMatchObject([{ status: 'given up', problem: expect.stringContaining('503') }]);
    const { events } = await administer<{ events: { type: string }[] }>(
      server,
      'GET',
      `/events?until=${new Date(start + 30 * HOUR).toISOString()}`,
    );
    expect(events.map(({ type }) => type)).toContain('logout.undelivered');
    await runCron(server.env, start + 60 * HOUR);
    expect(await deliveries(server)).toEqual([]);
  });

  it('a redirect is not followed, and counts as not told', async () => {
    const server = serve();
    const elsewhere = { status: 302, headers: { location: OTHER_URI } };
    const { web } = applications({ [URI]: () => new Response(null, elsewhere) });
    const user = server.user();
    await signInAt(server, await makeTold(server), user);
    await signOut(user);
    expect(web.visits).toEqual([URI]);
    expect(await deliveries(server)).toMatchObject([{ status: 'waiting', problem: expect.stringContaining('302') }]);
  });

  it('an address that must not be fetched is not: loopback is for a server on loopback', async () => {
    const server = serve();
    const { web } = applications();
    const client = await makeTold(server, 'http://127.0.0.1:9/backchannel');
    const user = server.user();
    await signInAt(server, client, user);
    await signOut(user);
    expect(web.visits).toEqual([]);
    expect(await deliveries(server)).toMatchObject([{ status: 'waiting', problem: expect.stringContaining('https') }]);
  });

  it('a client that was deleted meanwhile is nobody to tell', async () => {
    const server = serve();
    const { heard } = applications();
    const client = await makeTold(server);
    const user = server.user();
    await signInAt(server, client, user);
    await administer(server, 'DELETE', `/clients/${client.client_id}`);
    await signOut(user);
    expect(heard).toEqual([]);
    expect(await deliveries(server)).toEqual([]);
  });
});

for (const shards of [[], ['SHARD_WEUR']] as const) {
  describe(`ending a session, with ${shards.length} shards beside DB`, () => {
    async function withSession() {
      const env = bindings([...shards]);
      const server = serve(env);
      const { heard } = applications();
      const client = await makeTold(server);
      const user = server.user();
      const tokens = await signInAt(server, client, user);
      const id = await sessionIdOf(env.SHARD_WEUR ?? env.DB);
      const userId = payloadOf(tokens.access_token).sub as UserId;
      return { env, server, heard, client, user, id, userId, databases: new Databases(env) };
    }

    it('fifty times at once queues each delivery once', async () => {
      const { env, databases, id, userId, heard } = await withSession();
      const moments = Array.from({ length: 50 }, (_, index) => ({
        requestId: `r${index}`,
        now: Date.now() + (index % 3),
      }));
      const ends = await Promise.all(moments.map((moment) => endSessionById(databases, moment, 'test', id, userId)));
      expect(ends.flat().length).toBeGreaterThan(0);
      const shard = env.SHARD_WEUR ?? env.DB;
      expect(await shard.prepare('SELECT count(*) AS n FROM logout_deliveries').first('n')).toBe(1);
      await Promise.all([runCron(env, Date.now() + 1000), runCron(env, Date.now() + 1000)]);
      expect(heard).toHaveLength(1);
    });

    it('is for the user of the session', async () => {
      const { databases, id, user } = await withSession();
      const moment = { requestId: 'r', now: Date.now() };
      expect(await endSessionById(databases, moment, 'test', id, 'u_0000000000000000000000' as UserId)).toEqual([]);
      expect((await user.request('/account')).status).toBe(200);
    });

    it('all sessions of a user but one', async () => {
      const { databases, id, user, userId, server } = await withSession();
      const other = server.user();
      await other.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      const { ended, pendingShards } = await endSessionsOf(
        databases,
        { requestId: 'r', now: Date.now() },
        'test',
        userId,
        id,
      );
      expect([ended.length, pendingShards]).toEqual([1, []]);
      expect((await user.request('/account')).status).toBe(200);
      expect((await other.request('/account')).status).toBe(303);
    });

    it('an administrator lists sessions, ends one or all, and the clients are told', async () => {
      const { server, heard, user, userId, id } = await withSession();
      const { sessions } = await administer<{ sessions: { id: string }[] }>(server, 'GET', `/sessions?user=${userId}`);
      expect(sessions).toMatchObject([{ id, user: userId, amr: ['pwd'] }]);
      expect((await server.admin('DELETE', `/sessions/${id}`)).status).toBe(204);
      expect((await server.admin('DELETE', `/sessions/${id}`)).status).toBe(404);
      expect(heard).toHaveLength(1);
      expect((await user.request('/account')).status).toBe(303);
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      expect(await administer(server, 'DELETE', `/users/${userId}/sessions`)).toEqual({
        ended: 1,
        shards_that_did_not_answer: [],
      });
      expect((await user.request('/account')).status).toBe(303);
    });

    it('a new password tells the clients of every other session, and one chosen by a mailed link those of all', async () => {
      const mailbox = new Mailbox();
      const server = serve(bindings([...shards], { EMAIL: mailbox.binding }));
      await setSetting(server, 'mail_from', 'id@acme.com');
      const { heard } = applications();
      const client = await makeTold(server);
      const [here, there] = [server.user(), server.user()];
      await signInAt(server, client, here);
      await signInAt(server, client, there);
      const change = await readForm(await here.open('/account/password'), '/account/password');
      await here.send(change, { password: 'a newer password' });
      expect(heard).toHaveLength(1);
      expect((await there.request('/account')).status).toBe(303);
      const { email } = ADMINISTRATOR;
      await there.send(await readForm(await there.open('/forgot'), '/forgot'), { email });
      // The first of the mails says that the password was changed.
      const link = linkIn(mailbox.take().at(-1));
      await there.send(await readForm(await there.open(link), '/welcome'), { password: 'a third password' });
      expect(heard).toHaveLength(2);
      expect((await here.request('/account')).status).toBe(303);
    });

    it('disabling a user tells the clients, too', async () => {
      const { server, heard, userId } = await withSession();
      await addAdministrator(server);
      await administer(server, 'PATCH', `/users/${userId}`, { disabled: true });
      expect(heard).toHaveLength(1);
    });
  });
}

describe('Back-Channel Logout §2.2 registration', () => {
  it('keeps backchannel_logout_uri and backchannel_logout_session_required, and validates the address', async () => {
    const server = serve();
    const good = { backchannel_logout_uri: URI, backchannel_logout_session_required: true };
    expect(await (await registerClient(server, good)).json()).toMatchObject(good);
    for (const uri of ['http://app.example/x', `${URI}#x`, 'ftp://app.example/', '/relative', 7]) {
      const response = await registerClient(server, { backchannel_logout_uri: uri });
      expect([uri, response.status]).toEqual([uri, 400]);
    }
  });
});

describe('more than a hundred sessions that end at once', () => {
  it('are all told of: D1 takes a hundred parameters in a statement', async () => {
    const server = serve();
    const { heard } = applications();
    const client = await makeTold(server);
    await signInAt(server, client, server.user());
    const { users } = await administer<{ users: { id: UserId }[] }>(server, 'GET', '/users');
    const user = users[0]?.id as UserId;
    const copies = 250;
    const db = server.env.DB;
    const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${copies - 1})`;
    await db.batch([
      db.prepare(`INSERT INTO sessions (cookie_hash, id, user_id, signed_in_at, auth_time, amr, last_seen_at, expires_at)
        ${numbers} SELECT 'h' || i, 's_0_' || i, user_id, signed_in_at, auth_time, amr, last_seen_at, expires_at
        FROM (SELECT * FROM sessions LIMIT 1), n`),
      db.prepare(`INSERT INTO grants (id, client_id, user_id, session_id, scopes, resources, authorized_at, created_at,
          expires_at, redeemed_by, generation, rotated_at, rotated_by)
        ${numbers} SELECT 'g_0_' || i, client_id, user_id, 's_0_' || i, scopes, resources, authorized_at, created_at,
          expires_at, redeemed_by, generation, rotated_at, rotated_by FROM (SELECT * FROM grants LIMIT 1), n`),
    ]);
    const answer = await server.admin('DELETE', `/users/${user}/sessions`);
    expect(answer.ok).toBe(true);
    expect(heard).toHaveLength(copies);
    const left = await db.prepare('SELECT COUNT(*) AS count FROM logout_deliveries WHERE done_at IS NULL').first();
    expect(left).toEqual({ count: 0 });
  }, 60_000);
});
