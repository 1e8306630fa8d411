/** Pushed requests and DPoP, driven by clients that were not written here, in their strict modes. */
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { User } from '../support/user.ts';

const REDIRECT_URI = 'https://app.example/callback';
const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = () => new URL(inject('worker').url);

type Made = { client_id: string; client_secret: string };

const create = (...words: string[]) =>
  admin<Made>('clients', 'create', '--name', 'A careful client', '--redirect-uri', REDIRECT_URI, ...words);

const discover = async () =>
  oauth.processDiscoveryResponse(issuer(), await oauth.discoveryRequest(issuer(), { algorithm: 'oidc', ...insecure }));

/** The user goes there, signs in and agrees. */
const authorise = (url: URL) => new User(fetch, inject('worker').url).authorise(url.href, inject('worker'));

/** Does it, and once more with the nonce that the server wants. */
async function withNonce<T>(ask: () => Promise<T>): Promise<{ answer: T; asked: number }> {
  try {
    return { answer: await ask(), asked: 1 };
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return { answer: await ask(), asked: 2 };
  }
}

describe('oauth4webapi', () => {
  it('a public client: PAR and DPoP from the first request to the last, each nonce asked for once', async () => {
    const server = await discover();
    const made = await create('--auth-method', 'none', '--require-par', '--require-dpop');
    const client: oauth.Client = { client_id: made.client_id };
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const request = {
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid profile email',
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const pushed = await withNonce(async () => {
      const options = { DPoP, ...insecure };
      const response = await oauth.pushedAuthorizationRequest(server, client, oauth.None(), request, options);
      return oauth.processPushedAuthorizationResponse(server, client, response);
    });
    expect(pushed.asked).toBe(2);
    const url = new URL(server.authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      client_id: client.client_id,
      request_uri: pushed.answer.request_uri,
    }).toString();
    const parameters = oauth.validateAuthResponse(server, client, await authorise(url), state);

    // A stolen code is useless without the key to which the pushed request bound it.
    const thief = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const redeem = async (handle: oauth.DPoPHandle) => {
      const options = { DPoP: handle, ...insecure };
      const proof = oauth.None();
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        proof,
        parameters,
        REDIRECT_URI,
        verifier,
        options,
      );
      return oauth.processAuthorizationCodeResponse(server, client, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      });
    };
    await expect(withNonce(() => redeem(thief))).rejects.toMatchObject({ error: 'invalid_grant' });
    const redeemed = await withNonce(() => redeem(DPoP));
    expect([redeemed.asked, redeemed.answer.token_type]).toEqual([1, 'dpop']);
    const { access_token, refresh_token = '' } = redeemed.answer;

    const sub = oauth.getValidatedIdTokenClaims(redeemed.answer)?.sub ?? '';
    const userinfo = await oauth.processUserInfoResponse(
      server,
      client,
      sub,
      await oauth.userInfoRequest(server, client, access_token, { DPoP, ...insecure }),
    );
    expect(userinfo.email).toBe(inject('worker').email);
    const bearer = await oauth.userInfoRequest(server, client, access_token, insecure);
    await expect(oauth.processUserInfoResponse(server, client, sub, bearer)).rejects.toThrow();

    const refresh = async (handle?: oauth.DPoPHandle) => {
      const options = handle ? { DPoP: handle, ...insecure } : insecure;
      const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refresh_token, options);
      return oauth.processRefreshTokenResponse(server, client, response);
    };
    await expect(withNonce(() => refresh(thief))).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(refresh()).rejects.toMatchObject({ error: 'invalid_dpop_proof' });
    const refreshed = await refresh(DPoP);
    expect(refreshed.token_type).toBe('dpop');

    // Its own reading of such a request, by the keys of this server.
    let sent: Request | undefined;
    await oauth.protectedResourceRequest(
      refreshed.access_token,
      'GET',
      new URL('/api/me', issuer()),
      undefined,
      undefined,
      {
        DPoP,
        ...insecure,
        [oauth.customFetch]: async (target, init) => {
          sent = new Request(target, init as RequestInit);
          return fetch(sent.clone());
        },
      },
    );
    if (!sent) throw new Error('nothing was sent');
    const claims = await oauth.validateJwtAccessToken(server, sent, issuer().href.replace(/\/$/, ''), {
      requireDPoP: true,
      ...insecure,
    });
    expect(claims.cnf?.jkt).toBe(await DPoP.calculateThumbprint());
  });

  it('a machine: bound tokens, for a resource that takes no others', async () => {
    const server = await discover();
    const resource = 'https://vault.example/api';
    await admin('resources', 'put', resource, '--name', 'Vault', '--resource-scope', 'open Open it', '--require-dpop');
    const made = await create('--grant-type', 'client_credentials', '--scope', 'open');
    const proof = oauth.ClientSecretBasic(made.client_secret);
    for (const alg of ['ES256', 'Ed25519', 'RS256', 'PS256']) {
      const DPoP = oauth.DPoP({} as oauth.Client, await oauth.generateKeyPair(alg));
      const ask = async (options: oauth.ClientCredentialsGrantRequestOptions) => {
        const response = await oauth.clientCredentialsGrantRequest(
          server,
          made,
          proof,
          { resource, scope: 'open' },
          options,
        );
        return oauth.processClientCredentialsResponse(server, made, response);
      };
      await expect(ask(insecure)).rejects.toMatchObject({ error: 'invalid_dpop_proof' });
      const { answer } = await withNonce(() => ask({ DPoP, ...insecure }));
      expect([alg, answer.token_type]).toEqual([alg, 'dpop']);
    }
  });
});

