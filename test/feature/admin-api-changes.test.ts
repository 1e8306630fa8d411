/** Changing records without losing what others changed, and what is said when something is refused. */
import { describe, expect, it } from 'vitest';
import { ADMIN_API } from '../../src/admin/api/table.ts';
import { makeClient } from '../support/client.ts';
import { CLIENT, connectApp, farEnd } from '../support/far-end.ts';
import { wrapStores } from '../support/recorder.ts';
import { administer, bindings, ISSUER, type Server, serve } from '../support/server.ts';

const etagOf = async (server: Server, path: string) => (await server.admin('GET', path)).headers.get('etag') ?? '';

const changeIf = (server: Server, method: string, path: string, etag: string, body?: unknown) =>
  server.admin(method, path, body, { 'if-match': etag });

/** @returns true for the result of a batch: a list of results. A single statement has one, or its rows. */
const isOfBatch = (result: unknown) => Array.isArray(result) && Object.hasOwn(Object(result[0]), 'meta');

const NOTES = encodeURIComponent('https://notes.example');
const ELSEWHERE = encodeURIComponent('https://id.example.com');

/** One record of every kind that has an ETag, by the path of its route, with a change that can be made to it. */
async function recordsOf(server: Server) {
  const { client_id } = await makeClient(server);
  const user = await administer<{ id: string }>(server, 'POST', '/users', { email: 'ada@example.com', name: 'Ada' });
  const request = { name: 'Backup', scope: 'profile', user: user.id };
  const key = await administer<{ id: string }>(server, 'POST', '/api-keys', request);
  const initial = await administer<{ id: string }>(server, 'POST', '/initial-access-tokens', { name: 'Once' });
  await administer(server, 'PUT', `/resources/${NOTES}`, { name: 'Notes' });
  await administer(server, 'PUT', `/issuers/${ELSEWHERE}`, { jwks_uri: 'https://id.example.com/jwks' });
  const far = await farEnd();
  await connectApp(server, far);
  await administer(server, 'POST', '/social-logins', {
    id: 'social',
    provider: 'openid',
    issuer: far.issuer,
    ...CLIENT,
  });
  return {
    '/settings/{name}': { path: '/settings/code_seconds', method: 'PUT', change: (n: number) => ({ value: 10 + n }) },
    '/clients/{id}': {
      path: `/clients/${client_id}`,
      method: 'PATCH',
      change: (n: number) => ({ metadata: { client_name: `Name ${n}` } }),
    },
    '/users/{id}': {
      path: `/users/${user.id}`,
      method: 'PATCH',
      change: (n: number) => ({ roles: [`role-${n}`] }),
    },
    '/api-keys/{id}': { path: `/api-keys/${key.id}`, method: 'DELETE', change: () => undefined },
    '/initial-access-tokens/{id}': {
      path: `/initial-access-tokens/${initial.id}`,
      method: 'PATCH',
      change: (n: number) => ({ uses: 100 + n }),
    },
    '/resources/{id}': { path: `/resources/${NOTES}`, method: 'PUT', change: (n: number) => ({ name: `Notes ${n}` }) },
    '/issuers/{issuer}': {
      path: `/issuers/${ELSEWHERE}`,
      method: 'PUT',
      change: (n: number) => ({ jwks_uri: `https://id.example.com/jwks/${n}` }),
    },
    '/connected-apps/{id}': {
      path: '/connected-apps/faraway',
      method: 'PATCH',
      change: (n: number) => ({ name: `Faraway ${n}` }),
    },
    '/social-logins/{id}': {
      path: '/social-logins/social',
      method: 'PATCH',
      change: (n: number) => ({ name: `Social ${n}` }),
    },
  };
}

