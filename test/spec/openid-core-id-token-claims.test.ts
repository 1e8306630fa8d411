/** OpenID Connect Core §5.4: claims of the granted scopes in the id_token, and the claim mapping of a client. */
import { describe, expect, it, vi } from 'vitest';
import {
  ADMINISTRATOR,
  authorizeUrl,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  payloadOf,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { wrapStores } from '../support/recorder.ts';
import { administer, bindings, ISSUER, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, type User } from '../support/user.ts';

const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });
const ALL = { scope: 'openid profile email roles' };
const PROFILE = ['name', 'given_name', 'family_name', 'picture', 'updated_at'];
const EMAIL = ['email', 'email_verified', 'preferred_username'];

const tokensOf = async (response: Response) => (await response.json()) as Tokens;
const idTokenOf = async (server: Server, client: TestClient, changes: Record<string, string> = ALL) =>
  payloadOf((await obtainTokens(server, client, changes)).id_token ?? '');

async function administratorId(server: Server): Promise<string> {
  await server.user().signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
  return users[0]?.id ?? '';
}

const change = async (server: Server, changes: Record<string, unknown>) =>
  administer(server, 'PATCH', `/users/${await administratorId(server)}`, changes);

describe('OpenID Connect Core §5.4 user claims in the ID token', () => {
  it('holds those of the granted scopes by default, at the code and at each refresh', async () => {
    const server = serve();
    await change(server, {
      given_name: 'Ada',
      family_name: 'L',
      picture: 'https://a.example/a.png',
      email_verified: true,
    });
    const client = await makeClient(server);
    const first = await obtainTokens(server, client, ALL);
    const claims = {
      name: 'Administrator',
      given_name: 'Ada',
      family_name: 'L',
      picture: 'https://a.example/a.png',
      email: ADMINISTRATOR.email,
      email_verified: true,
      preferred_username: ADMINISTRATOR.email,
      roles: ['administrator'],
    };
    expect(payloadOf(first.id_token ?? '')).toMatchObject(claims);
    expect(await (await me(server, first.access_token, '/userinfo')).json()).toMatchObject(claims);
    await change(server, { name: 'Ada Lovelace', roles: ['administrator', 'editor'] });
    const second = await tokensOf(await refresh(server, client, first.refresh_token));
    expect(payloadOf(second.id_token ?? '')).toMatchObject({
      ...claims,
      name: 'Ada Lovelace',
      roles: ['administrator', 'editor'],
    });
  });

  it('holds none of a scope that was not granted, or that a refresh leaves out', async () => {
    const server = serve();
    const client = await makeClient(server);
    const only = await idTokenOf(server, client, { scope: 'openid' });
    expect(Object.keys(only).filter((name) => [...PROFILE, ...EMAIL, 'roles'].includes(name))).toEqual([]);
    const { refresh_token } = await obtainTokens(server, client, ALL);
    const narrow = await tokensOf(await refresh(server, client, refresh_token, { scope: 'openid profile' }));
    const claims = payloadOf(narrow.id_token ?? '');
    expect(claims.name).toBe('Administrator');
    for (const name of [...EMAIL, 'roles']) expect(claims).not.toHaveProperty(name);
  });

  it('comes to a device, too', async () => {
    const server = serve();
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const device = await makeClient(server, { grant_types: [grant_type], redirect_uris: [] });
    const begun = (await (
      await server.fetch('/device_authorization', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ client_id: device.client_id, ...ALL }).toString(),
      })
    ).json()) as Record<string, string>;
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const page = await (await user.open(`/device?user_code=${begun.user_code}`)).text();
    await user.send(parseForm(page, '/device'), { decision: 'allow' });
    const tokens = await tokensOf(await postToken(server, device, { grant_type, device_code: begun.device_code }));
    expect(payloadOf(tokens.id_token ?? '')).toMatchObject({ name: 'Administrator', email: ADMINISTRATOR.email });
  });

  it('the setting leaves them to /userinfo, and a client differs from it', async () => {
    const server = serve();
    await setSetting(server, 'claims_in_id_token', false);
    const plain = await makeClient(server);
    expect(await idTokenOf(server, plain)).not.toHaveProperty('name');
    const included = await makeClient(server, {}, { claims_in_id_token: 'include' });
    expect(await idTokenOf(server, included)).toHaveProperty('name');
    await setSetting(server, 'claims_in_id_token', true);
    expect(await idTokenOf(server, plain)).toHaveProperty('name');
    const omitting = await makeClient(server, {}, { claims_in_id_token: 'omit' });
    const { id_token = '', access_token } = await obtainTokens(server, omitting, ALL);
    expect(payloadOf(id_token)).not.toHaveProperty('name');
    expect(await (await me(server, access_token, '/userinfo')).json()).toHaveProperty('name');
  });

  it('what was asked for by name comes where the setting is off, at a refresh, too', async () => {
    const server = serve();
    await setSetting(server, 'claims_in_id_token', false);
    const client = await makeClient(server);
    const claims = JSON.stringify({ id_token: { email: null } });
    const first = await obtainTokens(server, client, { scope: 'openid', claims });
    const second = await tokensOf(await refresh(server, client, first.refresh_token));
    for (const { id_token = '' } of [first, second]) {
      expect(payloadOf(id_token)).toMatchObject({ email: ADMINISTRATOR.email });
      expect(payloadOf(id_token)).not.toHaveProperty('name');
    }
  });

  it('preferred_username is the verified e-mail address, and never an unverified one or text that the user chose', async () => {
    const server = serve();
    await change(server, { name: 'root', email_verified: false });
    const client = await makeClient(server);
    expect(await idTokenOf(server, client)).not.toHaveProperty('preferred_username');
    await change(server, { email_verified: true });
    expect(await idTokenOf(server, client)).toMatchObject({ preferred_username: ADMINISTRATOR.email });
    expect(await idTokenOf(server, client, { scope: 'openid profile' })).not.toHaveProperty('preferred_username');
  });

  it('updated_at is when the record was last changed', async () => {
    const server = serve();
    const client = await makeClient(server);
    await administratorId(server);
    const { updated_at: before } = await idTokenOf(server, client);
    later(100);
    expect((await idTokenOf(server, client)).updated_at).toBe(before);
    await change(server, { name: 'Another' });
    expect((await idTokenOf(server, client)).updated_at).toBeGreaterThanOrEqual(Number(before) + 100);
  });

  it('a user whom the replica does not have yet is read from the primary; where neither answers, no token is lost', async () => {
    let replica: 'answers' | 'is behind' | 'is down' = 'answers';
    let far = 0;
    const env = wrapStores(bindings(['SHARD_WEUR']), async (store, operation, near) => {
      if (store === 'DB' && near === true && replica !== 'answers') return [] as Awaited<ReturnType<typeof operation>>;
      if (store === 'DB' && near === false && replica !== 'answers') far++;
      if (store === 'DB' && replica === 'is down') throw new Error('D1_ERROR: down');
      return operation();
    });
    const server = serve(env);
    const client = await makeClient(server);
    const redeem = async (code: string) => tokensOf(await postToken(server, client, redemption(code)));
    // Warm: settings, registry and client are held.
    await redeem(await obtainCode(server, client, ALL));
    const codes = [await obtainCode(server, client, ALL), await obtainCode(server, client, ALL)];
    replica = 'is behind';
    expect(payloadOf((await redeem(codes[0] ?? '')).id_token ?? '')).toHaveProperty('name');
    expect(far).toBe(1);
    replica = 'is down';
    const { id_token = '', access_token } = await redeem(codes[1] ?? '');
    expect([payloadOf(id_token).sub, payloadOf(id_token).name]).toEqual([payloadOf(access_token).sub, undefined]);
  });

  it('the user and the openid flag of a refresh token cannot be changed', async () => {
    const server = serve();
    const client = await makeClient(server);
    const { refresh_token } = await obtainTokens(server, client, { scope: 'profile' });
    const [, user = ''] = /_(u_[A-Za-z0-9]{22})_0_/.exec(refresh_token) ?? [];
    for (const forged of [
      refresh_token.replace(`${user}_0_`, `${user}_1_`),
      refresh_token.replace(user, `u_${'A'.repeat(22)}`),
    ]) {
      expect(forged).not.toBe(refresh_token);
      expect((await refresh(server, client, forged)).status).toBe(400);
    }
    expect((await refresh(server, client, refresh_token)).status).toBe(200);
  });
});

