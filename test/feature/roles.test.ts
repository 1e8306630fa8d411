/** Authorization of every route of the Worker for every role. A route without a row here fails. */
import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createConsoleApp } from '../../src/console-app.ts';
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

/** Every route there is, by its door. A line: the methods, and the path. */
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
    GET /console
    GET /console/search
    GET /console/settings
    GET /console/shards
    GET /console/clients
    GET /console/clients/:id
    GET /console/clients/:id/timeline
    GET /console/clients/:id/credentials
    GET /console/clients/:id/grants
    GET /console/clients/:id/tokens
    GET /console/clients/:id/problems
    GET /console/initial-tokens
    GET /console/keys
    GET /console/users
    GET /console/users/:id
    GET /console/users/:id/export
    GET /console/sessions
    GET /console/api-keys
    GET /console/resources
    GET /console/resources/:id
    GET /console/issuers
    GET /console/issuers/:issuer
    GET /console/connected-apps
    GET /console/connected-apps/:id
    GET /console/social-logins
    GET /console/social-logins/:id
    GET /console/codes
    GET /console/devices
    GET /console/tokens
    GET /console/grants
    GET /console/audit
    GET /console/audit/export`,
  change: `
    GET POST /console/settings/:group
    GET POST /console/shards/:name/drain
    GET POST /console/shards/:name/resume
    GET POST /console/shards/:name/remove
    GET /console/clients/check
    GET /console/clients/new
    GET POST /console/clients/new/:kind
    GET POST /console/clients/:id/edit
    GET POST /console/clients/:id/approve
    GET POST /console/clients/:id/refuse
    GET POST /console/clients/:id/disable
    GET POST /console/clients/:id/enable
    GET POST /console/clients/:id/secret
    GET POST /console/clients/:id/end
    GET POST /console/clients/:id/delete
    GET POST /console/users/new
    GET POST /console/users/:id/edit
    GET POST /console/users/:id/invite
    GET POST /console/users/:id/sign-out
    GET POST /console/users/:id/end
    GET POST /console/users/:id/disable
    GET POST /console/users/:id/enable
    GET POST /console/users/:id/delete
    GET POST /console/users/:id/keep
    GET POST /console/users/:id/consents/:client
    GET POST /console/users/:id/passkeys/:passkey
    GET POST /console/users/:id/second-factor
    GET POST /console/users/:id/identities/:identity
    GET POST /console/sessions/:id/end
    GET POST /console/api-keys/new
    GET POST /console/api-keys/:id/end
    GET POST /console/resources/new
    GET POST /console/resources/:id/edit
    GET POST /console/resources/:id/delete
    GET POST /console/issuers/new
    GET POST /console/issuers/:issuer/edit
    GET POST /console/issuers/:issuer/link
    GET POST /console/issuers/:issuer/unlink
    GET POST /console/issuers/:issuer/delete
    GET POST /console/codes/:hash/end
    GET POST /console/devices/:id/end
    GET /console/connected-apps/new
    GET POST /console/connected-apps/new/:template
    GET POST /console/connected-apps/:id/edit
    GET POST /console/connected-apps/:id/refresh
    GET POST /console/connected-apps/:id/disable
    GET POST /console/connected-apps/:id/enable
    GET POST /console/connected-apps/:id/connections/:user
    GET POST /console/connected-apps/:id/delete
    GET /console/social-logins/new
    GET POST /console/social-logins/new/:provider
    GET POST /console/social-logins/:id/edit
    GET POST /console/social-logins/:id/disable
    GET POST /console/social-logins/:id/enable
    GET POST /console/social-logins/:id/delete
    GET POST /console/initial-tokens/new
    GET POST /console/initial-tokens/:id/edit
    GET POST /console/initial-tokens/:id/delete
    GET POST /console/tokens/decode
    GET POST /console/tokens/:id/revoke
    GET POST /console/grants/:id/revoke
    GET POST /console/tokens/end
    GET POST /console/check-server`,
  'read, by token': `
    GET /api/admin/settings
    GET /api/admin/settings/:name
    GET /api/admin/clients
    GET /api/admin/clients/:id
    GET /api/admin/clients/:id/problems
    GET /api/admin/clients/:id/timeline
    GET /api/admin/users
    GET /api/admin/users/:id
    GET /api/admin/users/:id/export
    GET /api/admin/users/:id/applications
    GET /api/admin/sessions
    GET /api/admin/sessions/:id
    GET /api/admin/logouts
    GET /api/admin/resources
    GET /api/admin/resources/:id
    GET /api/admin/issuers
    GET /api/admin/issuers/:issuer
    GET /api/admin/connection-templates
    GET /api/admin/connected-apps
    GET /api/admin/connected-apps/:id
    GET /api/admin/connections
    GET /api/admin/connections/:app/:user
    GET /api/admin/social-login-providers
    GET /api/admin/social-logins
    GET /api/admin/social-logins/:id
    GET /api/admin/identities
    GET /api/admin/identities/:id
    GET /api/admin/initial-access-tokens
    GET /api/admin/initial-access-tokens/:id
    GET /api/admin/api-keys
    GET /api/admin/api-keys/:id
    GET /api/admin/tokens
    GET /api/admin/tokens/:id
    GET /api/admin/grants
    GET /api/admin/grants/:id
    GET /api/admin/devices
    GET /api/admin/devices/:id
    GET /api/admin/codes
    GET /api/admin/codes/:hash
    GET /api/admin/counts
    GET /api/admin/events
    GET /api/admin/cutoffs
    GET /api/admin/shards
    GET /api/admin/shards/:name`,
  'change, by token': `
    PUT DELETE /api/admin/settings/:name
    PATCH DELETE /api/admin/shards/:name
    POST /api/admin/clients
    PATCH DELETE /api/admin/clients/:id
    POST /api/admin/clients/:id/secret
    POST /api/admin/users
    PATCH /api/admin/users/:id
    POST /api/admin/users/:id/invitation
    POST DELETE /api/admin/users/:id/deletion
    DELETE /api/admin/users/:id/consents/:client
    DELETE /api/admin/users/:id/sessions
    DELETE /api/admin/users/:id/passkeys/:passkey
    DELETE /api/admin/users/:id/second-factor
    DELETE /api/admin/sessions/:id
    PUT DELETE /api/admin/resources/:id
    PUT DELETE /api/admin/issuers/:issuer
    PUT /api/admin/issuers/:issuer/subjects
    DELETE /api/admin/issuers/:issuer/subjects/:subject
    POST /api/admin/connected-apps
    PATCH DELETE /api/admin/connected-apps/:id
    POST /api/admin/connected-apps/:id/refresh
    DELETE /api/admin/connections/:app/:user
    POST /api/admin/sealing
    POST /api/admin/social-logins
    PATCH DELETE /api/admin/social-logins/:id
    DELETE /api/admin/identities/:id
    POST /api/admin/initial-access-tokens
    PATCH DELETE /api/admin/initial-access-tokens/:id
    POST /api/admin/api-keys
    DELETE /api/admin/api-keys/:id
    DELETE /api/admin/tokens/:id
    DELETE /api/admin/grants/:id
    POST /api/admin/imports/users
    POST /api/admin/imports/clients
    POST /api/admin/imports/api-keys
    POST /api/admin/imports/identities
    POST /api/admin/imports/connections
    POST /api/admin/revocations
    DELETE /api/admin/devices/:id
    DELETE /api/admin/codes/:hash`,
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
    timeout: 60_000,
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
