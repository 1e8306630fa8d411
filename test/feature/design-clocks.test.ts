/** Cutoffs between locations whose clocks differ: what was issued before is ended, what is issued after is valid (ARCHITECTURE §2). */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LOCATION_SKEW } from '../../src/protocol/lifetimes.ts';
import {
  authorizeUrl,
  errorOf,
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
import { ADMINISTRATOR, addAdministrator, administer, bindings, type Server, serve } from '../support/server.ts';
import { parseForm, type User } from '../support/user.ts';

afterEach(() => vi.useRealTimers());

const START = Date.UTC(2030, 0, 1, 12, 0, 0);

/** The clock of the location that answers from now on: it stands still. */
const clockAt = (time: number) => vi.useFakeTimers({ now: time, toFake: ['Date'] });

const idOf = async (server: Server) =>
  (await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${ADMINISTRATOR.email}`)).users[0]?.id ??
  '';

type Begun = { server: Server; client: TestClient; id: string; user: User; code: string; tokens: Tokens };

/** Signed in, with a code in flight, a refresh token and an access token, all issued by one clock. */
async function begin(issuedAt: number, shards: ('SHARD_WEUR' | 'SHARD_APAC')[] = ['SHARD_WEUR']): Promise<Begun> {
  const server = serve(bindings(shards));
  clockAt(issuedAt - 1000);
  const client = await makeClient(server);
  await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  await addAdministrator(server);
  const id = await idOf(server);
  clockAt(issuedAt);
  const user = server.user();
  const codeOf = async () => (await user.authorise(authorizeUrl(client), ADMINISTRATOR)).searchParams.get('code') ?? '';
  const tokens = (await (await postToken(server, client, redemption(await codeOf()))).json()) as Tokens;
  return { server, client, id, user, code: await codeOf(), tokens };
}

/** Each without disabling anything. */
const ENDINGS: [string, (begun: Begun) => Promise<unknown>][] = [
  [
    'consent withdrawn',
    ({ server, client, id }) => administer(server, 'DELETE', `/users/${id}/consents/${client.client_id}`),
  ],
  ['everything of the user revoked', ({ server, id }) => administer(server, 'POST', '/revocations', { user: id })],
  [
    'everything of the client revoked',
    ({ server, client }) => administer(server, 'POST', '/revocations', { client: client.client_id }),
  ],
  [
    'scopes of the client narrowed',
    async ({ server, client }) => {
      await administer(server, 'PATCH', `/clients/${client.client_id}`, { metadata: { scope: 'openid' } });
      await administer(server, 'PATCH', `/clients/${client.client_id}`, { metadata: { scope: 'openid profile' } });
    },
  ],
];

async function expectEnded({ server, client, code, tokens }: Begun) {
  expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
  expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_grant');
  expect((await me(server, tokens.access_token)).status).toBe(401);
}

/** Signing in, allowing, refreshing and the API. */
async function expectNewIsValid({ server, client }: Begun) {
  const tokens = await obtainTokens(server, client);
  expect((await me(server, tokens.access_token)).status).toBe(200);
  const next = await refresh(server, client, tokens.refresh_token);
  expect(next.status).toBe(200);
  expect((await me(server, ((await next.json()) as Tokens).access_token)).status).toBe(200);
}

describe('ARCHITECTURE §2: a cutoff by a clock that is behind', () => {
  it.each(ENDINGS)('%s: ends what was issued up to the allowance later by another clock', async (_what, end) => {
    const begun = await begin(START + LOCATION_SKEW);
    clockAt(START);
    await end(begun);
    clockAt(START + LOCATION_SKEW + 1);
    await expectEnded(begun);
  });

  it.each(ENDINGS)('%s: what is allowed at once after it is valid, by a clock of any location', async (_what, end) => {
    const begun = await begin(START);
    clockAt(START + 1);
    await end(begun);
    for (const clock of [START + 2, START + LOCATION_SKEW - 1]) {
      clockAt(clock);
      await expectNewIsValid(begun);
    }
    await expectEnded(begun);
  });

  it.each(ENDINGS)('%s twice at once: the second ends what was allowed between the two', async (_what, end) => {
    const begun = await begin(START);
    await end(begun);
    clockAt(START + 1);
    const tokens = await obtainTokens(begun.server, begun.client);
    const code = await obtainCode(begun.server, begun.client);
    await end(begun);
    await expectEnded({ ...begun, tokens, code });
    clockAt(START + 4);
    await expectNewIsValid(begun);
  });

  it('ends what was allowed behind another cutoff, by a clock that is ahead', async () => {
    const begun = await begin(START);
    const { server, client, id } = begun;
    clockAt(START + LOCATION_SKEW);
    await administer(server, 'POST', '/revocations', { user: id });
    clockAt(START + LOCATION_SKEW + 1);
    const tokens = await obtainTokens(server, client);
    const code = await obtainCode(server, client);
    clockAt(START);
    await administer(server, 'DELETE', `/users/${id}/consents/${client.client_id}`);
    await expectEnded({ ...begun, tokens, code });
  });

  it.each(['user', 'client'] as const)('a %s disabled and enabled: nothing of before is valid', async (what) => {
    const begun = await begin(START + LOCATION_SKEW);
    const { server, client, id } = begun;
    const path = what === 'user' ? `/users/${id}` : `/clients/${client.client_id}`;
    clockAt(START);
    await administer(server, 'PATCH', path, { disabled: true });
    expect((await postToken(server, client, redemption(begun.code))).status).toBe(400);
    await administer(server, 'PATCH', path, { disabled: false });
    await expectEnded(begun);
    clockAt(START + 1);
    await expectNewIsValid(begun);
    clockAt(START + LOCATION_SKEW + 1);
    await expectEnded(begun);
  });

  it('a session ended: no code of it is redeemed, and no grant of it without offline access refreshed', async () => {
    const begun = await begin(START + LOCATION_SKEW);
    const { server, id } = begun;
    clockAt(START);
    await administer(server, 'DELETE', `/users/${id}/sessions`);
    clockAt(START + LOCATION_SKEW + 1);
    await expectEnded(begun);
    await expectNewIsValid(begun);
  });

  it('a scope withdrawn: a code in flight does not bring it back, and allowed again at once it is given', async () => {
    const { server, client, user, code } = await begin(START + LOCATION_SKEW);
    const withdraw = async () => {
      const html = await (await user.open('/account/applications')).text();
      const part = `${client.client_id} profile`;
      expect((await user.send(parseForm(html, '/account/applications'), { part })).status).toBe(200);
    };
    clockAt(START);
    await withdraw();
    expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
    const { scope } = await obtainTokens(server, client);
    expect(scope).toBe('openid profile');
  });

  it('a new password set by a clock that is behind: sessions of the old one end, and what was allowed in them', async () => {
    const begun = await begin(START);
    const other = begun.server.user();
    await other.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    clockAt(START - LOCATION_SKEW);
    const form = parseForm(await (await other.open('/account/password')).text(), '/account/password');
    await other.send(form, { password: 'quite another password' });
    expect(await errorOf(await refresh(begun.server, begun.client, begun.tokens.refresh_token))).toBe('invalid_grant');
    expect((await begun.user.request('/account')).status).toBe(303);
    expect((await other.request('/account')).status).toBe(200);
  });

  it('API keys: those made before by a clock ahead end with everything of the user; one made at once is valid', async () => {
    const begun = await begin(START);
    const { server, id } = begun;
    const asked = { name: 'Backup', scope: 'profile', user: id };
    const make = async () =>
      (await administer<{ authorization: string }>(server, 'POST', '/api-keys', asked)).authorization;
    const use = async (authorization: string) => (await server.fetch('/api/me', { headers: { authorization } })).status;
    clockAt(START + LOCATION_SKEW);
    const before = await make();
    clockAt(START);
    await administer(server, 'POST', '/revocations', { user: id });
    clockAt(START + 1);
    const after = await make();
    expect([await use(before), await use(after)]).toEqual([401, 200]);
  });

  it('client credentials: a token issued right after a narrowing is valid, one of before is not', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    clockAt(START);
    const machine = await makeClient(server, {
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      redirect_uris: [],
    });
    const issue = async () =>
      ((await (await postToken(server, machine, { grant_type: 'client_credentials' })).json()) as Tokens).access_token;
    const isActive = async (token: string) =>
      ((await (await postForm(server, machine, '/introspect', { token })).json()) as { active: boolean }).active;
    const before = await issue();
    expect(await isActive(before)).toBe(true);
    clockAt(START + 1);
    await administer(server, 'POST', '/revocations', { client: machine.client_id });
    clockAt(START + 10);
    expect(await isActive(await issue())).toBe(true);
    expect(await isActive(before)).toBe(false);
  });
});
