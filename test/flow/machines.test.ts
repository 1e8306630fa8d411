/** Machines and devices: every grant and every proof, driven by clients that were not written here. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { authorizeUrlOf, VERIFIER } from '../support/authorize-url.ts';
import { type Site, serveSite } from '../support/site.ts';
import { parseForm, text, User } from '../support/user.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const VOUCHER = 'https://id.acme.com';

type Made = { client_id: string; client_secret: string };
type Key = { privateKey: CryptoKey; jwks: string };

const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = () => new URL(inject('worker').url);

const create = (...words: string[]) => admin<Made>('clients', 'create', ...words);

async function makeKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'k1' };
  return { privateKey, jwks: JSON.stringify({ keys: [jwk] }) };
}

const discover = async () =>
  oauth.processDiscoveryResponse(
    issuer(),
    await oauth.discoveryRequest(issuer(), { algorithm: 'oauth2', ...insecure }),
  );

const configure = (id: string, proof: openid.ClientAuth) =>
  openid.discovery(issuer(), id, undefined, proof, { execute: [openid.allowInsecureRequests], algorithm: 'oauth2' });

/** The user's answer to the user code of a device. */
async function connect(address: string): Promise<void> {
  const worker = inject('worker');
  const user = new User(fetch, worker.url);
  const page = await user.signIn(worker.email, worker.password, address.slice(worker.url.length));
  const done = await user.send(parseForm(await page.text(), '/device'), { decision: 'allow' });
  expect(text(await done.text())).toContain('Connected');
}

let site: Site;
let document: Record<string, unknown> = {};

beforeAll(async () => {
  site = await serveSite(({ url }) =>
    url.pathname === '/client.json'
      ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) }
      : undefined,
  );
  await admin('settings', 'set', 'scopes_supported', 'notes Your notes\\nreports Reports');
});

afterAll(async () => {
  await admin('settings', 'set', 'scopes_supported', '');
  await site.close();
});

describe('RFC 6749 §4.4 and RFC 7523 §2.2 client credentials, by clients of others', () => {
  const machine = ['--name', 'A machine', '--grant-type', 'client_credentials', '--scope', 'reports'];

  it('oauth4webapi, by secret', async () => {
    const server = await discover();
    const made = await create(...machine, '--auth-method', 'client_secret_basic');
    const proof = oauth.ClientSecretBasic(made.client_secret);
    const response = await oauth.clientCredentialsGrantRequest(server, made, proof, { scope: 'reports' }, insecure);
    const tokens = await oauth.processClientCredentialsResponse(server, made, response);
    expect([tokens.scope, tokens.refresh_token]).toEqual(['reports', undefined]);
  });

  it('oauth4webapi and openid-client, by private_key_jwt', async () => {
    const server = await discover();
    const key = await makeKey();
    const made = await create(...machine, '--auth-method', 'private_key_jwt', '--jwks', key.jwks);
    const proof = oauth.PrivateKeyJwt({ key: key.privateKey, kid: 'k1' });
    const response = await oauth.clientCredentialsGrantRequest(server, made, proof, new URLSearchParams(), insecure);
    expect((await oauth.processClientCredentialsResponse(server, made, response)).token_type).toBe('bearer');
    const config = await configure(made.client_id, openid.PrivateKeyJwt({ key: key.privateKey, kid: 'k1' }));
    expect((await openid.clientCredentialsGrant(config, { scope: 'reports' })).scope).toBe('reports');
  });

  it('openid-client: acting as a user, asking about the token, and giving it back', async () => {
    const { email } = inject('worker');
    const signedIn = new User(fetch, inject('worker').url);
    await signedIn.signIn(email, inject('worker').password);
    const made = await create(
      '--name',
      'For the administrator',
      '--grant-type',
      'client_credentials',
      '--scope',
      'openid email',
      '--acts-as',
      email,
    );
    const config = await configure(made.client_id, openid.ClientSecretBasic(made.client_secret));
    const { access_token } = await openid.clientCredentialsGrant(config);
    expect(await openid.tokenIntrospection(config, access_token)).toMatchObject({ active: true, username: email });
    expect((await openid.fetchUserInfo(config, access_token, openid.skipSubjectCheck)).email).toBe(email);
    await openid.tokenRevocation(config, access_token);
    expect(await openid.tokenIntrospection(config, access_token)).toEqual({ active: false });
    await expect(openid.fetchUserInfo(config, access_token, openid.skipSubjectCheck)).rejects.toThrow();
  });
});

