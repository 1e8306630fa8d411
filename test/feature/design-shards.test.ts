/** The shard of a credential comes from inside what authenticates it: a name that is only written in front decides nothing. */
import { describe, expect, it } from 'vitest';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  obtainCode,
  postForm,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { wrapStores } from '../support/recorder.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve } from '../support/server.ts';
import { parseForm, type User } from '../support/user.ts';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

const start = () => serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));

/** Names of shards to try: the other bound ones, `DB`, one that is not bound, one that never was, and no name. */
const OTHERS = ['0', 'apac', 'enam', 'nowhere', 'WEUR', 'Weur', ''];

const renamed = (code: string, name: string) => code.replace(/^pc_weur_/, `pc_${name}_`);

async function codeFor(server: Server, client: TestClient): Promise<string> {
  const code = await obtainCode(server, client);
  expect(code).toMatch(/^pc_weur_/);
  return code;
}

describe('ARCHITECTURE §2 single use: the shard of an authorization code comes from inside its seal', () => {
  it('of fifty redemptions at once under every name of a shard exactly one wins', async () => {
    const server = start();
    const client = await makeClient(server);
    const code = await codeFor(server, client);
    const names = ['weur', ...OTHERS];
    const responses = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        postToken(server, client, redemption(renamed(code, names[index % names.length] ?? ''))),
      ),
    );
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(49);
    const won = responses.findIndex(({ status }) => status === 200);
    expect(names[won % names.length]).toBe('weur');
  });

  it('a code under another name is invalid_grant before any storage is asked, and is as it was', async () => {
    const asked: string[] = [];
    const server = serve(
      wrapStores(bindings(['SHARD_WEUR', 'SHARD_APAC']), (store, operation) => {
        asked.push(store);
        return operation();
      }),
    );
    const client = await makeClient(server);
    const code = await codeFor(server, client);
    // Warm: what an isolate holds is not asked for again.
    await postToken(server, client, redemption('pc_weur_none'), {}, server.fetchOnly);
    for (const name of OTHERS) {
      asked.length = 0;
      const response = await postToken(server, client, redemption(renamed(code, name)), {}, server.fetchOnly);
      expect([name, response.status, await errorOf(response)]).toEqual([name, 400, 'invalid_grant']);
      // The counters of failures are written behind the response.
      expect([name, asked.filter((store) => store.startsWith('SHARD_'))]).toEqual([name, []]);
    }
    expect((await postToken(server, client, redemption(code))).status).toBe(200);
  });

  const ENDINGS: [string, (server: Server, client: TestClient, user: User, code: string) => Promise<unknown>][] = [
    [
      'the user signed out',
      async (_server, _client, user) => user.send(parseForm(await page(user, '/sign-out'), '/sign-out')),
    ],
    [
      'its refresh token was revoked',
      async (server, client, _user, code) => {
        const tokens = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
        return postForm(server, client, '/revoke', { token: tokens.refresh_token });
      },
    ],
    [
      'an administrator revoked its grant',
      async (server, client, _user, code) => {
        await postToken(server, client, redemption(code));
        const { grants } = await administer<{ grants: { id: string }[] }>(server, 'GET', '/grants');
        for (const { id } of grants) await administer(server, 'DELETE', `/grants/${id}`);
      },
    ],
    [
      'it was replayed',
      async (server, client, _user, code) => {
        await postToken(server, client, redemption(code));
        return postToken(server, client, redemption(code));
      },
    ],
  ];
  it.each(ENDINGS)('no name of a shard brings a code back after %s', async (_what, end) => {
    const server = start();
    const client = await makeClient(server);
    const user = server.user();
    const back = await user.authorise(authorizeUrl(client), ADMINISTRATOR);
    const code = back.searchParams.get('code') ?? '';
    await end(server, client, user, code);
    for (const name of ['weur', ...OTHERS]) {
      const response = await postToken(server, client, redemption(renamed(code, name)));
      expect([name, response.status, await errorOf(response)]).toEqual([name, 400, 'invalid_grant']);
    }
  });
});

