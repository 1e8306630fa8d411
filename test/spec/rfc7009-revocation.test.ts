/** RFC 7009: a client gives tokens back; an administrator takes them. */
import { describe, expect, it } from 'vitest';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  payloadOf,
  postToken,
  redemption,
  refresh,
  type TestClient,
} from '../support/client.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';

const revoke = (server: Server, client: TestClient, token: string, hint?: string) =>
  server.fetch('/revoke', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      client_id: client.client_id,
      token,
      ...(hint === undefined ? {} : { token_type_hint: hint }),
    }).toString(),
  });

for (const [shards, isRecorded] of [
  [[], true],
  [['SHARD_WEUR', 'SHARD_APAC'], true],
  [['SHARD_WEUR', 'SHARD_APAC'], false],
] as const) {
  const records = isRecorded ? '' : ', without records of tokens';
  describe(`RFC 7009 §2 revocation, with ${shards.length} shards beside DB${records}`, () => {
    const start = async () => {
      const server = serve(bindings([...shards]));
      await setSetting(server, 'record_user_tokens', isRecorded);
      return server;
    };

    it.each([undefined, 'refresh_token', 'access_token', 'nonsense'])(
      'a refresh token with the hint %s: the grant ends, and its access tokens with it',
      async (hint) => {
        const server = await start();
        const client = await makeClient(server);
        const sibling = await obtainTokens(server, client);
        const tokens = await obtainTokens(server, client);
        const response = await revoke(server, client, tokens.refresh_token, hint);
        expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
        expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_grant');
        expect((await me(server, tokens.access_token)).status).toBe(401);
        expect((await me(server, sibling.access_token)).status).toBe(200);
        expect((await refresh(server, client, sibling.refresh_token)).status).toBe(200);
      },
    );

    it.each([undefined, 'refresh_token', 'access_token'])(
      'an access token with the hint %s: only that token ends',
      async (hint) => {
        const server = await start();
        const client = await makeClient(server);
        const tokens = await obtainTokens(server, client);
        expect((await revoke(server, client, tokens.access_token, hint)).status).toBe(200);
        expect((await me(server, tokens.access_token)).status).toBe(401);
        expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
      },
    );
  });
}

describe('RFC 7009 §2.1, §2.2 what the server answers', () => {
  it('The authorization server responds with HTTP status code 200 if the client submitted an invalid token', async () => {
    const server = serve();
    const client = await makeClient(server);
    const tokens = await obtainTokens(server, client);
    for (const token of ['invented', `${tokens.refresh_token}x`, `${tokens.access_token}x`, 'pr_g_zz_0_0']) {
      expect((await revoke(server, client, token)).status).toBe(200);
    }
    await revoke(server, client, tokens.refresh_token);
    expect((await revoke(server, client, tokens.refresh_token)).status).toBe(200);
    const none = await revoke(server, client, '');
    expect([none.status, await errorOf(none)]).toEqual([400, 'invalid_request']);
  });

  it('If the token was issued to another client, the request is refused and the client is informed of the error', async () => {
    const server = serve();
    const client = await makeClient(server);
    const other = await makeClient(server);
    const tokens = await obtainTokens(server, client);
    for (const token of [tokens.refresh_token, tokens.access_token]) {
      expect((await revoke(server, other, token)).status).toBe(400);
    }
    expect((await me(server, tokens.access_token)).status).toBe(200);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });

  it('a revocation that comes before the record of the token is not overwritten by it', async () => {
    const server = serve();
    const client = await makeClient(server);
    const tokens = await obtainTokens(server, client);
    const id = payloadOf(tokens.access_token).jti as string;
    await server.env.DB.prepare('DELETE FROM tokens WHERE id = ?').bind(id).run();
    await revoke(server, client, tokens.access_token);
    expect((await me(server, tokens.access_token)).status).toBe(401);
    const { tokens: records } = await administer<{ tokens: unknown[] }>(server, 'GET', '/tokens');
    expect(records).toMatchObject([{ id, status: 'revoked' }]);
  });
});

type List = { tokens: { id: string; grant: string; user: string; status: string }[] };

