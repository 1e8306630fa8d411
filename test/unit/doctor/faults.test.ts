/** Seeded faults: the diagnosis names each at the step at which a client stops, and none on a healthy server. */
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/admin/doctor/diagnose.ts';
import type { FaultCode } from '../../../src/admin/doctor/faults.ts';
import type { Options } from '../../../src/admin/doctor/knowledge.ts';
import type { StepName } from '../../../src/admin/doctor/report.ts';
import {
  CLIENT_ID_URL,
  type Faults,
  faultServer,
  html,
  ISSUER,
  json,
  MCP_URL,
  NOW,
} from '../../support/fault-server.ts';

const METADATA = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';
const SERVER = `${ISSUER}/.well-known/oauth-authorization-server`;
const [REGISTER, AUTHORIZE, TOKEN] = [`${ISSUER}/register`, `${ISSUER}/authorize`, `${ISSUER}/token`];
const MINUTES = 60_000;

const isFrom = (name: RegExp) => (asked: { headers: Record<string, string> }) =>
  name.test(asked.headers['User-Agent'] ?? '');
const redirect = (location: string) => ({ status: 307, headers: { location } });
/** Answers to a request with a token. */
const withToken = (answer: { status: number; headers?: Record<string, string>; body?: unknown }): Faults => ({
  answers: { [MCP_URL]: ({ headers }) => (headers.Authorization ? answer : undefined) },
});
const toClient = (parameters: string): Faults => ({
  answers: {
    [AUTHORIZE]: ({ url }) => ({
      status: 302,
      headers: { location: `${new URL(url).searchParams.get('redirect_uri')}?${parameters}` },
    }),
  },
});
/** The last parameter of the callback is changed after sign-in. */
const callback = (name: string, value: string | undefined): Faults => ({ callback: { [name]: value } });

const REGISTERED: Options = { register: true };
const DOCUMENT: Options = { clientId: CLIENT_ID_URL };
const SIGNED_IN = 'signs in';
const PAGE: Options = { origin: 'https://app.example.com' };

