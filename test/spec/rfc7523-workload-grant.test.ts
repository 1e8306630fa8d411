/** RFC 7523 §2.1: a JWT of a workload's platform as the grant of a client, which acts as itself. */
import { beforeEach, describe, expect, it } from 'vitest';
import { errorOf, makeClient, payloadOf, type TestClient } from '../support/client.ts';
import { Prover } from '../support/dpop.ts';
import {
  workloadClaims as claims,
  type Hostile,
  hostileAssertions,
  PLATFORM,
  workload,
} from '../support/hostile-assertions.ts';
import { assertionClaims, makeKey, type TestKey } from '../support/keys.ts';
import { administer, ISSUER, type Server, serve, setSetting } from '../support/server.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const FILES = 'https://files.acme.com';

let server: Server;
let key: TestKey;
let client: TestClient;

const makeWorkload = (standing: Record<string, unknown> = { workload }, metadata: Record<string, unknown> = {}) =>
  makeClient(
    server,
    {
      grant_types: [GRANT],
      redirect_uris: [],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key.publicJwk] },
      scope: 'reports other',
      ...metadata,
    },
    standing,
  );

let callers = 0;

/** Each request is from another network: failures of one are limited. */
const send = (body: Record<string, string>, headers: Record<string, string> = {}, path = '/token') =>
  server.fetch(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'cf-connecting-ip': `203.0.${++callers >> 8}.${callers & 255}`,
      ...headers,
    },
    body: new URLSearchParams(body).toString(),
  });

const present = (assertion: string, body: Record<string, string> = {}, headers?: Record<string, string>) =>
  send({ grant_type: GRANT, assertion, client_id: client.client_id, ...body }, headers);

/** Without client_id, as the MCP extension for workload identity federation and the Workload Authorization Grant send it. */
const presentAlone = (assertion: string, body: Record<string, string> = {}) =>
  send({ grant_type: GRANT, assertion, ...body });

type Answer = Record<string, string> & { expires_in: number };
const answerOf = async (response: Response) => (await response.json()) as Answer;
const descriptionOf = async (response: Response) => (await answerOf(response)).error_description;

beforeEach(async () => {
  server = serve();
  key = await makeKey('RS256');
  await setSetting(server, 'scopes_supported', 'reports Reports\nother Other');
  client = await makeWorkload();
});

