/** RFC 6750 §3, RFC 7617 and RFC 9110 §11.6: API keys of a user, where others bring an access token. */
import { describe, expect, it, vi } from 'vitest';
import { errorOf, makeClient, obtainTokens } from '../support/client.ts';
import { Recorder, wrapStores } from '../support/recorder.ts';
import { addAdministrator, administer, bindings, runCron, type Server, serve, settle } from '../support/server.ts';

type Key = { id: string; secret: string; authorization: string; scope: string; last_used_at: string | null };

const idOfAdministrator = async (server: Server) => {
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
  return users[0]?.id ?? '';
};

/** The administrator exists from the first sign-in on; anybody else is added. */
async function makeUser(server: Server, roles: string[] = []): Promise<string> {
  const user = { email: `p${Math.random()}@example.com`, name: 'Ada', roles };
  return (await administer<{ id: string }>(server, 'POST', '/users', user)).id;
}

const makeKey = (server: Server, user: string, changes: object = {}) =>
  administer<Key>(server, 'POST', '/api-keys', { name: 'Backup', scope: 'profile email', user, ...changes });

const call = (server: Server, authorization: string, path = '/api/me', init: RequestInit = {}) =>
  server.fetch(path, { ...init, headers: { ...init.headers, authorization } });

const basic = ({ id, secret }: Key) => `Basic ${btoa(`${id}:${secret}`)}`;
const challengeOf = (response: Response) => response.headers.get('www-authenticate') ?? '';

