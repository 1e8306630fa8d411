/** OpenID Connect Core §3.1 and §15.1 to §15.2: what every provider must do, and the two things that this one leaves out. */
import { createHash } from 'node:crypto';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  obtainTokens,
  payloadOf,
  postToken,
  redemption,
  registerClient,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { bindings, ISSUER, type Server, serve } from '../support/server.ts';
import { readForm, type User } from '../support/user.ts';

const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });
const locationOf = (response: Response) => response.headers.get('location') ?? '';
const errorAt = (response: Response) => new URL(locationOf(response), ISSUER).searchParams.get('error');

async function signedIn(metadata: Record<string, unknown> = {}) {
  const server = serve();
  const client = await makeClient(server, metadata, { trusted: true });
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  const ask = (changes: Record<string, string> = {}) => user.request(authorizeUrl(client, changes));
  return { server, client, user, ask };
}

async function redeem(server: Server, client: TestClient, response: Response): Promise<Tokens> {
  const code = new URL(locationOf(response)).searchParams.get('code') ?? '';
  return (await (await postToken(server, client, redemption(code))).json()) as Tokens;
}

const metadataOf = async (server: Server) =>
  (await (await server.fetch('/.well-known/openid-configuration')).json()) as Record<string, unknown>;

const keysOf = async (server: Server) =>
  createLocalJWKSet((await (await server.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet);

describe('OpenID Connect Core §3.1.2.1 id_token_hint', () => {
  async function hinted() {
    const all = await signedIn();
    const { id_token = '' } = await redeem(all.server, all.client, await all.ask());
    return { ...all, hint: id_token };
  }

  it('the user it is about is signed in: a positive response, even where the hint has expired', async () => {
    const { ask, hint } = await hinted();
    expect(locationOf(await ask({ id_token_hint: hint, prompt: 'none' }))).toContain('code=');
    later(3600);
    expect(locationOf(await ask({ id_token_hint: hint, prompt: 'none' }))).toContain('code=');
  });

  it('otherwise it MUST return an error, such as login_required', async () => {
    const { server, client, hint } = await hinted();
    const other: User = server.user();
    expect(errorAt(await other.request(authorizeUrl(client, { id_token_hint: hint, prompt: 'none' })))).toBe(
      'login_required',
    );
  });

  it('where another user is signed in, the right one is asked for, and a wrong one gets an error', async () => {
    const { server, client, hint } = await hinted();
    const eve = server.user();
    const { link } = (await (
      await server.admin('POST', '/users', { email: 'eve@example.com', name: 'Eve' })
    ).json()) as { link: string };
    const password = 'a long enough password';
    await eve.send(await readForm(await eve.open(link), '/welcome'), { password });
    const url = authorizeUrl(client, { id_token_hint: hint });
    expect(errorAt(await eve.request(`${url}&prompt=none`))).toBe('login_required');
    expect(locationOf(await eve.request(url))).toMatch(/^\/sign-in/);
    const wrong = await eve.authorise(url, { email: 'eve@example.com', password });
    expect(wrong.searchParams.get('error')).toBe('login_required');
    const right = await eve.authorise(url, ADMINISTRATOR);
    expect(right.searchParams.get('code')).toBeTruthy();
  });

  it('one that this server did not issue, or issued to another client, is invalid_request', async () => {
    const { server, ask, hint } = await hinted();
    const other = await obtainTokens(server, await makeClient(server));
    for (const bad of ['x', `${hint.slice(0, -6)}AAAAAA`, other.id_token ?? '', other.access_token]) {
      expect(errorAt(await ask({ id_token_hint: bad }))).toBe('invalid_request');
    }
  });
});

describe('OpenID Connect Core §3.1.2.2 to §3.1.2.6 the authentication request and its errors', () => {
  it('parameters that are not understood SHOULD be ignored', async () => {
    const { ask } = await signedIn();
    expect(locationOf(await ask({ shoe_size: '43' }))).toContain('code=');
  });

  it('request, request_uri and registration have errors of their own', async () => {
    const { ask } = await signedIn();
    for (const name of ['request', 'request_uri', 'registration']) {
      const response = await ask({ [name]: 'https://app.example/x' });
      expect(errorAt(response)).toBe(`${name}_not_supported`);
      expect(new URL(locationOf(response)).searchParams.get('state')).toBe('the-state');
    }
  });
});

describe('OpenID Connect Core §3.1.3.3 to §3.1.3.7 the token response', () => {
  it('an ID Token comes with the access token, as Bearer, and is not cached', async () => {
    const { server, client, ask } = await signedIn();
    const code = new URL(locationOf(await ask())).searchParams.get('code') ?? '';
    const response = await postToken(server, client, redemption(code));
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', id_token: expect.stringMatching(/^ey/) });
  });

  it('aud is the client alone and there is no azp; iss is this server; exp and iat are there; nonce is the one sent', async () => {
    const { server, client, ask } = await signedIn();
    const { id_token = '' } = await redeem(server, client, await ask());
    const { payload } = await jwtVerify(id_token, await keysOf(server), {
      issuer: ISSUER,
      requiredClaims: ['exp', 'iat'],
    });
    expect(payload).toMatchObject({ aud: client.client_id, nonce: 'the-nonce' });
    expect(payload).not.toHaveProperty('azp');
  });

  it('without a nonce in the request there is none in the ID Token', async () => {
    const all = await signedIn();
    const url = authorizeUrl(all.client, { nonce: undefined });
    const { id_token = '' } = await redeem(all.server, all.client, await all.user.request(url));
    expect(payloadOf(id_token)).not.toHaveProperty('nonce');
  });

  it('§3.1.3.6: at_hash is the left half of SHA-512 where EdDSA signs, and such a token verifies', async () => {
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const key = JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'test-ed', alg: 'EdDSA' });
    const server = serve(bindings([], { SIGN_WITH: '1,2,3', SIGNING_KEY_3: key }));
    const client = await makeClient(server, { id_token_signed_response_alg: 'EdDSA' });
    const { id_token = '', access_token } = await obtainTokens(server, client);
    const { payload, protectedHeader } = await jwtVerify(id_token, await keysOf(server), { issuer: ISSUER });
    expect(protectedHeader.alg).toBe('EdDSA');
    const hash = createHash('sha512').update(access_token).digest();
    expect(payload.at_hash).toBe(hash.subarray(0, 32).toString('base64url'));
    expect((await metadataOf(server)).id_token_signing_alg_values_supported).toEqual(['ES256', 'RS256', 'EdDSA']);
  });

  it('an algorithm without a key here is refused at registration', async () => {
    for (const field of ['id_token_signed_response_alg', 'userinfo_signed_response_alg']) {
      const response = await registerClient(serve(), { [field]: 'EdDSA' });
      expect(await response.json()).toMatchObject({ error: 'invalid_client_metadata' });
    }
  });
});