describe('records of tokens and codes, for an administrator', () => {
  it('tokens of users are not listed where their records are switched off; their grant is', async () => {
    const server = serve();
    const client = await makeClient(server);
    const listed = async (what: 'tokens' | 'grants') =>
      (await administer<Record<string, unknown[]>>(server, 'GET', `/${what}?client=${client.client_id}`))[what]?.length;
    await setSetting(server, 'record_user_tokens', false);
    const { refresh_token } = await obtainTokens(server, client);
    expect((await refresh(server, client, refresh_token)).status).toBe(200);
    expect([await listed('tokens'), await listed('grants')]).toEqual([0, 1]);
  });

  it('tokens are listed by client, user and grant, and revoked one by one', async () => {
    const server = serve();
    const client = await makeClient(server);
    const tokens = await obtainTokens(server, client);
    await obtainTokens(server, await makeClient(server));
    const list = (query: string) => administer<List>(server, 'GET', `/tokens${query}`);
    const [record] = (await list(`?client=${client.client_id}`)).tokens;
    expect((await list('')).tokens.length).toBe(2);
    expect((await list(`?grant=${record?.grant}`)).tokens.length).toBe(1);
    expect((await list(`?user=${record?.user}`)).tokens.length).toBe(2);
    expect((await list('?client=c_nobody')).tokens).toEqual([]);
    await administer(server, 'DELETE', `/tokens/${record?.id}`);
    expect((await me(server, tokens.access_token)).status).toBe(401);
    expect((await list(`?client=${client.client_id}`)).tokens).toMatchObject([{ status: 'revoked' }]);
    expect((await server.admin('DELETE', '/tokens/t_0_nothing')).status).toBe(404);
    expect((await server.admin('DELETE', '/tokens/nonsense')).status).toBe(404);
    expect((await server.admin('DELETE', '/grants/nonsense')).status).toBe(404);
  });

  it('grants are listed and ended one by one, by client, by user, or both', async () => {
    const server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
    const [one, two] = [await makeClient(server), await makeClient(server)];
    const list = () =>
      administer<{ grants: { id: string; client_id: string; user: string; status: string }[] }>(
        server,
        'GET',
        '/grants',
      );
    const first = await obtainTokens(server, one);
    const [grant] = (await list()).grants;
    await administer(server, 'DELETE', `/grants/${grant?.id}`);
    expect(await errorOf(await refresh(server, one, first.refresh_token))).toBe('invalid_grant');
    expect((await list()).grants).toMatchObject([{ id: grant?.id, status: 'ended' }]);

    const ends = async (request: Record<string, unknown>, survives: boolean) => {
      const [a, b] = [await obtainTokens(server, one), await obtainTokens(server, two)];
      await administer(server, 'POST', '/revocations', request);
      expect(await errorOf(await refresh(server, one, a.refresh_token))).toBe('invalid_grant');
      expect((await refresh(server, two, b.refresh_token)).status).toBe(survives ? 200 : 400);
    };
    const user = grant?.user;
    await ends({ client: one.client_id }, true);
    await ends({ client: one.client_id, user }, true);
    await ends({ user }, false);
    expect((await server.admin('POST', '/revocations', {})).status).toBe(400);
  });

  it('ending all of a client that is disabled does not enable it', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
    await administer(server, 'POST', '/revocations', { client: client.client_id });
    const { cutoff } = (await server.env.DB.prepare('SELECT at AS cutoff FROM cutoffs WHERE subject = ?')
      .bind(`client:${client.client_id}`)
      .first<{ cutoff: number }>()) ?? { cutoff: 0 };
    expect(cutoff).toBe(Number.MAX_SAFE_INTEGER);
    expect((await postToken(server, client, redemption(code))).status).toBe(400);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: false });
    expect((await obtainTokens(server, client)).access_token).toBeTruthy();
  });

  it('an outstanding code is listed, and ended before it is redeemed', async () => {
    const server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const { codes } = await administer<{ codes: { hash: string }[] }>(server, 'GET', '/codes');
    expect(codes.length).toBe(1);
    await administer(server, 'DELETE', `/codes/${codes[0]?.hash}`);
    expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
    expect((await administer<{ codes: unknown[] }>(server, 'GET', '/codes')).codes).toEqual([]);
    expect((await server.admin('DELETE', `/codes/${codes[0]?.hash}`)).status).toBe(404);
    expect(authorizeUrl(client)).toContain('code_challenge');
  });
});