describe('RFC 8628 §3 devices, by clients of others', () => {
  const words = [
    '--name',
    'A television',
    '--auth-method',
    'none',
    '--grant-type',
    DEVICE,
    '--grant-type',
    'refresh_token',
  ];

  it('oauth4webapi', async () => {
    const server = await discover();
    const made = await create(...words);
    const client: oauth.Client = { client_id: made.client_id };
    const asked = await oauth.deviceAuthorizationRequest(
      server,
      client,
      oauth.None(),
      { scope: 'openid notes' },
      insecure,
    );
    const device = await oauth.processDeviceAuthorizationResponse(server, client, asked);
    const poll = async () =>
      oauth.processDeviceCodeResponse(
        server,
        client,
        await oauth.deviceCodeGrantRequest(server, client, oauth.None(), device.device_code, insecure),
      );
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });
    await connect(device.verification_uri_complete ?? '');
    const tokens = await poll();
    expect(tokens.scope).toBe('openid notes');
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh_token ?? '', insecure),
    );
    expect(refreshed.access_token).toBeTruthy();
  });

  it('openid-client, which polls automatically', async () => {
    const made = await create(...words);
    const config = await configure(made.client_id, openid.None());
    const device = await openid.initiateDeviceAuthorization(config, { scope: 'openid' });
    await connect(device.verification_uri_complete ?? '');
    const tokens = await openid.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 });
    expect(tokens.claims()?.sub).toMatch(/^u_/);
  });

  it('are listed and removed by the command', async () => {
    const made = await create(...words);
    const config = await configure(made.client_id, openid.None());
    const waiting = await openid.initiateDeviceAuthorization(config, { scope: 'notes' });
    const { devices } = await admin<{ devices: { id: string; client_id: string }[] }>('devices', 'list');
    const device = devices.find(({ client_id }) => client_id === made.client_id);
    await admin('devices', 'delete', device?.id ?? '');
    await expect(openid.pollDeviceAuthorizationGrant(config, { ...waiting, interval: 1 })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});

/** Tokens of a user, got by the code flow. */
async function tokensOf(made: Pick<Made, 'client_id'>, scope: string) {
  const worker = inject('worker');
  const redirectUri = 'https://app.example/callback';
  const url = authorizeUrlOf(made.client_id, redirectUri, { scope });
  const back = await new User(fetch, worker.url).authorise(url, worker);
  const server = await discover();
  const client: oauth.Client = { client_id: made.client_id };
  const answer = oauth.validateAuthResponse(server, client, back, 'the-state');
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    answer,
    redirectUri,
    VERIFIER,
    insecure,
  );
  return oauth.processAuthorizationCodeResponse(server, client, response);
}

