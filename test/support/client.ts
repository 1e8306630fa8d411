/** A client under the tests' control: it can do everything right, and anything wrong. */
import { sha256 } from '../../src/crypto/digest.ts';
import { ADMINISTRATOR, administer, ISSUER, type Server } from './server.ts';

export const REDIRECT_URI = 'https://app.example/callback';
export const VERIFIER = 'a-verifier-that-is-long-enough-to-be-one-0123456789';

export type TestClient = { client_id: string; client_secret?: string; method: string };

/** A client that an administrator made. */
export async function makeClient(
  server: Server,
  metadata: Record<string, unknown> = {},
  standing: Record<string, unknown> = {},
) {
  const made = await administer<TestClient & { metadata: { token_endpoint_auth_method: string } }>(
    server,
    'POST',
    '/clients',
    {
      metadata: {
        client_name: 'Test application',
        redirect_uris: [REDIRECT_URI],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        ...metadata,
      },
      ...standing,
    },
  );
  return { ...made, method: made.metadata.token_endpoint_auth_method } as TestClient;
}

/** A client that registers itself. */
export async function registerClient(server: Server, metadata: Record<string, unknown> = {}): Promise<Response> {
  return server.fetch('/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-connecting-ip': '203.0.113.9' },
    body: JSON.stringify({
      client_name: 'Registered application',
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      ...metadata,
    }),
  });
}

type Changes = Record<string, string | string[] | undefined>;

function query(parameters: Changes): URLSearchParams {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs);
}

/** An authorize URL; `changes` replace, repeat or (undefined) leave out parameters. */
export function authorizeUrl(client: { client_id: string }, changes: Changes = {}): string {
  return `/authorize?${query({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile',
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: sha256(VERIFIER),
    code_challenge_method: 'S256',
    ...changes,
  })}`;
}

/** POST /token with the client's own authentication; `changes` replace, repeat or leave out parameters. */
export function postToken(
  server: Server,
  client: TestClient,
  changes: Changes,
  headers: Record<string, string> = {},
  fetch = server.fetch,
) {
  return postForm(server, client, '/token', changes, headers, fetch);
}

/** The same at another endpoint for clients. */
export function postForm(
  server: Server,
  client: TestClient,
  path: string,
  changes: Changes,
  headers: Record<string, string> = {},
  fetch = server.fetch,
) {
  const body = query({
    ...(client.method === 'client_secret_basic' ? {} : { client_id: client.client_id }),
    ...(client.method === 'client_secret_post' ? { client_secret: client.client_secret } : {}),
    ...changes,
  });
  const basic: Record<string, string> =
    client.method === 'client_secret_basic'
      ? {
          authorization: `Basic ${btoa(`${encodeURIComponent(client.client_id)}:${encodeURIComponent(client.client_secret ?? '')}`)}`,
        }
      : {};
  return fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...basic, ...headers },
    body: body.toString(),
  });
}

export type Tokens = {
  access_token: string;
  refresh_token: string;
  id_token?: string;
  token_type: string;
  expires_in: number;
  scope: string;
};

/** The parameters of a valid code redemption. */
export const redemption = (code: string, changes: Changes = {}): Changes => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: REDIRECT_URI,
  code_verifier: VERIFIER,
  ...changes,
});

/** The administrator signs in and agrees; the code that the client gets. */
export async function obtainCode(
  server: Server,
  client: { client_id: string },
  changes: Changes = {},
): Promise<string> {
  const back = await server.user().authorise(authorizeUrl(client, changes), ADMINISTRATOR);
  const code = back.searchParams.get('code');
  if (!code) throw new Error(`no code in ${back.href}`);
  return code;
}

export async function obtainTokens(server: Server, client: TestClient, changes: Changes = {}): Promise<Tokens> {
  const response = await postToken(server, client, redemption(await obtainCode(server, client, changes)));
  if (!response.ok) throw new Error(`no token: ${await response.text()}`);
  return (await response.json()) as Tokens;
}

export function refresh(
  server: Server,
  client: TestClient,
  refresh_token: string,
  changes: Changes = {},
  fetch = server.fetch,
) {
  return postToken(server, client, { grant_type: 'refresh_token', refresh_token, ...changes }, {}, fetch);
}

export const me = (server: Server, token: string, path = '/api/me') =>
  server.fetch(path, { headers: { authorization: `Bearer ${token}` } });

/** The payload of a JWT, not verified. */
export function payloadOf(jwt: string): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(Buffer.from(jwt.split('.')[1] ?? '', 'base64url')));
}

export const errorOf = async (response: Response) => ((await response.json()) as { error?: string }).error;

export { ADMINISTRATOR, ISSUER };
