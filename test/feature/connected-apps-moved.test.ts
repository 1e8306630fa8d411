/** Servers that change their issuer, and apps that are deleted: detection, following, and revocation (RFC 9728 §5.2, RFC 7592 §2.3). */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import { CRON_INTERVAL } from '../../src/protocol/lifetimes.ts';
import wrangler from '../../wrangler.toml?raw';
import { entrance } from '../support/entrance.ts';
import { connectApp, connectUser, farEnd, refusal, signedIn, tokens } from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { administer, runCron, type Server, serve } from '../support/server.ts';
import { parseForm, text } from '../support/user.ts';

type Row = Record<string, unknown>;

const RESOURCE = 'https://mcp.acme.com/mcp';
const DOCUMENT = 'https://mcp.acme.com/.well-known/oauth-protected-resource/mcp';
const DAY = 24 * 3600_000;

afterEach(() => vi.useRealTimers());

/** An authorization server with open registration, which records the requests. */
async function registrar() {
  const far = await farEnd();
  const registered: string[] = [];
  const ended: string[] = [];
  far.metadata.registration_endpoint = `${far.issuer}/register`;
  far.grants.authorization_code = async () => tokens({ access_token: `at of ${far.issuer}` });
  far.web.answers[`${far.issuer}/register/client-1`] = (asked) => {
    ended.push(`${asked.method} ${asked.headers.get('authorization')}`);
    return new Response(null, { status: 204 });
  };
  far.web.answers[`${far.issuer}/register`] = async (request) => {
    const client_id = `client-${registered.length + 1}`;
    registered.push(client_id);
    const management = {
      registration_client_uri: `${far.issuer}/register/${client_id}`,
      registration_access_token: `rat-${client_id}`,
    };
    const metadata = JSON.parse(new TextDecoder().decode(await request.arrayBuffer()));
    return json({ ...metadata, client_id, client_secret: 's', client_secret_expires_at: 0, ...management }, {}, 201);
  };
  return { far, registered, ended };
}

const register = (server: Server, changes: Row = {}) =>
  administer<Row>(server, 'POST', '/connected-apps', {
    id: 'faraway',
    template: 'mcp',
    name: 'Faraway',
    resource: RESOURCE,
    raw_tokens: 'both',
    scopes: ['notes'],
    ...changes,
  });

/** An MCP server whose authorization server is the first of two, and a user's connection to it. */
async function scene(changes: Row = {}) {
  const server = serve();
  const [old, next] = [await registrar(), await registrar()];
  // Both stand in the same web.
  const { answers } = next.far.web;
  Object.assign(answers, old.far.web.answers);
  const site = { servers: [old.far.issuer] as unknown };
  answers[RESOURCE] = () =>
    new Response(null, { status: 401, headers: { 'www-authenticate': `Bearer resource_metadata="${DOCUMENT}"` } });
  answers[DOCUMENT] = () => json({ resource: RESOURCE, authorization_servers: site.servers });
  await register(server, changes);
  const user = await signedIn(server);
  expect((await connectUser(user, old.far)).status).toBe(303);
  const { users } = await administer<{ users: Row[] }>(server, 'GET', '/users');
  return { server, old, next, site, answers, user, userId: String(users[0]?.id) };
}

const app = (server: Server) => administer<Row>(server, 'GET', '/connected-apps/faraway');
const connection = async (server: Server) =>
  (await administer<{ connections: Row[] }>(server, 'GET', '/connections')).connections[0];
const events = async (server: Server, type: string) =>
  (await administer<{ events: Row[] }>(server, 'GET', '/events')).events.filter((event) => event.type === type);

/** A time of the following day at which the cron looks at the app. */
function itsMinutes(): number {
  const tomorrow = Math.ceil((Date.now() + 60_000) / DAY) * DAY;
  const offset = Buffer.from(sha256('faraway'), 'base64url').readUInt32BE(0) % DAY;
  return tomorrow + ((DAY - offset) % DAY) + 1000;
}

async function lookAtNight(server: Server): Promise<void> {
  const time = itsMinutes();
  vi.useFakeTimers({ now: time, toFake: ['Date'] });
  await runCron(server.env, time);
}

