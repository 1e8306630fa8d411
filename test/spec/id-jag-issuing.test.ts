/** draft-ietf-oauth-identity-assertion-authz-grant §4.3: an id_token is exchanged for an identity assertion for another server. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf, makeClient, obtainTokens, payloadOf, postToken, type TestClient } from '../support/client.ts';
import { Prover } from '../support/dpop.ts';
import { ADMINISTRATOR, administer, bindings, ISSUER, type Server, serve, setSetting } from '../support/server.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
const CHAT = 'https://chat.acme.com';

const TARGETS = {
  [CHAT]: {
    client_id: 'wiki-at-chat',
    scopes: ['chat.read', 'chat.history'],
    resources: ['https://api.chat.acme.com/'],
  },
  'https://files.acme.com/': {},
};

let server: Server;
let client: TestClient;
let idToken: string;

const makeWiki = (standing: Record<string, unknown> = { id_jag: TARGETS }, metadata: Record<string, unknown> = {}) =>
  makeClient(
    server,
    {
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token', EXCHANGE],
      ...metadata,
    },
    standing,
  );

const idTokenOf = async (one: TestClient, changes: Record<string, string> = {}) =>
  (await obtainTokens(server, one, changes)).id_token ?? '';

type Changes = Record<string, string | string[] | undefined>;

const exchange = (changes: Changes = {}, by = client, headers: Record<string, string> = {}) =>
  postToken(
    server,
    by,
    {
      grant_type: EXCHANGE,
      requested_token_type: ID_JAG,
      subject_token: idToken,
      subject_token_type: ID_TOKEN,
      audience: CHAT,
      ...changes,
    },
    headers,
  );

type Answer = Record<string, string | number>;

async function issued(changes: Changes = {}): Promise<{ answer: Answer; claims: Record<string, unknown> }> {
  const response = await exchange(changes);
  if (!response.ok) throw new Error(await response.text());
  const answer = (await response.json()) as Answer;
  return { answer, claims: payloadOf(String(answer.access_token)) };
}

beforeEach(async () => {
  server = serve();
  client = await makeWiki();
  idToken = await idTokenOf(client, { scope: 'openid email' });
});

describe('ID-JAG §4.3 token exchange', () => {
  it('§4.3.4 the answer is an ID-JAG, whose token_type is N_A, without a refresh token', async () => {
    const { answer } = await issued({ scope: 'chat.read' });
    expect(answer).toEqual({
      issued_token_type: ID_JAG,
      access_token: expect.any(String),
      token_type: 'N_A',
      expires_in: 300,
      scope: 'chat.read',
    });
  });

  it('§3.1 it names issuer, user, audience, the client as the audience knows it, and the authentication', async () => {
    const { answer, claims } = await issued({ scope: 'chat.read', resource: 'https://api.chat.acme.com' });
    const header = JSON.parse(Buffer.from(String(answer.access_token).split('.')[0] ?? '', 'base64url').toString());
    expect(header.typ).toBe('oauth-id-jag+jwt');
    const { sub, auth_time, amr, acr } = payloadOf(idToken);
    expect(claims).toEqual({
      iss: ISSUER,
      sub,
      aud: CHAT,
      client_id: 'wiki-at-chat',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: Number(claims.iat) + 300,
      resource: 'https://api.chat.acme.com/',
      scope: 'chat.read',
      auth_time,
      amr,
      acr,
      email: ADMINISTRATOR.email,
      email_verified: expect.any(Boolean),
    });
  });

  it('the address of the user is in it only where the client has it from the id_token', async () => {
    idToken = await idTokenOf(client, { scope: 'openid' });
    const { claims } = await issued();
    expect(Object.keys(claims).filter((name) => name.startsWith('email'))).toEqual([]);
  });

  it('without scope it has those of the target; with some that are not allowed, the others', async () => {
    expect((await issued()).claims.scope).toBe('chat.read chat.history');
    expect((await issued({ scope: 'chat.read chat.admin' })).answer.scope).toBe('chat.read');
  });

  it('a target without limits takes the client ID, scopes and resource of the request, and its own spelling of the audience', async () => {
    const { claims } = await issued({
      audience: 'https://files.acme.com',
      scope: 'any thing',
      resource: 'https://api.files.acme.com',
    });
    expect(claims).toMatchObject({
      aud: 'https://files.acme.com/',
      client_id: client.client_id,
      scope: 'any thing',
      resource: 'https://api.files.acme.com',
    });
    expect((await issued({ audience: 'https://files.acme.com' })).claims.scope).toBeUndefined();
  });

  it('it is bound to the key of a DPoP proof', async () => {
    const prover = await Prover.make();
    let proof = '';
    const response = await prover.ask('POST', '/token', (headers) => {
      proof = headers.dpop ?? '';
      return exchange({}, client, headers);
    });
    const { access_token } = (await response.json()) as { access_token: string };
    expect(payloadOf(access_token).cnf).toEqual({ jkt: prover.thumbprint });
    expect(await errorOf(await exchange({}, client, { dpop: proof }))).toBe('invalid_dpop_proof');
  });

  it('the audit log has it', async () => {
    const { claims } = await issued({ scope: 'chat.read' });
    const { events } = await administer<{ events: Record<string, unknown>[] }>(
      server,
      'GET',
      '/events?type=id-jag.issued',
    );
    expect(events).toMatchObject([
      {
        actor: `client:${client.client_id}`,
        detail: { audience: CHAT, scopes: ['chat.read'], id: claims.jti, client: client.client_id },
      },
    ]);
  });

  it('§7 the metadata says that ID-JAGs can be requested', async () => {
    const metadata = (await (await server.fetch('/.well-known/oauth-authorization-server')).json()) as Answer;
    expect(metadata.identity_chaining_requested_token_types_supported).toEqual([ID_JAG]);
  });

  it('it is neither an access token nor an id_token here', async () => {
    const { answer } = await issued();
    const token = String(answer.access_token);
    const userinfo = await server.fetch('/userinfo', { headers: { authorization: `Bearer ${token}` } });
    expect(userinfo.status).toBe(401);
    expect(await errorOf(await exchange({ subject_token: token }))).toBe('invalid_request');
  });
});

describe('ID-JAG §4.3.1 what is refused', () => {
  const wrong: [what: string, changes: () => Changes, error: string][] = [
    ['no audience', () => ({ audience: undefined }), 'invalid_request'],
    ['two audiences', () => ({ audience: [CHAT, 'https://files.acme.com/'] }), 'invalid_request'],
    ['an audience that is no target', () => ({ audience: 'https://other.acme.com' }), 'invalid_target'],
    ['an audience that begins like a target', () => ({ audience: `${CHAT}.evil.example` }), 'invalid_target'],
    ['a path of a target', () => ({ audience: `${CHAT}/tenant` }), 'invalid_target'],
    ['this server as audience', () => ({ audience: ISSUER }), 'invalid_target'],
    ['a resource that is not of the target', () => ({ resource: 'https://api.evil.example' }), 'invalid_target'],
    [
      'a resource with a fragment',
      () => ({ audience: 'https://files.acme.com/', resource: 'https://api.acme.com/#x' }),
      'invalid_target',
    ],
    ['two resources', () => ({ resource: ['https://api.chat.acme.com/', 'https://x.acme.com'] }), 'invalid_target'],
    ['only scopes that are not allowed', () => ({ scope: 'chat.admin' }), 'invalid_scope'],
    ['no subject_token', () => ({ subject_token: undefined }), 'invalid_request'],
    ['no subject_token_type', () => ({ subject_token_type: undefined }), 'invalid_request'],
    [
      'an access token',
      () => ({ subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' }),
      'invalid_request',
    ],
    [
      'an id_token with a changed signature',
      () => ({ subject_token: `${idToken.slice(0, -4)}AAAA` }),
      'invalid_request',
    ],
    ['no JWT', () => ({ subject_token: 'x' }), 'invalid_request'],
    ['an actor_token', () => ({ actor_token: idToken, actor_token_type: ID_TOKEN }), 'invalid_request'],
  ];
  it.each(wrong)('%s', async (_, changes, error) => {
    expect(await errorOf(await exchange(changes()))).toBe(error);
  });

  it('the id_token of another client: its aud MUST match the client_id of the request', async () => {
    const other = await makeWiki();
    idToken = await idTokenOf(other);
    expect(await errorOf(await exchange())).toBe('invalid_request');
    expect((await exchange({}, other)).status).toBe(200);
  });

  it('a client without targets, without the grant type, or without a secret', async () => {
    const without = await makeWiki({});
    idToken = await idTokenOf(without);
    expect(await errorOf(await exchange({}, without))).toBe('invalid_target');
    const unregistered = await makeWiki({ id_jag: TARGETS }, { grant_types: ['authorization_code'] });
    expect(await errorOf(await exchange({}, unregistered))).toBe('unauthorized_client');
    expect(await errorOf(await exchange({}, { ...client, client_secret: 'wrong' }))).toBe('invalid_client');
  });

  it('an expired id_token', async () => {
    vi.useFakeTimers({ now: Date.now() + 3_700_000, toFake: ['Date'] });
    expect(await errorOf(await exchange())).toBe('invalid_request');
  });

  it('a user who withdrew the consent, or was signed out, or disabled: at once', async () => {
    const { sub } = payloadOf(idToken) as { sub: string };
    expect((await exchange()).status).toBe(200);
    await administer(server, 'DELETE', `/users/${sub}/consents/${client.client_id}`);
    expect(await errorOf(await exchange())).toBe('invalid_request');
    idToken = await idTokenOf(client);
    expect((await exchange()).status).toBe(200);
    await administer(server, 'DELETE', `/users/${sub}/sessions`);
    expect(await errorOf(await exchange())).toBe('invalid_request');
  });

  it('a target that was removed a moment ago, in another isolate', async () => {
    expect((await exchange()).status).toBe(200);
    await server.env.DB.prepare('UPDATE clients SET id_jag = ? WHERE id = ?')
      .bind(JSON.stringify({}), client.client_id)
      .run();
    expect(await errorOf(await exchange())).toBe('invalid_target');
  });

  it('a client that requires a role which the user has not', async () => {
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { roles: ['chat-user'] });
    expect(await errorOf(await exchange())).toBe('invalid_request');
  });

  it('this server as a target: it MUST NOT accept an ID-JAG of its own', async () => {
    const response = await server.admin('PATCH', `/clients/${client.client_id}`, {
      id_jag: { 'http://localhost:8787/': {} },
    });
    expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_request']);
  });

  it('where a shard that may have the consent does not answer, the client is told to try again', async () => {
    server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']));
    client = await makeWiki();
    idToken = await idTokenOf(client);
    expect((await exchange()).status).toBe(200);
    server = serve(bindings(['SHARD_APAC']));
    expect(await errorOf(await exchange())).toBe('temporarily_unavailable');
  });
});

describe('enterprise-managed authorization between two servers', () => {
  const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

  it('the assertion that one issues is exchanged for an access token at the other, once', async () => {
    const other = serve(bindings([], { ISSUER: CHAT }));
    const { keys } = (await (await server.fetch('/.well-known/jwks.json')).json()) as { keys: object[] };
    await setSetting(other, 'scopes_supported', 'chat.read Read your chats');
    const there = await makeClient(other, {
      grant_types: [JWT_BEARER],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
    });
    await administer(other, 'PUT', `/issuers/${encodeURIComponent(ISSUER)}`, { jwks: { keys } });
    const { sub } = payloadOf(idToken);
    await administer(other, 'PUT', `/issuers/${encodeURIComponent(ISSUER)}/subjects`, { subject: sub, user: sub });
    await administer(server, 'PATCH', `/clients/${client.client_id}`, {
      id_jag: { [CHAT]: { client_id: there.client_id, scopes: ['chat.read'] } },
    });
    const assertion = String((await issued()).answer.access_token);
    const ask = () => postToken(other, there, { grant_type: JWT_BEARER, assertion });
    const response = await ask();
    const answer = (await response.json()) as Record<string, string>;
    expect([response.status, answer.scope]).toEqual([200, 'chat.read']);
    expect(payloadOf(answer.access_token ?? '')).toMatchObject({ iss: CHAT, sub, client_id: there.client_id });
    expect(await errorOf(await ask())).toBe('invalid_grant');
  });
});
