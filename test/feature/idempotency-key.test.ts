/** Making a record by a request that may be sent again (draft-ietf-httpapi-idempotency-key-header). */
import { describe, expect, it, vi } from 'vitest';
import { postToken } from '../support/client.ts';
import { addAdministrator, administer, type Server, serve } from '../support/server.ts';

const REDIRECT = { redirect_uris: ['https://app.example/cb'] };
const CONFIDENTIAL = {
  metadata: { client_name: 'Shop', ...REDIRECT, token_endpoint_auth_method: 'client_secret_post' },
};
const PUBLIC = { metadata: { client_name: 'Shop', ...REDIRECT, token_endpoint_auth_method: 'none' } };

const make = (server: Server, path: string, body: object, key = '"8e03978e-40d5"') =>
  server.admin('POST', path, body, { 'idempotency-key': key });

async function statusAndBody<T>(response: Promise<Response>): Promise<[number, T]> {
  const answer = await response;
  return [answer.status, (await answer.json()) as T];
}

const eventsOf = async (server: Server, type: string) =>
  (await administer<{ events: object[] }>(server, 'GET', `/events?type=${type}`)).events;

type Listed = { clients: object[]; tokens: object[] };

describe('Idempotency-Key §2.6', () => {
  for (const [path, body, list, event] of [
    ['/clients', CONFIDENTIAL, 'clients', 'client.created'],
    ['/clients', PUBLIC, 'clients', 'client.created'],
    ['/initial-access-tokens', { name: 'Partner' }, 'tokens', 'initial-access-token.created'],
  ] as const) {
    it(`fifty of the same at ${path} make one record, and each is answered alike: ${JSON.stringify(body)}`, async () => {
      const server = serve();
      const all = await Promise.all(Array.from({ length: 50 }, () => statusAndBody(make(server, path, body))));
      expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
      expect(all[0]?.[0]).toBe(201);
      expect((await administer<Listed>(server, 'GET', path))[list]).toHaveLength(1);
      expect(await eventsOf(server, event)).toHaveLength(1);
    });
  }

  it('what is made that way works as any other', async () => {
    const server = serve();
    const metadata = { client_name: 'Job', grant_types: ['client_credentials'] };
    const method = 'client_secret_post';
    const asked = { metadata: { ...metadata, token_endpoint_auth_method: method } };
    const [, client] = await statusAndBody<{ client_id: string; client_secret: string }>(
      make(server, '/clients', asked),
    );
    expect((await postToken(server, { ...client, method }, { grant_type: 'client_credentials' })).status).toBe(200);
  });

  it('with another key, or none, another record is made', async () => {
    const server = serve();
    for (const key of ['"a"', '"b"', 'a-bare-one'])
      expect((await make(server, '/clients', PUBLIC, key)).status).toBe(201);
    for (let times = 0; times < 2; times++) await administer(server, 'POST', '/clients', PUBLIC);
    expect((await administer<Listed>(server, 'GET', '/clients')).clients).toHaveLength(5);
  });
});

describe('Idempotency-Key §2.7', () => {
  it('the same key with another request is refused, and makes and shows nothing', async () => {
    const server = serve();
    const [, { client_secret }] = await statusAndBody<{ client_secret: string }>(
      make(server, '/clients', CONFIDENTIAL),
    );
    for (const other of [{ ...CONFIDENTIAL, trusted: true }, PUBLIC]) {
      const [status, problem] = await statusAndBody(make(server, '/clients', other));
      expect([status, problem]).toMatchObject([
        409,
        { error: 'conflict', detail: expect.stringContaining('a different request') },
      ]);
      expect(JSON.stringify(problem)).not.toContain(client_secret);
    }
    expect((await administer<Listed>(server, 'GET', '/clients')).clients).toHaveLength(1);
  });

  it('a secret that was replaced since is not shown again', async () => {
    const server = serve();
    const [, { client_id }] = await statusAndBody<{ client_id: string }>(make(server, '/clients', CONFIDENTIAL));
    await administer(server, 'POST', `/clients/${client_id}/secret`);
    expect((await make(server, '/clients', CONFIDENTIAL)).status).toBe(409);
  });

  for (const [path, body, of] of [
    ['/clients', CONFIDENTIAL, 'client_id'],
    ['/initial-access-tokens', { name: 'Partner' }, 'id'],
    ['/api-keys', { name: 'Backup', scope: 'profile' }, 'id'],
  ] as const) {
    it(`what was made at ${path} and ended since does not come back`, async () => {
      const server = serve();
      const user = await addAdministrator<{ id: string }>(server);
      const request = path === '/api-keys' ? { ...body, user: user.id } : body;
      const [status, made] = await statusAndBody<Record<string, string>>(make(server, path, request));
      expect([status, await statusAndBody(make(server, path, request))]).toEqual([201, [201, made]]);
      await administer(server, 'DELETE', `${path}/${made[of]}`);
      const [again, problem] = await statusAndBody(make(server, path, request));
      expect([again, problem]).toMatchObject([409, { detail: expect.stringContaining('it was deleted') }]);
      expect(Object.values((await administer<Listed>(server, 'GET', path)) ?? {})[0]).toHaveLength(0);
    });
  }

  it('after a day the key is used up', async () => {
    const server = serve();
    await make(server, '/clients', CONFIDENTIAL);
    vi.useFakeTimers({ now: Date.now() + 25 * 3_600_000, toFake: ['Date'] });
    const [status, problem] = await statusAndBody(make(server, '/clients', CONFIDENTIAL));
    expect([status, problem]).toMatchObject([409, { detail: expect.stringContaining('more than a day ago') }]);
  });

  it('a key that is none is refused before anything is made', async () => {
    const server = serve();
    for (const key of ['""', '"a', 'a"b', 'with space', 'x'.repeat(256)]) {
      const [status, problem] = await statusAndBody(make(server, '/clients', PUBLIC, key));
      expect([key, status, problem]).toMatchObject([key, 400, { error: 'invalid_request' }]);
    }
    expect((await administer<Listed>(server, 'GET', '/clients')).clients).toHaveLength(0);
  });
});