describe('a resource that names another authorization server', () => {
  it('is noticed by the cron within a day: this server registers there, and users connect again', async () => {
    const { server, old, next, site, userId } = await scene();
    site.servers = [next.far.issuer];
    // Not at every run, which are as often as wrangler.toml says.
    expect(wrangler).toContain(`crons = ["*/${CRON_INTERVAL / 60_000} * * * *"]`);
    await runCron(server.env, itsMinutes() - 3600_000);
    expect((await app(server)).issuer).toBe(old.far.issuer);
    await lookAtNight(server);
    expect(await app(server)).toMatchObject({
      issuer: next.far.issuer,
      client_id: 'client-1',
      registered: 'registered',
    });
    expect(await connection(server)).toMatchObject({
      state: 'reconnect',
      issuer: old.far.issuer,
      reason: 'the application is connected through another server now',
    });
    expect(await events(server, 'connected-app.moved')).toMatchObject([
      { actor: 'system', detail: { from: old.far.issuer, to: next.far.issuer, followed: true } },
    ]);
    // The registration at the former one is deleted (RFC 7592 §2.3); nothing of it was sent to the other.
    expect(old.ended).toEqual(['DELETE Bearer rat-client-1']);
    expect(next.far.tokenRequests).toEqual([]);
    await expect(entrance(server).token('faraway', userId)).rejects.toMatchObject({ code: 'connection_required' });
    const again = await signedIn(server);
    expect(text(await (await again.open('/account/connections')).text())).toContain('through another server now');
    expect((await connectUser(again, next.far)).status).toBe(303);
    expect((await entrance(server).token('faraway', userId)).access_token).toBe(`at of ${next.far.issuer}`);
    expect(JSON.stringify(next.far.tokenRequests.map(({ body }) => String(body)))).not.toContain('rt-1');
  });

  it('is noticed when a token cannot be refreshed, once however many find out', async () => {
    const { server, old, next, site, answers, userId } = await scene();
    await server.env.DB.prepare('UPDATE connections SET expires_at = 1').run();
    site.servers = [next.far.issuer];
    answers[`${old.far.issuer}/token`] = () => new Response('<h1>Gone</h1>', { status: 404 });
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    const doors = Array.from({ length: 5 }, () => entrance(server));
    const all = await Promise.allSettled(doors.map((door) => door.token('faraway', userId)));
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 'rejected'));
    await Promise.all(doors.map((door) => door.settle()));
    expect([next.registered.length, (await app(server)).issuer]).toEqual([1, next.far.issuer]);
    expect(await connection(server)).toMatchObject({ state: 'reconnect' });
  });

  it('is noticed when an API refuses even a token that was just refreshed', async () => {
    const { server, next, old, site, userId } = await scene();
    site.servers = [next.far.issuer];
    old.far.grants.refresh_token = () => tokens({ access_token: 'another' });
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    const door = entrance(server);
    const headers = { 'postern-app': 'faraway', 'postern-user': userId };
    expect((await door.fetch(new Request(RESOURCE, { headers }))).status).toBe(401);
    await door.settle();
    expect((await app(server)).issuer).toBe(next.far.issuer);
  });

  it('is not followed where an administrator registered this server by hand; the audit log says so', async () => {
    const { server, old, next, site } = await scene({ client_id: 'postern', client_secret: 'theSecret' });
    site.servers = [next.far.issuer];
    await lookAtNight(server);
    expect(await app(server)).toMatchObject({ issuer: old.far.issuer, client_id: 'postern' });
    expect(await connection(server)).toMatchObject({ state: 'connected' });
    expect(await events(server, 'connected-app.moved')).toMatchObject([
      { detail: { from: old.far.issuer, to: next.far.issuer, followed: false } },
    ]);
    expect(next.far.tokenRequests).toEqual([]);
  });

  it('is not believed where its answer makes no sense, or its new server cannot be used', async () => {
    const { server, old, next, site, answers } = await scene();
    const moves: (() => void)[] = [
      () => Object.assign(site, { servers: [] }),
      () => Object.assign(site, { servers: undefined }),
      () => Object.assign(site, { servers: ['https://10.0.0.1'] }),
      () => Object.assign(site, { servers: ['https://nobody.acme.com'] }),
      // Beside the one that it had.
      () => Object.assign(site, { servers: [next.far.issuer, old.far.issuer] }),
      () => Object.assign(next.far.metadata, { code_challenge_methods_supported: undefined }),
      () => Object.assign(next.far.metadata, { issuer: old.far.issuer }),
      () =>
        Object.assign(answers, { [DOCUMENT]: () => json({ resource: 'https://evil.dev', authorization_servers: [] }) }),
      () => Object.assign(answers, { [DOCUMENT]: () => new Response('<h1>Hello</h1>') }),
      () => Object.assign(answers, { [RESOURCE]: () => new Response('down', { status: 503 }) }),
    ];
    let time = itsMinutes();
    for (const move of moves) {
      site.servers = [next.far.issuer];
      move();
      vi.useFakeTimers({ now: time, toFake: ['Date'] });
      await runCron(server.env, time);
      expect((await app(server)).issuer).toBe(old.far.issuer);
      time += DAY;
    }
    expect(await connection(server)).toMatchObject({ state: 'connected', issuer: old.far.issuer });
    expect(next.registered).toEqual([]);
  });
});

