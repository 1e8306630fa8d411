/** simple-oauth2, by its defaults: credentials in the header, no PKCE of its own. */
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2';
import { describe, expect, it } from 'vitest';
import { authorize, createClient, issuer, REDIRECT_URI } from './relying-party.ts';

const auth = () => ({ tokenHost: issuer(), tokenPath: '/token' });

describe('simple-oauth2', () => {
  it('authorization code, refresh and revocation', async () => {
    const { client_id: id, client_secret: secret } = await createClient('simple-oauth2', '--no-require-pkce');
    const client = new AuthorizationCode({
      client: { id, secret },
      auth: { ...auth(), authorizePath: '/authorize', revokePath: '/revoke' },
    });
    const back = await authorize(
      client.authorizeURL({ redirect_uri: REDIRECT_URI, scope: 'profile offline_access', state: 's' }),
    );
    const token = await client.getToken({ code: back.searchParams.get('code') ?? '', redirect_uri: REDIRECT_URI });
    const refreshed = await token.refresh();
    expect(refreshed.token.access_token).not.toBe(token.token.access_token);
    await refreshed.revokeAll();
    await expect(refreshed.refresh()).rejects.toThrow();
  });

  it('client credentials', async () => {
    const grant = ['--grant-type', 'client_credentials'];
    const { client_id: id, client_secret: secret } = await createClient('simple-oauth2 service', ...grant);
    const { token } = await new ClientCredentials({ client: { id, secret }, auth: auth() }).getToken({});
    expect(token.access_token).toEqual(expect.stringMatching(/^ey/));
  });
});