const page = async (user: User, path: string) => (await user.open(path)).text();

type Kind = {
  kind: string;
  /** A credential as it was issued, and what presenting one gives: whether it was accepted. */
  issue: (server: Server) => Promise<{ text: string; present: (text: string) => Promise<boolean> }>;
  /** The same under another name of a shard. */
  rename: (text: string, name: string) => string;
  /** True where the credential is single-use. */
  once?: boolean;
};

const KINDS: Kind[] = [
  {
    kind: 'authorization code',
    async issue(server) {
      const client = await makeClient(server);
      const text = await codeFor(server, client);
      return { text, present: async (code) => (await postToken(server, client, redemption(code))).ok };
    },
    rename: renamed,
    once: true,
  },
  {
    kind: 'authorization code of a pushed request that had no room in it',
    async issue(server) {
      const client = await makeClient(server);
      const pushed = await push(server, client, { nonce: 'n'.repeat(1400) });
      const back = await server.user().authorise(referring(client, pushed), ADMINISTRATOR);
      const text = back.searchParams.get('code') ?? '';
      return { text, present: async (code) => (await postToken(server, client, redemption(code))).ok };
    },
    rename: renamed,
    once: true,
  },
  {
    kind: 'refresh token',
    async issue(server) {
      const client = await makeClient(server);
      const tokens = await postToken(server, client, redemption(await codeFor(server, client)));
      const text = ((await tokens.json()) as Tokens).refresh_token;
      return { text, present: async (token) => (await refresh(server, client, token)).ok };
    },
    rename: (text, name) => text.replace('pr_g_weur_', `pr_g_${name}_`),
  },
  {
    kind: 'session cookie',
    async issue(server) {
      const user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      const text = user.cookies.get('__Host-session') ?? '';
      const present = async (cookie: string) => {
        const headers = { cookie: `__Host-session=${cookie}` };
        return (await server.fetch('/account', { headers })).status === 200;
      };
      return { text, present };
    },
    rename: (text, name) => text.replace('.weur.', `.${name}.`),
  },
  {
    kind: 'device code',
    async issue(server) {
      const client = await makeClient(server, { grant_types: [DEVICE_CODE], redirect_uris: [] });
      const begun = await postForm(server, client, '/device_authorization', { scope: 'openid' });
      const { device_code = '', verification_uri_complete = '' } = (await begun.json()) as Record<string, string>;
      const user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      const html = await page(
        user,
        new URL(verification_uri_complete).pathname + new URL(verification_uri_complete).search,
      );
      await user.send(parseForm(html, '/device'), { decision: 'allow' });
      const present = async (code: string) =>
        (await postToken(server, client, { grant_type: DEVICE_CODE, device_code: code })).ok;
      return { text: device_code, present };
    },
    rename: (text, name) => text.replace('pd_weur_', `pd_${name}_`),
    once: true,
  },
  {
    kind: 'request_uri',
    async issue(server) {
      const client = await makeClient(server);
      const user = server.user();
      await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
      const present = async (uri: string) =>
        (await (await user.open(referring(client, uri))).text()).includes('action="/consent"');
      return { text: await push(server, client), present };
    },
    rename: (text, name) => text.replace(':weur_', `:${name}_`),
  },
];