describe('RFC 9110 §8.8.3, §13.1.1: ETag and If-Match', () => {
  it('every record has a strong ETag, which changes with it; a change to what one did not see is 412', async () => {
    const server = serve();
    const records = await recordsOf(server);
    const tagged = Object.values(ADMIN_API.routes).filter(({ precondition: isAsRead }) => isAsRead);
    expect(Object.keys(records).sort()).toEqual(tagged.map(({ path }) => path).sort());
    for (const [kind, { path, method, change }] of Object.entries(records)) {
      const etag = await etagOf(server, path);
      expect([kind, etag]).toEqual([kind, expect.stringMatching(/^"[\w-]{22}"$/)]);
      const unchanged = await server.admin('GET', path, undefined, { 'if-none-match': etag });
      expect([kind, unchanged.status, unchanged.headers.get('etag')]).toEqual([kind, 304, etag]);
      for (const other of ['"something-else"', `W/${etag}`, '']) {
        const refused = await changeIf(server, method, path, other, change(1));
        expect([kind, other, refused.status]).toEqual([kind, other, 412]);
        expect(await refused.json()).toMatchObject({ error: 'precondition_failed' });
        expect(await etagOf(server, path)).toBe(etag);
      }
      const list = `"other", ${etag}`;
      expect([kind, (await changeIf(server, method, path, list, change(1))).ok]).toEqual([kind, true]);
      if (method === 'DELETE') continue;
      expect(await etagOf(server, path)).not.toBe(etag);
      expect([kind, (await changeIf(server, method, path, etag, change(2))).status]).toEqual([kind, 412]);
      expect([kind, (await changeIf(server, method, path, '*', change(3))).status]).toEqual([kind, 200]);
      // Without the header, the last word wins.
      expect([kind, (await server.admin(method, path, change(4))).status]).toEqual([kind, 200]);
    }
  });

  it('of fifty changes with the same ETag one wins, and the rest change nothing', { timeout: 60_000 }, async () => {
    const server = serve();
    for (const [kind, { path, method, change }] of Object.entries(await recordsOf(server))) {
      const etag = await etagOf(server, path);
      const answers = await Promise.all(
        Array.from({ length: kind === '/clients/{id}' ? 50 : 8 }, (_, n) =>
          changeIf(server, method, path, etag, change(n + 1)),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      expect([kind, statuses.filter((status) => status < 300).length]).toEqual([kind, 1]);
      expect([kind, statuses.filter((status) => status >= 300 && status !== 412)]).toEqual([kind, []]);
      if (method === 'DELETE') continue;
      const winner = (await answers.find(({ ok }) => ok)?.json()) as object;
      expect(await administer(server, 'GET', path)).toMatchObject(winner);
    }
  });

  it('deleting goes by it, too; what is not there, and what has no ETag, matches nothing', async () => {
    const server = serve();
    const { client_id } = await makeClient(server);
    const path = `/clients/${client_id}`;
    const seen = await etagOf(server, path);
    await administer(server, 'PATCH', path, { trusted: true });
    expect((await changeIf(server, 'DELETE', path, seen)).status).toBe(412);
    expect((await changeIf(server, 'DELETE', path, await etagOf(server, path))).status).toBe(204);
    expect((await changeIf(server, 'DELETE', path, '*')).status).toBe(412);
    expect((await changeIf(server, 'POST', '/revocations', '*', { client: client_id })).status).toBe(412);
  });

  it('a change whose answer the database lost is recognised as made', async () => {
    let lose = false;
    const server = serve(
      wrapStores(bindings(), async (_, operation) => {
        const result = await operation();
        if (!lose || !isOfBatch(result)) return result;
        lose = false;
        throw new Error('D1_ERROR: Network connection lost.');
      }),
    );
    const { client_id } = await makeClient(server);
    const path = `/clients/${client_id}`;
    const etag = await etagOf(server, path);
    lose = true;
    const answer = await changeIf(server, 'PATCH', path, etag, { trusted: true, disabled: true });
    expect([lose, answer.status, await answer.json()]).toMatchObject([false, 200, { trusted: true, disabled: true }]);
  });

  it('several things changed by one request are one change', async () => {
    const server = serve();
    const { id } = await administer<{ id: string }>(server, 'POST', '/users', { email: 'a@b.example', name: 'Ada' });
    const path = `/users/${id}`;
    const changes = { name: 'Ada Lovelace', roles: ['editor'], disabled: true };
    const answer = await changeIf(server, 'PATCH', path, await etagOf(server, path), changes);
    expect([answer.status, await answer.json()]).toMatchObject([200, changes]);
  });
});

describe('RFC 9110 §13.1.2: If-None-Match', () => {
  it('"*" makes a record only where there is none: one of fifty', async () => {
    const server = serve();
    const put = (n: number) =>
      server.admin('PUT', `/resources/${NOTES}`, { name: `Notes ${n}` }, { 'if-none-match': '*' });
    const statuses = await Promise.all(Array.from({ length: 50 }, async (_, n) => (await put(n)).status));
    expect(statuses.filter((status) => status === 200).length).toBe(1);
    expect(statuses.filter((status) => status === 412).length).toBe(49);
  });
});

describe('RFC 9457: problem details', () => {
  it('say type, title, status and detail; the type is where it is described; the members of RFC 6749 stay', async () => {
    const server = serve();
    const response = await server.admin('GET', '/clients/none');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toEqual({
      type: 'http://localhost:8787/reference#problem-not_found',
      title: 'The record does not exist',
      status: 404,
      detail: 'there is no such client.',
      error: 'not_found',
      error_description: 'there is no such client.',
      request_id: expect.any(String),
    });
    expect(await (await server.fetch('/reference')).text()).toContain('id="problem-not_found"');
  });

  it('list every field that is wrong, by its JSON pointer', async () => {
    const body = { email: 'no address', name: 'Ada', roles: ['fine', 'Not Fine'], 'a/b': 1 };
    const response = await serve().admin('POST', '/users', body);
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { pointer: string; detail: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining(['#/email', '#/roles/1']));
    for (const { detail } of errors) expect(detail.length).toBeGreaterThan(5);
  });

  it('name each line of a list that is wrong by a pointer to the item, once', async () => {
    const server = serve();
    const errorsOf = async (method: string, path: string, body: object) => {
      const response = await server.admin(method, path, body);
      expect(response.status).toBe(400);
      return ((await response.json()) as { errors: { pointer: string; detail: string }[] }).errors;
    };
    const redirect_uris = ['https://a.example/', 'foo', 'http://b.example/'];
    const metadata = { redirect_uris, token_endpoint_auth_method: 'none' };
    expect(await errorsOf('POST', '/clients', { metadata })).toEqual([
      { pointer: '#/metadata/redirect_uris/1', detail: 'it is not an absolute URI.' },
      { pointer: '#/metadata/redirect_uris/2', detail: expect.stringContaining('only for loopback') },
    ]);
    const { client_id } = await makeClient(server);
    const address = `/clients/${client_id}`;
    const logout = { metadata: { post_logout_redirect_uris: ['https://a.example/', 'bar'] } };
    expect(await errorsOf('PATCH', address, logout)).toEqual([
      { pointer: '#/metadata/post_logout_redirect_uris/1', detail: 'it is not an absolute URI.' },
    ]);
    const tooLong = { metadata: { redirect_uris: ['https://a.example/', `https://${'x'.repeat(2100)}`] } };
    expect((await errorsOf('PATCH', address, tooLong)).map(({ pointer }) => pointer)).toEqual([
      '#/metadata/redirect_uris/1',
    ]);
    expect(await errorsOf('PATCH', address, { allowed_origins: ['https://a.example', 'foo'] })).toEqual([
      { pointer: '#/allowed_origins/1', detail: expect.stringContaining('scheme://host') },
    ]);
    const value = 'https://a.example\n\nfoo';
    expect(await errorsOf('PUT', '/settings/allowed_public_client_origins', { value })).toEqual([
      { pointer: '#/value', detail: expect.stringMatching(/^line 3, "foo": must be an origin/) },
    ]);
  });

  it('are what every API answers, and addresses below /api that do not exist; OAuth endpoints answer as RFC 6749 says', async () => {
    const server = serve();
    for (const path of ['/api/me', '/api/admin/settings', '/api/nothing']) {
      const response = await server.fetch(path, { headers: { authorization: 'Bearer nonsense' } });
      expect([path, response.headers.get('content-type')]).toEqual([path, 'application/problem+json']);
      expect(await response.json()).toMatchObject({ status: response.status, type: expect.stringContaining(ISSUER) });
    }
    const token = await server.fetch('/token', { method: 'POST' });
    expect(token.headers.get('content-type')).toContain('application/json');
    expect(Object.keys((await token.json()) as object)).toEqual(['error', 'error_description', 'request_id']);
  });
});

describe('what was changed can be taken back', () => {
  it('a setting returns to its default', async () => {
    const server = serve();
    await administer(server, 'PUT', '/settings/code_seconds', { value: 11 });
    await administer(server, 'DELETE', '/settings/code_seconds');
    const setting = await administer<{ value: number; default: number }>(server, 'GET', '/settings/code_seconds');
    expect(setting.value).toBe(setting.default);
    expect((await server.admin('DELETE', '/settings/code_seconds')).status).toBe(204);
    expect((await server.admin('DELETE', '/settings/none')).status).toBe(404);
  });

  it('an initial access token gets more uses and another end; its text stays', async () => {
    const server = serve();
    await administer(server, 'PUT', '/settings/enable_dynamic_client_registration', { value: true });
    const request = { name: 'Partner', uses: 1 };
    const made = await administer<{ id: string; initial_access_token: string }>(
      server,
      'POST',
      '/initial-access-tokens',
      request,
    );
    const register = async () =>
      (
        await server.fetch('/register', {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${made.initial_access_token}` },
          body: JSON.stringify({ redirect_uris: ['https://app.example/'], ...CLIENT_METADATA }),
        })
      ).status;
    expect([await register(), await register()]).toEqual([201, 401]);
    await administer(server, 'PATCH', `/initial-access-tokens/${made.id}`, { uses: 1, days: 30 });
    expect([await register(), await register()]).toEqual([201, 401]);
    expect((await server.admin('PATCH', `/initial-access-tokens/${made.id}`, {})).status).toBe(400);
    expect((await server.admin('PATCH', '/initial-access-tokens/none', { uses: 1 })).status).toBe(404);
  });
});

const CLIENT_METADATA = { client_name: 'Partner', token_endpoint_auth_method: 'client_secret_basic' };

describe('PUT of a record', () => {
  it('keeps the members that a request leaves out; null removes an optional one', async () => {
    const server = serve();
    const path = `/resources/${NOTES}`;
    const scopes = [{ name: 'notes.read', description: 'Read your notes' }];
    await administer(server, 'PUT', path, {
      name: 'Notes',
      scopes,
      token_minutes: 5,
      tos_uri: 'https://notes.example/',
    });
    expect(await administer(server, 'PUT', path, { name: 'My notes', tos_uri: null })).toEqual({
      resource: decodeURIComponent(NOTES),
      name: 'My notes',
      scopes,
      token_minutes: 5,
    });
    expect(await administer(server, 'PUT', path, { scopes: [] })).toMatchObject({ name: 'My notes', scopes: [] });
  });

  it('a new record needs its required members', async () => {
    const refused = await serve().admin('PUT', `/resources/${NOTES}`, { scopes: [] });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('name')]);
  });

  it('of an issuer keeps its clients; the keys replace the address of the keys', async () => {
    const server = serve();
    const path = `/issuers/${ELSEWHERE}`;
    const jwks = { keys: [{ kty: 'EC' }] };
    await administer(server, 'PUT', path, { jwks_uri: 'https://id.example.com/jwks', clients: ['c_1'] });
    const changed = await administer<object>(server, 'PUT', path, { jwks });
    expect(changed).toMatchObject({ jwks, clients: ['c_1'] });
    expect(changed).not.toHaveProperty('jwks_uri');
    expect((await server.admin('PUT', path, { jwks, jwks_uri: 'https://id.example.com/jwks' })).status).toBe(400);
  });
});
