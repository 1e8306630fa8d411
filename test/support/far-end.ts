/** A provider elsewhere, under the test's control: right in every part until the test changes one. */
import { makeClient, obtainTokens } from './client.ts';
import { makeKey, type TestKey } from './keys.ts';
import { json, type PretendWeb, pretendWeb } from './pretend-web.ts';
import { ADMINISTRATOR, administer, type Server } from './server.ts';
import { parseForm, type User } from './user.ts';

let count = 0;

export type TokenRequest = { body: URLSearchParams; headers: Headers };
type Answer = Response | Promise<Response>;

export type FarEnd = {
  issuer: string;
  web: PretendWeb;
  key: TestKey;
  /** The requests to its token endpoint. */
  tokenRequests: TokenRequest[];
  revoked: URLSearchParams[];
  metadata: Record<string, unknown>;
  /** Its response by grant type. */
  grants: Record<string, (request: TokenRequest) => Answer>;
  /** The nonce of the request that is under way. */
  nonce: string;
};

/** Answers as RFC 6749 §5.1 says. */
export const tokens = (changes: Record<string, unknown> = {}) =>
  json({ access_token: 'at-1', refresh_token: 'rt-1', token_type: 'Bearer', expires_in: 3600, ...changes });

export const refusal = (error: string, description = 'no', status = 400) =>
  json({ error, error_description: description }, {}, status);

export async function farEnd(changes: Record<string, unknown> = {}): Promise<FarEnd> {
  const issuer = `https://id${++count}.faraway.net`;
  const key = await makeKey();
  const far: FarEnd = {
    issuer,
    key,
    tokenRequests: [],
    revoked: [],
    grants: {},
    nonce: '',
    web: pretendWeb({}),
    metadata: {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      revocation_endpoint: `${issuer}/revoke`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      ...changes,
    },
  };
  far.grants.authorization_code = async () => tokens({ id_token: await idToken(far) });
  far.web.answers[`${issuer}/.well-known/oauth-authorization-server`] = () => json(far.metadata);
  far.web.answers[`${issuer}/jwks`] = () => json({ keys: [key.publicJwk] });
  far.web.answers[`${issuer}/token`] = async (request) => {
    const received = { body: new URLSearchParams(await formOf(request)), headers: request.headers };
    far.tokenRequests.push(received);
    return (await far.grants[received.body.get('grant_type') ?? '']?.(received)) ?? refusal('unsupported_grant_type');
  };
  far.web.answers[`${issuer}/revoke`] = async (request) => {
    far.revoked.push(new URLSearchParams(await formOf(request)));
    return new Response(null, { status: 200 });
  };
  return far;
}

const formOf = async (request: Request) => new TextDecoder().decode(await request.arrayBuffer());

export const CLIENT = { client_id: 'postern', client_secret: 'theSecret' };

export function idToken(far: FarEnd, changes: Record<string, unknown> = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: far.issuer, sub: 'alice', aud: CLIENT.client_id, iat: now, exp: now + 300 };
  return far.key.sign({ ...claims, nonce: far.nonce, email: 'alice@faraway.net', ...changes });
}

/** A connected app for it, as an administrator makes one. */
export const connectApp = (server: Server, far: FarEnd, changes: Record<string, unknown> = {}) =>
  administer<Record<string, unknown>>(server, 'POST', '/connected-apps', {
    id: 'faraway',
    template: 'openid',
    name: 'Faraway',
    issuer: far.issuer,
    scopes: ['openid', 'files.read'],
    raw_tokens: 'both',
    ...CLIENT,
    ...changes,
  });

/** An administrator who is not on this machine: what is loopback is foreign to them. */
export async function remoteAdmin(server: Server) {
  const scope = 'openid admin';
  const { access_token } = await obtainTokens(server, await makeClient(server, { scope }), { scope });
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  return (method: string, path: string, body: unknown) =>
    server.fetch(`/api/admin${path}`, { method, headers, body: JSON.stringify(body) });
}

/** A signed-in user. */
export async function signedIn(server: Server): Promise<User> {
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return user;
}

/** Presses Connect. @returns the address that the browser is sent to, or the page that says why not. */
export async function press(user: User, far: FarEnd, query = '', app = 'faraway'): Promise<Response> {
  const path = `/account/connections/${app}`;
  const html = await (await user.open(path + query)).text();
  const response = await user.send(parseForm(html, path));
  const location = response.headers.get('location');
  if (location) far.nonce = new URL(location).searchParams.get('nonce') ?? '';
  return response;
}

/** Comes back from there. `changes` replace or (undefined) leave out parameters of the answer. */
export function comeBack(
  user: User,
  far: FarEnd,
  sent: Response,
  changes: Record<string, string | undefined> = {},
  app = 'faraway',
): Promise<Response> {
  const state = new URL(sent.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const answer = { code: 'the-code', state, iss: far.issuer, ...changes };
  const query = Object.entries(answer).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return user.request(`/connected-apps/${app}/callback?${new URLSearchParams(query)}`);
}

/** The whole way. */
export async function connectUser(user: User, far: FarEnd, query = ''): Promise<Response> {
  return comeBack(user, far, await press(user, far, query));
}
