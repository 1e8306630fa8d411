/** DPoP (RFC 9449) at resources: those of this server, and the guard that others use. */

import { type GuardOptions, protect } from '@postern/resource-server';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetIssuers } from '../../packages/resource-server/src/issuer.ts';
import {
  errorOf,
  ISSUER,
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  postToken,
  redemption,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { Prover } from '../support/dpop.ts';
import { PRETEND_ISSUER, type PretendIssuer, pretendIssuer } from '../support/pretend-issuer.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';

let server: Server;
let client: TestClient;
let key: Prover;
let tokens: Tokens;

/** A token of the administrator's, bound to the key. */
async function boundTokens(): Promise<Tokens> {
  const response = await key.token(server, client, redemption(await obtainCode(server, client)));
  return (await response.json()) as Tokens;
}

const challengeOf = (response: Response) => response.headers.get('www-authenticate') ?? '';

describe('RFC 9449 §7 protected resource access', () => {
  beforeEach(async () => {
    server = serve();
    client = await makeClient(server);
    key = await Prover.make();
    tokens = await boundTokens();
  });

  const send = (headers: Record<string, string>, path = '/userinfo') => server.fetch(path, { headers });

  it('a bound token with a proof of its key opens the resource, by GET and POST', async () => {
    for (const [path, method] of [
      ['/userinfo', 'GET'],
      ['/userinfo', 'POST'],
      ['/api/me', 'GET'],
    ] as const) {
      const response = await key.open(server, path, tokens.access_token, method);
      expect([path, method, response.status]).toEqual([path, method, 200]);
    }
  });

  it('§7.2 a bound token MUST NOT be accepted as a bearer token', async () => {
    const dpop = await key.prove('GET', '/userinfo', tokens.access_token);
    for (const headers of [{}, { dpop }] as Record<string, string>[]) {
      const response = await send({ ...headers, authorization: `Bearer ${tokens.access_token}` });
      expect([response.status, await errorOf(response)]).toEqual([401, 'invalid_token']);
      expect(challengeOf(response)).toMatch(/^Bearer .*error="invalid_token".*, DPoP algs="ES256/);
    }
  });

  it('§7.1 a bearer token is not accepted by the DPoP scheme', async () => {
    const plain = await obtainTokens(server, client);
    const response = await key.open(server, '/userinfo', plain.access_token);
    expect([response.status, await errorOf(response)]).toEqual([401, 'invalid_token']);
    expect((await me(server, plain.access_token)).status).toBe(200);
  });

  it('§7.1 without credentials both schemes are named, with the algorithms, and no error', async () => {
    const challenge = challengeOf(await send({}));
    expect(challenge).toMatch(/^Bearer realm=.*, DPoP algs="ES256 Ed25519 EdDSA PS256 RS256"/);
    expect(challenge).not.toContain('error=');
  });

  it('§7.1 a proof that is missing or wrong: 401, and the DPoP challenge says why', async () => {
    const token = tokens.access_token;
    const another = await Prover.make();
    another.nonce = key.nonce;
    const wrong: [string, Record<string, string>, string][] = [
      ['none', {}, 'invalid_dpop_proof'],
      ['no JWT', { dpop: 'x' }, 'invalid_dpop_proof'],
      ['of another key', { dpop: await another.prove('GET', '/userinfo', token) }, 'invalid_token'],
      ['of another method', { dpop: await key.prove('POST', '/userinfo', token) }, 'invalid_dpop_proof'],
      ['of another address', { dpop: await key.prove('GET', '/api/me', token) }, 'invalid_dpop_proof'],
      ['without ath', { dpop: await key.prove('GET', '/userinfo') }, 'invalid_dpop_proof'],
      ['of another token', { dpop: await key.prove('GET', '/userinfo', `${token}x`) }, 'invalid_dpop_proof'],
      [
        'an old one',
        { dpop: await key.prove('GET', '/userinfo', token, { claims: { iat: 1 } }) },
        'invalid_dpop_proof',
      ],
      [
        'with a stale nonce',
        { dpop: await key.prove('GET', '/userinfo', token, { claims: { nonce: 'old' } }) },
        'use_dpop_nonce',
      ],
      [
        'without a nonce',
        { dpop: await key.prove('GET', '/userinfo', token, { claims: { nonce: undefined } }) },
        'use_dpop_nonce',
      ],
    ];
    for (const [what, headers, error] of wrong) {
      const response = await send({ authorization: `DPoP ${token}`, ...headers });
      expect([what, response.status, await errorOf(response)]).toEqual([what, 401, error]);
      const saysWhy = new RegExp(`^DPoP realm="[^"]*", error="${error}".*resource_metadata="[^"]*", Bearer$`);
      expect([what, challengeOf(response)]).toEqual([what, expect.stringMatching(saysWhy)]);
    }
  });

  it('§9 the resource hands out a nonce with each answer to a proof', async () => {
    const response = await key.open(server, '/userinfo', tokens.access_token);
    expect(response.headers.get('dpop-nonce')).toBe(key.nonce);
    const refused = await send({ authorization: `DPoP ${tokens.access_token}`, dpop: 'x' });
    expect(refused.headers.get('dpop-nonce')).toBe(key.nonce);
  });

  it('malformed headers are refused clearly', async () => {
    for (const authorization of [
      'DPoP',
      'DPoP ',
      'DPoP a b',
      `DPoP ${tokens.access_token}, DPoP x`,
      `DPoP ${'a'.repeat(20_000)}`,
      'DPoP ..',
    ]) {
      const response = await send({ authorization, dpop: await key.prove('GET', '/userinfo', 'x') });
      expect([authorization.slice(0, 12), [400, 401].includes(response.status)]).toEqual([
        authorization.slice(0, 12),
        true,
      ]);
    }
  });

  it('a token that was revoked is refused, with a valid proof too', async () => {
    await postToken(server, client, { token: tokens.refresh_token });
    await server.fetch('/revoke', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id: client.client_id, token: tokens.refresh_token }).toString(),
    });
    const response = await key.open(server, '/userinfo', tokens.access_token);
    expect([response.status, await errorOf(response)]).toEqual([401, 'invalid_token']);
  });

  it('by the setting a proof is good once here, too: fifty at once, and one comes in', async () => {
    await setSetting(server, 'dpop_proofs_once', true);
    const headers = async () => ({
      authorization: `DPoP ${tokens.access_token}`,
      dpop: await key.prove('GET', '/api/me', tokens.access_token),
    });
    const one = await headers();
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(one, '/api/me')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const errors = await Promise.all(answers.filter(({ status }) => status === 401).map(errorOf));
    expect([errors.length, new Set(errors)]).toEqual([49, new Set(['invalid_dpop_proof'])]);
    expect((await send(await headers(), '/api/me')).status).toBe(200);
  });

  it('a resource of this server that wants all its tokens bound refuses others, however they were made', async () => {
    const plain = await obtainTokens(server, client, { resource: `${ISSUER}/api` });
    expect((await me(server, plain.access_token)).status).toBe(200);
    await administer(server, 'PUT', `/resources/${encodeURIComponent(`${ISSUER}/api`)}`, {
      name: 'The APIs',
      dpop_required: true,
      scopes: [{ name: 'profile', description: 'See your name' }],
    });
    expect(await errorOf(await me(server, plain.access_token))).toBe('invalid_token');
    const code = await obtainCode(server, client, { resource: `${ISSUER}/api` });
    const bound = (await (await key.token(server, client, redemption(code))).json()) as Tokens;
    expect((await key.open(server, '/api/me', bound.access_token)).status).toBe(200);
  });
});