/** Those whose rows stand in `DB` name no shard: a name that is put into one makes it invalid. */
const GLOBAL: Kind[] = [
  {
    kind: 'API key',
    async issue(server) {
      const user = (await addUser(server)).id;
      const request = { name: 'Backup', scope: 'profile', user };
      const { authorization } = await administer<{ authorization: string }>(server, 'POST', '/api-keys', request);
      const present = async (key: string) => (await server.fetch('/api/me', { headers: { authorization: key } })).ok;
      return { text: authorization, present };
    },
    rename: (text, name) => text.replace('k_', `k_${name}_`),
  },
  {
    kind: 'initial access token',
    async issue(server) {
      const text = await initialToken(server);
      return { text, present: async (token) => (await register(server, token)).ok };
    },
    rename: (text, name) => text.replace('pi_', `pi_${name}_`),
    once: true,
  },
  {
    kind: 'registration access token',
    async issue(server) {
      const registered = await register(server, await initialToken(server));
      const client = (await registered.json()) as {
        registration_client_uri: string;
        registration_access_token: string;
      };
      const present = async (token: string) =>
        (await server.fetch(client.registration_client_uri, { headers: { authorization: `Bearer ${token}` } })).ok;
      return { text: client.registration_access_token, present };
    },
    rename: (text, name) => text.replace('pt_', `pt_${name}_`),
  },
  {
    kind: 'one-time link',
    async issue(server) {
      const { link } = await addUser(server);
      const present = async (url: string) => {
        const user = server.user();
        const html = await page(user, url.slice(server.env.ISSUER.length));
        if (!html.includes('action="/welcome"')) return false;
        return (await user.send(parseForm(html, '/welcome'), { password: 'a good password' })).ok;
      };
      return { text: link.replace(/^http:\/\/localhost:8787/, server.env.ISSUER), present };
    },
    rename: (text, name) => text.replace('link=', `link=${name}_`),
    once: true,
  },
];

const addUser = (server: Server) =>
  administer<{ id: string; link: string }>(server, 'POST', '/users', { email: 'b@example.com', name: 'B' });

async function initialToken(server: Server): Promise<string> {
  const request = { name: 'Partners', uses: 1 };
  const made = await administer<{ initial_access_token: string }>(server, 'POST', '/initial-access-tokens', request);
  return made.initial_access_token;
}

const register = (server: Server, token: string) =>
  server.fetch('/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ redirect_uris: ['https://b.example/'], token_endpoint_auth_method: 'none' }),
  });

async function push(server: Server, client: TestClient, changes: Record<string, string> = {}): Promise<string> {
  const query = Object.fromEntries(new URLSearchParams(authorizeUrl(client, changes).split('?')[1]));
  const pushed = (await (await postForm(server, client, '/par', query)).json()) as { request_uri: string };
  return pushed.request_uri;
}

const referring = ({ client_id }: TestClient, request_uri: string) =>
  `/authorize?${new URLSearchParams({ client_id, request_uri })}`;

/** Every row of every database, but those that say what was refused. */
async function rows(server: Server): Promise<string> {
  const { DB, SHARD_WEUR, SHARD_APAC } = server.env;
  const tables = [
    'sessions',
    'grants',
    'tokens',
    'device_codes',
    'pushed_requests',
    'single_uses',
    'cutoffs',
    'api_keys',
  ];
  const all = await Promise.all(
    [DB, SHARD_WEUR, SHARD_APAC].map(async (database) => {
      const there = await database
        ?.prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .all<{ name: string }>();
      const names = tables.filter((name) => there?.results.some((row) => row.name === name));
      return Promise.all(names.map(async (name) => (await database?.prepare(`SELECT * FROM ${name}`).all())?.results));
    }),
  );
  return JSON.stringify(all);
}

describe('every credential that names a shard', () => {
  it.each([...KINDS, ...GLOBAL])(
    '$kind: under another name it is invalid, and nothing is used up',
    async ({ issue, rename, once }) => {
      const server = start();
      const { text, present } = await issue(server);
      expect(rename(text, 'apac')).not.toBe(text);
      const before = await rows(server);
      for (const name of OTHERS.filter((other) => rename(text, other) !== text))
        expect([name, await present(rename(text, name))]).toEqual([name, false]);
      expect(await rows(server)).toBe(before);
      expect(await present(text)).toBe(true);
      if (once) expect(await present(text)).toBe(false);
    },
  );
});
