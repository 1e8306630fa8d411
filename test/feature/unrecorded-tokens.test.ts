/** Access tokens without a record (`record_user_tokens`): what ends their grant ends them, as any other. */
import { describe, expect, it, vi } from 'vitest';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  me,
  payloadOf,
  postToken,
  redemption,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import {
  ADMINISTRATOR,
  addAdministrator,
  administer,
  bindings,
  ISSUER,
  type Server,
  serve,
  setSetting,
} from '../support/server.ts';
import { readForm, type User } from '../support/user.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

type Situation = { server: Server; client: TestClient; user: User; code: string; userId: string };

/** Each ends the grant of a code that was redeemed, or the right to it. */
const ENDINGS: [what: string, end: (situation: Situation) => Promise<unknown>][] = [
  ['the user signed out', async ({ user }) => user.send(await readForm(await user.open('/sign-out'), '/sign-out'))],
  ['the code was replayed', replay],
  [
    'an administrator signed the user out everywhere',
    ({ server, userId }) => administer(server, 'DELETE', `/users/${userId}/sessions`),
  ],
  [
    'the deletion of the user was requested',
    async ({ server, userId }) => {
      await addAdministrator(server);
      return administer(server, 'POST', `/users/${userId}/deletion`);
    },
  ],
];

async function replay({ server, client, code }: Situation): Promise<void> {
  // Within the time of a lost answer it would only be refused.
  vi.useFakeTimers({ now: Date.now() + 20_000, toFake: ['Date'] });
  expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
  vi.useRealTimers();
}

/** A redeemed code of a grant without offline access, which ends with the session. */
async function redeemed(server: Server): Promise<Situation & { tokens: Tokens }> {
  await setSetting(server, 'record_user_tokens', false);
  const client = await makeClient(server);
  const user = server.user();
  const back = await user.authorise(authorizeUrl(client, { scope: 'openid profile' }), ADMINISTRATOR);
  const code = back.searchParams.get('code') ?? '';
  const tokens = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
  return { server, client, user, code, tokens, userId: String(payloadOf(tokens.access_token).sub) };
}

for (const shards of [[], ['SHARD_WEUR', 'SHARD_APAC']] as const) {
  describe(`a token without a record, with ${shards.length} shards beside DB`, () => {
    it.each(ENDINGS)('is invalid after %s', async (_what, end) => {
      const { tokens, ...situation } = await redeemed(serve(bindings([...shards])));
      const { server } = situation;
      expect((await me(server, tokens.access_token)).status).toBe(200);
      await end(situation);
      expect((await me(server, tokens.access_token)).status).toBe(401);
    });

    it('is exchanged while it is valid, and the token for it ends with its grant', async () => {
      const { server, client, tokens } = await redeemed(serve(bindings([...shards])));
      const back = await makeClient(
        server,
        { grant_types: [EXCHANGE], redirect_uris: [], token_endpoint_auth_method: 'client_secret_basic' },
        { exchange: { from: [client.client_id], resources: [ISSUER], scopes: ['profile'] } },
      );
      const exchange = () =>
        postToken(server, back, {
          grant_type: EXCHANGE,
          subject_token: tokens.access_token,
          subject_token_type: ACCESS_TOKEN,
          resource: ISSUER,
        });
      const exchanged = (await (await exchange()).json()) as Tokens;
      expect((await me(server, exchanged.access_token)).status).toBe(200);
      await administer(server, 'DELETE', `/grants/${payloadOf(tokens.access_token).grant}`);
      expect((await me(server, exchanged.access_token)).status).toBe(401);
      expect(await errorOf(await exchange())).toBe('invalid_request');
    });
  });
}
