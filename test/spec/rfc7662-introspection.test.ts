/** RFC 7662: what a token is worth now, told to those whom it concerns. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { makeClient, obtainTokens, postToken, refresh, type TestClient, type Tokens } from '../support/client.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey } from '../support/keys.ts';
import {
  ADMINISTRATOR,
  addAdministrator,
  administer,
  bindings,
  ISSUER,
  type Server,
  serve,
} from '../support/server.ts';

const CONFIDENTIAL = { token_endpoint_auth_method: 'client_secret_basic' };
const FILES = 'https://files.acme.com';

const ask = (server: Server, path: string, client: TestClient, body: Record<string, string>) =>
  server.fetch(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(client.method === 'client_secret_basic'
        ? { authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}` }
        : {}),
    },
    body: new URLSearchParams({
      ...(client.method === 'none' ? { client_id: client.client_id } : {}),
      ...body,
    }).toString(),
  });

const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });

for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
  describe(`RFC 7662 §2.2 introspection response, with ${shards.length} shards beside DB`, () => {
    let server: Server;
    let client: TestClient;
    let tokens: Tokens;
    beforeEach(async () => {
      server = serve(bindings([...shards]));
      client = await makeClient(server, CONFIDENTIAL);
      tokens = await obtainTokens(server, client, { scope: 'openid profile email' });
    });
    const introspect = async (token: string, body: Record<string, string> = {}, by = client) =>
      (await (await ask(server, '/introspect', by, { token, ...body })).json()) as Record<string, unknown>;

    it('an access token: active, with what it is and, with openid, whom it speaks for', async () => {
      expect(await introspect(tokens.access_token)).toMatchObject({
        active: true,
        scope: 'openid profile email',
        client_id: client.client_id,
        token_type: 'Bearer',
        iss: ISSUER,
        aud: ISSUER,
        sub: expect.stringMatching(/^u_/),
        exp: expect.any(Number),
        iat: expect.any(Number),
        trusted_client: false,
        username: ADMINISTRATOR.email,
        name: 'Administrator',
      });
    });

    it('a refresh token, whatever the hint says', async () => {
      for (const hint of ['refresh_token', 'access_token', 'nonsense']) {
        expect(await introspect(tokens.refresh_token, { token_type_hint: hint })).toMatchObject({
          active: true,
          token_type: 'refresh_token',
          client_id: client.client_id,
          scope: 'openid profile email',
        });
      }
    });

    it('a refresh token that was replaced is active within its grace, and not after it', async () => {
      await refresh(server, client, tokens.refresh_token);
      expect((await introspect(tokens.refresh_token)).active).toBe(true);
      later(61);
      expect(await introspect(tokens.refresh_token)).toEqual({ active: false });
    });

    it('expired, revoked, foreign and invented all answer active: false alike', async () => {
      const other = await makeClient(server, CONFIDENTIAL);
      const inactive = [
        await introspect(tokens.access_token, {}, other),
        await introspect(tokens.refresh_token, {}, other),
        await introspect('invented'),
        await introspect(`${tokens.access_token.slice(0, -6)}AAAAAA`),
        await introspect(`${tokens.refresh_token.slice(0, -6)}AAAAAA`),
      ];
      await ask(server, '/revoke', client, { token: tokens.refresh_token });
      inactive.push(await introspect(tokens.access_token), await introspect(tokens.refresh_token));
      later(700);
      inactive.push(await introspect(tokens.access_token));
      expect(inactive).toEqual(inactive.map(() => ({ active: false })));
    });

    it('a user or client that was disabled, a consent that was withdrawn: inactive at once', async () => {
      const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
      await administer(server, 'DELETE', `/users/${users[0]?.id}/consents/${client.client_id}`);
      expect(await introspect(tokens.access_token)).toEqual({ active: false });
      const fresh = await obtainTokens(server, client);
      expect((await introspect(fresh.access_token)).active).toBe(true);
      await addAdministrator(server);
      await administer(server, 'PATCH', `/users/${users[0]?.id}`, { disabled: true });
      expect(await introspect(fresh.access_token)).toEqual({ active: false });
    });
  });
}

describe('RFC 7662 §2.1 and §4 who may ask', () => {
  it('the client that a resource names sees tokens meant for it, and no others', async () => {
    const server = serve();
    const owner = await makeClient(server, CONFIDENTIAL);
    const other = await makeClient(server, CONFIDENTIAL);
    const client = await makeClient(server);
    await administer(server, 'PUT', `/resources/${encodeURIComponent(FILES)}`, {
      name: 'Files',
      scopes: [{ name: 'files', description: 'Files' }],
      client_id: owner.client_id,
    });
    const forFiles = await obtainTokens(server, client, { resource: FILES, scope: 'files' });
    const forUs = await obtainTokens(server, client);
    const active = async (by: TestClient, token: string) =>
      ((await (await ask(server, '/introspect', by, { token })).json()) as { active: boolean }).active;
    expect(await active(owner, forFiles.access_token)).toBe(true);
    expect(await active(owner, forUs.access_token)).toBe(false);
    expect(await active(owner, forFiles.refresh_token)).toBe(false);
    expect(await active(other, forFiles.access_token)).toBe(false);
    // Another isolate hands the resource over: this one goes on holding its registry, and refuses nobody by it.
    await server.env.DB.prepare('UPDATE resources SET description = json_set(description, ?, ?)')
      .bind('$.client_id', other.client_id)
      .run();
    expect(await active(other, forFiles.access_token)).toBe(true);
  });

  it('To prevent token scanning attacks, the endpoint MUST also require some form of authorization', async () => {
    const server = serve();
    const client = await makeClient(server, CONFIDENTIAL);
    const tokens = await obtainTokens(server, client);
    const open = await makeClient(server);
    for (const by of [
      open,
      { ...client, client_secret: 'wrong' },
      { ...client, method: 'none' },
      { ...client, method: 'x' },
    ]) {
      const response = await ask(server, '/introspect', by, { token: tokens.access_token });
      expect([400, 401]).toContain(response.status);
      if (response.status === 401) expect(response.headers.get('www-authenticate')).toMatch(/^Basic/);
    }
    expect((await ask(server, '/introspect', client, {})).status).toBe(400);
    expect((await server.fetch('/introspect')).status).toBe(405);
  });

  it('tokens of clients that act on their own behalf can be introspected and revoked', async () => {
    const server = serve();
    const machine = await makeClient(server, {
      ...CONFIDENTIAL,
      grant_types: ['client_credentials'],
      redirect_uris: [],
    });
    const response = await postToken(server, machine, { grant_type: 'client_credentials' });
    const { access_token: token } = (await response.json()) as Tokens;
    const answer = () => ask(server, '/introspect', machine, { token }).then((response) => response.json());
    expect(await answer()).toMatchObject({ active: true, sub: machine.client_id });
    expect((await ask(server, '/revoke', machine, { token })).status).toBe(200);
    expect(await answer()).toEqual({ active: false });
  });

  it('by private_key_jwt the assertion is good once, here too', async () => {
    const server = serve();
    const key = await makeKey();
    const client = await makeClient(server, {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key.publicJwk] },
    });
    const assertion = await key.sign(assertionClaims(client.client_id));
    const use = async (path: string) =>
      (
        await ask(server, path, client, {
          client_assertion_type: ASSERTION_TYPE,
          client_assertion: assertion,
          token: 'x',
        })
      ).status;
    expect([await use('/introspect'), await use('/introspect'), await use('/revoke')]).toEqual([200, 401, 401]);
  });
});