describe('OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2 id_token_hint by POST', () => {
  const post = (user: User, path: string, fields: Record<string, string>) =>
    user.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://app.example' },
      body: new URLSearchParams(fields).toString(),
    });
  const hintIn = (location: string) => new URL(location, ISSUER).searchParams.get('id_token_hint') ?? '';

  async function hinted() {
    const server = serve();
    const client = await makeClient(
      server,
      { post_logout_redirect_uris: ['https://app.example/out'] },
      { trusted: true },
    );
    const user = server.user();
    const back = await user.authorise(authorizeUrl(client, ALL), ADMINISTRATOR);
    const tokens = await tokensOf(await postToken(server, client, redemption(back.searchParams.get('code') ?? '')));
    return { server, client, user, hint: tokens.id_token ?? '' };
  }

  it('is accepted at /authorize and /end-session, and neither address nor log holds the id_token', async () => {
    const { client, user, hint } = await hinted();
    const log = vi.spyOn(console, 'log');
    const query = Object.fromEntries(new URLSearchParams(authorizeUrl(client).split('?')[1]));
    for (const [path, fields] of [
      ['/authorize', { ...query, prompt: 'none' }],
      ['/end-session', { post_logout_redirect_uri: 'https://app.example/out' }],
    ] as const) {
      const sent = await post(user, path, { ...fields, id_token_hint: hint });
      const location = sent.headers.get('location') ?? '';
      expect([sent.status, location.includes(hint.split('.')[1] ?? ''), hintIn(location)]).toEqual([
        303,
        false,
        expect.stringMatching(/^ph_/),
      ]);
      const answer = await user.request(location);
      if (path === '/authorize') expect(answer.headers.get('location')).toContain('code=');
      else expect(await answer.text()).toContain('Test application');
    }
    const logged = log.mock.calls.join(' ');
    expect(logged).toContain('/end-session');
    for (const part of [hint.split('.')[1], 'ph_', 'id_token_hint']) expect(logged).not.toContain(part);
  });

  it('one that is not an id_token of this server is refused, and does not go on', async () => {
    const { server, client, user, hint } = await hinted();
    for (const wrong of ['rubbish', `${hint.slice(0, -6)}AAAAAA`, 'ph_x']) {
      const sent = await post(user, '/end-session', { id_token_hint: wrong });
      expect(hintIn(sent.headers.get('location') ?? '')).toBe('invalid');
    }
    const forged = await server.fetch(authorizeUrl(client, { id_token_hint: 'ph_x.y', prompt: 'none' }));
    expect(forged.headers.get('location')).toContain('error=invalid_request');
  });
});

