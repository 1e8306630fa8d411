/**
 * No secret, code, token or password stands in a page twice, in a log line, in the audit log, or in a database or KV as it
 * is: what is kept of it is a hash, or sealed.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Authenticator } from '../support/authenticator.ts';
import {
  ADMINISTRATOR,
  authorizeUrl,
  ISSUER,
  makeClient,
  postForm,
  postToken,
  REDIRECT_URI,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { Prover } from '../support/dpop.ts';
import { comeBack, connectApp, type FarEnd, farEnd, idToken, press, tokens } from '../support/far-end.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey } from '../support/keys.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { makeLogin, signInWith } from '../support/social.ts';
import { type Form, parseForm, readForm, type User } from '../support/user.ts';

const pages: string[] = [];
const lines: string[] = [];
const cookies = new Set<string>();

beforeEach(() => {
  pages.length = 0;
  lines.length = 0;
  cookies.clear();
  for (const method of ['log', 'error', 'warn', 'info', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => void lines.push(said.map(String).join(' ')));
  }
});

afterEach(() => vi.restoreAllMocks());

/** A user whose every page and every cookie is kept. */
function watched(user: User): User {
  const request = user.request.bind(user);
  user.request = async (path, init) => {
    const response = await request(path, init);
    if (response.headers.get('content-type')?.includes('html')) pages.push(await response.clone().text());
    for (const value of user.cookies.values()) cookies.add(value);
    return response;
  };
  return user;
}

async function fill(user: User, path: string, typed: Record<string, string>, action = path) {
  return user.send(await readForm(await user.open(path), action), typed);
}

const count = (text: string, secret: string) => text.split(secret).length - 1;

type World = {
  server: Server;
  mailbox: Mailbox;
  /** The administrator, signed in; and who is nobody here. */
  user: User;
  visitor: () => User;
  far: FarEnd;
  client: TestClient;
  /** Values that later entries need of former ones. */
  kept: Record<string, string>;
};

const codeOf = (link: string) => link.split('link=')[1] ?? '';
const found = (pattern: RegExp, text: string) => pattern.exec(text)?.[1] ?? pattern.exec(text)?.[0] ?? '';
const ofForm = (form: Form, name: string) => form.fields.find(([field]) => field === name)?.[1] ?? '';
const record = (response: Response) => response.json() as Promise<Record<string, string>>;

