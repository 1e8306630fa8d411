/** ARCHITECTURE §2: the user from the nearest replica beside the shard's decision; a replica that lags grants nothing withdrawn. */
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clearIsolateCaches } from '../../src/storage/database/isolate-cache.ts';
import { authorizeUrl, makeClient, me, postToken, redemption, type TestClient } from '../support/client.ts';
import { administer, bindings, type Server, serve } from '../support/server.ts';
import { type StaleReplica, staleReplica } from '../support/stale-replica.ts';
import type { User } from '../support/user.ts';
import { requestDeletion, ZERLINA, zerlinaAt } from '../support/user-account.ts';

const SCOPE = 'openid profile email roles';

afterEach(() => vi.useRealTimers());

describe('a replica that lags for minutes', () => {
  let replica: StaleReplica;
  let server: Server;
  let client: TestClient;
  let zerlina: User;
  let id: string;
  let token: string;

  beforeEach(async () => {
    const { SHARD_APAC } = bindings(['SHARD_APAC']);
    replica = staleReplica(bindings(['SHARD_WEUR']), SHARD_APAC as D1Database);
    server = serve(replica.env);
    client = await makeClient(server, {}, { trusted: true, roles: ['editor'] });
    ({ zerlina, id } = await zerlinaAt(server, ['editor']));
    const back = await zerlina.authorise(authorizeUrl(client, { scope: SCOPE }), ZERLINA);
    const answer = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
    token = ((await answer.json()) as { access_token: string }).access_token;
    await replica.freeze();
  });

  const change = (changes: object) => administer(server, 'PATCH', `/users/${id}`, changes);

  /** The parameters that GET /authorize sends to the client, without a page. */
  async function authorization(): Promise<Record<string, string>> {
    clearIsolateCaches();
    const response = await zerlina.open(authorizeUrl(client, { scope: SCOPE, prompt: 'none' }));
    return Object.fromEntries(new URL(response.headers.get('location') ?? '', server.env.ISSUER).searchParams);
  }

  const claims = async () => {
    const response = await me(server, token, '/userinfo');
    return response.ok ? ((await response.json()) as Record<string, unknown>) : { status: response.status };
  };

  it('answers while nothing was withdrawn: /authorize, /userinfo and /api/me read it', async () => {
    expect(await authorization()).toMatchObject({ code: expect.any(String) });
    expect(await claims()).toMatchObject({ email: ZERLINA.email, roles: ['editor'] });
    const before = replica.reads();
    expect((await me(server, token)).status).toBe(200);
    expect(replica.reads()).toBeGreaterThan(before);
  });

  it.each([
    ['disabled', () => change({ disabled: true })],
    ['going to be deleted', () => requestDeletion(server, id)],
  ])('a user who was %s gets no code, and the token is invalid', async (_, withdraw) => {
    await withdraw();
    expect(await authorization()).toMatchObject({ error: 'login_required' });
    expect(await claims()).toEqual({ status: 401 });
    expect((await me(server, token)).status).toBe(401);
  });

  it('sessions that an administrator ended get no code', async () => {
    await administer(server, 'DELETE', `/users/${id}/sessions`);
    expect(await authorization()).toMatchObject({ error: 'login_required' });
  });

  it('a role that was removed opens no client and is in no claim', async () => {
    const other = await makeClient(server, {}, { trusted: true });
    const back = await zerlina.authorise(authorizeUrl(other, { scope: SCOPE }), ZERLINA);
    const answer = await postToken(server, other, redemption(back.searchParams.get('code') ?? ''));
    token = ((await answer.json()) as { access_token: string }).access_token;
    await change({ roles: [] });
    expect(await authorization()).toMatchObject({ error: 'access_denied' });
    expect(await claims()).toMatchObject({ roles: [] });
  });

  it('a role that was removed is in no id_token, of a code nor of a refresh', async () => {
    const other = await makeClient(server, {}, { trusted: true });
    const code = async () => {
      const back = await zerlina.authorise(authorizeUrl(other, { scope: `${SCOPE} offline_access` }), ZERLINA);
      return back.searchParams.get('code') ?? '';
    };
    const tokensOf = async (form: Parameters<typeof postToken>[2]) =>
      (await (await postToken(server, other, form)).json()) as { id_token: string; refresh_token: string };
    const first = await tokensOf(redemption(await code()));
    expect(decodeJwt(first.id_token)).toMatchObject({ roles: ['editor'] });
    const outstanding = await code();
    await change({ roles: [] });
    expect(decodeJwt((await tokensOf(redemption(outstanding))).id_token)).toMatchObject({ roles: [] });
    const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
    expect(decodeJwt((await tokensOf(refresh)).id_token)).toMatchObject({ roles: [] });
  });

  it('a role that was removed minutes ago is not the role that an exchange needs', async () => {
    const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const from = await makeClient(server, {}, { trusted: true });
    const policy = { from: [from.client_id], resources: [server.env.ISSUER], scopes: ['profile'] };
    const metadata = { grant_types: [grantType], redirect_uris: [], token_endpoint_auth_method: 'client_secret_basic' };
    const exchanging = await makeClient(server, metadata, { roles: ['editor'], exchange: policy });
    await replica.freeze();
    const back = await zerlina.authorise(authorizeUrl(from, { scope: SCOPE }), ZERLINA);
    const tokens = await postToken(server, from, redemption(back.searchParams.get('code') ?? ''));
    const { access_token } = (await tokens.json()) as { access_token: string };
    const exchange = () =>
      postToken(server, exchanging, {
        grant_type: grantType,
        subject_token: access_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        scope: 'profile',
      });
    expect((await exchange()).status).toBe(200);
    await change({ roles: [] });
    vi.useFakeTimers({ now: Date.now() + 5 * 60_000, toFake: ['Date'] });
    clearIsolateCaches();
    expect(await (await exchange()).json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('a role that was assigned again opens the client at once', async () => {
    await change({ roles: [] });
    expect(await authorization()).toMatchObject({ error: 'access_denied' });
    await change({ roles: ['editor'] });
    expect(await authorization()).toMatchObject({ code: expect.any(String) });
  });

  it('an e-mail address that an administrator changed is no claim any more', async () => {
    await change({ email: 'new@example.com' });
    expect(await claims()).toMatchObject({ email: 'new@example.com', email_verified: false });
  });

  it('a user who was enabled again is read from the primary', async () => {
    await change({ disabled: true });
    await replica.freeze();
    await change({ disabled: false });
    const back = await zerlina.authorise(authorizeUrl(client, { scope: SCOPE }), ZERLINA);
    expect(back.searchParams.get('code')).toBeTruthy();
  });

  it('that does not answer is no failure: the primary is read', async () => {
    replica.fail();
    expect(await claims()).toMatchObject({ email: ZERLINA.email });
  });
});
