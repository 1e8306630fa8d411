/** Using what is connected: tokens for programs and Workers, requests that carry one, and more scopes (RFC 6750 §3.1). */
import { exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connections as WorkersConnections } from '../../src/worker.ts';
import { makeClient, obtainTokens } from '../support/client.ts';
import { entrance } from '../support/entrance.ts';
import { connectApp, connectUser, type FarEnd, farEnd, idToken, press, signedIn, tokens } from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { ADMINISTRATOR, addAdministrator, administer, type Server, serve } from '../support/server.ts';
import type { User } from '../support/user.ts';

let server: Server;
let far: FarEnd;
let user: User;
let userId: string;
let api: string;

beforeEach(async () => {
  server = serve();
  far = await farEnd();
  api = `${far.issuer}/api`;
  far.grants.refresh_token = () => tokens({ access_token: 'at-2' });
  await connectApp(server, far, { api: [api] });
  user = await signedIn(server);
  await connectUser(user, far);
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${ADMINISTRATOR.email}`);
  userId = users[0]?.id ?? '';
});

const codeOf = async (promise: Promise<unknown>) => {
  const error = (await promise.then(
    () => undefined,
    (error) => error,
  )) as { code?: string; scope?: string } | undefined;
  return [error?.code, error?.scope];
};

const change = (changes: Record<string, unknown>) => administer(server, 'PATCH', '/connected-apps/faraway', changes);

describe('a program of the user', () => {
  /** A token for this server, with these scopes. */
  const bearer = async (scope: string) => {
    const client = await makeClient(server, { scope });
    return { authorization: `Bearer ${(await obtainTokens(server, client, { scope })).access_token}` };
  };

  it('sees what is connected and takes a token, with the scope connections and the setting of the app', async () => {
    const headers = await bearer('openid connections');
    const list = await (await server.fetch('/api/me/connections', { headers })).json();
    expect(list).toMatchObject({
      connections: [{ app: 'faraway', name: 'Faraway', state: 'connected', scope: 'openid files.read' }],
    });
    const post = (body?: unknown, more: Record<string, string> = { 'content-type': 'application/json' }) =>
      server.fetch('/api/me/connections/faraway/token', {
        method: 'POST',
        headers: { ...headers, ...(body === undefined ? {} : more) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const taken = await post();
    expect(taken.headers.get('cache-control')).toBe('no-store');
    expect(await taken.json()).toMatchObject({
      access_token: 'at-1',
      token_type: 'Bearer',
      scope: 'openid files.read',
    });
    const more = await post({ scope: 'files.write' });
    expect(more.status).toBe(403);
    expect(more.headers.get('www-authenticate')).toContain('scope="openid files.read files.write"');
    expect(await more.json()).toMatchObject({
      error: 'insufficient_scope',
      error_description: expect.stringContaining('/account/connections/faraway?scope=files.write'),
    });
    expect((await post({ scopes: ['x'] })).status).toBe(400);
    await change({ raw_tokens: 'workers' });
    expect((await post()).status).toBe(403);
    await change({ disabled: true });
    expect((await post()).status).toBe(404);
  });

  it('without the scope, or without a token, gets nothing', async () => {
    const headers = await bearer('openid profile');
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/faraway/token'],
    ] as const) {
      const url = `/api/me/connections${path}`;
      expect((await server.fetch(url, { method, headers })).status).toBe(403);
      expect((await server.fetch(url, { method })).status).toBe(401);
    }
  });
});

describe('more scopes than were granted', () => {
  it('are asked for beside those that were: the union', async () => {
    const sent = await press(user, far, '?scope=files.write');
    const url = new URL(sent.headers.get('location') ?? '');
    expect(url.searchParams.get('scope')).toBe('openid files.read files.write');
  });
});

/** The entry point as a service binding with these `props` gives it. */
function bound(props: Record<string, unknown> | undefined) {
  type Entry = Pick<WorkersConnections, 'token' | 'fetch'>;
  const { Connections } = exports as unknown as { Connections: Entry & ((options: object) => Entry) };
  return props ? Connections({ props }) : Connections;
}

describe('another Worker', () => {
  it('reaches both verbs over a service binding, and never has to catch', async () => {
    const Connections = bound({ apps: ['faraway', 'nothing'] });
    expect(await Connections.token('faraway', userId)).toMatchObject({ access_token: 'at-1', token_type: 'Bearer' });
    expect(await Connections.token('nothing', userId)).toMatchObject({ error: 'not_found', status: 404 });
    far.web.answers[`${api}/files`] = (request) => json({ with: request.headers.get('authorization') });
    const headers = { 'postern-app': 'faraway', 'postern-user': userId };
    const answer = await Connections.fetch(new Request(`${api}/files`, { headers }));
    expect(await answer.json()).toEqual({ with: 'Bearer at-1' });
  });

  it('uses the apps that props of its binding name, and no other; without apps none', async () => {
    far.web.answers[`${api}/files`] = () => json({ reached: true });
    const headers = { 'postern-app': 'faraway', 'postern-user': userId };
    for (const [props, status] of [
      [undefined, 403],
      [{}, 403],
      [{ apps: [] }, 403],
      [{ apps: ['other', 'FARAWAY', 'far'] }, 403],
      [{ apps: ['other', 'faraway'] }, 200],
      [{ apps: ['*'] }, 200],
    ] as const) {
      const Connections = bound(props);
      const taken = await Connections.token('faraway', userId);
      const answer = await Connections.fetch(new Request(`${api}/files`, { headers }));
      expect([props, 'error' in taken ? taken.status : 200, answer.status]).toEqual([props, status, status]);
      if (status === 403) expect(await answer.json()).toMatchObject({ error: 'access_denied' });
    }
    // A misspelt name is an error of the binding, which its author must see.
    const misspelt = { app: ['faraway'] } as Record<string, unknown>;
    await expect(entrance(server, misspelt).token('faraway', userId)).rejects.toThrow(/props/);
  });

  it('leaves a line in the log that names Worker, app and user, refused or not, and no token', async () => {
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const named = { app: 'faraway', user: userId };
    await entrance(server, { caller: 'files', apps: ['faraway'] }).token('faraway', userId);
    expect(await codeOf(entrance(server, { caller: 'files' }).token('faraway', userId))).toEqual([
      'access_denied',
      undefined,
    ]);
    const headers = { 'postern-app': 'faraway', 'postern-user': userId };
    await entrance(server, { caller: 'files' }).fetch(new Request(`${api}/files`, { headers }));
    const calls = lines.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
    expect(calls.filter(({ rpc }) => rpc)).toMatchObject([
      { rpc: 'connections.token', by: 'worker:files', ...named },
      { rpc: 'connections.token', by: 'worker:files', ...named, error: 'access_denied' },
      { rpc: 'connections.fetch', by: 'worker:files', ...named, error: 'access_denied' },
    ]);
    expect(JSON.stringify(calls)).not.toContain('at-1');
  });

  it('takes a token where the app lets Workers have it', async () => {
    expect((await entrance(server).token('faraway', userId)).access_token).toBe('at-1');
    expect(await codeOf(entrance(server).token('faraway', userId, ['files.write']))).toEqual([
      'insufficient_scope',
      'openid files.read files.write',
    ]);
    expect(await codeOf(entrance(server).token('faraway', 'u_nobody'))).toEqual(['connection_required', undefined]);
    expect(await codeOf(entrance(server).token('nothing', userId))).toEqual(['not_found', undefined]);
    await change({ raw_tokens: 'users' });
    expect(await codeOf(entrance(server).token('faraway', userId))).toEqual(['access_denied', undefined]);
  });

  it('gets nothing of a user who was disabled', async () => {
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${userId}`, { disabled: true });
    expect(await codeOf(entrance(server).token('faraway', userId))).toEqual(['connection_required', undefined]);
  });
});