/** Each lets a secret come into being, be used and be shown as it is, and says what it was. */
const SECRETS: Record<string, (world: World) => Promise<string | readonly string[]>> = {
  'the first password': async () => ADMINISTRATOR.password,
  'a password that was wrong': async ({ visitor }) => {
    await visitor().signIn(ADMINISTRATOR.email, 'a wrong password');
    return 'a wrong password';
  },
  'the session': async ({ user }) => {
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    return user.cookies.get('__Host-session')?.split('.')[2] ?? '';
  },
  'the keys of this server': async ({ server: { env } }) => {
    const keys = Object.entries(env).filter(([name]) => /^(SIGNING_KEY|ROOT_SECRET)_/.test(name));
    return keys.map(([name, text]) => (name.startsWith('SIGNING') ? JSON.parse(String(text)).d : String(text)));
  },
  'a new password': async ({ user }) => {
    await fill(user, '/account/password', { password: 'quite another password' });
    return 'quite another password';
  },
  'the challenge of a passkey': async ({ user }) => {
    const form = await readForm(await user.open('/account/passkeys/add'), '/account/passkeys/add');
    await user.send(form, { name: 'Laptop', passkey: await new Authenticator(ISSUER).create(form) });
    await user.open('/account/passkeys');
    const options = form.html.replaceAll('&quot;', '"');
    return [found(/"challenge":"([^"]+)"/, options), ofForm(form, 'ceremony')];
  },
  'the secret of a client': async ({ client }) => client.client_secret ?? '',
  'a client secret that the console shows, and the one after it': async ({ user }) => {
    const made = await (await fill(user, '/console/clients/new/service', { client_name: 'Nightly job' })).text();
    const [, address = ''] = /href="(\/console\/clients\/c_[^"/]+)"/.exec(made) ?? [];
    const replaced = await (await fill(user, `${address}/secret`, {})).text();
    await user.open(address);
    return [found(/ps_\w+/, made), found(/ps_\w+/, replaced)];
  },
  'an initial access token': async ({ user, kept }) => {
    const made = await fill(user, '/console/initial-tokens/new', { name: 'Partners', uses: '2', days: '3' });
    kept.initial = found(/pi\w*_[\w-]{20,}/, await made.text());
    await user.open('/console/initial-tokens');
    return kept.initial ?? '';
  },
  'what a client gets that registers': async ({ server, kept }) => {
    const metadata = { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'client_secret_basic' };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${kept.initial}` };
    const body = JSON.stringify(metadata);
    const made = await record(await server.fetch('/register', { method: 'POST', headers, body }));
    const { client_id, client_secret = '', registration_access_token = '' } = made;
    const manage = { authorization: `Bearer ${registration_access_token}` };
    expect((await server.fetch(`/register/${client_id}`, { headers: manage })).status).toBe(200);
    return [client_secret, registration_access_token];
  },
  'an API key': async ({ user }) => {
    const made = await fill(user, '/account/keys/add', { name: 'Backup', scope: 'profile', days: '30' });
    await user.open('/account/keys');
    return found(/pk_\w+/, await made.text());
  },
  'a code, and what it is redeemed for': async ({ server, client, user, kept }) => {
    const back = await user.authorise(authorizeUrl(client), ADMINISTRATOR);
    const code = back.searchParams.get('code') ?? '';
    const got = (await (await postToken(server, client, redemption(code))).json()) as Tokens;
    const next = (await (await refresh(server, client, got.refresh_token)).json()) as Tokens;
    await user.open('/account/applications');
    kept.access = next.access_token;
    kept.idToken = got.id_token ?? '';
    return [code, got.access_token, got.refresh_token, got.id_token ?? '', next.access_token, next.refresh_token];
  },
  'a code that nobody redeems': async ({ client, user }) =>
    (await user.authorise(authorizeUrl(client), ADMINISTRATOR)).searchParams.get('code') ?? '',
  'a token that is looked at, and ended': async ({ server, user, client, kept }) => {
    const { access = '' } = kept;
    await fill(user, '/console/tokens/decode', { token: access });
    await postForm(server, client, '/introspect', { token: access });
    await postForm(server, client, '/revoke', { token: access });
    return access;
  },
  'a pushed request': async ({ server, client, user }) => {
    const request = Object.fromEntries(new URLSearchParams(authorizeUrl(client).split('?')[1]));
    const { request_uri = '' } = await record(await postForm(server, client, '/par', request));
    await user.open(`/authorize?${new URLSearchParams({ client_id: client.client_id, request_uri })}`);
    return request_uri;
  },
  'a device code, the code that is typed, and the tokens': async ({ server, user }) => {
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const device = await makeClient(server, { grant_types: [grant_type, 'refresh_token'], redirect_uris: [] });
    const begun = await record(await postForm(server, device, '/device_authorization', { scope: 'openid profile' }));
    const { device_code = '', user_code = '' } = begun;
    const html = await (await user.open(`/device?user_code=${user_code}`)).text();
    await user.send(parseForm(html, '/device'), { decision: 'allow' });
    await user.open('/console/codes');
    const got = await record(await postToken(server, device, { grant_type, device_code }));
    return [device_code, user_code, user_code.replace('-', ''), got.access_token ?? '', got.refresh_token ?? ''];
  },
  'a proof of possession, and what it is bound to': async ({ server }) => {
    const key = await Prover.make();
    const machine = { grant_types: ['client_credentials'], redirect_uris: [] };
    const bound = await makeClient(server, { ...machine, token_endpoint_auth_method: 'client_secret_basic' });
    await key.token(server, bound, { grant_type: 'client_credentials' });
    const proof = await key.prove('POST', '/token');
    const got = await record(await postToken(server, bound, { grant_type: 'client_credentials' }, { dpop: proof }));
    const again = await postToken(server, bound, { grant_type: 'client_credentials' }, { dpop: proof });
    expect(again.status).toBe(400);
    return [proof, got.access_token ?? ''];
  },
  "a client's assertion": async ({ server }) => {
    const key = await makeKey();
    const metadata = { grant_types: ['client_credentials'], redirect_uris: [], jwks: { keys: [key.publicJwk] } };
    const signing = await makeClient(server, { ...metadata, token_endpoint_auth_method: 'private_key_jwt' });
    const client_assertion = await key.sign(assertionClaims(signing.client_id));
    const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion };
    expect((await postToken(server, signing, form)).status).toBe(200);
    return client_assertion;
  },
  'what a connected app and its provider share': async ({ server, user, far }) => {
    await connectApp(server, far, { client_secret: 'the-secret-of-a-connected-app' });
    const upstream = { access_token: 'an-upstream-access-token', refresh_token: 'an-upstream-refresh-token' };
    far.grants.authorization_code = async () => tokens({ ...upstream, id_token: await idToken(far), expires_in: 1 });
    far.grants.refresh_token = async () =>
      tokens({ access_token: 'a-second-access-token', refresh_token: 'rt-second-of-upstream' });
    const sent = await press(user, far);
    const begun = new URL(sent.headers.get('location') ?? '').searchParams;
    await comeBack(user, far, sent, { code: 'an-upstream-code' });
    await user.open('/account/connections');
    const key = await fill(user, '/account/keys/add', { name: 'Sync', scope: 'connections', days: '30' });
    const authorization = found(/Authorization: ([^<]+)/, await key.text());
    const init = { method: 'POST', headers: { authorization } };
    const token = await (await server.fetch('/api/me/connections/faraway/token', init)).text();
    expect(token).toContain('a-second-access-token');
    const flow = [
      begun.get('state') ?? '',
      begun.get('nonce') ?? '',
      far.tokenRequests[0]?.body.get('code_verifier') ?? '',
    ];
    const secrets = [
      'the-secret-of-a-connected-app',
      'an-upstream-code',
      'a-second-access-token',
      'rt-second-of-upstream',
    ];
    return [...flow, ...secrets, ...Object.values(upstream)];
  },
  'what a social login and its provider share': async ({ server, visitor, far }) => {
    await makeLogin(server, far, { client_secret: 'the-secret-of-a-social-login' });
    let token = '';
    far.grants.authorization_code = async () => {
      token = await idToken(far, { email_verified: true, sub: 'new', email: 'new@faraway.net' });
      return tokens({
        id_token: token,
        access_token: 'a-social-access-token',
        refresh_token: 'a-social-refresh-token',
      });
    };
    const newcomer = visitor();
    await signInWith(newcomer, far);
    await newcomer.open('/account/sign-in-methods');
    return ['the-secret-of-a-social-login', 'a-social-access-token', 'a-social-refresh-token', token];
  },
  'the link to a new password': async ({ mailbox, visitor }) => {
    await fill(visitor(), '/forgot', { email: ADMINISTRATOR.email });
    const link = linkIn(mailbox.take().at(-1));
    const recovered = visitor();
    await fill(recovered, link, { password: 'a recovered password' }, '/welcome');
    return [codeOf(link), 'a recovered password'];
  },
  'the link to a new address': async ({ mailbox, user }) => {
    await user.signIn(ADMINISTRATOR.email, 'a recovered password');
    await fill(user, '/account/email', { email: 'new@acme.com' });
    const link = linkIn(mailbox.take().at(-1));
    await fill(user, link, {}, '/confirm-address');
    return codeOf(link);
  },
  'the link of a sign-up': async ({ mailbox, visitor }) => {
    await fill(visitor(), '/sign-up', { name: 'Eve', email: 'eve@acme.com' });
    const link = linkIn(mailbox.take().at(-1));
    await fill(visitor(), link, { password: 'an even better password' }, '/sign-up/finish');
    return [codeOf(link), 'an even better password'];
  },
  'the link of an invitation': async ({ server, mailbox }) => {
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', {
      email: 'b@acme.com',
      name: 'Bob',
    });
    return [codeOf(link), codeOf(linkIn(mailbox.take().at(-1)))];
  },
  'every cookie': async () => [...cookies],
};

/** Every row of every table, as text. */
async function everyRow(databases: D1Database[]): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const db of databases) {
    const { results } = await db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
      .all<{ name: string }>();
    for (const { name } of results) {
      const rows = (await db.prepare(`SELECT * FROM "${name}"`).all()).results;
      all[name] = (all[name] ?? '') + JSON.stringify(rows);
    }
  }
  return all;
}

/** Every key and value of the namespaces. */
async function everyKey(namespaces: KVNamespace[]): Promise<string> {
  const lists = namespaces.map(async (space) => {
    const { keys } = await space.list();
    return Promise.all(keys.map(async ({ name }) => `${name} ${await space.get(name)}`));
  });
  return (await Promise.all(lists)).flat().join('\n');
}

it('what users and programs type, get and carry stays where it belongs', async () => {
  const mailbox = new Mailbox();
  const far = await farEnd();
  const env = bindings(['SHARD_WEUR'], { EMAIL: mailbox.binding });
  const server = serve(env);
  await setSetting(server, 'mail_from', 'id@acme.com');
  await setSetting(server, 'sign_up', 'allow');
  await setSetting(server, 'dpop_proofs_once', true);
  const visitor = () => watched(server.user());
  const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
  const world: World = { server, mailbox, user: visitor(), visitor, far, client, kept: {} };
  const secrets: [string, string][] = [];
  for (const [name, make] of Object.entries(SECRETS)) {
    for (const secret of [await make(world)].flat()) {
      // Else it might be found by chance, or was not got at all.
      expect([name, secret.length > 7]).toEqual([name, true]);
      secrets.push([name, secret]);
    }
  }

  expect(pages.length).toBeGreaterThan(40);
  expect(lines.length).toBeGreaterThan(60);
  const tables = await everyRow([env.DB, env.SHARD_WEUR as D1Database]);
  const filled = Object.keys(tables).filter((name) => tables[name] !== '[]' && tables[name] !== '[][]');
  for (const name of [
    'clients',
    'connections',
    'device_codes',
    'passkeys',
    'pushed_requests',
    'sessions',
    'single_uses',
  ]) {
    expect(filled).toContain(name);
  }
  const kv = await everyKey([env.CODES, env.CACHE]);
  expect(kv.length).toBeGreaterThan(100);
  const log = lines.join('\n');
  for (const [name, secret] of secrets) {
    const places = [
      ...pages.filter((page) => count(page, secret) > 1).map((page) => found(/<title>([^<]*)/, page)),
      ...(log.includes(secret) ? ['the log'] : []),
      ...Object.keys(tables).filter((table) => tables[table]?.includes(secret)),
      ...(kv.includes(secret) ? ['KV'] : []),
    ];
    expect.soft(places, `${name}: ${secret.slice(0, 12)}…`).toEqual([]);
  }
  // Nor does any page hold its own form's token twice.
  for (const page of pages) {
    const formTokens = [...page.matchAll(/name="form_token" value="([^"]+)"/g)].map(([, token]) => token);
    expect.soft(new Set(formTokens).size, found(/<title>([^<]*)/, page)).toBe(formTokens.length);
  }
}, 120_000);
