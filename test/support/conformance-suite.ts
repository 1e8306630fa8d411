/** A relying party as the OpenID Foundation's conformance suite is one: a static client with a secret, and no PKCE. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { ADMINISTRATOR, makeClient, postToken, REDIRECT_URI, type TestClient, type Tokens } from './client.ts';
import { ISSUER, type Server, serve } from './server.ts';
import { parseForm, type User } from './user.ts';

type Changes = Record<string, string | undefined>;

export type Suite = {
  server: Server;
  client: TestClient;
  browser: User;
  /** The authorization endpoint, in the suite's browser, as it is: redirects and pages are not followed. */
  request: (changes?: Changes) => Promise<Response>;
  /** The address of a request. */
  url: (changes?: Changes) => string;
  /** The parameters of the answer to such a request; undefined where a page is shown. */
  answer: (changes?: Changes) => Promise<URLSearchParams | undefined>;
  /** Opens an address, signs in and consents where asked. @returns the parameters of the answer. */
  follow: (url: string) => Promise<URLSearchParams>;
  /** The same for a request. */
  authorize: (changes?: Changes) => Promise<URLSearchParams>;
  token: (form: Changes) => Promise<Response>;
  /** From the request to tokens whose id_token is valid. */
  run: (changes?: Changes) => Promise<Tokens & { claims: Record<string, unknown> }>;
  userinfo: (token: string) => Promise<Record<string, unknown>>;
};

export const authorizationUrl = (client: TestClient, changes: Changes = {}): string => {
  const parameters: Changes = {
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    scope: 'openid',
    state: 'suite-state',
    nonce: 'suite-nonce',
    response_type: 'code',
    ...changes,
  };
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `/authorize?${new URLSearchParams(given)}`;
};

/** A server with the client that an administrator made for the suite. */
export async function conformanceSuite(
  method: 'client_secret_basic' | 'client_secret_post' = 'client_secret_basic',
  metadata: Record<string, unknown> = {},
  responseMode?: 'form_post',
): Promise<Suite> {
  const server = serve();
  const client = await makeClient(server, { token_endpoint_auth_method: method, ...metadata }, { require_pkce: false });
  const browser = server.user();
  const keys = (await (await server.fetch('/.well-known/jwks.json')).json()) as JSONWebKeySet;
  const url = (changes: Changes = {}) => authorizationUrl(client, { response_mode: responseMode, ...changes });
  const request = (changes: Changes = {}) => browser.request(url(changes));
  const answer = async (changes: Changes = {}) => {
    const response = await request(changes);
    return responseMode ? new URLSearchParams(await formPostOf(response)) : answerOf(response);
  };
  const follow = (address: string) =>
    responseMode
      ? followToForm(browser, address)
      : browser.authorise(address, ADMINISTRATOR).then(({ searchParams }) => searchParams);
  const authorize = (changes: Changes = {}) => follow(url(changes));
  const token = (form: Changes) => postToken(server, client, form as Record<string, string>);
  const userinfo = async (access: string) =>
    (await (await server.fetch('/userinfo', { headers: { authorization: `Bearer ${access}` } })).json()) as Record<
      string,
      unknown
    >;
  const run = async (changes: Changes = {}) => {
    const answer = await authorize(changes);
    const response = await token(redemption(answer.get('code') ?? ''));
    if (!response.ok) throw new Error(`no tokens: ${await response.text()}`);
    const tokens = (await response.json()) as Tokens;
    const { payload } = await jwtVerify(tokens.id_token ?? '', createLocalJWKSet(keys), {
      issuer: ISSUER,
      audience: client.client_id,
      algorithms: ['RS256'],
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
    });
    return { ...tokens, claims: payload as Record<string, unknown> };
  };
  return { server, client, browser, url, request, answer, follow, authorize, token, run, userinfo };
}

/** Signs in and consents until the answer is a form for the client. */
async function followToForm(browser: User, address: string): Promise<URLSearchParams> {
  let response = await browser.open(address);
  for (let pages = 0; pages < 4; pages++) {
    const html = await response.clone().text();
    if (html.includes('action="/sign-in"')) response = await browser.send(parseForm(html, '/sign-in'), ADMINISTRATOR);
    else if (html.includes('action="/consent"'))
      response = await browser.send(parseForm(html, '/consent'), { decision: 'allow' });
    else break;
  }
  return new URLSearchParams(await formPostOf(response));
}

/** The parameters of the suite's code redemption: no verifier. */
export const redemption = (code: string): Changes => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: REDIRECT_URI,
});

/** The parameters of a redirect to the suite; undefined for a page. */
export const answerOf = (response: Response): URLSearchParams | undefined => {
  const location = response.headers.get('location');
  return location?.startsWith(REDIRECT_URI) ? new URL(location).searchParams : undefined;
};

/** The parameters of an answer by form_post. */
export async function formPostOf(response: Response): Promise<Record<string, string>> {
  const { fields } = parseForm(await response.text(), REDIRECT_URI);
  return Object.fromEntries(fields);
}
