/** RFC 6749 §4.1: the authorization code grant. */
import { describe, expect, it } from 'vitest';
import { makeClient, me, obtainCode, obtainTokens, postToken, redemption, refresh } from '../support/client.ts';
import { serve } from '../support/server.ts';

describe('RFC 6749 §4.1.3 access token request', () => {
  it('a code becomes tokens', async () => {
    const server = serve();
    const client = await makeClient(server);
    const tokens = await obtainTokens(server, client);
    expect((await me(server, tokens.access_token)).status).toBe(200);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
  });

  it('of fifty redemptions at once exactly one wins', async () => {
    const server = serve();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const responses = await Promise.all(Array.from({ length: 50 }, () => postToken(server, client, redemption(code))));
    const statuses = responses.map((response) => response.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });
});
