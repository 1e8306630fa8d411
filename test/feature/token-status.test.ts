/** The state of access tokens in lists: one that has ended with its grant, client, user or session is not listed as valid. */
import { describe, expect, it } from 'vitest';
import { makeClient, me, obtainTokens, payloadOf, postToken, type Tokens } from '../support/client.ts';
import { administratorAt } from '../support/console-user.ts';
import { addAdministrator, administer, bindings, type Server, serve } from '../support/server.ts';
import { text } from '../support/user.ts';

type Claims = { jti: string; grant: string; sub: string };
type Listed = { tokens: { id: string; status: string }[] };
type Issued = { client: string; other: string; claims: Claims; access_token: string };

async function issued(server: Server): Promise<Issued> {
  const client = await makeClient(server);
  const { access_token } = await obtainTokens(server, client);
  const another = await makeClient(server);
  const other = payloadOf((await obtainTokens(server, another)).access_token).jti as string;
  return { client: client.client_id, other, claims: payloadOf(access_token) as Claims, access_token };
}

const statusOf = async (server: Server, id: string, query = '') => {
  const { tokens } = await administer<Listed>(server, 'GET', `/tokens?${query}`);
  const alone = await administer<{ status: string }>(server, 'GET', `/tokens/${id}`);
  return [tokens.find((token) => token.id === id)?.status, alone.status];
};

const ENDS: [string, (server: Server, issued: Issued) => Promise<unknown>, boolean][] = [
  ['its grant was revoked', (server, { claims }) => administer(server, 'DELETE', `/grants/${claims.grant}`), true],
  [
    'its client was disabled',
    (server, { client }) => administer(server, 'PATCH', `/clients/${client}`, { disabled: true }),
    true,
  ],
  [
    'everything of its client was revoked',
    (server, { client }) => administer(server, 'POST', '/revocations', { client }),
    true,
  ],
  [
    'its user withdrew consent',
    (server, { client, claims }) => administer(server, 'DELETE', `/users/${claims.sub}/consents/${client}`),
    true,
  ],
  [
    'its user was disabled',
    async (server, { claims }) => {
      await addAdministrator(server);
      await administer(server, 'PATCH', `/users/${claims.sub}`, { disabled: true });
    },
    false,
  ],
  [
    'the sessions of its user were ended',
    (server, { claims }) => administer(server, 'DELETE', `/users/${claims.sub}/sessions`),
    false,
  ],
];

for (const shards of [[], ['SHARD_WEUR']] as const) {
  describe(`lists of access tokens, with ${shards.length} shards beside DB`, () => {
    it.each(ENDS)('show one as revoked after %s', async (_what, end, othersStay) => {
      const server = serve(bindings([...shards]));
      const begun = await issued(server);
      const { jti } = begun.claims;
      expect(await statusOf(server, jti, `client=${begun.client}`)).toEqual(['active', 'active']);
      await end(server, begun);
      expect((await me(server, begun.access_token)).status).toBe(401);
      expect(await statusOf(server, jti)).toEqual(['revoked', 'revoked']);
      expect(await statusOf(server, begun.other)).toEqual(Array(2).fill(othersStay ? 'active' : 'revoked'));
    });

    it('a token of the client itself ends with the client; the console offers to end none that has ended', async () => {
      const server = serve(bindings([...shards]));
      const grant_types = ['client_credentials'];
      const client = await makeClient(server, {
        grant_types,
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_basic',
      });
      const { access_token } = (await (
        await postToken(server, client, { grant_type: 'client_credentials' })
      ).json()) as Tokens;
      const { jti } = payloadOf(access_token) as Claims;
      const administrator = await administratorAt(server);
      const page = async (path: string) => (await administrator.open(path)).text();
      const paths = [`/console/tokens?q=${client.client_id}`, `/console/clients/${client.client_id}/tokens`];
      const revoke = new RegExp(`token=${jti}|/console/tokens/${jti}/revoke`);
      for (const path of paths) expect(await page(path)).toMatch(revoke);
      await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
      for (const path of paths) {
        expect(await page(path)).not.toMatch(revoke);
        expect(text(await page(path))).toContain('revoked');
      }
    });
  });
}
