/** openid-client 5 (Node), by its defaults: RS256 id_tokens, client_secret_basic. */
import { generators, Issuer } from 'openid-client-5';
import { describe, expect, inject, it } from 'vitest';
import { authorize, createClient, issuer, REDIRECT_URI } from './relying-party.ts';

describe('openid-client 5', () => {
  it('signs a user in, reads claims of the id_token, refreshes, introspects and revokes', async () => {
    const registered = await createClient('openid-client 5');
    const discovered = await Issuer.discover(issuer());
    const client = new discovered.Client({
      client_id: registered.client_id,
      client_secret: registered.client_secret,
      redirect_uris: [REDIRECT_URI],
    });
    const [code_verifier, state, nonce] = [generators.codeVerifier(), generators.state(), generators.nonce()];
    const url = client.authorizationUrl({
      scope: 'openid email offline_access',
      state,
      nonce,
      code_challenge: generators.codeChallenge(code_verifier),
      code_challenge_method: 'S256',
    });
    const back = await authorize(url);
    const tokens = await client.callback(REDIRECT_URI, client.callbackParams(back.href), {
      code_verifier,
      state,
      nonce,
    });
    expect(tokens.claims().email).toBe(inject('worker').email);
    expect((await client.userinfo(tokens)).sub).toBe(tokens.claims().sub);
    const refreshed = await client.refresh(tokens);
    expect(refreshed.access_token).not.toBe(tokens.access_token);
    expect(refreshed.claims().sub).toBe(tokens.claims().sub);
    await client.revoke(refreshed.refresh_token ?? '');
    await expect(client.refresh(refreshed.refresh_token ?? '')).rejects.toThrow('invalid_grant');
  });
});
