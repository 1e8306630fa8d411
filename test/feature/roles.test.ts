/** Authorization of every route of the Worker for every role. A route without a row here fails. */
import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createConsoleApp } from '../../src/console-app.ts';
import { definedApi, definedPages } from '../support/admin-routes.ts';
import { authorizeUrl, makeClient, postToken, redemption, type TestClient, type Tokens } from '../support/client.ts';
import { administratorAt, signedInWith } from '../support/console-user.ts';
import { ADMINISTRATOR, administer, type Server, serve } from '../support/server.ts';
import { readForm, type User } from '../support/user.ts';

const SCOPE = 'openid profile email roles grants api_keys connections admin';

const routes = [...createApp().routes, ...createConsoleApp().routes];
const served = [
  ...new Set(routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)),
];

/** The response to each role. `in`: the request passes authorization, whatever the result. */
const DOORS = {
  /** Nobody is turned away. */
  open: { nobody: 'in', user: 'in', auditor: 'in', administrator: 'in', client: 'in' },
  /** A session has no effect: the credentials of a client are required. */
  client: {
    nobody: 'no client',
    user: 'no client',
    auditor: 'no client',
    administrator: 'no client',
    client: 'no client',
  },
  /** Only in the middle of a sign-in, which no role is. */
  between: {
    nobody: 'sign-in',
    user: 'sign-in',
    auditor: 'sign-in',
    administrator: 'sign-in',
    client: 'sign-in',
  },
  /** Pages about oneself, and the same by a token. */
  own: { nobody: 'sign-in', user: 'in', auditor: 'in', administrator: 'in', client: 'sign-in' },
  'own, by token': { nobody: '401', user: 'in', auditor: 'in', administrator: 'in', client: '403' },
  /** Records of all users. */
  read: { nobody: 'sign-in', user: '403', auditor: 'in', administrator: 'in', client: 'sign-in' },
  'read, by token': { nobody: '401', user: '403', auditor: 'in', administrator: 'in', client: '403' },
  change: { nobody: 'sign-in', user: '403', auditor: '403', administrator: 'in', client: 'sign-in' },
  'change, by token': { nobody: '401', user: '403', auditor: '403', administrator: 'in', client: '403' },
} as const satisfies Record<string, Record<Role, string>>;

/** Pages of the console that are no page of a record, so that no definition names them. */
const SPECIAL_PAGES = {
  // The start, the search over all records, the settings, which are edited in place, the signing keys, which are secrets
  // of the Worker, the audit log, and everything about a user as one file.
  read: `
    GET /console
    GET /console/search
    GET /console/settings
    GET /console/keys
    GET /console/audit
    GET /console/audit/export
    GET /console/users/:id/export`,
  // The settings of a group, the checks of another server and of a new client, and the token decoder.
  change: `
    GET POST /console/settings/:group
    GET POST /console/check-server
    GET /console/clients/check
    GET POST /console/tokens/decode`,
};