describe('an API key acts as its user, within its scopes', () => {
  it('by "token key:secret" and by Basic, whatever the case of the scheme', async () => {
    const server = serve();
    const user = await makeUser(server);
    const key = await makeKey(server, user);
    expect(key.secret).toMatch(/^pk_[A-Za-z0-9]{43}$/);
    for (const authorization of [
      key.authorization,
      `Token ${key.id}:${key.secret}`,
      basic(key),
      basic(key).replace('Basic', 'basic'),
    ]) {
      const response = await call(server, authorization);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        sub: user,
        name: 'Ada',
        token: { api_key: key.id, scope: 'profile email' },
      });
    }
  });

  it('a scope that it lacks is 403 insufficient_scope', async () => {
    const server = serve();
    const key = await makeKey(server, await makeUser(server), { scope: 'email' });
    const response = await call(server, key.authorization);
    expect(response.status).toBe(403);
    expect(challengeOf(response)).toContain('error="insufficient_scope"');
    expect(challengeOf(response)).toContain('scope="profile"');
    expect((await call(server, key.authorization, '/api/me/api-keys')).status).toBe(403);
  });

  it('holds neither openid, offline_access nor api_keys, nor a scope that nobody knows; and at least one', async () => {
    const server = serve();
    const user = await makeUser(server);
    for (const scope of ['openid', 'profile offline_access', 'api_keys', 'admin', 'no_such', '', ' ']) {
      const response = await server.admin('POST', '/api-keys', { name: 'x', scope, user });
      expect([scope, response.status, await errorOf(response)]).toEqual([scope, 400, 'invalid_scope']);
    }
  });

  it('administers only while its user is an administrator', async () => {
    const server = serve();
    const user = await makeUser(server, ['administrator']);
    const key = await makeKey(server, user, { scope: 'admin' });
    const made = await call(server, basic(key), '/api/admin/users', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'by-key@example.com', name: 'By key' }),
    });
    expect(made.status).toBe(201);
    const { events } = await administer<{ events: { type: string; actor: string }[] }>(server, 'GET', '/events');
    expect(events).toContainEqual(expect.objectContaining({ type: 'user.added', actor: `api-key:${key.id}` }));
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${user}`, { roles: [] });
    const refused = await call(server, key.authorization, '/api/admin/users');
    expect([refused.status, await errorOf(refused)]).toEqual([403, 'access_denied']);
  });
});

describe('a key is refused, never ignored', () => {
  it('401 invalid_token: wrong, unknown, of another, or not a key at all', async () => {
    const server = serve();
    const user = await makeUser(server);
    const [key, other] = [await makeKey(server, user), await makeKey(server, user)];
    for (const authorization of [
      `token ${key.id}:${other.secret}`,
      `token ${key.id}:${key.secret.slice(0, -1)}${key.secret.endsWith('x') ? 'y' : 'x'}`,
      `token k_${'x'.repeat(22)}:${key.secret}`,
      `token ${key.id}`,
      `token ${key.secret}`,
      `token :${key.secret}`,
      `token ${'a'.repeat(20_000)}`,
      `Basic ${btoa('user:password')}`,
      `Basic ${btoa('nocolon')}`,
      'Digest username="x"',
      'Negotiate abc',
      'nonsense',
    ]) {
      const response = await call(server, authorization);
      expect([authorization.slice(0, 40), response.status]).toEqual([authorization.slice(0, 40), 401]);
      expect(challengeOf(response)).toMatch(/^Bearer .*error="invalid_token".*resource_metadata=/);
    }
  });

  it('400 invalid_request: a header that is malformed', async () => {
    const server = serve();
    const key = await makeKey(server, await makeUser(server));
    for (const authorization of [
      'token',
      'token ',
      `${key.authorization} more`,
      `${key.authorization}, ${key.authorization}`,
      'Basic',
      'Basic !!!',
      'Basic a b',
    ]) {
      const response = await call(server, authorization);
      expect([authorization.slice(0, 12), response.status]).toEqual([authorization.slice(0, 12), 400]);
      expect(challengeOf(response)).toContain('error="invalid_request"');
    }
  });

  it('where only access tokens are taken: 401, even for a key that is good', async () => {
    const server = serve();
    const key = await makeKey(server, await makeUser(server));
    for (const authorization of [key.authorization, basic(key)]) {
      const response = await call(server, authorization, '/userinfo');
      expect(response.status).toBe(401);
      expect(challengeOf(response)).toMatch(/^Bearer .*error="invalid_token".*scheme Bearer/);
    }
  });

  it('who keeps guessing is asked to wait; who holds a good key is not', async () => {
    const env = bindings([], { FAILED_AUTHENTICATION_CEILING: { limit: async () => ({ success: false }) } });
    const server = serve(env);
    const key = await makeKey(server, await makeUser(server));
    const response = await call(server, `token k_${'x'.repeat(22)}:${key.secret}`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await call(server, key.authorization)).status).toBe(200);
  });

  it('what cannot be a key asks no storage', async () => {
    const recorder = new Recorder();
    const server = serve(wrapStores(bindings(), recorder.act));
    await server.fetch('/.well-known/oauth-protected-resource');
    recorder.forget();
    expect((await server.fetchOnly('/api/me', { headers: { authorization: 'token a:b' } })).status).toBe(401);
    expect(recorder.operations).toHaveLength(0);
  });
});

describe('a key ends', () => {
  it('when it is revoked, at once and for good', async () => {
    const server = serve();
    const key = await makeKey(server, await makeUser(server));
    await administer(server, 'DELETE', `/api-keys/${key.id}`);
    expect((await call(server, key.authorization)).status).toBe(401);
    expect((await server.admin('DELETE', `/api-keys/${key.id}`)).status).toBe(404);
    const { events } = await administer<{ events: { type: string; subject: string }[] }>(server, 'GET', '/events');
    expect(events.filter(({ type }) => type === 'api-key.revoked')).toHaveLength(1);
  });

  it('when it has expired; then it is deleted by the cron', async () => {
    const server = serve();
    const user = await makeUser(server);
    const key = await makeKey(server, user, { days: 1 });
    vi.useFakeTimers({ now: Date.now() + 86_400_000 - 5000, toFake: ['Date'] });
    expect((await call(server, key.authorization)).status).toBe(200);
    vi.setSystemTime(Date.now() + 10_000);
    expect((await call(server, key.authorization)).status).toBe(401);
    await runCron(server.env);
    const { results } = await server.env.DB.prepare('SELECT id FROM api_keys').all();
    expect(results).toEqual([]);
  });

  it('when its user is disabled, and does not come back with them', async () => {
    const server = serve();
    const user = await makeUser(server);
    const key = await makeKey(server, user);
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${user}`, { disabled: true });
    expect((await call(server, key.authorization)).status).toBe(401);
    expect((await server.admin('POST', '/api-keys', { name: 'x', scope: 'profile', user })).status).toBe(400);
    await administer(server, 'PATCH', `/users/${user}`, { disabled: false });
    expect((await call(server, key.authorization)).status).toBe(401);
    expect(await administer(server, 'GET', `/api-keys?user=${user}`)).toEqual({ api_keys: [] });
    expect((await call(server, (await makeKey(server, user)).authorization)).status).toBe(200);
  });

  it('when everything of the user is ended', async () => {
    const server = serve();
    const user = await makeUser(server);
    const key = await makeKey(server, user);
    await administer(server, 'POST', '/revocations', { user });
    expect((await call(server, key.authorization)).status).toBe(401);
  });
});

