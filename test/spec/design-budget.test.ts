/** The budget of storage rounds that a caller waits for, warm: one case for each row of the table that exists. */
import { beforeEach, describe, expect, it } from 'vitest';
import { forgetEverything } from '../../src/storage/held.ts';
import {
  authorizeUrl,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  postForm,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey } from '../support/keys.ts';
import type { Person } from '../support/person.ts';
import { Recorder, wrapStores } from '../support/recorder.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve, settle } from '../support/server.ts';

for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
  describe(`rounds that a caller waits for, warm, with ${shards.length} shards beside DB`, () => {
    let recorder: Recorder;
    let server: Server;
    let client: TestClient;
    let person: Person;
    let tokens: Tokens;

    beforeEach(async () => {
      recorder = new Recorder();
      server = serve(wrapStores(bindings([...shards]), recorder.act));
      client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' }, { trusted: true });
      tokens = await obtainTokens(server, client);
      person = server.person();
      await person.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      // Warm: settings and this client were read by this isolate just now.
      await person.open(authorizeUrl(client));
      await server.fetch('/');
    });

    /** Rounds until the response is there; what goes on behind it is not waited for. */
    async function roundsOf(request: () => Promise<Response>, status: number): Promise<number> {
      recorder.forget();
      const response = await request();
      const rounds = recorder.rounds();
      expect([response.status, await response.text()].at(0)).toBe(status);
      return rounds;
    }

    it('metadata and keys wait for none', async () => {
      for (const path of [
        '/.well-known/oauth-authorization-server',
        '/.well-known/openid-configuration',
        '/.well-known/oauth-protected-resource',
        '/.well-known/jwks.json',
      ]) {
        expect([path, await roundsOf(() => server.fetchOnly(path), 200)]).toEqual([path, 0]);
      }
    });

    it('GET /authorize, signed in and consent remembered, waits for one', async () => {
      const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      expect(await roundsOf(() => server.fetchOnly(authorizeUrl(client), { headers: { cookie } }), 303)).toBe(1);
    });

    it('PAR waits for one; GET /authorize with a pushed request for one more than without: to answer it once', async () => {
      const request = Object.fromEntries(new URLSearchParams(authorizeUrl(client).split('?')[1]));
      let requestUri = '';
      const push = async () => {
        const response = await postForm(server, client, '/par', request, {}, server.fetchOnly);
        requestUri = ((await response.clone().json()) as { request_uri: string }).request_uri;
        return response;
      };
      expect(await roundsOf(push, 201)).toBe(1);
      const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const query = new URLSearchParams({ client_id: client.client_id, request_uri: requestUri });
      const go = () => server.fetchOnly(`/authorize?${query}`, { headers: { cookie } });
      expect(await roundsOf(go, 303)).toBe(2);
    });

    it('POST /token with a code waits for one', async () => {
      const code = await obtainCode(server, client);
      expect(await roundsOf(() => postToken(server, client, redemption(code), {}, server.fetchOnly), 200)).toBe(1);
    });

    it('POST /token with a refresh token waits for one', async () => {
      expect(await roundsOf(() => refresh(server, client, tokens.refresh_token, {}, server.fetchOnly), 200)).toBe(1);
    });

    it('/userinfo and /api/me wait for one', async () => {
      const only: Server = { ...server, fetch: server.fetchOnly };
      expect(await roundsOf(() => me(only, tokens.access_token, '/userinfo'), 200)).toBe(1);
      expect(await roundsOf(() => me(only, tokens.access_token), 200)).toBe(1);
    });

    it('/api/me by an API key waits for one', async () => {
      const { people } = await administer<{ people: { id: string }[] }>(server, 'GET', '/people');
      const request = { person: people[0]?.id, name: 'Test', scope: 'profile' };
      const key = await administer<{ authorization: string }>(server, 'POST', '/api-keys', request);
      const headers = { authorization: key.authorization };
      expect(await roundsOf(() => server.fetchOnly('/api/me', { headers }), 200)).toBe(1);
    });

    it('a token that is not valid waits for none', async () => {
      const only: Server = { ...server, fetch: server.fetchOnly };
      expect(await roundsOf(() => me(only, `${tokens.access_token.slice(0, -8)}AAAAAAAA`), 401)).toBe(0);
    });

    it('a forged refresh token waits for none', async () => {
      const forged = `${tokens.refresh_token.slice(0, -8)}AAAAAAAA`;
      expect(await roundsOf(() => refresh(server, client, forged, {}, server.fetchOnly), 400)).toBe(0);
    });

    it('POST /register waits for one', async () => {
      const body = JSON.stringify({ redirect_uris: ['https://new.example/'], token_endpoint_auth_method: 'none' });
      const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
      expect(await roundsOf(() => server.fetchOnly('/register', init), 201)).toBe(1);
    });

    const machine = (metadata: Record<string, unknown> = {}) =>
      makeClient(server, {
        grant_types: ['client_credentials'],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_basic',
        ...metadata,
      });

    it('POST /token with client credentials waits for none by secret, and for one by private_key_jwt', async () => {
      const bySecret = await machine();
      const ask = () => postToken(server, bySecret, { grant_type: 'client_credentials' }, {}, server.fetchOnly);
      await ask();
      await settle();
      expect(await roundsOf(ask, 200)).toBe(0);
      const key = await makeKey();
      const byKey = await machine({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key.publicJwk] } });
      const prove = async () => ({
        grant_type: 'client_credentials',
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: await key.sign(assertionClaims(byKey.client_id)),
      });
      await postToken(server, byKey, await prove());
      const proof = await prove();
      expect(await roundsOf(() => postToken(server, byKey, proof, {}, server.fetchOnly), 200)).toBe(1);
    });

    it('POST /token with a code waits for one, the jti of an assertion included', async () => {
      const key = await makeKey();
      const byKey = await makeClient(
        server,
        { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key.publicJwk] } },
        { trusted: true },
      );
      const code = await obtainCode(server, byKey);
      const proof = {
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: await key.sign(assertionClaims(byKey.client_id)),
      };
      expect(await roundsOf(() => postToken(server, byKey, redemption(code, proof), {}, server.fetchOnly), 200)).toBe(
        1,
      );
    });

    it('introspection and revocation wait for one, of either kind of token', async () => {
      const authorization = `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization };
      for (const path of ['/introspect', '/revoke']) {
        for (const token of [tokens.access_token, tokens.refresh_token]) {
          const init = { method: 'POST', headers, body: `token=${token}` };
          expect([path, await roundsOf(() => server.fetchOnly(path, init), 200)]).toEqual([path, 1]);
        }
      }
    });

    it('a client that the isolate does not hold costs one more, and cold settings are read beside nothing else', async () => {
      forgetEverything();
      await server.fetch('/');
      expect(await roundsOf(() => refresh(server, client, tokens.refresh_token, {}, server.fetchOnly), 200)).toBe(2);
    });
  });
}

describe('the recorder', () => {
  it('counts waits one after the other, and shares what overlaps', async () => {
    const recorder = new Recorder();
    const wait = () => recorder.act('DB', () => new Promise((resolve) => setTimeout(resolve, 2)));
    await Promise.all([wait(), wait()]);
    expect(recorder.rounds()).toBe(1);
    await wait();
    expect(recorder.rounds()).toBe(2);
  });
});
