/**
 * The modules of the OpenID Foundation's dynamic certification plan (oidcc-dynamic-certification-test-plan), by name, for
 * response_type=code and a client that registers itself with private_key_jwt. It sends PKCE, which the suite leaves out:
 * OAuth 2.1 §7.5.1 wants it, and only an administrator exempts a client. Modules that are left out stand in LEFT_OUT;
 * oidcc-server-rotate-keys is design-rotation.test.ts.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { authorizeUrl, obtainCode, postToken, REDIRECT_URI, redemption, registerClient } from '../support/client.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey, type TestKey } from '../support/keys.ts';
import { json, type PretendWeb, pretendWeb } from '../support/pretend-web.ts';
import { ADMINISTRATOR, ISSUER, type Server, serve } from '../support/server.ts';

/** Modules that do not apply, with the reason; the suite skips them by the metadata that is named. */
const LEFT_OUT: Record<string, { member: string; says: (value: unknown) => boolean }> = {
  // OAuth 2.1 and RFC 8725 §3.2: an unsigned id_token is not issued.
  'oidcc-idtoken-unsigned': {
    member: 'id_token_signing_alg_values_supported',
    says: (value) => !(value as string[]).includes('none'),
  },
  // Subject identifiers are public: a sector has no meaning.
  'oidcc-registration-sector-uri': { member: 'subject_types_supported', says: (value) => String(value) === 'public' },
  'oidcc-registration-sector-bad': { member: 'subject_types_supported', says: (value) => String(value) === 'public' },
  // Requests by reference are pushed (RFC 9126); an address of the client's is not fetched.
  'oidcc-ensure-request-object-with-redirect-uri': {
    member: 'request_parameter_supported',
    says: (value) => value === false,
  },
  'oidcc-request-uri-unsigned': { member: 'request_uri_parameter_supported', says: (value) => value === false },
  'oidcc-request-uri-signed-rs256': { member: 'request_uri_parameter_supported', says: (value) => value === false },
};

let server: Server;
let key: TestKey;
let web: PretendWeb;

beforeEach(async () => {
  server = serve();
  key = await makeKey();
  web = pretendWeb({});
});

const register = (metadata: Record<string, unknown> = {}) =>
  registerClient(server, {
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [key.publicJwk] },
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...metadata,
  });

type Registered = { client_id: string } & Record<string, unknown>;

async function registered(metadata: Record<string, unknown> = {}): Promise<Registered> {
  const response = await register(metadata);
  expect(response.status).toBe(201);
  return (await response.json()) as Registered;
}

async function token(client: Registered, form: Record<string, string>, claims: Record<string, unknown> = {}) {
  const client_assertion = await key.sign({ ...assertionClaims(client.client_id), ...claims });
  const proof = { client_assertion_type: ASSERTION_TYPE, client_assertion };
  return postToken(server, { ...client, method: 'none' } as never, { ...form, ...proof });
}

type Answer = { access_token: string; id_token: string; refresh_token: string };

async function run(client: Registered, changes: Record<string, string> = {}, claims = {}): Promise<Answer> {
  const code = await obtainCode(server, client as never, { scope: 'openid', ...changes });
  const form = { ...redemption(code), ...(changes.redirect_uri && { redirect_uri: changes.redirect_uri }) };
  const response = await token(client, form as Record<string, string>, claims);
  expect([response.status, await response.clone().text()]).toEqual([200, expect.stringContaining('id_token')]);
  return (await response.json()) as Answer;
}

const headerOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString());
const metadata = async () =>
  (await (await server.fetch('/.well-known/openid-configuration')).json()) as Record<string, unknown>;