describe('what is kept of a key', () => {
  it('only its hash; and neither list nor log tells the secret', async () => {
    const server = serve();
    const key = await makeKey(server, await makeUser(server));
    const { results } = await server.env.DB.prepare('SELECT * FROM api_keys').all();
    expect(results).toHaveLength(1);
    const lists = [await administer(server, 'GET', '/api-keys'), await administer(server, 'GET', '/events'), results];
    expect(JSON.stringify(lists)).toContain(key.id);
    expect(JSON.stringify(lists)).not.toContain(key.secret.slice(3));
  });

  it('its last use, written at most once a minute, behind the response', async () => {
    const recorder = new Recorder();
    const server = serve(wrapStores(bindings(), recorder.act));
    const key = await makeKey(server, await makeUser(server));
    await server.fetch('/.well-known/oauth-protected-resource');
    recorder.forget();
    await server.fetchOnly('/api/me', { headers: { authorization: key.authorization } });
    expect(recorder.rounds()).toBe(1);
    await settle();
    const used = async () =>
      (await administer<{ api_keys: Key[] }>(server, 'GET', '/api-keys')).api_keys[0]?.last_used_at;
    const first = await used();
    expect(first).not.toBeNull();
    const began = Date.now();
    vi.useFakeTimers({ now: began + 30_000, toFake: ['Date'] });
    await call(server, key.authorization);
    expect(await used()).toBe(first);
    vi.setSystemTime(began + 61_000);
    await call(server, key.authorization);
    expect(await used()).not.toBe(first);
  });
});

describe('/api/me/api-keys', () => {
  const asUser = async (server: Server, scope: string) => {
    const client = await makeClient(server, { scope: 'openid profile email roles admin grants api_keys' });
    const { access_token } = await obtainTokens(server, client, { scope });
    return (method: string, path: string, body?: unknown) =>
      call(server, `Bearer ${access_token}`, `/api/me${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
  };

  it('makes, lists, rotates and revokes the keys of the user, and of nobody else', async () => {
    const server = serve();
    const ask = await asUser(server, 'profile email api_keys');
    const made = await ask('POST', '/api-keys', { name: 'Backup', scope: 'profile', days: 7 });
    expect(made.status).toBe(201);
    const key = (await made.json()) as Key;
    expect((await call(server, key.authorization)).status).toBe(200);
    const foreign = await makeKey(server, await makeUser(server));
    const { api_keys } = (await (await ask('GET', '/api-keys')).json()) as { api_keys: Key[] };
    expect(api_keys.map(({ id }) => id)).toEqual([key.id]);
    for (const [method, path] of [
      ['DELETE', `/api-keys/${foreign.id}`],
      ['POST', `/api-keys/${foreign.id}/secret`],
      ['DELETE', '/api-keys/none'],
    ] as const) {
      expect((await ask(method, path)).status).toBe(404);
    }
    expect((await call(server, foreign.authorization)).status).toBe(200);
    const rotated = (await (await ask('POST', `/api-keys/${key.id}/secret`)).json()) as Key;
    expect(rotated.id).toBe(key.id);
    expect((await call(server, key.authorization)).status).toBe(401);
    expect((await call(server, rotated.authorization)).status).toBe(200);
    expect((await ask('DELETE', `/api-keys/${key.id}`)).status).toBe(204);
    expect((await call(server, rotated.authorization)).status).toBe(401);
  });

  it('nobody gives away more than they hold', async () => {
    const server = serve();
    const ask = await asUser(server, 'profile api_keys');
    for (const scope of ['email', 'profile admin', 'api_keys', 'openid']) {
      const response = await ask('POST', '/api-keys', { name: 'x', scope });
      expect([scope, response.status, await errorOf(response)]).toEqual([scope, 400, 'invalid_scope']);
    }
    // Nor takes over a key that can do more.
    const strong = await makeKey(server, await idOfAdministrator(server), { scope: 'admin' });
    expect((await ask('POST', `/api-keys/${strong.id}/secret`)).status).toBe(400);
    expect((await call(server, strong.authorization, '/api/admin/settings')).status).toBe(200);
    const withAdmin = await asUser(server, 'profile admin api_keys');
    expect((await withAdmin('POST', '/api-keys', { name: 'x', scope: 'admin' })).status).toBe(201);
  });

  it('refuses by field what does not fit, and the hundred and first key', async () => {
    const server = serve();
    const ask = await asUser(server, 'profile api_keys');
    for (const body of [
      {},
      { name: '', scope: 'profile' },
      { name: 'x', scope: 'profile', days: 0 },
      { name: 'x', scope: 'profile', days: 366 },
      { name: 'x', scope: 'profile', colour: 'blue' },
    ]) {
      expect((await ask('POST', '/api-keys', body)).status).toBe(400);
    }
    const user = await idOfAdministrator(server);
    const row = `('k_' || value, '${user}', 'x', '[]', 'x', 1, ${Date.now()}, ${Date.now() + 1e9})`;
    await server.env.DB.prepare(
      `INSERT INTO api_keys (id, user_id, name, scopes, secret_hash, created_at, authorized_at, expires_at)
       SELECT * FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION SELECT value + 1 FROM n WHERE value < 99)
       SELECT ${row.slice(1, -1)} FROM n)`,
    ).run();
    const requests = Array.from({ length: 50 }, () => ask('POST', '/api-keys', { name: 'x', scope: 'profile' }));
    const statuses = (await Promise.all(requests)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, ...Array(49).fill(409)]);
  });
});
