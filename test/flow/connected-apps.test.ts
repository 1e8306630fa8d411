/** Connected apps against servers that were not written here, and against another Postern. */
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin, runAdmin } from '../support/admin.ts';
import { ownProgram, removeConnectedApps } from '../support/bearer-program.ts';
import { type RunningProvider, startProvider } from '../support/oidc-provider.ts';
import { secondServer } from '../support/second-server.ts';
import { parseForm, text, User } from '../support/user.ts';

type Token = { access_token: string; scope: string; error_description?: string };

const ALL = ['authorization_code', 'refresh_token'];
let user: User;
let bearer = '';
let provider: RunningProvider | undefined;

const callback = (app: string) => `${inject('worker').url}/connected-apps/${app}/callback`;

beforeAll(async () => {
  ({ user, bearer } = await ownProgram());
});

afterEach(async () => {
  await provider?.close();
  provider = undefined;
});

afterAll(async () => {
  await removeConnectedApps();
});

/** Presses Connect, agrees there, and comes back. */
async function connect(app: string): Promise<Response> {
  const path = `/account/connections/${app}`;
  const sent = await user.send(parseForm(await (await user.open(path)).text(), path));
  const there = sent.headers.get('location');
  if (!there) throw new Error(text(await sent.text()));
  const elsewhere = new User(fetch, new URL(there).origin);
  const back = (await elsewhere.open(there)).headers.get('location');
  if (!back?.startsWith(callback(app))) throw new Error(`not sent back: ${back}`);
  return user.request(back);
}

async function take(app: string, scope?: string): Promise<Token & { status: number }> {
  const response = await fetch(`${inject('worker').url}/api/me/connections/${app}/token`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, ...(scope && { 'content-type': 'application/json' }) },
    ...(scope && { body: JSON.stringify({ scope }) }),
  });
  return { ...((await response.json()) as Token), status: response.status };
}

const create = (app: string, ...more: string[]) =>
  admin<Record<string, string>>(
    'connected-apps',
    'create',
    app,
    'openid',
    '--issuer',
    provider?.issuer ?? '',
    '--scope',
    'openid email offline_access',
    '--raw-tokens',
    'users',
    ...more,
  );

describe('oidc-provider as the far end', () => {
  const secretClient = (app: string, more: Record<string, unknown> = {}) => ({
    clients: [
      {
        client_id: 'postern',
        client_secret: 'a secret: with % signs & more',
        redirect_uris: [callback(app)],
        grant_types: ALL,
        token_endpoint_auth_method: 'client_secret_basic',
        ...more,
      },
    ],
  });
  const credentials = ['--client-id', 'postern', '--client-secret', 'a secret: with % signs & more'];

  /** Connects, refreshes twice (its tokens live a second), and disconnects. */
  async function theWholeWay(app: string) {
    const back = await connect(app);
    expect([back.status, back.headers.get('location')]).toEqual([303, `/account/connections?connected=${app}`]);
    expect(text(await (await user.open('/account/connections')).text())).toContain('alice@far.example');
    const first = await take(app);
    expect([first.status, first.error_description]).toEqual([200, undefined]);
    const second = await take(app);
    expect(second.access_token).not.toBe(first.access_token);
    const me = await fetch(`${provider?.issuer}/me`, { headers: { authorization: `Bearer ${second.access_token}` } });
    expect(await me.json()).toMatchObject({ sub: 'alice' });
    expect(provider?.grants).toEqual(['authorization_code', 'refresh_token', 'refresh_token']);
    const form = `/account/connections/${app}/disconnect`;
    await user.send(parseForm(await (await user.open('/account/connections')).text(), form));
    expect(provider?.paths).toContain('/token/revocation');
    const again = await fetch(`${provider?.issuer}/me`, {
      headers: { authorization: `Bearer ${second.access_token}` },
    });
    expect(again.status).toBe(401);
    expect((await take(app)).status).toBe(409);
  }

  it('with a secret and rotated refresh tokens goes the whole way', async () => {
    provider = await startProvider({ ...secretClient('basic'), rotateRefreshToken: true, ttl: { AccessToken: 2 } });
    await create('basic', ...credentials);
    await theWholeWay('basic');
  });

  it('that demands pushed requests (RFC 9126) gets them', async () => {
    const features = { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } };
    provider = await startProvider({ ...secretClient('pushing'), features, ttl: { AccessToken: 2 } });
    await create('pushing', ...credentials);
    await theWholeWay('pushing');
    expect(provider.paths).toContain('/request');
  });

  it('that wants a signed assertion (RFC 7523) gets one under the key of our JWKS', async () => {
    const { keys } = (await (await fetch(`${inject('worker').url}/.well-known/jwks.json`)).json()) as {
      keys: object[];
    };
    const method = { token_endpoint_auth_method: 'private_key_jwt', client_secret: undefined, jwks: { keys } };
    provider = await startProvider({
      ...secretClient('signing', { ...method, token_endpoint_auth_signing_alg: 'ES256' }),
      clientAuthMethods: ['private_key_jwt'],
      ttl: { AccessToken: 2 },
    });
    await create('signing', '--client-id', 'postern', '--auth-method', 'private_key_jwt');
    await theWholeWay('signing');
  });

  it('that registers clients (RFC 7591) registers this one', async () => {
    provider = await startProvider({ features: { registration: { enabled: true } }, ttl: { AccessToken: 2 } });
    const app = await create('registering');
    expect([app.registered, app.has_secret]).toEqual(['registered', true]);
    await theWholeWay('registering');
  });

  it('that ended the grant meanwhile ends in a sentence, and in a reconnection that works', async () => {
    provider = await startProvider({ ...secretClient('ending'), ttl: { AccessToken: 2 } });
    await create('ending', ...credentials);
    await connect('ending');
    await provider.endGrants();
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const refused = await take('ending');
    expect([refused.status, refused.error_description]).toEqual([409, expect.stringContaining('invalid_grant')]);
    expect((await connect('ending')).status).toBe(303);
  });
});