describe('OpenID Connect Dynamic Client Registration the dynamic certification plan', () => {
  it('oidcc-discovery-endpoint-verification: the registration endpoint, and code', async () => {
    expect(await metadata()).toMatchObject({
      registration_endpoint: expect.stringMatching(/^https:/),
      response_types_supported: expect.arrayContaining(['code']),
      token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
    });
  });

  it('oidcc-server', async () => {
    expect(headerOf((await run(await registered())).id_token).alg).toBe('RS256');
  });

  it('oidcc-ensure-client-assertion-with-iss-aud-succeeds', async () => {
    await run(await registered(), {}, { aud: ISSUER });
  });

  it('oidcc-ensure-redirect-uri-in-authorization-request: an error page', async () => {
    const url = new URL(authorizeUrl((await registered()) as never, { scope: 'openid' }), ISSUER);
    url.searchParams.delete('redirect_uri');
    const response = await server.fetch(url.pathname + url.search);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  it('oidcc-idtoken-rs256', async () => {
    const client = await registered({ id_token_signed_response_alg: 'RS256' });
    expect(headerOf((await run(client)).id_token).alg).toBe('RS256');
  });

  it('oidcc-userinfo-rs256: application/jwt', async () => {
    const { access_token } = await run(await registered({ userinfo_signed_response_alg: 'RS256' }));
    const response = await server.fetch('/userinfo', { headers: { authorization: `Bearer ${access_token}` } });
    expect(response.headers.get('content-type')).toMatch(/^application\/jwt/);
    expect(headerOf(await response.text()).alg).toBe('RS256');
  });

  it('oidcc-redirect-uri-query-OK: the query of a registered redirect URI is kept', async () => {
    const redirect_uri = `${REDIRECT_URI}?foo=bar`;
    const client = await registered({ redirect_uris: [redirect_uri] });
    const url = authorizeUrl(client as never, { scope: 'openid', redirect_uri });
    const back = await server.user().authorise(url, ADMINISTRATOR);
    expect([back.searchParams.get('foo'), back.searchParams.get('code')]).toEqual(['bar', expect.any(String)]);
  });

  it.each([
    ['oidcc-redirect-uri-query-added', REDIRECT_URI, `${REDIRECT_URI}?foo=bar`],
    ['oidcc-redirect-uri-query-mismatch', `${REDIRECT_URI}?foo=bar`, `${REDIRECT_URI}?bar=foo`],
  ])('%s: an error page', async (_, own, redirect_uri) => {
    const client = await registered({ redirect_uris: [own] });
    const response = await server.fetch(authorizeUrl(client as never, { scope: 'openid', redirect_uri }));
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  it('oidcc-redirect-uri-regfrag: a redirect URI with a fragment is refused', async () => {
    const response = await register({ redirect_uris: [`${REDIRECT_URI}#foobar`] });
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
      400,
      'invalid_redirect_uri',
    ]);
  });

  it('oidcc-refresh-token', async () => {
    const client = await registered();
    const { refresh_token } = await run(client, { scope: 'openid offline_access' });
    expect((await token(client, { grant_type: 'refresh_token', refresh_token })).status).toBe(200);
  });

  const JWKS = 'https://suite.acme.com/jwks.json';

  it('oidcc-registration-jwks-uri', async () => {
    web.answers[JWKS] = () => json({ keys: [key.publicJwk] });
    await run(await registered({ jwks: undefined, jwks_uri: JWKS }));
  });

  it('oidcc-refresh-token-rp-key-rotation: the new key of the client is found at its jwks_uri', async () => {
    web.answers[JWKS] = () => json({ keys: [key.publicJwk] }, { 'cache-control': 'no-store' });
    const client = await registered({ jwks: undefined, jwks_uri: JWKS });
    const { refresh_token } = await run(client, { scope: 'openid offline_access' });
    key = await makeKey();
    // Later than the cool-down within which its keys are not fetched again.
    vi.useFakeTimers({ now: Date.now() + 31_000, toFake: ['Date'] });
    expect((await token(client, { grant_type: 'refresh_token', refresh_token })).status).toBe(200);
  });

  it.each([
    ['oidcc-registration-logo-uri', 'logo_uri'],
    ['oidcc-registration-policy-uri', 'policy_uri'],
    ['oidcc-registration-tos-uri', 'tos_uri'],
  ])('%s: it is registered', async (_, name) => {
    const address = 'https://client.acme.com/of-the-suite';
    const client = await registered({ [name]: address });
    expect(client[name]).toBe(address);
    await run(client);
  });

  it.each(Object.entries(LEFT_OUT))('%s is skipped: the metadata says so', async (_, { member, says }) => {
    expect(says((await metadata())[member])).toBe(true);
  });
});
