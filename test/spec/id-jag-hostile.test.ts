/** ID-JAG §4.4.1: what a client presents as an identity assertion of a trusted issuer, and is none. */
import { beforeEach, describe, expect, it } from 'vitest';
import { makeClient, type TestClient } from '../support/client.ts';
import { assertionClaims, makeKey, type TestKey } from '../support/keys.ts';
import {
  ADMINISTRATOR,
  addAdministrator,
  administer,
  ISSUER,
  type Server,
  serve,
  setSetting,
} from '../support/server.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const PROVIDER = 'https://id.acme.com';
const TYP = 'oauth-id-jag+jwt';

let server: Server;
let key: TestKey;
let client: TestClient;
let callers = 0;

beforeEach(async () => {
  server = serve();
  key = await makeKey();
  await setSetting(server, 'scopes_supported', 'files Your files');
  await addAdministrator(server);
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
  await administer(server, 'PUT', `/issuers/${encodeURIComponent(PROVIDER)}`, {
    jwks: { keys: [key.publicJwk] },
    match_email: true,
    scopes: ['files'],
  });
  await administer(server, 'PUT', `/issuers/${encodeURIComponent(PROVIDER)}/subjects`, {
    subject: 'ada',
    user: users[0]?.id,
  });
  client = await makeClient(server, {
    grant_types: [GRANT],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_basic',
  });
});

const claims = (changes: Record<string, unknown> = {}) =>
  assertionClaims('ada', { iss: PROVIDER, client_id: client.client_id, scope: 'files', ...changes });

const present = (assertion: string, body: Record<string, string> = {}) =>
  server.fetch('/token', {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
      'cf-connecting-ip': `203.0.${++callers >> 8}.${callers & 255}`,
    },
    body: new URLSearchParams({ grant_type: GRANT, assertion, ...body }).toString(),
  });

type Hostile = [name: string, assertion: () => string | Promise<string>, body?: Record<string, string>];

const now = () => Math.floor(Date.now() / 1000);
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const withClaim = (name: string, values: readonly unknown[]): Hostile[] =>
  values.map((value) => [`${name} ${JSON.stringify(value)}`, () => key.sign(claims({ [name]: value }), { typ: TYP })]);

/** Types of JWTs that are no identity assertion. */
const OTHER_TYPES = [
  'JWT',
  'at+jwt',
  'dpop+jwt',
  'logout+jwt',
  'secevent+jwt',
  'client-authentication+jwt',
  'id_token+jwt',
];

const HOSTILE: readonly Hostile[] = [
  ...withClaim('iss', [
    undefined,
    '',
    null,
    7,
    [PROVIDER],
    `${PROVIDER}/`,
    PROVIDER.toUpperCase(),
    PROVIDER.replace('https', 'http'),
    'https://evil.example',
    `${PROVIDER}.evil.example`,
    `${PROVIDER}@evil.example`,
    ` ${PROVIDER}`,
    `${PROVIDER}\n`,
    true,
    {},
    ISSUER,
  ]),
  ...withClaim('sub', [undefined, '', null, 7, ['ada'], {}, 'eve', 'ADA', ' ada', 'ada\n', ADMINISTRATOR.email]),
  ...withClaim('aud', [
    undefined,
    '',
    null,
    [],
    {},
    7,
    'https://other.example',
    [ISSUER, 'https://other.example'],
    `${ISSUER}/`,
    `${ISSUER}/token`,
    `${ISSUER}/mcp`,
    ISSUER.toUpperCase(),
  ]),
  ...withClaim('client_id', [undefined, '', null, 7, [], 'c_other', ' ', true, {}, 'https://wiki.example/client']),
  ...withClaim('exp', [undefined, null, '9999999999', 0, -1, now() - 3600, now() + 86_400]),
  ...withClaim('iat', [undefined, null, '1', now() + 3600]),
  ...withClaim('nbf', [now() + 3600, 'x']),
  ...withClaim('jti', [undefined, null, 7, {}, 'x'.repeat(600)]),
  ...withClaim('scope', [7, {}, ['files'], 'openid', 'admin', 'files.write']),
  ...withClaim('resource', [7, {}, 'https://evil.example', 'not a URI', [`${ISSUER}/mcp`, 'https://evil.example']]),
  ...withClaim('cnf', [{}, null, 'x', { jkt: 'x' }, { jwk: {} }]),
  ...OTHER_TYPES.map(
    (typ): Hostile => [
      `typ ${typ}`,
      // An id_token has no client_id; where it has one, it is still not for a token endpoint.
      () => key.sign(claims({ client_id: typ === 'JWT' ? 'c_other' : client.client_id }), { typ }),
    ],
  ),
  ['of another key of the same name', async () => (await makeKey()).sign(claims(), { typ: TYP })],
  [
    'of another key that it brings',
    async () => {
      const other = await makeKey();
      return other.sign(claims(), { typ: TYP, jwk: other.publicJwk });
    },
  ],
  ['of an unknown key', () => key.sign(claims(), { typ: TYP, kid: 'k9' })],
  ['unsigned', () => `${base64url({ alg: 'none', typ: TYP })}.${base64url(claims())}.`],
  [
    'with other claims',
    async () => {
      const parts = (await key.sign(claims(), { typ: TYP })).split('.');
      return [parts[0], base64url(claims({ sub: 'ada' })), parts[2]].join('.');
    },
  ],
  ['without a signature', async () => `${(await key.sign(claims(), { typ: TYP })).split('.').slice(0, 2).join('.')}.`],
  ['that is no JWT', () => 'nonsense'],
  ['that is empty', () => ''],
  ['of 20 KB', () => 'a'.repeat(20_000)],
  [
    'for another resource than requested',
    () => key.sign(claims({ resource: `${ISSUER}/mcp` }), { typ: TYP }),
    { resource: ISSUER },
  ],
  ['for a scope that it has not', () => key.sign(claims(), { typ: TYP }), { scope: 'openid' }],
];

describe('ID-JAG §4.4.1 hostile assertions', () => {
  it('of a hundred none is accepted, and none fails the server', async () => {
    const accepted: string[] = [];
    for (const [name, make, body] of HOSTILE) {
      const { status } = await present(await make(), body);
      if (status !== 400) accepted.push(`${status} ${name}`);
    }
    expect(accepted).toEqual([]);
    expect(HOSTILE.length).toBeGreaterThanOrEqual(100);
    expect((await present(await key.sign(claims(), { typ: TYP }))).status).toBe(200);
  });
});