describe('another Postern as the far end', () => {
  it('is connected with a Client ID Metadata Document, and serves its userinfo to the token', {
    timeout: 180_000,
  }, async () => {
    const far = await secondServer();
    const words = ['--issuer', far.url, '--scope', 'openid email offline_access', '--raw-tokens', 'users'];
    const app = await admin('connected-apps', 'create', 'postern', 'openid', ...words);
    expect(app).toMatchObject({ registered: 'document', issuer: far.url });
    const path = '/account/connections/postern';
    const sent = await user.send(parseForm(await (await user.open(path)).text(), path));
    const who = far.administrator;
    const back = await new User(fetch, far.url).authorise(sent.headers.get('location') ?? '', who);
    expect((await user.request(back.href)).headers.get('location')).toBe('/account/connections?connected=postern');
    const { access_token } = await take('postern');
    const userinfo = await fetch(`${far.url}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } });
    expect(await userinfo.json()).toMatchObject({ email: who.email });
    const form = `${path}/disconnect`;
    await user.send(parseForm(await (await user.open('/account/connections')).text(), form));
    const after = await fetch(`${far.url}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } });
    expect(after.status).toBe(401);
  });
});

describe('the command', () => {
  it('says what is missing, and what a server does not say of itself', async () => {
    provider = await startProvider({});
    const without = await runAdmin('connected-apps', 'create', 'none', 'microsoft', '--client-id', 'x');
    expect([without.code, without.stderr]).toEqual([
      1,
      expect.stringContaining('issuer: the template microsoft needs it'),
    ]);
    const closed = await runAdmin('connected-apps', 'create', 'none', 'openid', '--issuer', provider.issuer);
    expect([closed.code, closed.stderr]).toEqual([
      1,
      expect.stringContaining('does not support dynamic client registration'),
    ]);
    const nowhere = await runAdmin(
      'connected-apps',
      'create',
      'none',
      'openid',
      '--issuer',
      `${provider.issuer}/elsewhere`,
    );
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('no metadata was found')]);
  });

  it('shows the templates, each with its page of documentation', async () => {
    const { stdout } = await runAdmin('connected-apps', 'templates');
    for (const name of ['google', 'microsoft', 'github', 'slack', 'frappe', 'mcp', 'openid', 'oauth']) {
      expect(stdout).toMatch(new RegExp(`^${name} .*https://\\S+ +\\d{4}-\\d\\d-\\d\\d$`, 'm'));
    }
  });

  it('changes, disables, enables, refreshes and deletes', async () => {
    provider = await startProvider({ features: { registration: { enabled: true } } });
    const made = await create('changing');
    const changed = await admin<Record<string, unknown>>(
      'connected-apps',
      'change',
      'changing',
      '--name',
      'Other',
      '--scope',
      'openid',
      '--dpop',
      'never',
    );
    expect(made.dpop).toBe('auto');
    expect(changed).toMatchObject({
      dpop: 'never',
      name: 'Other',
      scopes: ['openid'],
      client_id: made.client_id,
      raw_tokens: 'users',
    });
    expect(await admin('connected-apps', 'disable', 'changing')).toMatchObject({ disabled: true });
    expect((await user.open('/account/connections/changing')).status).toBe(404);
    expect(await admin('connected-apps', 'enable', 'changing')).toMatchObject({ disabled: false });
    expect(await admin('connected-apps', 'refresh', 'changing')).toMatchObject({ client_id: made.client_id });
    expect((await runAdmin('connected-apps', 'reseal')).stdout).toMatch(/^\d+ sealed again; 0 cannot/);
    await admin('connected-apps', 'delete', 'changing');
    expect((await runAdmin('connected-apps', 'show', 'changing')).code).toBe(1);
  });
});