/** One line seeds a fault. */
const FAULTS: [title: string, faults: Faults, step: StepName, code: FaultCode, options?: Options | 'signs in'][] = [
  // The challenge of the MCP server.
  [
    'nothing answers',
    {
      answers: {
        [MCP_URL]: () => {
          throw new TypeError('fetch failed');
        },
      },
    },
    'challenge',
    'unreachable',
  ],
  [
    'a bot rule refuses Claude-User',
    { answers: { [MCP_URL]: (asked) => (isFrom(/Claude/)(asked) ? html('No', 403) : undefined) } },
    'challenge',
    'refused-by-user-agent',
  ],
  [
    'a bot rule refuses everything that is no browser',
    { answers: { [MCP_URL]: (asked) => (isFrom(/Mozilla/)(asked) ? undefined : html('No', 403)) } },
    'challenge',
    'refused-by-user-agent',
  ],
  [
    'a managed challenge for all',
    {
      answers: {
        [MCP_URL]: () => ({
          ...html('Just a moment', 403),
          headers: { 'cf-mitigated': 'challenge', 'content-type': 'text/html' },
        }),
      },
    },
    'challenge',
    'challenge-page',
  ],
  ['429', { answers: { [MCP_URL]: () => json({}, 429) } }, 'challenge', 'rate-limited'],
  ['400 instead of 401', { answers: { [MCP_URL]: () => json({}, 400) } }, 'challenge', 'not-401'],
  ['403 instead of 401', { answers: { [MCP_URL]: () => json({}, 403) } }, 'challenge', 'not-401'],
  ['404: a wrong path', { answers: { [MCP_URL]: () => json({}, 404) } }, 'challenge', 'not-found'],
  ['405: GET alone', { answers: { [MCP_URL]: () => json({}, 405) } }, 'challenge', 'method-not-allowed'],
  ['500 without a token', { answers: { [MCP_URL]: () => json({}, 500) } }, 'challenge', 'server-error'],
  [
    'a redirect to the address with a slash',
    { answers: { [MCP_URL]: () => redirect(`${MCP_URL}/`) } },
    'challenge',
    'redirected',
  ],
  ['200 without a token', { answers: { [MCP_URL]: () => json({ result: {} }) } }, 'challenge', 'no-challenge'],
  ['401 without WWW-Authenticate', { answers: { [MCP_URL]: () => json({}, 401) } }, 'challenge', 'no-www-authenticate'],
  [
    'a challenge for Basic',
    { answers: { [MCP_URL]: () => json({}, 401, { 'www-authenticate': 'Basic realm="x"' }) } },
    'challenge',
    'challenge-not-bearer',
  ],
  [
    'a challenge without resource_metadata',
    { challenge: { resource_metadata: undefined } },
    'challenge',
    'challenge-without-resource-metadata',
  ],
  [
    'resource_metadata as a path',
    { challenge: { resource_metadata: '/.well-known/oauth-protected-resource' } },
    'challenge',
    'resource-metadata-url-invalid',
  ],
  [
    'resource_metadata at another origin',
    {
      challenge: { resource_metadata: 'https://internal.example/meta' },
      answers: { 'https://internal.example/meta': () => json({ resource: MCP_URL, authorization_servers: [ISSUER] }) },
    },
    'challenge',
    'resource-metadata-other-origin',
  ],
  // Protected resource metadata.
  [
    'no resource metadata',
    { answers: { [METADATA]: () => json({}, 404) } },
    'resource-metadata',
    'resource-metadata-not-found',
  ],
  [
    'resource metadata behind authentication',
    { answers: { [METADATA]: () => json({}, 401) } },
    'resource-metadata',
    'resource-metadata-refused',
  ],
  [
    'an application at the address of the resource metadata',
    { answers: { [METADATA]: () => html('App') } },
    'resource-metadata',
    'resource-metadata-not-json',
  ],
  [
    'resource with a slash',
    { resource: { resource: `${MCP_URL}/` } },
    'resource-metadata',
    'resource-differs-by-slash',
  ],
  [
    'the origin as resource',
    { resource: { resource: 'https://mcp.example.com' } },
    'resource-metadata',
    'resource-is-parent',
  ],
  ['resource of a backend', { resource: { resource: 'http://10.0.0.1/mcp' } }, 'resource-metadata', 'resource-differs'],
  ['no resource', { resource: { resource: undefined } }, 'resource-metadata', 'resource-missing'],
  [
    'no authorization servers',
    { resource: { authorization_servers: [] } },
    'resource-metadata',
    'no-authorization-servers',
  ],
  [
    'a host name as authorization server',
    { resource: { authorization_servers: ['id.example.com'] } },
    'resource-metadata',
    'authorization-server-invalid',
  ],
  [
    'the address of the metadata as authorization server',
    { resource: { authorization_servers: [SERVER] } },
    'resource-metadata',
    'authorization-server-invalid',
  ],
  // Authorization server metadata.
  [
    'no metadata of the authorization server',
    { answers: { [SERVER]: () => json({}, 404) } },
    'server-metadata',
    'server-metadata-not-found',
  ],
  [
    '500 for the metadata of the authorization server',
    { answers: { [SERVER]: () => json({}, 500) } },
    'server-metadata',
    'server-error',
  ],
  ['another issuer', { server: { issuer: 'https://other.example.com' } }, 'server-metadata', 'issuer-differs'],
  ['the issuer with a slash', { server: { issuer: `${ISSUER}/` } }, 'server-metadata', 'issuer-differs-by-slash'],
  [
    'PKCE is not advertised',
    { server: { code_challenge_methods_supported: undefined } },
    'server-metadata',
    'pkce-not-advertised',
  ],
  [
    'PKCE without S256',
    { server: { code_challenge_methods_supported: ['plain'] } },
    'server-metadata',
    'pkce-without-s256',
  ],
  [
    'an application at /.well-known/',
    { answers: { [SERVER]: () => html('App') } },
    'server-metadata',
    'server-metadata-not-json',
  ],
  ['no token endpoint', { server: { token_endpoint: undefined } }, 'server-metadata', 'endpoint-missing'],
  [
    'http endpoints behind a proxy',
    { server: { token_endpoint: 'http://id.example.com/token' } },
    'server-metadata',
    'endpoint-not-https',
  ],
  [
    'no response types',
    { server: { response_types_supported: undefined } },
    'server-metadata',
    'response-type-code-missing',
  ],
  [
    'no authorization code grant',
    { server: { grant_types_supported: ['client_credentials'] } },
    'server-metadata',
    'authorization-code-not-supported',
  ],
  [
    'an empty JWK set',
    { answers: { [`${ISSUER}/jwks`]: () => json({ keys: [] }) } },
    'server-metadata',
    'jwks-unusable',
  ],
  [
    'a clock that is ten minutes ahead',
    { headers: { 'id.example.com': { date: new Date(NOW + 10 * MINUTES).toUTCString() } } },
    'server-metadata',
    'clock-skew',
  ],
  [
    'metadata of the authorization server behind authentication',
    { answers: { [SERVER]: () => json({}, 401) } },
    'server-metadata',
    'server-metadata-refused',
  ],
  // Registration.
  [
    'no way of registration',
    { server: { registration_endpoint: undefined, client_id_metadata_document_supported: false } },
    'registration',
    'no-registration',
  ],
  [
    'a document that is answered 403',
    { answers: { [CLIENT_ID_URL]: () => html('No', 403) } },
    'registration',
    'document-refused',
    DOCUMENT,
  ],
  [
    'a document that redirects',
    { answers: { [CLIENT_ID_URL]: () => redirect('https://www.client.example.com/client.json') } },
    'registration',
    'document-redirects',
    DOCUMENT,
  ],
  [
    'a document that is too large',
    { client: { description: 'x'.repeat(6000) } },
    'registration',
    'document-too-large',
    DOCUMENT,
  ],
  [
    'a page instead of the document',
    { answers: { [CLIENT_ID_URL]: () => html('App') } },
    'registration',
    'document-not-json',
    DOCUMENT,
  ],
  [
    'a document with another client_id',
    { client: { client_id: `${CLIENT_ID_URL}/` } },
    'registration',
    'document-client-id',
    DOCUMENT,
  ],
  [
    'a document with a secret',
    { client: { token_endpoint_auth_method: 'client_secret_post' } },
    'registration',
    'document-secret',
    DOCUMENT,
  ],
  [
    'a document without redirect URIs',
    { client: { redirect_uris: [] } },
    'registration',
    'document-redirect-uris',
    DOCUMENT,
  ],
  [
    'documents are not supported',
    { server: { client_id_metadata_document_supported: undefined } },
    'registration',
    'documents-not-supported',
    DOCUMENT,
  ],
  [
    'registration needs an initial access token',
    { answers: { [REGISTER]: () => json({ error: 'invalid_token' }, 401) } },
    'registration',
    'registration-refused',
  ],
  [
    'a registration endpoint that is not there',
    { answers: { [REGISTER]: () => json({}, 404) } },
    'registration',
    'registration-endpoint-missing',
  ],
  [
    'registration is refused',
    { answers: { [REGISTER]: () => json({ error: 'invalid_client_metadata' }, 400) } },
    'registration',
    'registration-rejected',
    REGISTERED,
  ],
  [
    'registration without client_id',
    { answers: { [REGISTER]: () => json({}, 201) } },
    'registration',
    'registration-response',
    REGISTERED,
  ],
  ['registration fails', { answers: { [REGISTER]: () => json({}, 500) } }, 'registration', 'server-error', REGISTERED],
  // CORS.
  [
    'metadata without CORS',
    { headers: { 'id.example.com': { 'access-control-allow-origin': undefined } } },
    'cors',
    'cors-metadata',
    PAGE,
  ],
  [
    'an MCP server without preflight',
    { answers: { [MCP_URL]: ({ method }) => (method === 'OPTIONS' ? json({}, 401) : undefined) } },
    'cors',
    'cors-endpoint',
    PAGE,
  ],
  // The authorization endpoint.
  [
    'an authorization endpoint that is not there',
    { answers: { [AUTHORIZE]: () => html('Not found', 404) } },
    'authorize',
    'authorize-not-found',
  ],
  [
    'an authorization endpoint that fails',
    { answers: { [AUTHORIZE]: () => html('Oops', 500) } },
    'authorize',
    'server-error',
  ],
  [
    'the redirect URI is refused',
    { answers: { [AUTHORIZE]: () => html('Invalid redirect_uri', 400) } },
    'authorize',
    'authorize-refused',
    REGISTERED,
  ],
  [
    'the resource is refused',
    toClient(`error=invalid_target&iss=${ISSUER}`),
    'authorize',
    'authorize-error',
    REGISTERED,
  ],
  ['an open redirect', toClient('error=unauthorized_client'), 'authorize', 'open-redirect'],
  ['no iss in the response', callback('iss', undefined), 'authorize', 'iss-missing', SIGNED_IN],
  ['iss of another issuer', callback('iss', 'https://other.example.com'), 'authorize', 'iss-differs', SIGNED_IN],
  ['another state', callback('state', 'x'), 'authorize', 'state-differs', SIGNED_IN],
  // The token endpoint.
  ['a token endpoint that is not there', { answers: { [TOKEN]: () => json({}, 404) } }, 'token', 'token-not-found'],
  [
    'a token endpoint that answers pages',
    { answers: { [TOKEN]: () => html('Bad request', 400) } },
    'token',
    'token-not-json',
  ],
  [
    'a bot rule before the token endpoint',
    { answers: { [TOKEN]: (asked) => (isFrom(/Mozilla/)(asked) ? undefined : html('No', 403)) } },
    'token',
    'refused-by-user-agent',
  ],
  ['a token endpoint that fails', { answers: { [TOKEN]: () => json({}, 500) } }, 'token', 'invalid-code-fails'],
  [
    'a token endpoint that reads JSON alone',
    { answers: { [TOKEN]: () => json({ error: 'unsupported_grant_type' }, 400) } },
    'token',
    'code-grant-refused',
  ],
  [
    'public clients are refused',
    { answers: { [TOKEN]: () => json({ error: 'invalid_client' }, 401) } },
    'token',
    'token-client-refused',
    REGISTERED,
  ],
  [
    'an invalid code is redeemed',
    { answers: { [TOKEN]: () => json({ access_token: 'x', token_type: 'Bearer' }) } },
    'token',
    'code-not-validated',
  ],
  [
    'a valid code is refused',
    { answers: { [TOKEN]: () => json({ error: 'invalid_grant' }, 400) } },
    'token',
    'code-refused',
    SIGNED_IN,
  ],
  [
    'a refresh token is refused',
    {
      answers: {
        [TOKEN]: ({ form }) => (form.has('refresh_token') ? json({ error: 'invalid_target' }, 400) : undefined),
      },
    },
    'token',
    'refresh-refused',
    SIGNED_IN,
  ],
  // The access token.
  ['any token is accepted', withToken(json({ result: {} })), 'access', 'invalid-token-accepted'],
  ['403 to an invalid token', withToken(json({}, 403)), 'access', 'invalid-token-status'],
  ['500 to an invalid token', withToken(json({}, 500)), 'access', 'invalid-token-fails'],
  [
    'an unsigned token is accepted',
    {
      answers: {
        [MCP_URL]: ({ headers }) => (/^Bearer ey.*\.$/.test(headers.Authorization ?? '') ? json({}) : undefined),
      },
    },
    'access',
    'unsigned-token-accepted',
  ],
  ['the audience with a slash is refused', { claims: { aud: `${MCP_URL}/` } }, 'access', 'audience-differs', SIGNED_IN],
  [
    'a token for another audience is accepted',
    { acceptsAnyAudience: true },
    'access',
    'other-audience-accepted',
    SIGNED_IN,
  ],
];

