/** Applications with access are shown whole: a row for each client, however many grants there are, in however many databases. */
import { drizzle } from 'drizzle-orm/d1';
import { beforeEach, describe, expect, it } from 'vitest';
import { introspectForWorker } from '../../src/authorization-server/rpc.ts';
import type { GrantId } from '../../src/protocol/credentials.ts';
import { grants } from '../../src/storage/schema/index.ts';
import {
  authorizeUrl,
  errorOf,
  makeClient,
  me,
  obtainTokens,
  payloadOf,
  postForm,
  postToken,
  redemption,
  refresh,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { signedInWith } from '../support/console-user.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve, setSetting, workerDeps } from '../support/server.ts';
import { parseForm, text, type User } from '../support/user.ts';

const ACCOUNT = '/account/applications';

let server: Server;
let user: User;

beforeEach(async () => {
  server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
  user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
});

type Row = typeof grants.$inferSelect;

/** Copies of the grant of these tokens, as more sign-ins would have made them. */
async function copies(tokens: Tokens, count: number, changed: (index: number) => Partial<Row>, shard = 'weur') {
  const from = String(payloadOf(tokens.access_token).grant);
  const rows = await drizzle(server.env.SHARD_WEUR as D1Database)
    .select()
    .from(grants);
  const row = rows.find(({ id }) => id === from) as Row;
  const database = drizzle((shard === 'weur' ? server.env.SHARD_WEUR : server.env.SHARD_APAC) as D1Database);
  const inserts = Array.from({ length: count }, (_, index) =>
    database.insert(grants).values({
      ...row,
      id: `g_${shard}_copy${index}${crypto.randomUUID().slice(0, 8)}` as GrantId,
      createdAt: row.createdAt + index + 1,
      ...changed(index),
    }),
  );
  const [first, ...rest] = inserts;
  if (first) await database.batch([first, ...rest]);
}

const page = async (path: string, by = user) => (await by.open(path)).text();
const userId = async () =>
  (await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${ADMINISTRATOR.email}`)).users[0]?.id ??
  '';

type Listed = { applications: { client_id: string; scope: string; since: string }[]; next?: string };
const ofAdmin = async (after?: string) =>
  administer<Listed>(server, 'GET', `/users/${await userId()}/applications${after ? `?after=${after}` : ''}`);

describe('what a user allowed is shown whole', () => {
  let daily: TestClient;
  let old: TestClient;
  let ofOld: Tokens;

  beforeEach(async () => {
    old = await makeClient(server, { client_name: 'Old faithful' });
    ofOld = await obtainTokens(server, old);
    daily = await makeClient(server, { client_name: 'Daily work' });
    await copies(await obtainTokens(server, daily), 205, () => ({}));
  });

  it('after 205 sign-ins at one application the other is on the account page, in the admin API and in the console', async () => {
    const html = await page(ACCOUNT);
    expect(text(html)).toContain('Old faithful');
    expect(text(html).split('Revoke access of Daily work')).toHaveLength(2);
    const id = await userId();
    const { applications } = await administer<Listed>(server, 'GET', `/users/${id}`);
    expect(applications.map(({ client_id }) => client_id).sort()).toEqual([old.client_id, daily.client_id].sort());
    expect((await ofAdmin()).applications).toEqual(applications);
    const console = await page(`/console/users/${id}`, await signedInWith(server, ['auditor']));
    expect(console).toContain('>Old faithful</a>');
    expect(console.split(`href="/console/clients/${daily.client_id}"`)).toHaveLength(2);
  });

  it('withdrawing one ends all its grants, and none of the other', async () => {
    const id = await userId();
    await user.send(parseForm(await page(ACCOUNT), ACCOUNT), { client: daily.client_id });
    expect((await ofAdmin()).applications.map(({ client_id }) => client_id)).toEqual([old.client_id]);
    const refreshed = await refresh(server, old, ofOld.refresh_token);
    const { refresh_token } = (await refreshed.json()) as Tokens;
    await administer(server, 'DELETE', `/users/${id}/consents/${old.client_id}`);
    expect(await errorOf(await refresh(server, old, refresh_token))).toBe('invalid_grant');
    expect(text(await page(ACCOUNT))).toContain('No application may use your account');
  });

  it('a client with grants in two databases is one row, with all its scopes, since the first', async () => {
    const since = Date.parse('2026-01-02T03:04:05Z');
    await copies(ofOld, 1, () => ({ scopes: ['openid', 'email'], createdAt: since }), 'apac');
    const [row] = (await ofAdmin()).applications.filter(({ client_id }) => client_id === old.client_id);
    expect(row?.scope.split(' ').sort()).toEqual(['email', 'openid', 'profile']);
    expect(row?.since).toBe(new Date(since).toISOString());
  });

  it('every page begins where the one before ended, over both databases, and none is left out', async () => {
    const ids = Array.from({ length: 130 }, (_, index) => `client-${String(index).padStart(3, '0')}`);
    await copies(ofOld, 130, (index) => ({ clientId: ids[index] as string }), 'weur');
    await copies(ofOld, 65, (index) => ({ clientId: ids[index * 2] as string }), 'apac');
    const all = [...ids, old.client_id, daily.client_id].sort();
    const first = await ofAdmin();
    const second = await ofAdmin(first.next);
    expect(first.applications).toHaveLength(100);
    expect(second.next).toBeUndefined();
    expect([...first.applications, ...second.applications].map(({ client_id }) => client_id)).toEqual(all);
    const seen: string[] = [];
    for (let path: string | undefined = ACCOUNT; path; ) {
      const html: string = await page(path);
      seen.push(...[...html.matchAll(/name="client" value="([^"]*)"/g)].map(([, id = '']) => id));
      path = /<a href="([^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen).toEqual(all);
  });

  it('/api/me/grants has every grant, page by page', async () => {
    const client = await makeClient(server, { scope: 'openid grants' });
    const { access_token } = await obtainTokens(server, client, { scope: 'openid grants' });
    const seen: string[] = [];
    let after = '';
    for (let pages = 0; pages < 5; pages++) {
      const response = await me(server, access_token, `/api/me/grants${after}`);
      const { grants: rows, next } = (await response.json()) as { grants: { id: string }[]; next?: string };
      seen.push(...rows.map(({ id }) => id));
      if (!next) break;
      after = `?after=${next}`;
    }
    expect([seen.length, new Set(seen).size]).toEqual([208, 208]);
  });
});

describe('claims that a user allowed by name (OpenID Connect Core §5.5)', () => {
  const named = { email: null, name: null };
  const claims = JSON.stringify({ userinfo: named, id_token: named });
  const withClaims = { scope: 'openid', claims };
  const profileOf = async ({ access_token }: Tokens) => (await me(server, access_token, '/userinfo')).json();

  it('are on the page as the scopes that include them, and end one by one', async () => {
    const client = await makeClient(server);
    const tokens = await obtainTokens(server, client, withClaims);
    expect(await profileOf(tokens)).toMatchObject({ email: ADMINISTRATOR.email, name: expect.any(String) });
    const form = parseForm(await page(ACCOUNT), ACCOUNT);
    expect(form.html).toContain(`value="${client.client_id} email"`);
    expect(form.html).toContain(`value="${client.client_id} profile"`);
    await user.send(form, { part: `${client.client_id} email` });
    const left = (await profileOf(tokens)) as Record<string, unknown>;
    expect([left.email, typeof left.name]).toEqual([undefined, 'string']);
    const renewed = (await (await refresh(server, client, tokens.refresh_token)).json()) as Tokens;
    const { email, name } = payloadOf(renewed.id_token ?? '');
    expect([email, typeof name]).toEqual([undefined, 'string']);
    expect((await page(ACCOUNT)).includes(`value="${client.client_id} email"`)).toBe(false);
  });

  it('are asked for again after that, and an outstanding code with them becomes no grant', async () => {
    await setSetting(server, 'skip_authorization', true);
    const client = await makeClient(server);
    await obtainTokens(server, client, withClaims);
    const back = await user.request(authorizeUrl(client, withClaims));
    const code = new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? '';
    await user.send(parseForm(await page(ACCOUNT), ACCOUNT), { part: `${client.client_id} email` });
    expect(await errorOf(await postToken(server, client, redemption(code)))).toBe('invalid_grant');
    expect((await user.request(authorizeUrl(client, withClaims))).status).toBe(200);
    expect((await user.request(authorizeUrl(client, { scope: 'openid' }))).status).toBe(303);
  });
});

describe('a remembered consent', () => {
  it('is found whatever its age and however many lesser ones came after it', async () => {
    await setSetting(server, 'skip_authorization', true);
    const client = await makeClient(server);
    const tokens = await obtainTokens(server, client, { scope: 'openid profile email' });
    await copies(tokens, 40, () => ({ scopes: ['openid'] }));
    expect((await user.request(authorizeUrl(client, { scope: 'openid profile email' }))).status).toBe(303);
    expect((await user.request(authorizeUrl(client, { scope: 'openid profile email roles' }))).status).toBe(200);
  });
});

describe('RFC 7662 §2.2 a token for a resource that was deleted', () => {
  it('is inactive, over RPC, too', async () => {
    const resource = 'https://files.acme.com';
    const description = { name: 'Files', scopes: [{ name: 'files.read', description: 'Read your files' }] };
    await administer(server, 'PUT', `/resources/${encodeURIComponent(resource)}`, description);
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const { access_token } = await obtainTokens(server, client, { resource, scope: 'openid files.read' });
    const isActive = async () => [
      ((await (await postForm(server, client, '/introspect', { token: access_token })).json()) as { active: boolean })
        .active,
      (await introspectForWorker(workerDeps(server.env, {}), access_token)).active,
    ];
    expect(await isActive()).toEqual([true, true]);
    await administer(server, 'DELETE', `/resources/${encodeURIComponent(resource)}`);
    expect(await isActive()).toEqual([false, false]);
  });
});