describe('RFC 7523 §2.1 a JWT of a workload as a grant', () => {
  it('the token is of the client itself: no refresh token, no id_token, no scope that needs a user', async () => {
    client = await makeWorkload({ workload }, { scope: 'openid email offline_access reports' });
    const response = await present(await key.sign(claims()), { scope: 'openid email offline_access reports' });
    const answer = await answerOf(response);
    expect([response.status, answer.scope, answer.token_type]).toEqual([200, 'reports', 'Bearer']);
    expect(answer).not.toHaveProperty('refresh_token');
    expect(answer).not.toHaveProperty('id_token');
    const { client_id } = client;
    expect(payloadOf(answer.access_token ?? '')).toMatchObject({ sub: client_id, client_id, aud: ISSUER });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('without client_id the client is the one whose rules accept iss and sub', async () => {
    await makeWorkload({ workload: { ...workload, subjects: ['repo:acme/other:**'] } });
    await makeWorkload({ workload: { ...workload, issuer: 'https://other.example' } });
    const { access_token = '' } = await answerOf(await presentAlone(await key.sign(claims())));
    expect(payloadOf(access_token).sub).toBe(client.client_id);
  });

  it('WAG §6.1 an assertion matches at most one client: where several accept it, client_id is needed', async () => {
    const second = await makeWorkload({ workload: { ...workload, subjects: ['repo:acme/app:**'] } });
    const assertion = await key.sign(claims());
    expect(await errorOf(await presentAlone(assertion))).toBe('invalid_grant');
    for (const { client_id } of [client, second]) {
      const { access_token = '' } = await answerOf(await present(assertion, { client_id }));
      expect(payloadOf(access_token).sub).toBe(client_id);
    }
    // A client of another grant is no rival.
    await administer(server, 'PATCH', `/clients/${second.client_id}`, {
      metadata: { grant_types: ['client_credentials'] },
    });
    expect((await presentAlone(assertion)).status).toBe(200);
  });

  it('a platform hands the same JWT to a workload until it expires: it is accepted again', async () => {
    const assertion = await key.sign(claims());
    expect((await present(assertion)).status).toBe(200);
    expect((await presentAlone(assertion)).status).toBe(200);
  });

  it('aud is the issuer, the token endpoint or both, or the only audience that an administrator named', async () => {
    const use = async (aud: unknown) => (await present(await key.sign(claims({ aud })))).status;
    expect([await use(ISSUER), await use(`${ISSUER}/token`)]).toEqual([200, 200]);
    expect([await use([ISSUER, `${ISSUER}/token`]), await use(`${ISSUER}/par`)]).toEqual([200, 400]);
    client = await makeWorkload({ workload: { ...workload, audience: 'postern-ci' } });
    expect([await use('postern-ci'), await use(ISSUER)]).toEqual([200, 400]);
  });

  it('typ may say that it is an authorization grant (RFC 8725 §3.11)', async () => {
    expect((await present(await key.sign(claims(), { typ: 'authorization-grant+jwt' }))).status).toBe(200);
    expect((await present(await key.sign(claims(), { typ: 'JWT' }))).status).toBe(200);
  });

  it('RFC 8707 the resource is the requested one, and has its own scopes', async () => {
    await administer(server, 'PUT', `/resources/${encodeURIComponent(FILES)}`, {
      name: 'Files',
      scopes: [{ name: 'files.read', description: 'Read' }],
    });
    client = await makeWorkload({ workload }, { scope: 'files.read reports' });
    const { access_token = '', scope } = await answerOf(await present(await key.sign(claims()), { resource: FILES }));
    expect([payloadOf(access_token).aud, scope]).toEqual([FILES, 'files.read']);
    const unknown = await present(await key.sign(claims()), { resource: 'https://unknown.example' });
    expect(await errorOf(unknown)).toBe('invalid_target');
  });

  it('WAG §5.1 a scope that the platform asserts is a bound, and the requested one where the request has none', async () => {
    const use = async (asserted: unknown, scope?: string) => {
      const response = await present(await key.sign(claims({ scope: asserted })), scope === undefined ? {} : { scope });
      return (await errorOf(response.clone())) ?? (await answerOf(response)).scope;
    };
    expect(await use(undefined)).toBe('reports other');
    expect([await use('reports'), await use('reports', 'reports other')]).toEqual(['reports', 'reports']);
    expect([await use('elsewhere'), await use('reports', 'other')]).toEqual(['invalid_scope', 'invalid_scope']);
    expect(await use(['reports'])).toBe('invalid_grant');
  });

  it('RFC 7521 §4.1 the access token does not outlive the assertion by much', async () => {
    const lifetime = async (seconds: number) => {
      const exp = Math.floor(Date.now() / 1000) + seconds;
      return (await answerOf(await present(await key.sign(claims({ exp }))))).expires_in;
    };
    expect(await lifetime(60)).toBeLessThanOrEqual(360);
    expect(await lifetime(3500)).toBeGreaterThan(360);
  });

  it('RFC 7800 §3.1 an assertion that is bound to a key needs a DPoP proof of that key', async () => {
    const own = await Prover.make();
    const assertion = await key.sign(claims({ cnf: { jkt: own.thumbprint } }));
    expect(await errorOf(await present(assertion))).toBe('invalid_grant');
    const use = (by: Prover) => by.ask('POST', '/token', (headers) => present(assertion, {}, headers));
    expect(await errorOf(await use(await Prover.make()))).toBe('invalid_grant');
    const answer = await answerOf(await use(own));
    expect(answer.token_type).toBe('DPoP');
  });

  it('the metadata has the grant type, and no profile that only a user has', async () => {
    const metadata = (await (await server.fetch('/.well-known/oauth-authorization-server')).json()) as {
      grant_types_supported: string[];
    };
    expect(metadata.grant_types_supported).toContain(GRANT);
  });
});

describe('the client that an administrator set up', () => {
  it('may use the grant type, is not disabled, and is that of the assertion', async () => {
    const assertion = await key.sign(claims());
    const without = await makeWorkload({ workload }, { grant_types: ['client_credentials'] });
    expect(await errorOf(await present(assertion, { client_id: without.client_id }))).toBe('unauthorized_client');
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
    expect(await errorOf(await present(assertion))).toBe('unauthorized_client');
  });

  it('without a workload identity must authenticate, as before', async () => {
    const assertion = await key.sign(claims());
    const keyed = await makeWorkload({});
    const response = await present(assertion, { client_id: keyed.client_id });
    expect([response.status, await errorOf(response)]).toEqual([401, 'invalid_client']);
    const open = await makeClient(server, {});
    expect(await errorOf(await present(assertion, { client_id: open.client_id }))).toBe('unauthorized_client');
  });

  it('that was changed a moment ago, in another isolate, is not refused from what is held here', async () => {
    const next = 'repo:acme/next:x';
    expect((await presentAlone(await key.sign(claims()))).status).toBe(200);
    await server.env.DB.prepare('UPDATE clients SET workload = ? WHERE id = ?')
      .bind(JSON.stringify({ issuer: PLATFORM, subjects: [next] }), client.client_id)
      .run();
    expect((await presentAlone(await key.sign(claims({ sub: next })))).status).toBe(200);
    expect((await present(await key.sign(claims({ sub: next })))).status).toBe(200);
  });

  it('is found by its issuer in an index, however many clients there are', async () => {
    const { results } = await server.env.DB.prepare(
      "EXPLAIN QUERY PLAN SELECT id FROM clients WHERE workload IS NOT NULL AND workload ->> '$.issuer' = ?",
    )
      .bind(PLATFORM)
      .all<{ detail: string }>();
    expect(results.map(({ detail }) => detail).join()).toContain('USING INDEX clients_by_workload');
  });

  it('acts as the user that an administrator named, as with client credentials', async () => {
    await administer(server, 'POST', '/users', { email: 'ada@example.com', name: 'Ada' });
    client = await makeWorkload(
      { workload, acts_as: 'ada@example.com' },
      { grant_types: [GRANT, 'client_credentials'] },
    );
    const { access_token = '' } = await answerOf(await present(await key.sign(claims())));
    expect(payloadOf(access_token).sub).toMatch(/^u_/);
  });
});

describe('RFC 9068 an access token of another server as the grant', () => {
  const AT = { typ: 'at+jwt' };
  const OWN = 'c_there';
  /** A token of client credentials of the other server, for this one. */
  const token = (changes: Record<string, unknown> = {}) =>
    assertionClaims(OWN, { iss: PLATFORM, client_id: OWN, scope: 'reports', ...changes });
  const use = async (changes: Record<string, unknown>) => errorOf(await present(await key.sign(token(changes), AT)));

  beforeEach(async () => {
    client = await makeWorkload({ workload: { issuer: PLATFORM, subjects: [OWN, 'u_ada'] } });
  });

  it('is accepted where this server alone is its audience, and it is of its client itself', async () => {
    const answer = await answerOf(await presentAlone(await key.sign(token(), AT)));
    expect([payloadOf(answer.access_token ?? '').sub, answer.scope]).toEqual([client.client_id, 'reports']);
  });

  it('is refused for every other audience: a resource server that got it could present it here', async () => {
    for (const aud of [FILES, `${ISSUER}/mcp`, [ISSUER, FILES], [ISSUER, PLATFORM], `${ISSUER}/userinfo`])
      expect(await use({ aud })).toBe('invalid_grant');
  });

  it('is refused for an audience that an administrator named, which may be that of an API', async () => {
    client = await makeWorkload({ workload: { issuer: PLATFORM, subjects: [OWN], audience: FILES } });
    expect(await use({ aud: FILES })).toBe('invalid_grant');
    expect(await use({ aud: ISSUER })).toBe('invalid_grant');
  });

  it('is refused where it is of a user, or of a client that acts for one', async () => {
    expect(await use({ sub: 'u_ada' })).toBe('invalid_grant');
    expect(await use({ client_id: undefined })).toBe('invalid_grant');
    expect(await use({ act: { sub: 'c_other' } })).toBe('invalid_grant');
    expect(await use({ may_act: { sub: 'c_other' } })).toBe(undefined);
  });

  it('is no client assertion', async () => {
    const response = await send({
      grant_type: GRANT,
      client_id: client.client_id,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await key.sign(token(), AT),
      assertion: await key.sign(token(), AT),
    });
    expect([response.status, await errorOf(response)]).toEqual([401, 'invalid_client']);
  });
});

describe('hostile assertions', () => {
  const ofThisEndpoint = (): Hostile[] => [
    ['for client authentication', () => key.sign(claims(), { typ: 'client-authentication+jwt' })],
    ['that the client made of itself', () => key.sign(assertionClaims(client.client_id))],
    ['for a client that does not exist', () => key.sign(claims()), { client_id: 'c_unknown' }],
    ['that is bound to nothing', () => key.sign(claims({ cnf: null }))],
    ['that is bound to a key', () => key.sign(claims({ cnf: { jkt: 'x' } }))],
    ['with a scope that is no text', () => key.sign(claims({ scope: 7 }))],
    ['beside a secret', () => key.sign(claims()), { client_secret: 'x' }],
    ['beside an assertion of no type', () => key.sign(claims()), { client_assertion: 'x' }],
  ];

  it('of more than a hundred none is accepted, with client_id or without, and none fails the server', async () => {
    const others = [
      await makeWorkload({ workload: { ...workload, subjects: ['repo:acme/other:**'] } }),
      await makeWorkload({}),
      await makeClient(server, {}),
    ];
    const ofOthers = others.map(
      ({ client_id }): Hostile => [`for the client ${client_id}`, () => key.sign(claims()), { client_id }],
    );
    const hostile = [...hostileAssertions({ key, claims }), ...ofThisEndpoint(), ...ofOthers];
    const accepted: string[] = [];
    for (const [name, make, body] of hostile) {
      const assertion = await make();
      for (const send of body ? [present] : [present, presentAlone]) {
        const { status } = await send(assertion, body);
        if (status !== 400 && status !== 401) accepted.push(`${status} ${send.name} ${name}`);
      }
    }
    expect(accepted).toEqual([]);
    expect(hostile.length).toBeGreaterThanOrEqual(100);
    expect((await present(await key.sign(claims()))).status).toBe(200);
  });

  it('without client_id the refusal does not tell which subjects have a client', async () => {
    const forged = await makeKey('RS256');
    const known = await descriptionOf(await presentAlone(await forged.sign(claims())));
    expect(known).toBe(await descriptionOf(await presentAlone(await forged.sign(claims({ sub: 'repo:evil/app' })))));
    expect(known).toBe(
      await descriptionOf(await presentAlone(await key.sign(claims({ iss: 'https://evil.example' })))),
    );
    expect(known).toMatch(/client_id/);
    expect(await descriptionOf(await present(await key.sign(claims({ sub: 'repo:evil/app' }))))).toBe(
      'the assertion is not valid: its sub is not accepted for this client.',
    );
  });

  it('a grant authenticates at the token endpoint alone', async () => {
    const body = { grant_type: GRANT, assertion: await key.sign(claims()), client_id: client.client_id, token: 'x' };
    for (const path of ['/introspect', '/revoke']) expect((await send(body, {}, path)).status).toBe(401);
  });

  it('failures of one network are limited', async () => {
    const from = { 'cf-connecting-ip': '198.51.100.7' };
    const statuses: number[] = [];
    for (let tries = 0; tries < 110 && !statuses.includes(429); tries++)
      statuses.push((await present('nonsense', {}, from)).status);
    expect(statuses.at(-1)).toBe(429);
  });
});