describe('OpenID Connect Core §15.1 mandatory to implement for all providers', () => {
  it('signing ID Tokens with RS256 is supported', async () => {
    const server = serve();
    expect((await metadataOf(server)).id_token_signing_alg_values_supported).toContain('RS256');
    const client = await makeClient(server, { id_token_signed_response_alg: 'RS256' });
    const { id_token = '' } = await obtainTokens(server, client);
    const { protectedHeader } = await jwtVerify(id_token, await keysOf(server), { issuer: ISSUER });
    expect(protectedHeader.alg).toBe('RS256');
  });

  it('the prompt parameter is supported with all of its values', async () => {
    const { ask, server } = await signedIn();
    expect((await metadataOf(server)).prompt_values_supported).toEqual(['none', 'login', 'consent', 'select_account']);
    expect(locationOf(await ask({ prompt: 'none' }))).toContain('code=');
    expect(locationOf(await ask({ prompt: 'login' }))).toMatch(/^\/sign-in/);
    expect((await ask({ prompt: 'consent' })).status).toBe(200);
    expect(errorAt(await ask({ prompt: 'none login' }))).toBe('invalid_request');
  });

  it('display, ui_locales, claims_locales and acr_values: their use MUST NOT result in an error', async () => {
    const { ask } = await signedIn();
    const displays = ['page', 'popup', 'touch', 'wap', 'x'].map((display) => ({ display }));
    for (const changes of [
      ...displays,
      { ui_locales: 'fr-CA fr en', claims_locales: 'de' },
      { acr_values: 'urn:example:gold 0' },
    ]) {
      expect(locationOf(await ask(changes as Record<string, string>))).toContain('code=');
    }
  });

  it('auth_time is returned when max_age is requested, as require_auth_time, or when it is essential', async () => {
    const { server, client, ask } = await signedIn({ require_auth_time: true });
    const essential = JSON.stringify({ id_token: { auth_time: { essential: true } } });
    for (const changes of [{ max_age: '1000' }, { claims: essential }, {}]) {
      const { id_token = '' } = await redeem(server, client, await ask(changes as Record<string, string>));
      expect(Math.abs(Number(payloadOf(id_token).auth_time) - Date.now() / 1000)).toBeLessThan(30);
    }
  });

  it('max_age is enforced, and default_max_age where the request has none', async () => {
    const { ask } = await signedIn({ default_max_age: 60 });
    expect(locationOf(await ask())).toContain('code=');
    later(61);
    expect(locationOf(await ask())).toMatch(/^\/sign-in/);
    expect(errorAt(await ask({ prompt: 'none' }))).toBe('login_required');
    expect(locationOf(await ask({ max_age: '600' }))).toContain('code=');
    expect(errorAt(await ask({ max_age: 'soon' }))).toBe('invalid_request');
  });
});

