/** A client that a Frappe site registered, and its requests at the old paths. */
import { ADMINISTRATOR, makeClient, postForm, REDIRECT_URI, type TestClient, type Tokens } from './client.ts';
import { type Server, serve, setSetting } from './server.ts';

export const FRAPPE = '/api/method/frappe.integrations.oauth2';
export const LOGGED_USER = '/api/method/frappe.auth.get_logged_user';

/** The scopes of every client of a site by default. */
export const SCOPE = 'all openid';

/** A server that took over a site: the setting is enabled, and the scope `all` exists. */
export async function serveFrappe(server = serve()): Promise<Server> {
  await setSetting(server, 'scopes_supported', 'all Everything that you may do');
  await setSetting(server, 'frappe_endpoints', true);
  return server;
}

/** A confidential client without PKCE, whose users are not asked for consent. */
export const makeFrappeClient = (
  server: Server,
  metadata: Record<string, unknown> = {},
  standing: Record<string, unknown> = {},
): Promise<TestClient> =>
  makeClient(
    server,
    {
      client_name: '_Test OAuth Client',
      scope: `${SCOPE} profile email roles`,
      token_endpoint_auth_method: 'client_secret_basic',
      ...metadata,
    },
    { trusted: true, require_pkce: false, ...standing },
  );

type Values = Record<string, string | undefined>;

/** The parameters of an authorization request, as a client of a site sends them. */
export function authorizationParameters(client: { client_id: string }, changes: Values = {}): URLSearchParams {
  const values = { client_id: client.client_id, scope: SCOPE, response_type: 'code', redirect_uri: REDIRECT_URI };
  const pairs = Object.entries({ ...values, ...changes }).filter(([, value]) => value !== undefined);
  return new URLSearchParams(pairs as [string, string][]);
}

export const authorizeAddress = (client: { client_id: string }, changes: Values = {}): string =>
  `${FRAPPE}.authorize?${authorizationParameters(client, changes)}`;

/** The administrator signs in and agrees; the code that the client gets. */
export async function codeOf(server: Server, client: { client_id: string }, changes: Values = {}): Promise<string> {
  const back = await server.user().authorise(authorizeAddress(client, changes), ADMINISTRATOR);
  const code = back.searchParams.get('code');
  if (!code) throw new Error(`no code in ${back.href}`);
  return code;
}

/** The parameters of a code redemption; the scope, which a site ignores there, among them. */
export const redemptionOf = (client: { client_id: string }, code: string, changes: Values = {}): Values => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: REDIRECT_URI,
  client_id: client.client_id,
  scope: SCOPE,
  ...changes,
});

/** POST to a method of the OAuth module, with the client's own authentication. */
export const postMethod = (server: Server, client: TestClient, method: string, values: Values, headers = {}) =>
  postForm(server, client, `${FRAPPE}.${method}`, values, headers);

export async function tokensOf(server: Server, client: TestClient, changes: Values = {}): Promise<Tokens> {
  const code = await codeOf(server, client, changes);
  const response = await postMethod(server, client, 'get_token', redemptionOf(client, code));
  if (!response.ok) throw new Error(`no token: ${await response.text()}`);
  return (await response.json()) as Tokens;
}

/** The profile of the user of a token. */
export const profileOf = (server: Server, token?: string): Promise<Response> =>
  server.fetch(`${FRAPPE}.openid_profile`, token ? { headers: { authorization: `Bearer ${token}` } } : {});
