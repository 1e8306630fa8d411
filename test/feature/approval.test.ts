/** ARCHITECTURE §2: approval is never staler than its use. Whatever a page showed is validated again when it is used. */
import { beforeEach, describe, expect, it } from 'vitest';
import { cacheClient, findClientFromPrimary } from '../../src/storage/clients/clients.ts';
import { Databases } from '../../src/storage/database/database.ts';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  payloadOf,
  postForm,
  postToken,
  REDIRECT_URI,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, type User } from '../support/user.ts';

const OTHER_URI = 'https://other.example/callback';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

let server: Server;
let user: User;

beforeEach(async () => {
  server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
  user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
});

const change = (client: TestClient, changes: unknown) =>
  administer(server, 'PATCH', `/clients/${client.client_id}`, changes);

const userId = async () =>
  (await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${ADMINISTRATOR.email}`)).users[0]?.id;

const setRoles = async (...roles: string[]) =>
  administer(server, 'PATCH', `/users/${await userId()}`, { roles: ['administrator', ...roles] });

/** Makes a change that another isolate does not know of: what this one held before it holds again. */
async function unknownHere(client: TestClient, act: () => Promise<unknown>) {
  const databases = new Databases(server.env);
  const before = await findClientFromPrimary(databases, client.client_id, Date.now());
  await act();
  if (before) cacheClient(before, Date.now());
}

const scopeOf = async (response: Response) => ((await response.json()) as Tokens).scope;

for (const isolate of ['that made the change', 'that still holds the client as it was']) {
  const meanwhile = (client: TestClient, act: () => Promise<unknown>) =>
    isolate === 'that made the change' ? act() : unknownHere(client, act);

  describe(`ARCHITECTURE §2 a consent page that was open meanwhile, in the isolate ${isolate}`, () => {
    async function openPage(client: TestClient, changes = {}) {
      return parseForm(await (await user.open(authorizeUrl(client, changes))).text(), '/consent');
    }

    it('Allow gives what of the scopes the client may still have, and refreshing gives no more', async () => {
      const client = await makeClient(server, { scope: 'openid profile email' });
      const page = await openPage(client, { scope: 'openid profile email' });
      await meanwhile(client, () => change(client, { metadata: { scope: 'openid profile' } }));
      const answer = await user.send(page, { decision: 'allow' });
      const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
      const tokens = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
      expect(tokens.scope).toBe('openid profile');
      expect(await scopeOf(await refresh(server, client, tokens.refresh_token))).toBe('openid profile');
    });

    it('neither Allow nor Deny sends anybody to a redirect URI that was removed', async () => {
      const client = await makeClient(server, { redirect_uris: [REDIRECT_URI, OTHER_URI] });
      const page = await openPage(client);
      await meanwhile(client, () => change(client, { metadata: { redirect_uris: [OTHER_URI] } }));
      for (const decision of ['allow', 'deny']) {
        const answer = await user.send(page, { decision });
        expect([decision, answer.status, answer.headers.get('location')]).toEqual([decision, 400, null]);
      }
    });

    it('Allow gives no code where the client now requires a role that the user does not have', async () => {
      const client = await makeClient(server);
      const page = await openPage(client);
      await meanwhile(client, () => change(client, { roles: ['editor'] }));
      const answer = await user.send(page, { decision: 'allow' });
      expect([answer.status, answer.headers.get('location')]).toEqual([403, null]);
    });

    it('Allow gives no code where the client was disabled', async () => {
      const client = await makeClient(server);
      const page = await openPage(client);
      await meanwhile(client, () => change(client, { disabled: true }));
      const answer = await user.send(page, { decision: 'allow' });
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
    });
  });

  describe(`ARCHITECTURE §2 GET /authorize with a remembered consent, in the isolate ${isolate}`, () => {
    it('sends no code to a redirect URI that was removed, nor for a scope or to a user that are out', async () => {
      const client = await makeClient(server, { redirect_uris: [REDIRECT_URI, OTHER_URI], scope: 'openid profile' });
      await setSetting(server, 'skip_authorization', true);
      await obtainTokens(server, client);
      await meanwhile(client, () => change(client, { metadata: { redirect_uris: [OTHER_URI] } }));
      expect((await user.request(authorizeUrl(client))).status).toBe(400);
      await change(client, { metadata: { redirect_uris: [REDIRECT_URI] } });
      await meanwhile(client, () => change(client, { roles: ['editor'] }));
      expect((await user.request(authorizeUrl(client))).status).toBe(403);
    });
  });

  describe(`ARCHITECTURE §2 a code in flight, in the isolate ${isolate}`, () => {
    it('of a redirect URI that was removed is invalid_grant', async () => {
      const client = await makeClient(server, { redirect_uris: [REDIRECT_URI, OTHER_URI] });
      const code = await obtainCode(server, client);
      await meanwhile(client, () => change(client, { metadata: { redirect_uris: [OTHER_URI] } }));
      expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
    });

    it('of a client that was given a scope more becomes a grant with it', async () => {
      const client = await makeClient(server, { scope: 'openid' });
      let code = '';
      await meanwhile(client, async () => {
        await change(client, { metadata: { scope: 'openid profile' } });
        code = await obtainCode(server, client);
      });
      expect(await scopeOf(await postToken(server, client, redemption(code)))).toBe('openid profile');
    });
  });

  describe(`RFC 8628 §3.3 a device that waits, in the isolate ${isolate}`, () => {
    async function begin(client: TestClient, scope: string) {
      const response = await postForm(server, client, '/device_authorization', { scope });
      return (await response.json()) as { device_code: string; user_code: string };
    }
    const openPage = async (user_code: string) =>
      parseForm(await (await user.open(`/device?user_code=${user_code}`)).text(), '/device');
    const poll = (client: TestClient, device_code: string) =>
      postToken(server, client, { grant_type: DEVICE, device_code });
    const deviceClient = (metadata = {}) =>
      makeClient(server, { grant_types: [DEVICE, 'refresh_token'], redirect_uris: [], ...metadata });

    it('gets what of the scopes the client may still have when it is allowed', async () => {
      const client = await deviceClient({ scope: 'openid profile email' });
      const { device_code, user_code } = await begin(client, 'openid profile email');
      const page = await openPage(user_code);
      await meanwhile(client, () => change(client, { metadata: { scope: 'openid profile' } }));
      await user.send(page, { decision: 'allow' });
      expect(await scopeOf(await poll(client, device_code))).toBe('openid profile');
    });

    it('gets nothing where the client now requires a role that the user does not have', async () => {
      const client = await deviceClient();
      const { device_code, user_code } = await begin(client, 'openid profile');
      const page = await openPage(user_code);
      await meanwhile(client, () => change(client, { roles: ['editor'] }));
      expect((await user.send(page, { decision: 'allow' })).status).toBe(403);
      expect(await errorOf(await poll(client, device_code))).toBe('authorization_pending');
    });
  });

  describe(`RFC 8693 §2.1 token exchange, in the isolate ${isolate}`, () => {
    it('asks the role of the client that exchanges of the user, at each exchange', async () => {
      const front = await makeClient(server);
      const back = await makeClient(
        server,
        { grant_types: [EXCHANGE], redirect_uris: [], token_endpoint_auth_method: 'client_secret_basic' },
        { exchange: { from: [front.client_id], resources: ['https://as.example'], scopes: [] } },
      );
      const { access_token } = await obtainTokens(server, front);
      const exchange = () =>
        postToken(server, back, {
          grant_type: EXCHANGE,
          subject_token: access_token,
          subject_token_type: ACCESS_TOKEN,
        });
      expect(await scopeOf(await exchange())).toBe('openid profile');
      await meanwhile(back, () => change(back, { roles: ['editor'] }));
      expect(await errorOf(await exchange())).toBe('invalid_grant');
      await setRoles('editor');
      const { access_token: exchanged } = (await (await exchange()).json()) as Tokens;
      expect((await me(server, exchanged)).status).toBe(200);
      await setRoles();
      expect((await me(server, exchanged)).status).toBe(401);
      expect(await errorOf(await exchange())).toBe('invalid_grant');
    });
  });
}

describe('ARCHITECTURE §2 one rule for scopes: what is no longer known or allowed is dropped when it is used', () => {
  it('a scope that the settings list no more is in no token that is redeemed or refreshed', async () => {
    await setSetting(server, 'scopes_supported', 'notes Your notes\nmail Your mail');
    const client = await makeClient(server);
    const scope = 'profile notes mail';
    const code = await obtainCode(server, client, { scope });
    const { refresh_token } = await obtainTokens(server, client, { scope });
    await setSetting(server, 'scopes_supported', 'mail Your mail');
    expect(await scopeOf(await postToken(server, client, redemption(code)))).toBe('profile mail');
    expect(await scopeOf(await refresh(server, client, refresh_token))).toBe('profile mail');
  });

  it('where nothing is left it is invalid_scope, and neither code nor refresh token is used up', async () => {
    await setSetting(server, 'scopes_supported', 'notes Your notes');
    const client = await makeClient(server);
    const code = await obtainCode(server, client, { scope: 'notes' });
    const { refresh_token } = await obtainTokens(server, client, { scope: 'notes' });
    await setSetting(server, 'scopes_supported', '');
    expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_scope');
    expect(await errorOf(await refresh(server, client, refresh_token))).toBe('invalid_scope');
    await setSetting(server, 'scopes_supported', 'notes Your notes');
    expect(await scopeOf(await postToken(server, client, redemption(code)))).toBe('notes');
    expect(
      payloadOf(((await (await refresh(server, client, refresh_token)).json()) as Tokens).access_token).scope,
    ).toBe('notes');
  });
});

describe('ARCHITECTURE §2 a scope that the user withdrew', () => {
  const withdraw = async (client: TestClient, scope: string) => {
    const html = await (await user.open('/account/applications')).text();
    return user.send(parseForm(html, '/account/applications'), { part: `${client.client_id} ${scope}` });
  };

  it('does not come back through a code in flight', async () => {
    const client = await makeClient(server);
    await obtainTokens(server, client);
    const code = await obtainCode(server, client);
    expect((await withdraw(client, 'profile')).status).toBe(200);
    expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
    expect(await scopeOf(await postToken(server, client, redemption(await obtainCode(server, client))))).toBe(
      'openid profile',
    );
  });
});

describe('ARCHITECTURE §2 a user who loses a role loses what needed it', () => {
  const tellsMe = { token_endpoint_auth_method: 'client_secret_basic' };
  const introspect = async (client: TestClient, token: string) =>
    ((await (await postForm(server, client, '/introspect', { token })).json()) as { active: boolean }).active;
  const all = async (client: TestClient, tokens: Tokens) => [
    (await me(server, tokens.access_token, '/userinfo')).status,
    await introspect(client, tokens.access_token),
    await introspect(client, tokens.refresh_token),
  ];

  it('userinfo, introspection, a refresh token and a waiting code end in the same act; another client’s go on', async () => {
    await setRoles('editor', 'author');
    const editors = await makeClient(server, tellsMe, { roles: ['editor'] });
    const both = await makeClient(server, tellsMe, { roles: ['editor', 'author'] });
    const open = await makeClient(server, tellsMe);
    const of = new Map<TestClient, Tokens>();
    for (const client of [editors, both, open]) of.set(client, await obtainTokens(server, client));
    const code = await obtainCode(server, editors);
    const tokens = of.get(editors) as Tokens;
    expect(await all(editors, tokens)).toEqual([200, true, true]);
    await setRoles('author');
    expect(await all(editors, tokens)).toEqual([401, false, false]);
    expect(await errorOf(await refresh(server, editors, tokens.refresh_token))).toBe('invalid_grant');
    expect(await errorOf(await postToken(server, editors, redemption(code)))).toBe('invalid_grant');
    for (const client of [both, open]) expect(await all(client, of.get(client) as Tokens)).toEqual([200, true, true]);
    // Assigned again, the role is for authorizations that begin then, and restores nothing that was revoked.
    await setRoles('author', 'editor');
    expect(await all(editors, tokens)).toEqual([401, false, false]);
    expect(await errorOf(await postToken(server, editors, redemption(code)))).toBe('invalid_grant');
    expect(await all(editors, await obtainTokens(server, editors))).toEqual([200, true, true]);
  });

  it('of fifty redemptions that race with the loss, none leaves a token that holds', async () => {
    await setRoles('editor');
    const client = await makeClient(server, tellsMe, { roles: ['editor'] });
    const codes: string[] = [];
    for (let one = 0; one < 10; one++) codes.push(await obtainCode(server, client));
    const [, ...answers] = await Promise.all([
      setRoles(),
      ...Array.from({ length: 50 }, (_, index) => postToken(server, client, redemption(codes[index % 10] as string))),
    ]);
    for (const answer of answers) {
      const { access_token } = (await answer.json()) as Partial<Tokens>;
      if (access_token) expect((await me(server, access_token, '/userinfo')).status).toBe(401);
    }
  });
});