/** Every route there is, by its door. A line: the methods, and the path. Those of records follow from their definitions. */
const EXPECTED: Record<keyof typeof DOORS, string> = {
  open: `
    POST /register
    GET /.well-known/jwks.json
    GET /.well-known/oauth-authorization-server
    GET /.well-known/openid-configuration
    GET /.well-known/oauth-protected-resource
    GET /.well-known/oauth-protected-resource/*
    GET POST /authorize
    POST /consent
    GET POST /end-session
    POST /end-session/confirm
    POST /device
    GET /connected-apps/:app/client-metadata.json
    GET POST /connected-apps/:app/callback
    POST /account/connections/:app
    POST /account/connections/:app/disconnect
    POST /social-login/:id
    GET POST /social-login/:id/callback
    GET POST /social-login/:id/link
    GET /social-login/:id/signed-out
    GET /openapi.json
    GET /reference
    GET /reference/me
    GET /reference/me/:resource
    GET /reference/admin
    GET /reference/admin/:resource
    GET /
    GET /playground
    GET /brand.css
    GET /brand-logo
    GET POST /sign-in
    POST /sign-in/passkey
    GET POST /sign-in/code
    GET POST /sign-in/code/enter
    POST /sign-in/mail
    GET POST /sign-in/mailed
    GET POST /sign-up
    GET POST /sign-up/finish
    GET POST /sign-out
    GET POST /welcome
    POST /language
    GET POST /forgot
    GET POST /confirm-address`,
  client: `
    GET PUT DELETE /register/:id
    POST /token
    POST /revoke
    POST /introspect
    POST /device_authorization
    POST /par
    GET /logo`,
  between: `
    GET POST /sign-in/second-factor
    GET POST /sign-in/second-factor/set-up`,
  own: `
    GET /device
    GET /account
    GET POST /account/profile
    GET POST /account/email
    GET POST /account/password
    GET /account/passkeys
    GET POST /account/passkeys/add
    GET POST /account/passkeys/rename
    GET POST /account/passkeys/remove
    GET /account/second-factor
    GET POST /account/second-factor/add
    GET POST /account/second-factor/remove
    GET POST /account/second-factor/recovery-codes
    POST /account/second-factor/browsers
    GET POST /account/sessions
    GET POST /account/data
    GET /account/data/export
    GET POST /account/data/delete
    GET POST /account/applications
    GET POST /account/keys
    GET POST /account/keys/add
    GET /account/sign-in-methods
    POST /account/sign-in-methods/link
    GET POST /account/sign-in-methods/unlink
    GET /account/connections
    GET /account/connections/:app`,
  'own, by token': `
    GET POST /userinfo
    GET /api/me
    GET /api/me/grants
    DELETE /api/me/grants/:id
    GET POST /api/me/api-keys
    DELETE /api/me/api-keys/:id
    POST /api/me/api-keys/:id/secret
    GET /api/me/connections
    POST /api/me/connections/:app/token`,
  read: `
    ${definedPages.read.join('\n')}
    ${SPECIAL_PAGES.read}`,
  change: `
    ${definedPages.change.join('\n')}
    ${SPECIAL_PAGES.change}`,
  'read, by token': definedApi.read.join('\n'),
  'change, by token': definedApi.change.join('\n'),
};

/** Middleware in front of routes: none of it answers alone. */
const MIDDLEWARE = [
  '/*',
  '/.well-known/*',
  '/account/*',
  '/account/connections/*',
  '/account/sign-in-methods/*',
  '/api/me/*',
  '/api/me/connections/*',
  '/api/admin/*',
];

/** Routes that end the session, which all others need: requested last. */
const ENDING = ['POST /account/sessions', 'POST /account/data/delete', 'POST /sign-out'];

type Door = keyof typeof DOORS;
const expected = new Map<string, Door>(
  Object.entries(EXPECTED).flatMap(([door, lines]) =>
    lines
      .split('\n')
      .map((line) => line.trim().split(' '))
      .flatMap((words) => words.slice(0, -1).map((method) => [`${method} ${words.at(-1)}`, door as Door] as const)),
  ),
);

type Role = 'nobody' | 'user' | 'auditor' | 'administrator' | 'client';
type Actor = { user: User; formToken: string; accessToken: string | undefined };

async function roleHolders(server: Server): Promise<Record<Role, Actor>> {
  const client = await makeClient(server, { scope: SCOPE });
  const machine = await makeClient(server, {
    scope: 'admin profile',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_basic',
  });
  const bySelf = (await (await postToken(server, machine, { grant_type: 'client_credentials' })).json()) as Tokens;
  const without = { formToken: '' };
  return {
    nobody: { user: server.user(), ...without, accessToken: undefined },
    user: await withToken(server, client, await signedInWith(server, [])),
    auditor: await withToken(server, client, await signedInWith(server, ['auditor'])),
    administrator: await withToken(server, client, await administratorAt(server)),
    client: { user: server.user(), ...without, accessToken: bySelf.access_token },
  };
}

