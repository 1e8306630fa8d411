/** RFC 7523 §2.2: a client that authenticates by a JWT of another issuer, as workloads and CI jobs do. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf, makeClient, payloadOf, type TestClient } from '../support/client.ts';
import {
  workloadClaims as claims,
  type Hostile,
  hostileAssertions,
  PLATFORM,
  SUBJECT,
  workload,
} from '../support/hostile-assertions.ts';
import { ASSERTION_TYPE, assertionClaims, makeKey, type TestKey } from '../support/keys.ts';
import { json, pretendWeb } from '../support/pretend-web.ts';
import { administer, ISSUER, type Server, serve } from '../support/server.ts';

let server: Server;
let key: TestKey;
let client: TestClient;

const makeWorkload = (standing: Record<string, unknown> = { workload }, metadata: Record<string, unknown> = {}) =>
  makeClient(
    server,
    {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key.publicJwk] },
      ...metadata,
    },
    standing,
  );

let callers = 0;

/** Each request is from another network: failures of one are limited. */
const send = (body: Record<string, string>, path = '/token') =>
  server.fetch(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'cf-connecting-ip': `203.0.${++callers >> 8}.${callers & 255}`,
    },
    body: new URLSearchParams(body).toString(),
  });

const authenticate = (client_assertion: string, body: Record<string, string> = {}, path?: string) =>
  send(
    {
      grant_type: 'client_credentials',
      client_id: client.client_id,
      client_assertion_type: ASSERTION_TYPE,
      client_assertion,
      ...body,
    },
    path,
  );

beforeEach(async () => {
  server = serve();
  key = await makeKey('RS256');
  client = await makeWorkload();
});

describe('RFC 7523 §2.2 a JWT of another issuer authenticates the client that an administrator named', () => {
  it('the token is of the client, which has no secret and no key of its own', async () => {
    const response = await authenticate(await key.sign(claims()));
    const { access_token } = (await response.json()) as { access_token: string };
    expect(payloadOf(access_token)).toMatchObject({ sub: client.client_id, client_id: client.client_id });
  });

  it('a platform hands the same JWT to a workload until it expires: it is accepted again', async () => {
    const assertion = await key.sign(claims({ jti: undefined }), { typ: undefined, kid: undefined });
    expect((await authenticate(assertion)).status).toBe(200);
    expect((await authenticate(assertion)).status).toBe(200);
  });

  it('it authenticates at every endpoint of clients, and may act as the user that an administrator named', async () => {
    const email = 'ada@example.com';
    await administer(server, 'POST', '/users', { email, name: 'Ada' });
    client = await makeWorkload({ workload, acts_as: email });
    const assertion = await key.sign(claims({ aud: `${ISSUER}/token` }));
    const { access_token } = (await (await authenticate(assertion, { scope: 'openid' })).json()) as {
      access_token: string;
    };
    expect(payloadOf(access_token).sub).toMatch(/^u_/);
    const introspected = await authenticate(assertion, { token: access_token }, '/introspect');
    expect(await introspected.json()).toMatchObject({ active: true, client_id: client.client_id });
  });

  it('the keys of the issuer are fetched from its jwks_uri, and again for an unknown key', async () => {
    const uri = `${PLATFORM}/.well-known/jwks`;
    let keys = [key.publicJwk];
    const web = pretendWeb({ [uri]: () => json({ keys }) });
    client = await makeWorkload({ workload }, { jwks: undefined, jwks_uri: uri });
    expect((await authenticate(await key.sign(claims()))).status).toBe(200);
    const next = await makeKey('RS256', 'k2');
    keys = [next.publicJwk];
    vi.useFakeTimers({ now: Date.now() + 600_000, toFake: ['Date'] });
    expect((await authenticate(await next.sign(claims()))).status).toBe(200);
    expect((await authenticate(await key.sign(claims()))).status).toBe(401);
    expect(new Set(web.visits)).toEqual(new Set([uri]));
  });

  it('an audience that an administrator named is the only one', async () => {
    client = await makeWorkload({ workload: { ...workload, audience: 'postern-ci' } });
    expect((await authenticate(await key.sign(claims({ aud: 'postern-ci' })))).status).toBe(200);
    expect((await authenticate(await key.sign(claims()))).status).toBe(401);
    expect((await authenticate(await key.sign(claims({ aud: ['postern-ci', ISSUER] })))).status).toBe(401);
  });

  it('a star accepts one part, two at the end any text', async () => {
    client = await makeWorkload({ workload: { issuer: PLATFORM, subjects: ['repo:acme/app:ref:refs/heads/*'] } });
    const use = async (sub: string) => (await authenticate(await key.sign(claims({ sub })))).status;
    expect(await use('repo:acme/app:ref:refs/heads/next')).toBe(200);
    expect(await use('repo:acme/app:ref:refs/heads/fix/next')).toBe(401);
    expect(await use('repo:acme/app:pull_request')).toBe(401);
  });

  it('a change of the workload identity counts at once, and without one the client signs itself', async () => {
    const assertion = await key.sign(claims());
    await administer(server, 'PATCH', `/clients/${client.client_id}`, {
      workload: { issuer: PLATFORM, subjects: ['repo:acme/other:**'] },
    });
    expect((await authenticate(assertion)).status).toBe(401);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { workload: null });
    expect((await authenticate(assertion)).status).toBe(401);
    expect((await authenticate(await key.sign(assertionClaims(client.client_id)))).status).toBe(200);
  });

  it('one that was changed a moment ago, in another isolate, is not refused from what is held here', async () => {
    expect((await authenticate(await key.sign(claims()))).status).toBe(200);
    await server.env.DB.prepare('UPDATE clients SET workload = ? WHERE id = ?')
      .bind(JSON.stringify({ issuer: PLATFORM, subjects: ['repo:acme/next:**'] }), client.client_id)
      .run();
    expect((await authenticate(await key.sign(claims({ sub: 'repo:acme/next:x' })))).status).toBe(200);
  });

  it('a disabled client is refused', async () => {
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: true });
    expect(await errorOf(await authenticate(await key.sign(claims())))).toBe('unauthorized_client');
  });

  it('an administrator cannot name this server, a pattern for all, or another authentication method', async () => {
    const refusal = async (one: unknown, method = 'private_key_jwt') => {
      const response = await server.admin('POST', '/clients', {
        metadata: {
          grant_types: ['client_credentials'],
          redirect_uris: [],
          token_endpoint_auth_method: method,
          ...(method === 'private_key_jwt' && { jwks: { keys: [key.publicJwk] } }),
        },
        workload: one,
      });
      return [response.status, await errorOf(response)];
    };
    expect(await refusal({ ...workload, issuer: 'http://localhost:8787' })).toEqual([400, 'invalid_request']);
    expect((await refusal({ ...workload, subjects: ['*'] }))[0]).toBe(400);
    expect((await refusal({ ...workload, subjects: [] }))[0]).toBe(400);
    expect((await refusal({ ...workload, subject: SUBJECT }))[0]).toBe(400);
    expect((await refusal(workload, 'client_secret_basic'))[0]).toBe(400);
  });
});

