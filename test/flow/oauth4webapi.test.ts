/** oauth4webapi, which checks every answer by the RFCs, goes through the whole flow as each kind of client. */
import * as oauth from 'oauth4webapi';
import { describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { User } from '../support/user.ts';

const REDIRECT_URI = 'https://app.example/callback';
const insecure = { [oauth.allowInsecureRequests]: true };

type Kind = { title: string; method: string; algorithm?: string; authentication: (secret: string) => oauth.ClientAuth };

const KINDS: Kind[] = [
  { title: 'a public client', method: 'none', authentication: () => oauth.None() },
  { title: 'client_secret_basic', method: 'client_secret_basic', authentication: oauth.ClientSecretBasic },
  { title: 'client_secret_post', method: 'client_secret_post', authentication: oauth.ClientSecretPost },
  {
    title: 'a client that asks for RS256 id_tokens',
    method: 'none',
    algorithm: 'RS256',
    authentication: () => oauth.None(),
  },
];

async function discover(algorithm: 'oidc' | 'oauth2'): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(inject('worker').url);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...insecure }));
}

/** Registers, sends the user, and redeems what comes back. */
async function run({ method, algorithm, authentication }: Kind) {
  const worker = inject('worker');
  const server = await discover('oidc');
  const registered = await oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(
      server,
      {
        client_name: 'oauth4webapi',
        redirect_uris: [REDIRECT_URI],
        token_endpoint_auth_method: method,
        grant_types: ['authorization_code', 'refresh_token'],
        ...(algorithm ? { id_token_signed_response_alg: algorithm } : {}),
      },
      insecure,
    ),
  );
  const client = registered as oauth.Client;
  const proof = authentication(String(registered.client_secret ?? ''));
  const [verifier, state, nonce] = [
    oauth.generateRandomCodeVerifier(),
    oauth.generateRandomState(),
    oauth.generateRandomNonce(),
  ];
  const url = new URL(server.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile email offline_access',
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const back = await new User(fetch, worker.url).authorise(url.href, worker);
  const parameters = oauth.validateAuthResponse(server, client, back, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    proof,
    parameters,
    REDIRECT_URI,
    verifier,
    insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(server, response, insecure);
  return { server, client, proof, tokens };
}

describe('oauth4webapi', () => {
  for (const kind of KINDS) {
    it(`${kind.title}: discovery, registration, code with PKCE, state, nonce and iss, id_token, userinfo, refresh`, async () => {
      const { server, client, proof, tokens } = await run(kind);
      const claims = oauth.getValidatedIdTokenClaims(tokens);
      const userinfo = await oauth.processUserInfoResponse(
        server,
        client,
        claims?.sub ?? '',
        await oauth.userInfoRequest(server, client, tokens.access_token, insecure),
      );
      expect(userinfo.email).toBe(inject('worker').email);

      const refreshed = await oauth.processRefreshTokenResponse(
        server,
        client,
        await oauth.refreshTokenGrantRequest(server, client, proof, tokens.refresh_token ?? '', insecure),
      );
      expect(refreshed.access_token).not.toBe(tokens.access_token);
      expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    });
  }

  it('reads the same metadata by the rules of OAuth and of OpenID Connect', async () => {
    expect(await discover('oauth2')).toEqual(await discover('oidc'));
  });

  it('is refused when it refreshes after an administrator disabled it', async () => {
    const { client, proof, tokens, server } = await run(KINDS[0] as Kind);
    await admin('clients', 'disable', client.client_id);
    const response = await oauth.refreshTokenGrantRequest(server, client, proof, tokens.refresh_token ?? '', insecure);
    await expect(oauth.processRefreshTokenResponse(server, client, response)).rejects.toMatchObject({
      error: expect.stringMatching(/^(unauthorized_client|invalid_grant)$/),
    });
  });
});