describe('OpenID Connect Core §15.2 mandatory to implement for dynamic providers', () => {
  it('discovery, dynamic registration, the UserInfo endpoint and keys as bare JWKs are there', async () => {
    const server = serve();
    const metadata = await metadataOf(server);
    expect(metadata).toMatchObject({
      issuer: ISSUER,
      registration_endpoint: `${ISSUER}/register`,
      userinfo_endpoint: `${ISSUER}/userinfo`,
      end_session_endpoint: `${ISSUER}/end-session`,
      claims_parameter_supported: true,
      claim_types_supported: ['normal'],
      display_values_supported: ['page'],
      ui_locales_supported: expect.arrayContaining(['en', 'de']),
      subject_types_supported: ['public'],
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
    expect(metadata.acr_values_supported).toContain('phr');
    expect(metadata.userinfo_signing_alg_values_supported).toEqual(metadata.id_token_signing_alg_values_supported);
    const { keys } = (await (await server.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet;
    for (const key of keys) {
      expect(key).toMatchObject({ kid: expect.any(String), use: 'sig', alg: expect.any(String) });
      expect(key).not.toHaveProperty('x5c');
      expect(key).not.toHaveProperty('d');
    }
  });

  it('claims_supported lists every claim that an ID Token or the UserInfo response has', async () => {
    const server = serve();
    const tokens = await obtainTokens(server, await makeClient(server), { scope: 'openid profile email roles' });
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const userinfo = (await (await server.fetch('/userinfo', { headers })).json()) as object;
    const { claims_supported } = await metadataOf(server);
    const given = [...Object.keys(payloadOf(tokens.id_token ?? '')), ...Object.keys(userinfo)];
    expect(given.filter((claim) => !(claims_supported as string[]).includes(claim))).toEqual([]);
  });

  it('response types other than code, and request objects by reference, are left out and said to be', async () => {
    const { server, ask } = await signedIn();
    expect(await metadataOf(server)).toMatchObject({
      response_types_supported: ['code'],
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    });
    expect(errorAt(await ask({ response_type: 'id_token' }))).toBe('unsupported_response_type');
  });

  it('Registration §2: its fields are kept where they are good, and refused where they cannot be', async () => {
    const server = serve();
    const good = {
      subject_type: 'public',
      default_max_age: 3600,
      require_auth_time: true,
      default_acr_values: ['phr'],
      initiate_login_uri: 'https://app.example/start',
      userinfo_signed_response_alg: 'RS256',
      post_logout_redirect_uris: ['https://app.example/out'],
    };
    expect(await (await registerClient(server, good)).json()).toMatchObject(good);
    for (const bad of [
      { subject_type: 'pairwise' },
      { default_max_age: -1 },
      { default_max_age: '60' },
      { require_auth_time: 'yes' },
      { default_acr_values: 'phr' },
      { post_logout_redirect_uris: ['https://app.example/#x'] },
    ]) {
      const response = await registerClient(server, bad);
      expect([bad, await response.json()]).toMatchObject([bad, { error: 'invalid_client_metadata' }]);
    }
    // RFC 7591 §3.2.1: what decides nothing is left out.
    const dropped = await registerClient(server, { initiate_login_uri: 'http://app.example/start' });
    expect(await dropped.json()).not.toHaveProperty('initiate_login_uri');
  });
});