describe('the claim mapping of a client', () => {
  const mapped = (server: Server, claim_mapping: unknown) => makeClient(server, {}, { claim_mapping });

  it('renames and adds claims, in the id_token and at /userinfo', async () => {
    const server = serve();
    await change(server, { email_verified: true });
    const client = await mapped(server, {
      groups: { from: 'roles' },
      upn: { from: 'email', in: ['id_token'] },
      'https://example.com/tenant': { value: 'acme' },
      display: { from: 'name', in: ['userinfo'] },
    });
    const { id_token = '', access_token } = await obtainTokens(server, client, ALL);
    const told = (await (await me(server, access_token, '/userinfo')).json()) as object;
    const both = { groups: ['administrator'], roles: ['administrator'], 'https://example.com/tenant': 'acme' };
    expect(payloadOf(id_token)).toMatchObject({ ...both, upn: ADMINISTRATOR.email });
    expect(payloadOf(id_token)).not.toHaveProperty('display');
    expect(told).toMatchObject({ ...both, display: 'Administrator' });
    expect(told).not.toHaveProperty('upn');
    expect(payloadOf(access_token)).not.toHaveProperty('groups');
  });

  it('is opened by the scope that opens what it is made of, or by the one that it names', async () => {
    const server = serve();
    const client = await mapped(server, { groups: { from: 'roles' }, teams: { from: 'roles', scope: 'openid' } });
    const claims = await idTokenOf(server, client, { scope: 'openid profile' });
    expect(claims.teams).toEqual(['administrator']);
    expect(claims).not.toHaveProperty('groups');
  });

  it('stands where user claims are left to /userinfo, and in the id_token of a refresh', async () => {
    const server = serve();
    const standing = { claims_in_id_token: 'omit', claim_mapping: { groups: { from: 'roles' } } };
    const client = await makeClient(server, {}, standing);
    const { refresh_token, id_token } = await obtainTokens(server, client, ALL);
    const again = await tokensOf(await refresh(server, client, refresh_token));
    for (const token of [id_token, again.id_token]) {
      expect(payloadOf(token ?? '')).toMatchObject({ groups: ['administrator'] });
      expect(payloadOf(token ?? '')).not.toHaveProperty('roles');
    }
  });

  it('stands in access tokens of the resources that it names, and of no other', async () => {
    const server = serve();
    const [one, other] = ['https://one.example/api', 'https://other.example/api'];
    for (const id of [one, other])
      await administer(server, 'PUT', `/resources/${encodeURIComponent(id)}`, { name: 'API' });
    const client = await mapped(server, {
      groups: { from: 'roles', scope: 'profile', resources: [one] },
      tenant: { value: 'acme', in: [], resources: [one] },
    });
    const body = { scope: 'profile' };
    const first = await obtainTokens(server, client, { ...body, resource: one });
    expect(payloadOf(first.access_token)).toMatchObject({ groups: ['administrator'], tenant: 'acme', aud: one });
    const again = await tokensOf(await refresh(server, client, first.refresh_token));
    expect(payloadOf(again.access_token)).toMatchObject({ groups: ['administrator'], tenant: 'acme' });
    const second = payloadOf((await obtainTokens(server, client, { ...body, resource: other })).access_token);
    expect([second.groups, second.tenant]).toEqual([undefined, undefined]);
  });

  it('a verified address only is told under another name', async () => {
    const server = serve();
    await change(server, { email_verified: false });
    const client = await mapped(server, { mail: { from: 'email' } });
    expect(await idTokenOf(server, client)).not.toHaveProperty('mail');
  });

  it('what identifies a token or an account cannot be mapped, and null takes the mapping away', async () => {
    const server = serve();
    const client = await mapped(server, { groups: { from: 'roles' } });
    const put = (claim_mapping: unknown) => server.admin('PATCH', `/clients/${client.client_id}`, { claim_mapping });
    for (const name of ['sub', 'aud', 'email', 'email_verified', 'cnf', 'scope', 'grant']) {
      const refused = await put({ [name]: { value: 'x' } });
      expect([name, refused.status, await refused.text()]).toEqual([name, 400, expect.stringContaining(name)]);
    }
    expect((await put({ preferred_username: { from: 'name' } })).status).toBe(400);
    expect((await put(null)).status).toBe(200);
    expect(await idTokenOf(server, client)).not.toHaveProperty('groups');
  });
});