const ofThisEndpoint = (): Hostile[] => [
  ['for an authorization grant', () => key.sign(claims(), { typ: 'authorization-grant+jwt' })],
  ['that is bound to a key', () => key.sign(claims({ cnf: { jkt: 'x' } }))],
  ['that the client made of itself, as if it had a key', () => key.sign(assertionClaims(client.client_id))],
  ['without client_id', () => key.sign(claims()), { client_id: '' }],
  ['for a client that does not exist', () => key.sign(claims()), { client_id: 'c_unknown' }],
  ['beside a secret', () => key.sign(claims()), { client_secret: 'x' }],
  [
    'of another type',
    () => key.sign(claims()),
    { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
  ],
  ['of no type', () => key.sign(claims()), { client_assertion_type: '' }],
];

describe('hostile assertions', () => {
  it('of more than a hundred none is accepted, and none fails the server', async () => {
    const others = [
      await makeWorkload({ workload: { ...workload, subjects: ['repo:acme/other:**'] } }),
      await makeWorkload({}),
      await makeClient(server, {
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['client_credentials'],
      }),
      await makeClient(server, {}),
    ];
    const ofOthers = others.map(
      ({ client_id }): Hostile => [`for the client ${client_id}`, () => key.sign(claims()), { client_id }],
    );
    const hostile = [...hostileAssertions({ key, claims }), ...ofThisEndpoint(), ...ofOthers];
    const accepted: string[] = [];
    for (const [name, make, body] of hostile) {
      const { status } = await authenticate(await make(), body);
      if (status !== 401 && status !== 400) accepted.push(`${status} ${name}`);
    }
    expect(accepted).toEqual([]);
    expect(hostile.length).toBeGreaterThanOrEqual(100);
    expect((await authenticate(await key.sign(claims()))).status).toBe(200);
  });

  it('the refusal names the claim, and no value that is accepted', async () => {
    const response = await authenticate(await key.sign(claims({ sub: 'repo:evil/app' })));
    const { error_description: text } = (await response.json()) as { error_description: string };
    expect(text).toBe('the client assertion is not valid: its sub is not accepted for this client.');
  });
});