describe('metadata with other endpoints', () => {
  it('is read again when something went wrong at those that it had', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    const user = await signedIn(server);
    const { answers } = far.web;
    answers[`${far.issuer}/v2/token`] = answers[`${far.issuer}/token`] as never;
    answers[`${far.issuer}/token`] = () => new Response('<h1>Not found</h1>', { status: 404 });
    far.metadata.token_endpoint = `${far.issuer}/v2/token`;
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    expect((await connectUser(user, far)).status).toBe(400);
    expect((await connectUser(user, far)).status).toBe(303);
  });
});

describe('the token of an app itself', () => {
  it('of the former issuer goes with it, and is asked of the next one', async () => {
    const { server, old, next, site } = await scene();
    for (const { far } of [old, next])
      far.grants.client_credentials = () => tokens({ access_token: `own of ${far.issuer}`, refresh_token: undefined });
    expect((await entrance(server).token('faraway', '')).access_token).toBe(`own of ${old.far.issuer}`);
    site.servers = [next.far.issuer];
    await lookAtNight(server);
    expect((await entrance(server).token('faraway', '')).access_token).toBe(`own of ${next.far.issuer}`);
  });
});

describe('a connected app that is deleted', () => {
  it('revokes the tokens of all users, and deletes the registration that this server made (RFC 7592 §2.3)', async () => {
    const { server, old } = await scene();
    await administer(server, 'DELETE', '/connected-apps/faraway');
    expect(old.far.revoked.map((form) => form.get('token'))).toEqual(['rt-1']);
    expect(old.ended).toEqual(['DELETE Bearer rat-client-1']);
    expect(await events(server, 'connected-app.revoked')).toMatchObject([
      { subject: 'faraway', detail: { connections: 1, revoked: 1, registration: 'ended' } },
    ]);
    expect(await connection(server)).toBeUndefined();
  });

  it('is deleted all the same where the provider does not listen; the audit log says so', async () => {
    const { server, old, answers } = await scene();
    answers[`${old.far.issuer}/revoke`] = () => refusal('server_error', 'down', 503);
    answers[`${old.far.issuer}/register/client-1`] = () => new Response('no', { status: 403 });
    await administer(server, 'DELETE', '/connected-apps/faraway');
    expect((await server.admin('GET', '/connected-apps/faraway')).status).toBe(404);
    expect(await events(server, 'connected-app.revoked')).toMatchObject([
      { detail: { connections: 1, revoked: 0, why: expect.any(String), registration: 'answered 403' } },
    ]);
  });

  it('that an administrator registered by hand stays registered there', async () => {
    const { server, old } = await scene({ client_id: 'postern', client_secret: 'theSecret' });
    await administer(server, 'DELETE', '/connected-apps/faraway');
    expect([old.far.revoked.length, old.ended]).toEqual([1, []]);
    const [event] = await events(server, 'connected-app.revoked');
    expect(event?.detail).toEqual({ connections: 1, revoked: 1 });
  });
});

describe('a connected app that is disabled', () => {
  it('cannot be used, and can still be disconnected by the user who connected it', async () => {
    const { server, old, user } = await scene();
    await administer(server, 'PATCH', '/connected-apps/faraway', { disabled: true });
    const html = await (await user.open('/account/connections')).text();
    expect(text(html)).toContain('The administrator has disabled this');
    expect(html).not.toContain('action="/account/connections/faraway"');
    await user.send(parseForm(html, '/account/connections/faraway/disconnect'));
    expect(old.far.revoked.map((form) => form.get('token'))).toEqual(['rt-1']);
    expect(text(await (await user.open('/account/connections')).text())).not.toContain('Faraway');
  });
});

describe('the token that ends a registration', () => {
  it('is sealed, shown to nobody, and sealed again with the rest', async () => {
    const { server, old } = await scene();
    const row = JSON.stringify(await server.env.DB.prepare('SELECT * FROM connected_apps').first());
    expect(row).not.toContain('rat-client-1');
    expect(JSON.stringify(await app(server))).not.toMatch(/management|sealed|rat-/);
    const ROOT_SECRET_7 = Buffer.alloc(32, 7).toString('base64url');
    const both = serve({ ...server.env, ROOT_SECRET_7, SEAL_WITH: '7' });
    // The secret, the token of the registration, and the tokens of the user.
    expect(await administer(both, 'POST', '/sealing')).toMatchObject({ resealed: 3, unreadable: 0 });
    const { ROOT_SECRET_1: _, ...rest } = both.env;
    await administer(serve(rest as never), 'DELETE', '/connected-apps/faraway');
    expect(old.ended).toEqual(['DELETE Bearer rat-client-1']);
  });
});