describe('a request that another Worker sends through', () => {
  const seen: Request[] = [];
  const send = (path: string, init: RequestInit = {}, whose: Record<string, string> = { 'postern-user': userId }) =>
    entrance(server).fetch(
      new Request(path.startsWith('http') ? path : api + path, {
        ...init,
        headers: { 'postern-app': 'faraway', ...whose, ...(init.headers as Record<string, string>) },
      }),
    );

  beforeEach(() => {
    seen.length = 0;
    far.web.answers[`${api}/files`] = (request) => {
      seen.push(request);
      return request.headers.get('authorization') === 'Bearer at-1' ||
        request.headers.get('authorization') === 'Bearer at-2'
        ? json({ files: 3 }, { 'set-cookie': 'a=b' })
        : json({}, {}, 401);
    };
  });

  it("carries a fresh token, and nothing of ours or of the caller that is not the API's", async () => {
    const answer = await send('/files?q=1', {
      headers: { authorization: 'Bearer mine', cookie: 'session=x', 'x-own': 'yes', accept: 'application/json' },
    });
    expect([answer.status, await answer.json()]).toEqual([200, { files: 3 }]);
    expect(answer.headers.get('set-cookie')).toBeNull();
    const headers = Object.fromEntries(seen[0]?.headers ?? []);
    expect(headers).toEqual({ authorization: 'Bearer at-1', 'x-own': 'yes', accept: 'application/json' });
  });

  it('is sent once more after a refresh where the API answers 401, with its body', async () => {
    const bodies: string[] = [];
    far.web.answers[`${api}/files`] = async (request) => {
      bodies.push(new TextDecoder().decode(await request.arrayBuffer()));
      return request.headers.get('authorization') === 'Bearer at-2' ? json({ ok: true }) : json({}, {}, 401);
    };
    const answer = await send('/files', { method: 'POST', body: 'the body' });
    expect(answer.status).toBe(200);
    expect(bodies).toEqual(['the body', 'the body']);
    // The refreshed token is kept: the next request needs no second try.
    await send('/files', { method: 'POST', body: 'next' });
    expect(bodies).toHaveLength(3);
  });

  it('is sent twice at most', async () => {
    let tries = 0;
    far.web.answers[`${api}/files`] = () => {
      tries++;
      return json({}, {}, 401);
    };
    expect((await send('/files')).status).toBe(401);
    expect(tries).toBe(2);
  });

  it('goes nowhere but to the API of the app, so that nobody sends a token to themselves', async () => {
    for (const address of [
      'https://evil.dev/files',
      `${far.issuer}/other`,
      `${far.issuer}/api/../other`,
      `${far.issuer}/apiary`,
      `http://${new URL(api).host}/api/files`,
    ]) {
      const answer = await send(address);
      expect([address, answer.status]).toEqual([address, 403]);
    }
    expect(far.web.visits.filter((url) => /evil|other|apiary|^http:/.test(url))).toEqual([]);
  });

  it('gets redirects as they are, and does not follow them with the token', async () => {
    far.web.answers[`${api}/moved`] = () =>
      new Response(null, { status: 302, headers: { location: 'https://evil.dev/' } });
    const answer = await send('/moved');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://evil.dev/']);
    expect(far.web.visits).not.toContain('https://evil.dev/');
  });

  it('without an app, of nobody, or to an API that is down is an error in JSON', async () => {
    const none = await entrance(server).fetch(new Request(`${api}/files`));
    expect([none.status, ((await none.json()) as { error: string }).error]).toEqual([400, 'invalid_request']);
    const nobody = await send('/files', {}, { 'postern-user': 'u_nobody' });
    expect([nobody.status, ((await nobody.json()) as { error: string }).error]).toEqual([409, 'connection_required']);
    const down = await send('/nothing');
    expect([down.status, down.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it("of the app itself carries the app's own token", async () => {
    far.grants.client_credentials = () => tokens({ access_token: 'own' });
    far.web.answers[`${api}/own`] = (request) => json({ with: request.headers.get('authorization') });
    expect(await (await send('/own', {}, {})).json()).toEqual({ with: 'Bearer own' });
  });
});

describe('an app that moves to another issuer', () => {
  it("keeps neither its secret nor anybody's tokens: they belong to the issuer", async () => {
    const other = await farEnd();
    const refused = await server.admin('PATCH', '/connected-apps/faraway', { issuer: other.issuer });
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining('does not support dynamic client registration'),
    ]);
    await change({ issuer: other.issuer, client_id: 'postern', client_secret: 'anotherSecret' });
    expect(await codeOf(entrance(server).token('faraway', userId))).toEqual(['connection_required', undefined]);
    other.grants.authorization_code = async () =>
      tokens({ id_token: await idToken(other), access_token: 'of the other' });
    await connectUser(user, other);
    expect((await entrance(server).token('faraway', userId)).access_token).toBe('of the other');
    expect(
      far.tokenRequests.every(({ headers }) => !headers.get('authorization')?.includes(btoa('postern:anotherSecret'))),
    ).toBe(true);
  });
});
