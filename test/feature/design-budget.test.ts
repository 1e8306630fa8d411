/** The budget of storage rounds that a caller waits for, warm: one case for each row of the table that exists. */
import { beforeEach, describe, expect, it } from 'vitest';
import { clearIsolateCaches } from '../../src/storage/database/isolate-cache.ts';
import {
  authorizeUrl,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  payloadOf,
  postForm,
  postToken,
  REDIRECT_URI,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { Prover } from '../support/dpop.ts';
import { entrance } from '../support/entrance.ts';
import { connectApp, connectUser, farEnd } from '../support/far-end.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey } from '../support/keys.ts';
import { json, pretendWeb } from '../support/pretend-web.ts';
import { Recorder, wrapStores } from '../support/recorder.ts';
import {
  ADMINISTRATOR,
  administer,
  bindings,
  ISSUER,
  type Server,
  serve,
  setSetting,
  settle,
} from '../support/server.ts';
import { parseForm, type User } from '../support/user.ts';

for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
  describe(`rounds that a caller waits for, warm, with ${shards.length} shards beside DB`, () => {
    let recorder: Recorder;
    let server: Server;
    let client: TestClient;
    let user: User;
    let tokens: Tokens;

    beforeEach(async () => {
      recorder = new Recorder();
      server = serve(wrapStores(bindings([...shards]), recorder.act));
      client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' }, { trusted: true });
      tokens = await obtainTokens(server, client);
      user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      // Warm: settings and this client were read by this isolate just now.
      await user.open(authorizeUrl(client));
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
      const cookie = [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      expect(await roundsOf(() => server.fetchOnly(authorizeUrl(client), { headers: { cookie } }), 303)).toBe(1);
      // The session with its user; in a shard, the user from the nearest replica of DB.
      expect([ofDB(true), ofDB(false)]).toEqual(shards.length > 0 ? [1, 0] : [0, 1]);
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
      const cookie = [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const query = new URLSearchParams({ client_id: client.client_id, request_uri: requestUri });
      const go = () => server.fetchOnly(`/authorize?${query}`, { headers: { cookie } });
      expect(await roundsOf(go, 303)).toBe(2);
    });

    it('POST /token with a code waits for one', async () => {
      const code = await obtainCode(server, client);
      expect(await roundsOf(() => postToken(server, client, redemption(code), {}, server.fetchOnly), 200)).toBe(1);
    });

    it('POST /token with a code, and claims about the user asked for by name, waits for one', async () => {
      const claims = JSON.stringify({ id_token: { email: null }, userinfo: { picture: null } });
      const code = await obtainCode(server, client, { claims });
      expect(await roundsOf(() => postToken(server, client, redemption(code), {}, server.fetchOnly), 200)).toBe(1);
    });

    // The primary of DB may be at the other end of the world: where the sign-ins have a shard of their own, no request at
    // /token asks it.
    const ofDB = (near: boolean) => recorder.operations.filter((one) => one.store === 'DB' && one.near === near).length;

    it('POST /token with openid reads the user once: from the nearest replica beside the decision of a shard, in the batch of a decision of DB', async () => {
      const code = await obtainCode(server, client, { scope: 'openid profile email' });
      const [near, far] = shards.length > 0 ? [1, 0] : [0, 1];
      let tokensNow = tokens;
      const redeem = async () => {
        const response = await postToken(server, client, redemption(code), {}, server.fetchOnly);
        tokensNow = (await response.clone().json()) as Tokens;
        return response;
      };
      expect([await roundsOf(redeem, 200), ofDB(true), ofDB(false)]).toEqual([1, near, far]);
      expect(payloadOf(tokensNow.id_token ?? '').email).toBe(ADMINISTRATOR.email);
      const again = () => refresh(server, client, tokensNow.refresh_token, {}, server.fetchOnly);
      expect([await roundsOf(again, 200), ofDB(true), ofDB(false)]).toEqual([1, near, far]);
    });

    it('POST /token that issues no id_token reads no user', async () => {
      const code = await obtainCode(server, client, { scope: 'profile email' });
      const far = shards.length > 0 ? 0 : 1;
      let tokensNow = tokens;
      const redeem = async () => {
        const response = await postToken(server, client, redemption(code), {}, server.fetchOnly);
        tokensNow = (await response.clone().json()) as Tokens;
        return response;
      };
      expect([await roundsOf(redeem, 200), ofDB(true), ofDB(false)]).toEqual([1, 0, far]);
      const again = () => refresh(server, client, tokensNow.refresh_token, {}, server.fetchOnly);
      expect([await roundsOf(again, 200), ofDB(true), ofDB(false)]).toEqual([1, 0, far]);
      const narrow = () => refresh(server, client, tokens.refresh_token, { scope: 'profile' }, server.fetchOnly);
      expect([await roundsOf(narrow, 200), ofDB(true), ofDB(false)]).toEqual([1, 0, far]);
    });

    it('a signed /userinfo waits for one, and asking to sign out for one', async () => {
      const signing = await makeClient(server, { userinfo_signed_response_alg: 'ES256' }, { trusted: true });
      const { access_token, id_token = '' } = await obtainTokens(server, signing);
      const only: Server = { ...server, fetch: server.fetchOnly };
      expect(await roundsOf(() => me(only, access_token, '/userinfo'), 200)).toBe(1);
      const cookie = [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const leave = () => server.fetchOnly(`/end-session?id_token_hint=${id_token}`, { headers: { cookie } });
      expect(await roundsOf(leave, 200)).toBe(1);
    });

    it('POST /token with a refresh token waits for one', async () => {
      expect(await roundsOf(() => refresh(server, client, tokens.refresh_token, {}, server.fetchOnly), 200)).toBe(1);
    });

    it('/userinfo and /api/me wait for one', async () => {
      const only: Server = { ...server, fetch: server.fetchOnly };
      // The first use of the day is recorded behind the response.
      await me(server, tokens.access_token);
      for (const path of ['/userinfo', '/api/me']) {
        expect(await roundsOf(() => me(only, tokens.access_token, path), 200)).toBe(1);
        expect([ofDB(true), ofDB(false)]).toEqual(shards.length > 0 ? [1, 0] : [0, 1]);
      }
    });

    it('what stands below /api/me waits for two: who asks, and what is asked for', async () => {
      const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
      const request = { user: users[0]?.id, name: 'Test', scope: 'grants' };
      const { authorization } = await administer<{ authorization: string }>(server, 'POST', '/api-keys', request);
      const list = () => server.fetchOnly('/api/me/grants', { headers: { authorization } });
      expect(await roundsOf(list, 200)).toBe(2);
    });

    it('/api/me by an API key waits for one', async () => {
      const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
      const request = { user: users[0]?.id, name: 'Test', scope: 'profile' };
      const key = await administer<{ authorization: string }>(server, 'POST', '/api-keys', request);
      const headers = { authorization: key.authorization };
      expect(await roundsOf(() => server.fetchOnly('/api/me', { headers }), 200)).toBe(1);
    });

    it('a token of a connected app waits for one over RPC, and by an API key for two, the key being one', async () => {
      const far = await farEnd();
      await connectApp(server, far);
      await connectUser(user, far);
      const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
      const request = { user: users[0]?.id, name: 'Test', scope: 'connections' };
      const key = await administer<{ authorization: string }>(server, 'POST', '/api-keys', request);
      const init = { method: 'POST', headers: { authorization: key.authorization } };
      await server.fetch('/api/me/connections/faraway/token', init);
      expect(await roundsOf(() => server.fetchOnly('/api/me/connections/faraway/token', init), 200)).toBe(2);
      recorder.forget();
      await entrance(server).token('faraway', users[0]?.id ?? '');
      expect(recorder.rounds()).toBe(1);
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

    it('with DPoP: client credentials wait for one, PAR and a code for no more than before, a resource for one', async () => {
      const key = await Prover.make();
      const bySecret = await machine();
      const ask = { grant_type: 'client_credentials' };
      const once = async (path: string, token?: string) => ({
        dpop: await key.prove(path === '/userinfo' ? 'GET' : 'POST', path, token),
      });
      await key.token(server, bySecret, ask);
      await settle();
      const headers = await once('/token');
      expect(await roundsOf(() => postToken(server, bySecret, ask, headers, server.fetchOnly), 200)).toBe(1);

      const request = Object.fromEntries(new URLSearchParams(authorizeUrl(client).split('?')[1]));
      const forPush = await once('/par');
      expect(await roundsOf(() => postForm(server, client, '/par', request, forPush, server.fetchOnly), 201)).toBe(1);

      const code = await obtainCode(server, client, { dpop_jkt: key.thumbprint });
      const forCode = await once('/token');
      let bound = '';
      const redeem = async () => {
        const response = await postToken(server, client, redemption(code), forCode, server.fetchOnly);
        bound = ((await response.clone().json()) as Tokens).access_token;
        return response;
      };
      expect(await roundsOf(redeem, 200)).toBe(1);

      const open = async () => {
        const proof = await once('/userinfo', bound);
        return () => server.fetchOnly('/userinfo', { headers: { authorization: `DPoP ${bound}`, ...proof } });
      };
      expect(await roundsOf(await open(), 200)).toBe(1);
      // A proof that is refused asks nobody.
      const wrong = { authorization: `DPoP ${bound}`, dpop: await key.prove('GET', '/api/me', bound) };
      expect(await roundsOf(() => server.fetchOnly('/userinfo', { headers: wrong }), 401)).toBe(0);
      const currentNonce = key.nonce;
      key.nonce = undefined;
      const noNonce = await once('/token');
      expect(await roundsOf(() => postToken(server, bySecret, ask, noNonce, server.fetchOnly), 400)).toBe(0);
      await setSetting(server, 'dpop_proofs_once', true);
      key.nonce = currentNonce;
      // The settings, the registry and the client are held again.
      await (await open())();
      expect(await roundsOf(await open(), 200)).toBe(1);
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

    const GRANT = 'urn:ietf:params:oauth:grant-type:';

    it('POST /device_authorization waits for one, a poll for one, and the poll that gets the tokens for two', async () => {
      const grant_type = `${GRANT}device_code`;
      const device = await makeClient(server, { grant_types: [grant_type], redirect_uris: [] });
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const begin = () =>
        server.fetchOnly('/device_authorization', { method: 'POST', headers, body: `client_id=${device.client_id}` });
      await begin();
      let begun: Record<string, string> = {};
      const asked = await roundsOf(async () => {
        const response = await begin();
        begun = await response.clone().json();
        return response;
      }, 200);
      const body = { grant_type, device_code: begun.device_code };
      const poll = () => postToken(server, device, body, {}, server.fetchOnly);
      const pending = await roundsOf(poll, 400);
      const html = await (await user.open(`/device?user_code=${begun.user_code}`)).text();
      await user.send(parseForm(html, '/device'), { decision: 'allow' });
      expect([asked, pending, await roundsOf(poll, 200)]).toEqual([1, 1, 2]);
    });

    it('POST /token with token exchange waits for one, with an actor token for two', async () => {
      const standing = {
        exchange: { from: ['*'], resources: [ISSUER], semantics: ['delegation'] },
      };
      const back = await makeClient(
        server,
        {
          grant_types: [`${GRANT}token-exchange`],
          redirect_uris: [],
          token_endpoint_auth_method: 'client_secret_basic',
        },
        standing,
      );
      const type = `urn:ietf:params:oauth:token-type:access_token`;
      const subject = { subject_token: tokens.access_token, subject_token_type: type };
      const actor = { actor_token: tokens.access_token, actor_token_type: type };
      const ask = (more: Record<string, string> = {}) =>
        postToken(server, back, { grant_type: `${GRANT}token-exchange`, ...subject, ...more }, {}, server.fetchOnly);
      await ask();
      await settle();
      expect([await roundsOf(() => ask(), 200), await roundsOf(() => ask(actor), 200)]).toEqual([1, 2]);
    });

    it('POST /token with a JWT of another issuer waits for two: who is meant, and whether it was used', async () => {
      const key = await makeKey();
      const iss = 'https://id.acme.com';
      const path = `/issuers/${encodeURIComponent(iss)}`;
      await administer(server, 'PUT', path, { jwks: { keys: [key.publicJwk] } });
      const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
      await administer(server, 'PUT', `${path}/subjects`, { subject: 'ada', user: users[0]?.id });
      const byIssuer = await makeClient(server, {
        grant_types: [`${GRANT}jwt-bearer`],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_basic',
      });
      const bring = async () => ({
        grant_type: `${GRANT}jwt-bearer`,
        assertion: await key.sign(assertionClaims('x', { iss, sub: 'ada' })),
      });
      await postToken(server, byIssuer, await bring());
      const body = await bring();
      expect(await roundsOf(() => postToken(server, byIssuer, body, {}, server.fetchOnly), 200)).toBe(2);
    });

    it('GET /authorize of a client that a document describes waits for one, too', async () => {
      const id = 'https://app.acme.com/client.json';
      pretendWeb({ [id]: () => json({ client_id: id, redirect_uris: [REDIRECT_URI] }) });
      await user.open(authorizeUrl({ client_id: id }));
      const cookie = [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const open = () => server.fetchOnly(authorizeUrl({ client_id: id }), { headers: { cookie } });
      expect(await roundsOf(open, 200)).toBe(1);
    });

    it('GET and PUT /register/:id wait for one and two', async () => {
      const body = { redirect_uris: ['https://new.example/'], token_endpoint_auth_method: 'client_secret_basic' };
      const json = { 'content-type': 'application/json' };
      const registered = await server.fetch('/register', { method: 'POST', body: JSON.stringify(body), headers: json });
      const { client_id, registration_access_token } = (await registered.json()) as Record<string, string>;
      const headers = { ...json, authorization: `Bearer ${registration_access_token}` };
      const manage = (method: string, sent?: string) =>
        server.fetchOnly(`/register/${client_id}`, { method, headers, ...(sent && { body: sent }) });
      await server.fetch('/');
      expect(await roundsOf(() => manage('GET'), 200)).toBe(1);
      expect(await roundsOf(() => manage('PUT', JSON.stringify({ ...body, client_id })), 200)).toBe(2);
    });

    it('a client that the isolate does not hold costs one more, and cold settings are read beside nothing else', async () => {
      clearIsolateCaches();
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