describe('RFC 9728 §2 the resource says what it takes', () => {
  beforeEach(() => {
    server = serve();
  });

  const documentOf = async (path: string) =>
    (await (await server.fetch(`/.well-known/oauth-protected-resource${path}`)).json()) as Record<string, unknown>;

  it('dpop_signing_alg_values_supported, and dpop_bound_access_tokens_required where it is', async () => {
    const document = await documentOf('/api/me');
    expect(document.dpop_signing_alg_values_supported).toContain('ES256');
    expect(document).not.toHaveProperty('dpop_bound_access_tokens_required');
    const elsewhere = 'https://api.example/files';
    const put = (description: object) =>
      administer(server, 'PUT', `/resources/${encodeURIComponent(elsewhere)}`, description);
    await put({ name: 'Files' });
    expect(await documentOf(`?resource=${elsewhere}`)).not.toHaveProperty('dpop_signing_alg_values_supported');
    await put({ name: 'Files', dpop_required: true });
    expect(await documentOf(`?resource=${elsewhere}`)).toMatchObject({ dpop_bound_access_tokens_required: true });
  });
});

describe('the guard that others use', () => {
  const RESOURCE = 'https://notes.example/mcp';
  const notes: GuardOptions = { issuer: PRETEND_ISSUER, resource: RESOURCE, scopes: ['notes.read'] };
  let issuer: PretendIssuer;
  let token: string;

  beforeEach(async () => {
    forgetIssuers();
    issuer = await pretendIssuer(RESOURCE);
    key = await Prover.make();
    token = await issuer.token({ cnf: { jkt: key.thumbprint } });
  });

  async function call(options: GuardOptions, claims: Record<string, unknown> = {}, url = RESOURCE): Promise<Response> {
    const handler = protect(options, (_request, principal) => Response.json(principal));
    const dpop = await key.prove('GET', '', token, { claims: { htu: RESOURCE, ...claims } });
    return handler(new Request(url, { headers: { authorization: `DPoP ${token}`, dpop } }), undefined, undefined);
  }

  it('a bound token needs a proof of its key; the handler learns which key', async () => {
    const response = await call(notes);
    expect([response.status, await response.json()]).toMatchObject([200, { confirmation: key.thumbprint }]);
    const bearer = protect(notes, () => new Response());
    const refused = await bearer(
      new Request(RESOURCE, { headers: { authorization: `Bearer ${token}` } }),
      undefined,
      undefined,
    );
    expect([refused.status, challengeOf(refused)]).toMatchObject([
      401,
      expect.stringMatching(/^Bearer error="invalid_token"/),
    ]);
    token = await issuer.token({ cnf: { jkt: (await Prover.make()).thumbprint } });
    expect((await call(notes)).status).toBe(401);
  });

  it('the query of the address does not count, and a proxy may have changed its origin', async () => {
    expect((await call(notes, {}, `${RESOURCE}?page=2`)).status).toBe(200);
    expect((await call(notes, {}, 'http://inside.example/mcp')).status).toBe(401);
    const behind = { ...notes, dpop: { origin: 'https://notes.example' } };
    expect((await call(behind, {}, 'http://inside.example/mcp')).status).toBe(200);
  });

  it('where only bound tokens are accepted, the challenge and the document say so', async () => {
    const only = { ...notes, dpop: { required: true } };
    const plain = await issuer.token();
    const guarded = protect(only, () => new Response());
    const get = (url: string, headers = {}) => guarded(new Request(url, { headers }), undefined, undefined);
    const refused = await get(RESOURCE, { authorization: `Bearer ${plain}` });
    expect([refused.status, challengeOf(refused).slice(0, 5)]).toEqual([401, 'DPoP ']);
    const document = await get('https://notes.example/.well-known/oauth-protected-resource/mcp');
    expect(await document.json()).toMatchObject({ dpop_bound_access_tokens_required: true });
    expect((await call(only)).status).toBe(200);
  });

  it('with a secret for nonces, each proof carries one, and it expires after ten minutes', async () => {
    const strict = { ...notes, dpop: { nonceSecret: 'a secret of at least 32 characters' } };
    const first = await call(strict);
    expect([first.status, challengeOf(first)]).toMatchObject([401, expect.stringContaining('error="use_dpop_nonce"')]);
    const nonce = first.headers.get('dpop-nonce') ?? '';
    expect(nonce).toMatch(/^[0-9a-f]{32}$/);
    expect((await call(strict, { nonce })).status).toBe(200);
    expect(
      (await call({ ...strict, dpop: { nonceSecret: 'another secret of 32 characters!' } }, { nonce })).status,
    ).toBe(401);
    vi.useFakeTimers({ now: Date.now() + 601_000, toFake: ['Date'] });
    token = await issuer.token({ cnf: { jkt: key.thumbprint } });
    const late = await call(strict, { nonce });
    expect([late.status, challengeOf(late)]).toMatchObject([401, expect.stringContaining('error="use_dpop_nonce"')]);
  });

  it('who remembers proofs can refuse the second', async () => {
    const seen = new Map<string, number>();
    const isReplay = (name: string, until: number) => seen.size < seen.set(name, until).size === false;
    const once = { ...notes, dpop: { isReplay } };
    const jti = 'the same';
    expect((await call(once, { jti })).status).toBe(200);
    const again = await call(once, { jti });
    expect([again.status, challengeOf(again)]).toMatchObject([
      401,
      expect.stringContaining('error="invalid_dpop_proof"'),
    ]);
    expect([...seen.values()].every((until) => until > Date.now())).toBe(true);
  });

  it('a secret that is too short is no secret', async () => {
    await expect(call({ ...notes, dpop: { nonceSecret: 'short' } })).rejects.toThrow(TypeError);
  });
});

describe('a shard elsewhere', () => {
  it('knows the nonce, and the proof that came before', async () => {
    server = serve(bindings(['SHARD_WEUR']));
    await setSetting(server, 'dpop_proofs_once', true);
    client = await makeClient(server);
    key = await Prover.make();
    tokens = await boundTokens();
    const dpop = await key.prove('GET', '/userinfo', tokens.access_token);
    const asia = serve(bindings(['SHARD_WEUR']), 'AS');
    const headers = { authorization: `DPoP ${tokens.access_token}`, dpop };
    expect((await asia.fetch('/userinfo', { headers })).status).toBe(200);
    expect((await server.fetch('/userinfo', { headers })).status).toBe(401);
  });
});