function diagnosed(faults: Faults, options: Options | 'signs in' = {}) {
  const { fetch, authorize } = faultServer(faults);
  const signIn = { redirectUri: 'http://127.0.0.1:1/callback', authorize };
  return diagnose(MCP_URL, { fetch, now: () => NOW, ...(options === SIGNED_IN ? { signIn } : options) });
}

describe('a diagnosis names the seeded fault at its step', () => {
  it.each(FAULTS)('%s', async (_, faults, step, code, options) => {
    const { first } = await diagnosed(faults, options);
    expect(first).toMatchObject({ step, code });
    expect(first?.seen).not.toBe('');
  });

  it('there are eighty of them', () => {
    expect(FAULTS.length).toBeGreaterThanOrEqual(80);
  });
});

describe('a diagnosis of a healthy server', () => {
  it.each<[string, Options | 'signs in']>([
    ['without a client', {}],
    ['with registration', REGISTERED],
    ['with a Client ID Metadata Document', DOCUMENT],
    ['with a user', SIGNED_IN],
    ['with pages of another origin', PAGE],
  ])('%s finds nothing, but for clients of 2025-03-26, which know no resource metadata', async (_, options) => {
    const report = await diagnosed({}, options);
    expect(report.ok).toBe(true);
    const expected = [['no-metadata-at-origin', ['sdk-2025-03-26']]];
    expect(report.findings.map(({ code, profiles }) => [code, profiles])).toEqual(expected);
  });

  it('deletes what it registers, and registers nothing unasked', async () => {
    const [asked, unasked] = [faultServer(), faultServer()];
    await diagnose(MCP_URL, { fetch: asked.fetch, now: () => NOW, register: true });
    await diagnose(MCP_URL, { fetch: unasked.fetch, now: () => NOW });
    expect(asked.requests.filter((request) => request.startsWith('DELETE')).length).toBeGreaterThan(3);
    expect(asked.registered.size + unasked.registered.size).toBe(0);
    expect(unasked.requests.some((request) => request.startsWith('DELETE'))).toBe(false);
  });

  it('tests what needs a user with a user only', async () => {
    const stateOf = async (options: Options | 'signs in') => {
      const { profiles } = await diagnosed({}, options);
      return profiles[0]?.steps.at(-1);
    };
    expect(await stateOf({})).toMatchObject({ step: 'access', state: 'not tested' });
    expect(await stateOf(SIGNED_IN)).toEqual({ step: 'access', state: 'passed' });
  });
});
