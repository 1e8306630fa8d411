/** Connected apps: DPoP-bound access tokens of another authorization server, with this server as the client (RFC 9449). */
import { calculateJwkThumbprint, decodeJwt, EmbeddedJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import { makeClient, obtainTokens } from '../support/client.ts';
import { entrance } from '../support/entrance.ts';
import {
  CLIENT,
  comeBack,
  connectApp,
  connectUser,
  type FarEnd,
  farEnd,
  idToken,
  press,
  refusal,
  signedIn,
  tokens,
} from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { Recorder, wrapStores } from '../support/recorder.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve } from '../support/server.ts';
import { text, type User } from '../support/user.ts';

const ALGORITHMS = { dpop_signing_alg_values_supported: ['ES256', 'PS256'] };
/** Binding is the default where raw tokens are never handed out: a client could not use a bound one. */
const KEPT = { raw_tokens: 'nobody' };

let recorder: Recorder;
let server: Server;
let far: FarEnd;
let user: User;
let userId: string;

/** A server that binds every token that it is asked for with a proof. */
beforeEach(async () => {
  recorder = new Recorder();
  server = serve(wrapStores(bindings(), recorder.act));
  await useFarEnd(ALGORITHMS);
  user = await signedIn(server);
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${ADMINISTRATOR.email}`);
  userId = users[0]?.id ?? '';
});

async function useFarEnd(metadata: Record<string, unknown>): Promise<void> {
  far = await farEnd(metadata);
  const type = ({ headers }: { headers: Headers }) => (headers.has('dpop') ? 'DPoP' : 'Bearer');
  far.grants.authorization_code = async (request) =>
    tokens({ token_type: type(request), id_token: await idToken(far) });
  far.grants.refresh_token = (request) =>
    tokens({ token_type: type(request), access_token: 'at-2', refresh_token: 'rt-2' });
  far.grants.client_credentials = (request) => tokens({ token_type: type(request), access_token: 'own' });
}

type Proof = { claims: JWTPayload; thumbprint: string };

/** The proof of a request, verified by the key that it carries. */
async function proofOf({ headers }: { headers: Headers }): Promise<Proof> {
  const { payload, protectedHeader } = await jwtVerify(headers.get('dpop') ?? '', EmbeddedJWK, { typ: 'dpop+jwt' });
  expect([protectedHeader.alg, Object.keys(protectedHeader.jwk ?? {}).sort()]).toEqual([
    'ES256',
    ['crv', 'kty', 'x', 'y'],
  ]);
  return { claims: payload, thumbprint: await calculateJwkThumbprint(protectedHeader.jwk as JWK) };
}

const nonceOf = ({ headers }: { headers: Headers }) => decodeJwt(headers.get('dpop') ?? '').nonce;
const askNonce = (nonce: string) => json({ error: 'use_dpop_nonce' }, { 'dpop-nonce': nonce }, 400);

const change = (changes: Record<string, unknown>) => administer(server, 'PATCH', '/connected-apps/faraway', changes);
const requestsOf = (grant: string) => far.tokenRequests.filter(({ body }) => body.get('grant_type') === grant);
const expire = () => vi.setSystemTime(Date.now() + 3_600_000);
const take = (whose = userId) =>
  entrance(server)
    .token('faraway', whose)
    .then(
      (token) => token.access_token,
      ({ code, description }: { code: string; description: string }) => `${code}: ${description}`,
    );

/** Requests that the API receives from another Worker. */
const seen: Request[] = [];
const send = (init: RequestInit = {}, whose: Record<string, string> = { 'postern-user': userId }) =>
  entrance(server).fetch(
    new Request(`${far.issuer}/api/files?q=1`, {
      ...init,
      headers: { 'postern-app': 'faraway', ...whose, ...(init.headers as Record<string, string>) },
    }),
  );

function serveApi(answer: (request: Request) => Response = () => json({ files: 3 })): void {
  seen.length = 0;
  far.web.answers[`${far.issuer}/api/files`] = (request) => {
    seen.push(request);
    return answer(request);
  };
}

const connectIt = (more: Record<string, unknown> = {}) =>
  connectApp(server, far, { api: [`${far.issuer}/api`], ...KEPT, ...more });

describe('a proof at the token endpoint (RFC 9449 §5)', () => {
  it('comes with the code, by the key that the authorize address names (§10)', async () => {
    await connectIt();
    const sent = await press(user, far);
    const named = new URL(sent.headers.get('location') ?? '').searchParams.get('dpop_jkt');
    expect((await comeBack(user, far, sent)).status).toBe(303);
    const [request] = requestsOf('authorization_code');
    const { claims, thumbprint } = await proofOf(request as never);
    expect(claims).toMatchObject({ htm: 'POST', htu: `${far.issuer}/token`, jti: expect.any(String) });
    expect([claims.ath, claims.nonce]).toEqual([undefined, undefined]);
    expect(thumbprint).toBe(named);
  });

  it('comes with each refresh, by the same key, also after everything was sealed again', async () => {
    await connectIt();
    await connectUser(user, far);
    serveApi();
    expire();
    expect((await send()).status).toBe(200);
    const { ROOT_SECRET_1 } = server.env;
    const fresh = Buffer.alloc(32, 7).toString('base64url');
    const both = serve(bindings([], { ROOT_SECRET_1, ROOT_SECRET_2: fresh, SEAL_WITH: '2' }));
    expect(await administer(both, 'POST', '/sealing')).toMatchObject({ resealed: 2, unreadable: 0 });
    const { ROOT_SECRET_1: _, ...rest } = bindings([], { ROOT_SECRET_2: fresh, SEAL_WITH: '2' });
    server = serve(rest as never);
    expire();
    expect((await send()).status).toBe(200);
    const proofs = await Promise.all(
      [...requestsOf('authorization_code'), ...requestsOf('refresh_token')].map(proofOf),
    );
    expect(proofs).toHaveLength(3);
    expect(new Set(proofs.map(({ thumbprint }) => thumbprint)).size).toBe(1);
    expect(new Set(proofs.map(({ claims }) => claims.jti)).size).toBe(3);
  });

  it('comes with the request for the token of the app itself, by one key that is not that of a user', async () => {
    await connectIt();
    await connectUser(user, far);
    serveApi();
    expect((await send({}, {})).status).toBe(200);
    expire();
    expect((await send({}, {})).status).toBe(200);
    const own = await Promise.all(requestsOf('client_credentials').map(proofOf));
    expect(own).toHaveLength(2);
    expect(own[1]?.thumbprint).toBe(own[0]?.thumbprint);
    expect(own[0]?.thumbprint).not.toBe((await proofOf(requestsOf('authorization_code')[0] as never)).thumbprint);
  });

  it('is by another key for each user and for each connection', async () => {
    await connectIt();
    await connectUser(user, far);
    await connectUser(user, far);
    const proofs = await Promise.all(requestsOf('authorization_code').map(proofOf));
    expect(new Set(proofs.map(({ thumbprint }) => thumbprint)).size).toBe(2);
  });

  it('is kept sealed, and goes with the row', async () => {
    await connectIt();
    await connectUser(user, far);
    const dump = async () => JSON.stringify(await server.env.DB.prepare('SELECT * FROM connections').all());
    const proof = requestsOf('authorization_code')[0]?.headers.get('dpop') ?? '';
    const { jwk } = JSON.parse(atob(proof.split('.')[0]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''));
    for (const part of [jwk.x, jwk.y, '"d"', 'P-256']) expect(await dump()).not.toContain(part);
    await administer(server, 'DELETE', `/connections/faraway/${userId}`);
    expect(await dump()).not.toContain('faraway');
  });
});

describe('a nonce that the token endpoint asks for (RFC 9449 §8)', () => {
  it('is in the second try, and in whatever follows without another', async () => {
    const { authorization_code, refresh_token } = far.grants;
    let nonce = 'nonce-1';
    const demand = (grant: typeof refresh_token) => (request: { body: URLSearchParams; headers: Headers }) => {
      if (nonceOf(request) !== nonce) return askNonce(nonce);
      return grant?.(request) ?? refusal('none');
    };
    far.grants = { authorization_code: demand(authorization_code), refresh_token: demand(refresh_token) };
    await connectIt();
    expect((await connectUser(user, far)).status).toBe(303);
    expect(requestsOf('authorization_code').map(nonceOf)).toEqual([undefined, 'nonce-1']);
    serveApi();
    expire();
    await send();
    expect(requestsOf('refresh_token').map(nonceOf)).toEqual(['nonce-1']);
    nonce = 'nonce-2';
    expire();
    expect((await send()).status).toBe(200);
    expect(requestsOf('refresh_token').map(nonceOf)).toEqual(['nonce-1', 'nonce-1', 'nonce-2']);
  });

  it('again and again is a sentence, and two requests', async () => {
    far.grants.authorization_code = () => askNonce(crypto.randomUUID());
    await connectIt();
    const back = await connectUser(user, far);
    expect([back.status, text(await back.text())]).toEqual([
      400,
      expect.stringContaining('requires a new nonce each time'),
    ]);
    expect(requestsOf('authorization_code')).toHaveLength(2);
  });

  it('without end is neither kept nor sent back', async () => {
    far.grants.authorization_code = () => askNonce('x'.repeat(20_000));
    await connectIt();
    expect(text(await (await connectUser(user, far)).text())).toContain('sent a nonce that is too long');
    expect(requestsOf('authorization_code')).toHaveLength(1);
  });

  it('of a request without a proof is not asked twice', async () => {
    far.grants.authorization_code = () => askNonce('nonce-1');
    await connectIt({ dpop: 'never' });
    expect((await connectUser(user, far)).status).toBe(400);
    expect(requestsOf('authorization_code')).toHaveLength(1);
  });
});

describe('whether tokens are bound', () => {
  const isProved = async () => {
    expect((await connectUser(user, far)).status).toBe(303);
    return requestsOf('authorization_code').at(-1)?.headers.has('dpop');
  };

  for (const [metadata, said, isBound] of [
    [ALGORITHMS, { raw_tokens: 'nobody' }, true],
    [ALGORITHMS, { raw_tokens: 'users' }, false],
    [ALGORITHMS, { raw_tokens: 'nobody', dpop: 'never' }, false],
    [ALGORITHMS, { raw_tokens: 'workers', dpop: 'always' }, true],
    [{}, { raw_tokens: 'nobody', dpop: 'auto' }, false],
    [{}, { raw_tokens: 'nobody', dpop: 'always' }, true],
    [{ dpop_signing_alg_values_supported: ['RS256'] }, { raw_tokens: 'nobody' }, false],
  ] as const) {
    it(`${JSON.stringify(said)} where the metadata says ${JSON.stringify(metadata)}: ${isBound}`, async () => {
      await useFarEnd(metadata);
      expect(await connectIt(said)).toMatchObject({ dpop: 'auto', ...said });
      expect(await isProved()).toBe(isBound);
    });
  }

  it('always, where the server takes no algorithm of ours, is refused before anybody is sent there', async () => {
    await useFarEnd({ dpop_signing_alg_values_supported: ['RS256'] });
    const app = { id: 'faraway', template: 'openid', issuer: far.issuer, dpop: 'always', ...CLIENT };
    const refused = await server.admin('POST', '/connected-apps', app);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('no DPoP proofs')]);
  });

  it('follows the setting at the next renewal; a key that is in use stays until the user connects again', async () => {
    await connectIt({ dpop: 'never' });
    await connectUser(user, far);
    serveApi();
    await change({ dpop: 'auto' });
    expire();
    await send();
    expect((await proofOf(requestsOf('refresh_token')[0] as never)).claims.htm).toBe('POST');
    await change({ dpop: 'never' });
    expire();
    await send();
    expect(requestsOf('refresh_token').map(({ headers }) => headers.has('dpop'))).toEqual([true, true]);
    expect(await isProved()).toBe(false);
  });
});

describe('the token_type of the answer (RFC 9449 §5)', () => {
  it('Bearer, although there was a proof, makes the token a bearer; what follows proves the key all the same', async () => {
    far.grants.authorization_code = async () => tokens({ id_token: await idToken(far) });
    await connectIt();
    await connectUser(user, far);
    serveApi();
    await send();
    expect([seen[0]?.headers.get('authorization'), seen[0]?.headers.has('dpop')]).toEqual(['Bearer at-1', false]);
    expire();
    await send();
    // The refresh token of a public client is bound, whatever the access token is.
    const [code, refresh] = await Promise.all(
      [...requestsOf('authorization_code'), ...requestsOf('refresh_token')].map(proofOf),
    );
    expect(refresh?.thumbprint).toBe(code?.thumbprint);
    expect(seen[1]?.headers.get('authorization')).toBe('DPoP at-2');
  });

  it('DPoP, without a proof, is refused in words', async () => {
    far.grants.authorization_code = async () => tokens({ token_type: 'DPoP', id_token: await idToken(far) });
    await connectIt({ dpop: 'never' });
    const back = await connectUser(user, far);
    expect([back.status, text(await back.text())]).toEqual([
      400,
      expect.stringContaining('bound to a key (DPoP), which this server did not request'),
    ]);
    expect(await administer(server, 'GET', '/connections')).toEqual({ connections: [] });
  });
});

describe('a request with a bound token (RFC 9449 §7)', () => {
  const challenge = (value: string, headers: Record<string, string> = {}) =>
    json({}, { 'www-authenticate': value, ...headers }, 401);

  beforeEach(async () => {
    await connectIt();
    await connectUser(user, far);
  });

  it('carries the token by its scheme, and a proof for this request and this token', async () => {
    serveApi();
    const headers = { dpop: 'of the caller', authorization: 'Bearer mine', 'x-own': 'yes' };
    const answer = await send({ method: 'POST', body: 'the body', headers });
    expect([answer.status, await answer.json()]).toEqual([200, { files: 3 }]);
    const { claims, thumbprint } = await proofOf(seen[0] as Request);
    expect(claims).toMatchObject({ htm: 'POST', htu: `${far.issuer}/api/files`, ath: sha256('at-1') });
    expect(thumbprint).toBe((await proofOf(requestsOf('authorization_code')[0] as never)).thumbprint);
    expect(Object.keys(Object.fromEntries(seen[0]?.headers ?? [])).sort()).toEqual([
      'authorization',
      'content-type',
      'dpop',
      'x-own',
    ]);
    expect(seen[0]?.headers.get('authorization')).toBe('DPoP at-1');
  });

  it('waits for storage once, as any other', async () => {
    serveApi();
    await send();
    recorder.forget();
    await send();
    expect(recorder.rounds()).toBe(1);
  });

  it('is sent once more with the nonce that the API asks for (§9), and the next has it at once', async () => {
    const bodies: string[] = [];
    far.web.answers[`${far.issuer}/api/files`] = async (request) => {
      seen.push(request);
      bodies.push(new TextDecoder().decode(await request.arrayBuffer()));
      return nonceOf(request) === 'n1'
        ? json({ files: 3 }, { 'dpop-nonce': 'n1' })
        : challenge('DPoP error="use_dpop_nonce", algs="ES256"', { 'dpop-nonce': 'n1' });
    };
    seen.length = 0;
    const answer = await send({ method: 'PUT', body: 'the body' });
    expect([answer.status, answer.headers.get('dpop-nonce'), bodies]).toEqual([200, null, ['the body', 'the body']]);
    expect((await send()).status).toBe(200);
    expect(seen.map(nonceOf)).toEqual([undefined, 'n1', 'n1']);
    expect(requestsOf('refresh_token')).toHaveLength(0);
  });

  it('to an API that requires a new nonce each time is an error, and two requests', async () => {
    serveApi(() => challenge('DPoP error="use_dpop_nonce"', { 'dpop-nonce': crypto.randomUUID() }));
    const answer = await send();
    expect([answer.status, await answer.json()]).toEqual([
      503,
      expect.objectContaining({ error_description: expect.stringContaining('requires a new nonce each time') }),
    ]);
    expect([seen.length, requestsOf('refresh_token').length]).toEqual([2, 0]);
  });

  it('is sent once more after a refresh where the API refuses the token, by the same key', async () => {
    serveApi((request) =>
      request.headers.get('authorization') === 'DPoP at-2'
        ? json({ files: 3 })
        : challenge('DPoP error="invalid_token", algs="ES256"'),
    );
    expect((await send()).status).toBe(200);
    const [first, second] = await Promise.all(seen.map(proofOf));
    expect([seen.length, second?.claims.ath, second?.thumbprint]).toEqual([2, sha256('at-2'), first?.thumbprint]);
  });

  for (const its of ['a Bearer', 'no']) {
    it(`to an API that knows nothing of DPoP and makes ${its} challenge goes as a bearer (§7.2), then at once, not for ever`, async () => {
      let knows = false;
      const refused = () => (its === 'no' ? json({}, {}, 401) : challenge('Bearer'));
      serveApi((request) => {
        if (knows) return request.headers.has('dpop') ? json({ files: 3 }) : challenge('DPoP error="invalid_token"');
        return request.headers.get('authorization')?.startsWith('Bearer at-') ? json({ files: 3 }) : refused();
      });
      expect((await send()).status).toBe(200);
      expect((await send()).status).toBe(200);
      const schemes = () => seen.map(({ headers }) => headers.get('authorization')?.split(' ')[0]);
      expect([schemes(), requestsOf('refresh_token').length]).toEqual([['DPoP', 'Bearer', 'Bearer'], 0]);
      knows = true;
      expect((await send()).status).toBe(200);
      expect(schemes().slice(3)).toEqual(['Bearer', 'DPoP']);
    });
  }
});

describe('a request for the raw form of a bound token', () => {
  it('is refused: no other client could use it', async () => {
    await connectIt({ raw_tokens: 'both', dpop: 'always' });
    await connectUser(user, far);
    expect(await take()).toMatch(/^access_denied: .*bound to a key of this server.*connections\.fetch.*never/);
    const scope = 'openid connections';
    const { access_token } = await obtainTokens(server, await makeClient(server, { scope }), { scope });
    const headers = { authorization: `Bearer ${access_token}` };
    const answer = await server.fetch('/api/me/connections/faraway/token', { method: 'POST', headers });
    expect([answer.status, await answer.json()]).toEqual([
      403,
      expect.objectContaining({ error: 'access_denied', detail: expect.stringContaining('bound to a key of this') }),
    ]);
  });

  it('is given out again once the app lets others take tokens and the user has connected again', async () => {
    await connectIt();
    await connectUser(user, far);
    await change({ raw_tokens: 'workers' });
    expect(await take()).toMatch(/^access_denied: .*connect again/);
    await connectUser(user, far);
    expect(await take()).toBe('at-1');
  });
});