describe('openid-client', () => {
  it('a confidential client: PAR, DPoP, userinfo, introspection and refresh; it handles nonces', async () => {
    const made = await create('--require-dpop');
    const config = await openid.discovery(
      issuer(),
      made.client_id,
      undefined,
      openid.ClientSecretBasic(made.client_secret),
      {
        execute: [openid.allowInsecureRequests],
      },
    );
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const expectedState = openid.randomState();
    const url = await openid.buildAuthorizationUrlWithPAR(
      config,
      {
        redirect_uri: REDIRECT_URI,
        scope: 'openid email offline_access',
        state: expectedState,
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
      },
      { DPoP },
    );
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const back = await authorise(url);
    const tokens = await openid.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState }, undefined, {
      DPoP,
    });
    expect(tokens.token_type).toBe('dpop');
    const sub = tokens.claims()?.sub ?? '';
    expect((await openid.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).email).toBe(inject('worker').email);
    expect(await openid.tokenIntrospection(config, tokens.access_token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: await DPoP.calculateThumbprint() },
    });
    // Its refresh token is bound to the client itself: it may change its key.
    const other = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('Ed25519'));
    const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP: other });
    const me = await openid.fetchProtectedResource(
      config,
      next.access_token,
      new URL('/userinfo', issuer()),
      'GET',
      null,
      undefined,
      { DPoP: other },
    );
    expect(me.status).toBe(200);
    // An answered request has ended.
    const again = await fetch(url, { redirect: 'manual' });
    expect([again.status, await again.text()]).toMatchObject([400, expect.stringContaining('already used')]);
  });
});

describe('where the server takes only pushed requests', () => {
  beforeAll(() => admin('settings', 'set', 'require_pushed_authorization_requests', 'true'));
  afterAll(() => admin('settings', 'set', 'require_pushed_authorization_requests', 'false'));

  it('metadata says so, and the plain way is refused', async () => {
    expect((await discover()).require_pushed_authorization_requests).toBe(true);
    const made = await create('--auth-method', 'none');
    const request = { response_type: 'code', client_id: made.client_id, redirect_uri: REDIRECT_URI };
    const answer = await fetch(`${issuer().href}authorize?${new URLSearchParams(request)}`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toContain('error=invalid_request');
  });
});