describe('RFC 8693 §2 and RFC 7523 §2.1 tokens for tokens, by clients of others', () => {
  it('openid-client exchanges a token for a registered resource, within the policy', async () => {
    const front = await create(
      '--name',
      'Front',
      '--auth-method',
      'none',
      '--redirect-uri',
      'https://app.example/callback',
    );
    await admin(
      'resources',
      'put',
      'https://files.acme.com',
      '--name',
      'Files',
      '--minutes',
      '2',
      '--resource-scope',
      'files.read Read your files',
      '--client',
      front.client_id,
    );
    const policy = { from: [front.client_id], resources: ['https://files.acme.com'], scopes: ['files.read'] };
    const back = await create('--name', 'Back', '--grant-type', EXCHANGE, '--exchange', JSON.stringify(policy));
    const { access_token } = await tokensOf(front, 'openid notes');
    const config = await configure(back.client_id, openid.ClientSecretBasic(back.client_secret));
    const exchanged = await openid.genericGrantRequest(config, EXCHANGE, {
      subject_token: access_token,
      subject_token_type: ACCESS_TOKEN,
      resource: 'https://files.acme.com',
    });
    expect(exchanged).toMatchObject({ issued_token_type: ACCESS_TOKEN, scope: 'files.read', expires_in: 120 });
    expect(await admin('resources', 'show', 'https://files.acme.com')).toMatchObject({ token_minutes: 2 });
    const narrower = { ...policy, resources: [issuer().origin] };
    await admin('clients', 'change', back.client_id, '--exchange', JSON.stringify(narrower));
    await expect(
      openid.genericGrantRequest(config, EXCHANGE, {
        subject_token: access_token,
        subject_token_type: ACCESS_TOKEN,
        resource: 'https://files.acme.com',
      }),
    ).rejects.toMatchObject({ error: 'invalid_target' });
    expect(await admin('clients', 'show', back.client_id)).toMatchObject({ exchange: narrower });
    await admin('grants', 'revoke-all', '--client', front.client_id, '--user', inject('worker').email);
    expect(await openid.tokenIntrospection(config, exchanged.access_token)).toEqual({ active: false });
    await admin('resources', 'delete', 'https://files.acme.com');
  });

  it('openid-client presents an assertion of a trusted issuer', async () => {
    const { email, url, password } = inject('worker');
    await new User(fetch, url).signIn(email, password);
    const key = await makeKey();
    await admin('issuers', 'put', VOUCHER, '--jwks', key.jwks, '--scope', 'notes');
    await admin('issuers', 'link', VOUCHER, 'ada', email);
    const made = await create('--name', 'Agent', '--grant-type', JWT_BEARER);
    const config = await configure(made.client_id, openid.ClientSecretBasic(made.client_secret));
    const vouch = () =>
      new SignJWT({ client_id: made.client_id })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'oauth-id-jag+jwt' })
        .setIssuer(VOUCHER)
        .setSubject('ada')
        .setAudience(url)
        .setJti(crypto.randomUUID())
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(key.privateKey);
    const assertion = await vouch();
    expect((await openid.genericGrantRequest(config, JWT_BEARER, { assertion, scope: 'notes' })).scope).toBe('notes');
    await expect(openid.genericGrantRequest(config, JWT_BEARER, { assertion })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect((await admin<{ subjects: unknown[] }>('issuers', 'show', VOUCHER)).subjects.length).toBe(1);
    await admin('issuers', 'unlink', VOUCHER, 'ada');
    await expect(openid.genericGrantRequest(config, JWT_BEARER, { assertion: await vouch() })).rejects.toThrow();
    await admin('issuers', 'delete', VOUCHER);
    expect((await admin<{ issuers: unknown[] }>('issuers', 'list')).issuers).toEqual([]);
  });
});

describe('CIMD §3 a client that is an address, over real HTTP', () => {
  it('a client that is only an address signs a user in; the Worker fetches its description', async () => {
    const id = `http://127.0.0.1:${site.port}/client.json`;
    document = {
      client_id: id,
      client_name: 'Described elsewhere',
      redirect_uris: ['https://app.example/callback'],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    };
    const tokens = await tokensOf({ client_id: id }, 'openid notes');
    expect([tokens.scope, typeof tokens.refresh_token]).toEqual(['openid notes', 'string']);
    expect(site.visits.length).toBe(1);
    expect(await admin('clients', 'disable', id)).toMatchObject({ disabled: true });
    expect(await admin('clients', 'show', id)).toMatchObject({ origin: 'document', client_id: id });
  });
});

