/** RFC 7523 §3: an assertion is good once, wherever the database stands that decides what it protects. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  errorOf,
  makeClient,
  obtainCode,
  postToken,
  redemption,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey, type TestKey } from '../support/keys.ts';
import { bindings, type Server, serve } from '../support/server.ts';

let key: TestKey;
beforeEach(async () => {
  key = await makeKey();
});

const keyed = (server: Server) =>
  makeClient(
    server,
    {
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key.publicJwk] },
    },
    { trusted: true },
  );

const proofOf = async ({ client_id }: TestClient) => ({
  client_assertion_type: ASSERTION_TYPE,
  client_assertion: await key.sign(assertionClaims(client_id)),
});

type Proof = Awaited<ReturnType<typeof proofOf>>;

const post = (server: Server, path: string, body: Record<string, string>) =>
  server.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(body).toString(),
  });

const byItself = (server: Server, proof: Proof) =>
  post(server, '/token', { grant_type: 'client_credentials', ...proof });

async function tokensOf(server: Server, client: TestClient) {
  const code = await obtainCode(server, client);
  const response = await postToken(server, client, redemption(code, await proofOf(client)));
  return (await response.json()) as Tokens;
}

for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
  describe(`RFC 7523 §3 an assertion at two endpoints, with ${shards.length} shards beside DB`, () => {
    let server: Server;
    let client: TestClient;
    let refresh_token: string;
    beforeEach(async () => {
      server = serve(bindings([...shards]));
      client = await keyed(server);
      refresh_token = (await tokensOf(server, client)).refresh_token;
    });
    const refreshing = (proof: Proof) =>
      post(server, '/token', { grant_type: 'refresh_token', refresh_token, ...proof });

    it('what was used for a grant in one database is spent for those of every other, and the other way round', async () => {
      const first = await proofOf(client);
      expect((await byItself(server, first)).status).toBe(200);
      expect(await errorOf(await refreshing(first))).toBe('invalid_client');
      const second = await proofOf(client);
      expect((await refreshing(second)).status).toBe(200);
      expect(await errorOf(await byItself(server, second))).toBe('invalid_client');
      expect(await errorOf(await post(server, '/introspect', { token: 'x', ...second }))).toBe('invalid_client');
      const third = await proofOf(client);
      expect((await post(server, '/revoke', { token: refresh_token, ...third })).status).toBe(200);
      expect(await errorOf(await byItself(server, third))).toBe('invalid_client');
    });

    it('of fifty at once, at both, exactly one wins', async () => {
      const proof = await proofOf(client);
      const responses = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? byItself(server, proof) : refreshing(proof))),
      );
      expect(responses.filter(({ status }) => status === 200).length).toBe(1);
      const errors = await Promise.all(responses.filter(({ status }) => status !== 200).map(errorOf));
      expect(new Set(errors)).toEqual(new Set(['invalid_client']));
      // Nobody is locked out by it: the same refresh token goes on, with a new assertion.
      expect((await refreshing(await proofOf(client))).status).toBe(200);
    });

    it('a refresh whose answer from D1 was lost is sent twice, and spends the assertion and the token once', async () => {
      const env = bindings([...shards]);
      const name = shards.length > 0 ? 'SHARD_WEUR' : 'DB';
      const real = env[name] as D1Database;
      let batches = 0;
      const flaky = {
        prepare: real.prepare.bind(real),
        withSession: real.withSession.bind(real),
        batch: async (statements: D1PreparedStatement[]) => {
          const result = await real.batch(statements);
          if (batches++ === 0) throw new Error('Network connection lost.');
          return result;
        },
      } as unknown as D1Database;
      const proof = await proofOf(client);
      const body = { grant_type: 'refresh_token', refresh_token, ...proof };
      const response = await post(serve({ ...env, [name]: flaky }), '/token', body);
      expect([response.status, batches]).toEqual([200, 2]);
      const { refresh_token: next } = (await response.json()) as { refresh_token: string };
      expect(await errorOf(await refreshing(proof))).toBe('invalid_client');
      refresh_token = next;
      expect((await refreshing(await proofOf(client))).status).toBe(200);
    });
  });
}

describe('RFC 8628 §3.5 polling by private_key_jwt', () => {
  it('each poll uses its assertion up, also while the user has not answered', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const client = await makeClient(server, {
      grant_types: [grant_type],
      redirect_uris: [],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key.publicJwk] },
    });
    const begin = await proofOf(client);
    const device = (await (await post(server, '/device_authorization', begin)).json()) as { device_code: string };
    const poll = (proof: Proof) => post(server, '/token', { grant_type, device_code: device.device_code, ...proof });
    const proof = await proofOf(client);
    expect(await errorOf(await poll(proof))).toBe('authorization_pending');
    expect(await errorOf(await poll(proof))).toBe('invalid_client');
    expect(await errorOf(await poll(begin))).toBe('invalid_client');
  });
});
