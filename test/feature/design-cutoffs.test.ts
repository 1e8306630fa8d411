/** Races for an authorization code, and rights revoked while one is outstanding. */

import { describe, expect, it } from 'vitest';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  me,
  obtainCode,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { wrapStores } from '../support/recorder.ts';
import {
  ADMINISTRATOR,
  addAdministrator,
  administer,
  bindings,
  runCron,
  type Server,
  serve,
  setSetting,
} from '../support/server.ts';

const userId = async (server: Server) =>
  (await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${ADMINISTRATOR.email}`)).users[0]?.id;

async function disableTheUser(server: Server) {
  await addAdministrator(server);
  return administer(server, 'PATCH', `/users/${await userId(server)}`, { disabled: true });
}

/** Everything that ends what a user let a client do, and how to allow it again. */
const ENDINGS: [
  string,
  (server: Server, client: TestClient) => Promise<unknown>,
  (server: Server, client: TestClient) => Promise<unknown>,
][] = [
  [
    'a user disabled',
    disableTheUser,
    async (server) => administer(server, 'PATCH', `/users/${await userId(server)}`, { disabled: false }),
  ],
  [
    'a client disabled',
    (server, client) => administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true }),
    (server, client) => administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: false }),
  ],
  [
    'a consent withdrawn',
    async (server, client) =>
      administer(server, 'DELETE', `/users/${await userId(server)}/consents/${client.client_id}`),
    async () => {},
  ],
  [
    'the scopes of a client narrowed',
    (server, client) => administer(server, 'PATCH', `/clients/${client.client_id}`, { metadata: { scope: 'openid' } }),
    (server, client) =>
      administer(server, 'PATCH', `/clients/${client.client_id}`, { metadata: { scope: 'openid profile' } }),
  ],
];

for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
  for (const continent of ['EU', 'AS']) {
    describe(`cutoffs, from ${continent}, with ${shards.length} shards beside DB`, () => {
      const start = () => serve(bindings([...shards]), continent);

      const endings = ENDINGS.flatMap(([what, end, allowAgain]) =>
        [true, false].map((isRecorded) => ({
          what: isRecorded ? what : `${what}, without records of tokens,`,
          end,
          allowAgain,
          isRecorded,
        })),
      );
      for (const { what, end, allowAgain, isRecorded } of endings) {
        it(`${what} between consent and redemption: no grant, then or later; refreshing and the API end, too`, async () => {
          const server = start();
          await setSetting(server, 'record_user_tokens', isRecorded);
          const client = await makeClient(server);
          const code = await obtainCode(server, client);
          const tokens = (await (
            await postToken(server, client, redemption(await obtainCode(server, client)))
          ).json()) as Tokens;
          await end(server, client);
          expect((await postToken(server, client, redemption(code))).status).toBe(400);
          expect((await refresh(server, client, tokens.refresh_token)).status).toBe(400);
          expect((await me(server, tokens.access_token)).status).toBe(401);
          await allowAgain(server, client);
          // Nothing that was issued before survives.
          expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
          expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_grant');
          expect((await me(server, tokens.access_token)).status).toBe(401);
          // Authorizations that begin now are valid.
          const next = await postToken(
            server,
            client,
            redemption(await obtainCode(server, client, { scope: 'openid profile' })),
          );
          expect((await me(server, ((await next.json()) as Tokens).access_token)).status).toBe(200);
        });
      }

      it('a user disabled is signed out everywhere, and cannot sign in', async () => {
        const server = start();
        const client = await makeClient(server);
        const user = server.user();
        await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
        await disableTheUser(server);
        const response = await user.request(authorizeUrl(client));
        expect(response.headers.get('location')).toContain('/sign-in');
        const again = await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
        expect(again.status).toBe(400);
      });

      it('of fifty redemptions of one code at once exactly one wins, 49 are invalid_grant, and the winner can refresh', async () => {
        const server = start();
        const client = await makeClient(server);
        const code = await obtainCode(server, client);
        const responses = await Promise.all(
          Array.from({ length: 50 }, () => postToken(server, client, redemption(code))),
        );
        const won = responses.filter((response) => response.status === 200);
        expect(won).toHaveLength(1);
        const errors = await Promise.all(responses.filter((response) => response.status !== 200).map(errorOf));
        expect(errors).toEqual(Array(49).fill('invalid_grant'));
        const tokens = (await won[0]?.json()) as Tokens;
        expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
      });
    });
  }
}

describe('a shard that does not answer when a right is revoked', () => {
  it('is owed the cutoff, which is shown as pending, and gets it from the cron', async () => {
    let down = false;
    const env = wrapStores(bindings(['SHARD_WEUR', 'SHARD_APAC']), (store, operation) =>
      down && store === 'SHARD_WEUR' ? Promise.reject(new Error('D1_ERROR: overloaded')) : operation(),
    );
    const server = serve(env);
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    down = true;
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: false });
    down = false;
    const before = await administer<{ pending: { subject: string; owing: string[] }[] }>(server, 'GET', '/cutoffs');
    expect(before.pending).toMatchObject([{ subject: `client:${client.client_id}`, owing: ['weur'] }]);
    await runCron(env);
    expect(await administer(server, 'GET', '/cutoffs')).toEqual({ pending: [] });
    expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
  });
});

describe('where the row of a credential stands', () => {
  it('an id that names a shard that exists and is not bound is neither valid nor invalid: 503', async () => {
    const sharded = serve(bindings(['SHARD_WEUR']));
    const client = await makeClient(sharded);
    const code = await obtainCode(sharded, client);
    const tokens = (await (
      await postToken(sharded, client, redemption(await obtainCode(sharded, client)))
    ).json()) as Tokens;
    expect(code.startsWith('pc_weur_')).toBe(true);
    const without = serve(bindings());
    expect((await postToken(without, client, redemption(code))).status).toBe(503);
    expect((await refresh(without, client, tokens.refresh_token)).status).toBe(503);
    expect((await me(without, tokens.access_token)).status).toBe(503);
  });

  it('a new session is put in the shard nearest to the request', async () => {
    for (const [continent, shard] of [
      ['EU', 'weur'],
      ['AS', 'apac'],
      ['OC', 'apac'],
      ['NA', '0'],
    ]) {
      const server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']), continent);
      const user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      expect(user.cookies.get('__Host-session')?.split('.')[1]).toBe(shard);
    }
  });
});