describe('RFC 7591 §3 and RFC 7592 §2 registration, by clients of others', () => {
  it('openid-client registers with an initial access token, and the client manages itself', async () => {
    const { initial_access_token } = await admin<{ initial_access_token: string }>(
      'initial-tokens',
      'create',
      'Partners',
    );
    const config = await openid.dynamicClientRegistration(
      issuer(),
      { redirect_uris: ['https://app.example/callback'], client_name: 'Partner', token_endpoint_auth_method: 'none' },
      openid.None(),
      { initialAccessToken: initial_access_token, execute: [openid.allowInsecureRequests], algorithm: 'oauth2' },
    );
    const metadata = config.clientMetadata() as Record<string, string>;
    const own = { authorization: `Bearer ${metadata.registration_access_token}` };
    const uri = metadata.registration_client_uri ?? '';
    expect(await (await fetch(uri, { headers: own })).json()).toMatchObject({ client_name: 'Partner' });
    const replaced = await fetch(uri, {
      method: 'PUT',
      headers: { ...own, 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: metadata.client_id,
        redirect_uris: ['https://app.example/callback'],
        client_name: 'Renamed',
        token_endpoint_auth_method: 'none',
      }),
    });
    expect(await replaced.json()).toMatchObject({ client_name: 'Renamed' });
    expect((await fetch(uri, { method: 'DELETE', headers: own })).status).toBe(204);
    expect((await fetch(uri, { headers: own })).status).toBe(401);
  });

  it('initial access tokens are made, changed, listed and deleted by the command', async () => {
    const { id } = await admin<{ id: string }>('initial-tokens', 'create', 'Once', '--uses', '3', '--days', '1');
    type List = { tokens: { id: string; uses_left: number }[] };
    const find = async () => (await admin<List>('initial-tokens', 'list')).tokens.find((token) => token.id === id);
    expect(await find()).toMatchObject({ uses_left: 3 });
    await admin('initial-tokens', 'change', id, '--name', 'Twice', '--uses', '2');
    expect(await find()).toMatchObject({ name: 'Twice', uses_left: 2 });
    await admin('initial-tokens', 'delete', id);
    expect(await find()).toBeUndefined();
  });
});

describe('records', () => {
  it('tokens, grants and codes are listed and revoked by the command', async () => {
    const made = await create(
      '--name',
      'Recorded',
      '--auth-method',
      'none',
      '--redirect-uri',
      'https://app.example/callback',
    );
    const first = await tokensOf(made, 'openid profile');
    const me = (token: string) =>
      fetch(new URL('/api/me', issuer()), { headers: { authorization: `Bearer ${token}` } });
    const { tokens } = await admin<{ tokens: { id: string }[] }>('tokens', 'list', '--client', made.client_id);
    expect((await me(first.access_token)).status).toBe(200);
    await admin('tokens', 'revoke', tokens[0]?.id ?? '');
    expect((await me(first.access_token)).status).toBe(401);

    const second = await tokensOf(made, 'openid profile');
    const words = ['grants', 'list', '--client', made.client_id, '--user', inject('worker').email];
    const { grants } = await admin<{ grants: { id: string }[] }>(...words);
    expect(grants.length).toBe(2);
    for (const { id } of grants) await admin('grants', 'revoke', id);
    expect((await me(second.access_token)).status).toBe(401);

    const third = await tokensOf(made, 'openid profile');
    expect(await admin('users', 'show', inject('worker').email)).toMatchObject({ email: inject('worker').email });
    await admin('users', 'withdraw', inject('worker').email, made.client_id);
    expect((await me(third.access_token)).status).toBe(401);

    const url = authorizeUrlOf(made.client_id, 'https://app.example/callback');
    await new User(fetch, inject('worker').url).authorise(url, inject('worker'));
    const outstanding = async () =>
      (await admin<{ codes: { hash: string; client_id: string }[] }>('codes', 'list')).codes.find(
        ({ client_id }) => client_id === made.client_id,
      );
    await admin('codes', 'revoke', (await outstanding())?.hash ?? '');
    expect(await outstanding()).toBeUndefined();
  });
});
