/** draft-ietf-oauth-spiffe-client-auth-02: a client that authenticates by its JWT-SVID, verified by the bundle of its trust domain. */
import { beforeEach, describe, expect, it } from 'vitest';
import { errorOf, makeClient, payloadOf, registerClient, type TestClient } from '../support/client.ts';
import type { Hostile } from '../support/hostile-assertions.ts';
import { assertionClaims, makeKey, type TestKey } from '../support/keys.ts';
import { json, pretendWeb } from '../support/pretend-web.ts';
import { administer, ISSUER, type Server, serve } from '../support/server.ts';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DOMAIN = 'spiffe://acme.com';
const SPIFFE_ID = `${DOMAIN}/ns/prod/sa/deployer`;
const BUNDLE = 'https://bundles.acme.com/bundle.json';

let server: Server;
let key: TestKey;
let client: TestClient;
let callers = 0;

const workload = { issuer: DOMAIN, subjects: [SPIFFE_ID] };

/** A key as a bundle has it: without alg, its use the type of SVID (draft §6.1). */
const bundled = ({ publicJwk: { alg: _, ...jwk } }: TestKey, use = 'jwt-svid') => ({ ...jwk, use });

const METADATA = {
  grant_types: ['client_credentials', JWT_BEARER],
  redirect_uris: [],
  token_endpoint_auth_method: 'spiffe_jwt',
  jwks_uri: BUNDLE,
};
const makeWorkload = (standing: Record<string, unknown> = { workload }) => makeClient(server, METADATA, standing);

/** As SPIRE issues them: no iss, no jti, aud a list of one. */
const svid = (changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
  key.sign(assertionClaims(SPIFFE_ID, { iss: undefined, jti: undefined, aud: [ISSUER], ...changes }), {
    typ: 'JWT',
    ...header,
  });

const send = (body: Record<string, string>) =>
  server.fetch('/token', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'cf-connecting-ip': `203.0.114.${++callers & 255}`,
    },
    body: new URLSearchParams(body).toString(),
  });

const authenticate = (client_assertion: string, body: Record<string, string> = {}) =>
  send({ grant_type: 'client_credentials', client_assertion_type: TYPE, client_assertion, ...body });

beforeEach(async () => {
  server = serve();
  key = await makeKey();
  const other = await makeKey('ES256', 'k2');
  pretendWeb({
    [BUNDLE]: () =>
      json({
        keys: [bundled(other, 'x509-svid'), bundled(key), bundled(other, 'wit-svid')],
        spiffe_sequence: 10,
        spiffe_refresh_hint: 300,
      }),
  });
  client = await makeWorkload();
});

describe('§3.1 client authentication with JWT-SVIDs', () => {
  it('the SPIFFE ID in sub is associated with the client of client_id, or with the only one that accepts it', async () => {
    await makeWorkload({ workload: { ...workload, subjects: [`${DOMAIN}/ns/test/**`] } });
    const bodies: Record<string, string>[] = [{ client_id: client.client_id }, {}];
    for (const body of bodies) {
      const { access_token = '' } = (await (await authenticate(await svid(), body)).json()) as Record<string, string>;
      expect(payloadOf(access_token)).toMatchObject({ sub: client.client_id, client_id: client.client_id });
    }
  });

  it('an SVID is used until it expires, and its typ may be JOSE', async () => {
    const assertion = await svid();
    expect([(await authenticate(assertion)).status, (await authenticate(assertion)).status]).toEqual([200, 200]);
    expect((await authenticate(await svid({}, { typ: 'JOSE' }))).status).toBe(200);
  });

  it('an SVID with the iss of an OIDC discovery provider is one, too', async () => {
    expect((await authenticate(await svid({ iss: 'https://oidc.acme.com' }))).status).toBe(200);
  });

  it('it is also the grant of its client (RFC 7523 §2.1)', async () => {
    const response = await send({ grant_type: JWT_BEARER, assertion: await svid() });
    const { access_token = '' } = (await response.json()) as Record<string, string>;
    expect(payloadOf(access_token).sub).toBe(client.client_id);
  });

  it('§4 the metadata names the method', async () => {
    const metadata = (await (await server.fetch('/.well-known/oauth-authorization-server')).json()) as Record<
      string,
      string[]
    >;
    for (const endpoint of ['token', 'introspection', 'revocation'])
      expect(metadata[`${endpoint}_endpoint_auth_methods_supported`]).toContain('spiffe_jwt');
  });
});

