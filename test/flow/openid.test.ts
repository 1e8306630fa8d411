/** openid-client and oauth4webapi, in their strict modes, as relying parties: claims, signed answers, hints and logout. */
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { validateLogoutToken } from '../support/relying-party.ts';
import { type Site, serveSite } from '../support/site.ts';
import { readForm, User } from '../support/user.ts';

const insecure = { [oauth.allowInsecureRequests]: true };
const CLAIMS = { id_token: { email: { essential: true }, acr: null }, userinfo: { given_name: null, picture: null } };

let site: Site;
let redirectUri = '';
const signedOut = () => new URL('/signed-out', redirectUri).href;

beforeAll(async () => {
  site = await serveSite(({ url }) => (url.pathname === '/backchannel' ? { body: '' } : undefined));
  redirectUri = `http://127.0.0.1:${site.port}/callback`;
  // The first sign-in makes the first administrator.
  const { url, email, password } = inject('worker');
  await new User(fetch, url).signIn(email, password);
  const picture = 'https://pictures.example.com/ada.png';
  await admin('users', 'change', email, '--given-name', 'Ada', '--picture', picture);
});

afterAll(async () => {
  await admin('users', 'change', inject('worker').email, '--given-name', '', '--picture', '');
  await site.close();
});

/** A confidential client that asks for RS256 everywhere, and is told of logouts. */
async function relyingParty(): Promise<openid.Configuration> {
  const config = await openid.dynamicClientRegistration(
    new URL(inject('worker').url),
    {
      client_name: 'openid-client',
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: 'RS256',
      userinfo_signed_response_alg: 'RS256',
      post_logout_redirect_uris: [signedOut()],
      backchannel_logout_uri: new URL('/backchannel', redirectUri).href,
      backchannel_logout_session_required: true,
      default_max_age: 3600,
    },
    undefined,
    { execute: [openid.allowInsecureRequests] },
  );
  openid.enableNonRepudiationChecks(config);
  return config;
}

/** Sends the user and redeems what comes back; every check that the library knows is on. */
async function signIn(config: openid.Configuration, user: User, more: Record<string, string> = {}) {
  const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid',
    state,
    nonce,
    max_age: '3600',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...more,
  });
  const back = await user.authorise(url.href, inject('worker'));
  return openid.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
    maxAge: 3600,
  });
}

describe('openid-client', () => {
  it('claims by name, signed userinfo, id_token_hint with prompt=none, RP-initiated and back-channel logout', async () => {
    const worker = inject('worker');
    const config = await relyingParty();
    const user = new User(fetch, worker.url);
    const tokens = await signIn(config, user, { claims: JSON.stringify(CLAIMS) });
    const claims = tokens.claims();
    expect(claims).toMatchObject({ email: worker.email, amr: ['pwd'], acr: expect.stringContaining('Password') });
    const sub = claims?.sub ?? '';
    const userinfo = await openid.fetchUserInfo(config, tokens.access_token, sub);
    expect(userinfo).toMatchObject({ sub, given_name: 'Ada', aud: config.clientMetadata().client_id });
    expect(userinfo).not.toHaveProperty('email');

    await admin('clients', 'trust', config.clientMetadata().client_id);
    const hint = { id_token_hint: tokens.id_token ?? '', prompt: 'none' };
    const silent = await signIn(config, user, hint);
    expect(silent.claims()).toMatchObject({ sub, sid: claims?.sid });

    const url = openid.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: signedOut(),
      state: 'logout-state',
    });
    const form = await readForm(await user.open(url.href), '/end-session/confirm');
    const left = await user.send(form, { decision: 'sign-out' });
    expect(left.headers.get('location')).toBe(`${signedOut()}?state=logout-state`);
    await expect.poll(() => site.visits.filter(({ url }) => url.pathname === '/backchannel').length).toBe(1);
    const visit = site.visits.find(({ url }) => url.pathname === '/backchannel');
    const jwks = await (await fetch(config.serverMetadata().jwks_uri ?? '')).json();
    const { client_id } = config.clientMetadata();
    const told = await validateLogoutToken(new URLSearchParams(visit?.body), jwks, worker.url, client_id);
    expect([told.sub, told.sid]).toEqual([sub, claims?.sid]);
    await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});

describe('oauth4webapi', () => {
  it('discovers end_session_endpoint and what can be signed, and validates a signed userinfo', async () => {
    const worker = inject('worker');
    const issuer = new URL(worker.url);
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    expect(server).toMatchObject({
      end_session_endpoint: `${worker.url}/end-session`,
      claims_parameter_supported: true,
    });
    const config = await relyingParty();
    const tokens = await signIn(config, new User(fetch, worker.url), { scope: 'openid email offline_access' });
    const client: oauth.Client = { ...config.clientMetadata(), client_id: config.clientMetadata().client_id };
    const response = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
    const userinfo = await oauth.processUserInfoResponse(server, client, tokens.claims()?.sub ?? '', response);
    await oauth.validateApplicationLevelSignature(server, response, insecure);
    expect(userinfo.email).toBe(worker.email);
  });
});