async function withToken(server: Server, client: TestClient, user: User): Promise<Actor> {
  const back = await user.authorise(authorizeUrl(client, { scope: SCOPE }), ADMINISTRATOR);
  const answer = await postToken(server, client, redemption(back.searchParams.get('code') ?? ''));
  const form = await readForm(await user.open('/sign-out'), '/sign-out');
  const formToken = form.fields.find(([name]) => name === 'form_token')?.[1] ?? '';
  return { user, formToken, accessToken: ((await answer.json()) as Tokens).access_token };
}

async function knock({ user, formToken, accessToken }: Actor, route: string, door: Door): Promise<string> {
  const [method = '', path = ''] = route.split(' ');
  const isApi = path.startsWith('/api/');
  const body = isApi ? '{}' : `form_token=${encodeURIComponent(formToken)}`;
  const headers = {
    ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
    'content-type': isApi ? 'application/json' : 'application/x-www-form-urlencoded',
  };
  const init = { method, headers, ...(method === 'GET' || method === 'DELETE' ? {} : { body }) };
  const response = await user.request(path.replaceAll(/:\w+|\*/g, 'x'), init);
  if (response.status === 303 && response.headers.get('location')?.includes('/sign-in')) return 'sign-in';
  if (door === 'client') return response.status === 400 || response.status === 401 ? 'no client' : 'in';
  return [401, 403].includes(response.status) || response.status >= 500 ? String(response.status) : 'in';
}

describe('the role matrix', () => {
  it('has a row for every route, and no row for what is not there', () => {
    expect(served.length).toBeGreaterThan(120);
    // Say above through which door a new route is reached; then the test below holds it to that.
    expect([...expected.keys()].sort()).toEqual([...served].sort());
    const answering = new Set(served.map((route) => route.split(' ')[1]));
    const others = routes.filter(({ method, path }) => method === 'ALL' && !answering.has(path));
    expect([...new Set(others.map(({ path }) => path))].sort()).toEqual([...MIDDLEWARE].sort());
  });

  it('no session, a user, an auditor, an administrator and a client on its own behalf each reach just what they may', {
    timeout: 120_000,
  }, async () => {
    const server = serve();
    const holders = Object.entries(await roleHolders(server));
    const inOrder = [...[...expected].filter(([route]) => !ENDING.includes(route)), ...ENDING.map(byRoute)];
    for (const [route, door] of inOrder) {
      const said: Record<string, string> = {};
      for (const [role, holder] of holders) said[role] = await knock(holder, route, door);
      expect({ route, ...said }).toEqual({ route, ...DOORS[door] });
    }
  });
});

const byRoute = (route: string) => [route, expected.get(route) as Door] as const;

describe('the role auditor', () => {
  it('reads with a token or an API key that has the scope admin, and changes nothing, as the role says now', async () => {
    const server = serve();
    await signedInWith(server, ['auditor']);
    const { users } = await administer<{ users: { id: string; email: string }[] }>(server, 'GET', '/users');
    const id = users.find(({ email }) => email === 'auditor@example.com')?.id;
    const request = { user: id, name: 'Export', scope: 'admin', days: 1 };
    const key = await administer<{ authorization: string }>(server, 'POST', '/api-keys', request);
    const headers = { authorization: key.authorization, 'content-type': 'application/json' };
    const ask = (method: string, path: string, body?: string) =>
      server.fetch(`/api/admin${path}`, { method, headers, ...(body ? { body } : {}) });
    expect((await ask('GET', '/events')).status).toBe(200);
    expect((await ask('HEAD', '/events')).status).toBe(200);
    const refused = await ask('PUT', '/settings/sign_up', '{"value":"allow"}');
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { error: 'access_denied', error_description: 'an auditor changes nothing: this needs the role administrator.' },
    ]);
    expect(await administer(server, 'GET', '/settings/sign_up')).toMatchObject({ value: 'deny' });
    await administer(server, 'PATCH', `/users/${id}`, { roles: [] });
    expect((await ask('GET', '/events')).status).toBe(403);
  });
});