describe('§5 registration', () => {
  it('is by an administrator, who names trust domain, SPIFFE IDs and bundle', async () => {
    const registered = await registerClient(server, { ...METADATA, grant_types: ['authorization_code'] });
    expect([registered.status, await errorOf(registered)]).toEqual([400, 'invalid_client_metadata']);
    const refusal = async (one: unknown, metadata: Record<string, unknown> = {}) =>
      (await server.admin('POST', '/clients', { metadata: { ...METADATA, ...metadata }, workload: one })).status;
    expect(await refusal(undefined)).toBe(400);
    expect(await refusal({ ...workload, issuer: 'https://acme.com' })).toBe(400);
    expect(await refusal({ ...workload, issuer: `${DOMAIN}/ns` })).toBe(400);
    expect(await refusal({ ...workload, subjects: ['spiffe://evil.example/x'] })).toBe(400);
    expect(await refusal({ ...workload, audience: 'acme' })).toBe(400);
    expect(await refusal(workload, { jwks_uri: undefined })).toBe(400);
    expect(await refusal(workload)).toBe(201);
  });

  it('the workload identity cannot be taken from such a client', async () => {
    expect((await server.admin('PATCH', `/clients/${client.client_id}`, { workload: null })).status).toBe(400);
  });
});

describe('§3.1 what an authorization server MUST verify', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const SUBJECTS = [
    undefined,
    '',
    7,
    null,
    'deployer',
    DOMAIN,
    `${DOMAIN}/`,
    `${SPIFFE_ID}/x`,
    `${SPIFFE_ID}\n`,
    'spiffe://acme.com.evil.example/ns/prod/sa/deployer',
    'spiffe://acme.com@evil.example/ns/prod/sa/deployer',
    'spiffe://ACME.com/ns/prod/sa/deployer',
    'https://acme.com/ns/prod/sa/deployer',
  ];
  const AUDIENCES = [
    undefined,
    '',
    [],
    'https://other.example',
    [ISSUER, 'https://other.example'],
    `${ISSUER}/token`,
    `${ISSUER}/`,
  ];
  const EXPIRIES = [undefined, 0, '9999999999', now() - 3600, now() + 86_400];
  const TYPES = ['at+jwt', 'wit+jwt', 'dpop+jwt', 'client-authentication+jwt'];
  const withClaim = (name: string, values: readonly unknown[]): Hostile[] =>
    values.map((value) => [`${name} ${JSON.stringify(value)}`, () => svid({ [name]: value })]);

  const hostile = (): Hostile[] => [
    ...withClaim('sub', SUBJECTS),
    ...withClaim('aud', AUDIENCES),
    ...withClaim('exp', EXPIRIES),
    ...TYPES.map((typ): Hostile => [`typ ${typ}`, () => svid({}, { typ })]),
    ['bound to a key', () => svid({ cnf: { jwk: {} } })],
    ['of an unknown key', () => svid({}, { kid: 'k9' })],
    [
      'of another key of the same name',
      async () => (await makeKey()).sign(assertionClaims(SPIFFE_ID, { iss: undefined })),
    ],
    ['of a key for X.509-SVIDs', () => svid({}, { kid: 'k2' })],
    ['that is no JWT', () => 'nonsense'],
  ];

  it('no hostile SVID is accepted, with client_id or without', async () => {
    const accepted: string[] = [];
    for (const [name, make] of hostile()) {
      const assertion = await make();
      for (const body of [{ client_id: client.client_id }, {}]) {
        const { status } = await authenticate(assertion, body as Record<string, string>);
        if (status !== 401) accepted.push(`${status} ${name}`);
      }
    }
    expect(accepted).toEqual([]);
    expect((await authenticate(await svid())).status).toBe(200);
  });

  it('the assertion type and the method of the client go together', async () => {
    const other = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const body = { client_id: client.client_id };
    expect((await authenticate(await svid({ iss: DOMAIN }), { ...body, client_assertion_type: other })).status).toBe(
      401,
    );
    await administer(server, 'PATCH', `/clients/${client.client_id}`, {
      metadata: { token_endpoint_auth_method: 'private_key_jwt' },
    });
    expect((await authenticate(await svid({ iss: DOMAIN }), body)).status).toBe(401);
  });
});
