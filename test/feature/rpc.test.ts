/** RFC 6750 §3, RFC 7662 and RFC 7009 without HTTP: what Workers of the same account are told over RPC. */
import { exports } from 'cloudflare:workers';
import { check, overRpc, type TokenExpectations, type TokenService } from '@postern/resource-server';
import { describe, expect, it, vi } from 'vitest';
import { introspectForWorker, revokeForWorker } from '../../src/authorization-server/rpc.ts';
import type { Bindings } from '../../src/config.ts';
import { verifyForWorker } from '../../src/protected-resources/rpc.ts';
import {
  makeClient,
  me,
  obtainCode,
  obtainTokens,
  payloadOf,
  postToken,
  redemption,
  refresh,
  type Tokens as TokenAnswer,
} from '../support/client.ts';
import { Prover } from '../support/dpop.ts';
import { Recorder, wrapStores } from '../support/recorder.ts';
import {
  addAdministrator,
  administer,
  bindings,
  ISSUER,
  type Server,
  serve,
  setSetting,
  workerDeps,
} from '../support/server.ts';

/** As a service binding gives it. */
const { Tokens } = exports as unknown as { Tokens: Service<TokenService> };

const NOTES = 'https://notes.example/api';
const READ = { resource: NOTES, scopes: ['notes.read'] };

const DOWN = {
  error: 'temporarily_unavailable' as const,
  description: 'The stores are down.',
  status: 503,
  headers: { 'Retry-After': '5' },
};

/** The caller's resource, registered here. */
async function registerNotes(server: Server) {
  await administer(server, 'PUT', `/resources/${encodeURIComponent(NOTES)}`, {
    name: 'Notes',
    scopes: [
      { name: 'notes.read', description: 'Read your notes' },
      { name: 'notes.write', description: 'Change your notes' },
    ],
  });
}

/** A server, a client and its tokens for the caller's resource. */
async function begin(server = serve(bindings(['SHARD_WEUR', 'SHARD_APAC']))) {
  await registerNotes(server);
  const client = await makeClient(server, { scope: 'openid profile email notes.read' });
  const tokens = await obtainTokens(server, client, { scope: 'openid email notes.read', resource: NOTES });
  return { server, client, tokens };
}

describe('verify', () => {
  it('tells whom a token speaks for, and what it may do', async () => {
    const { client, tokens } = await begin();
    const { sub, jti, grant, iat, exp } = payloadOf(tokens.access_token);
    for (const credentials of [
      tokens.access_token,
      `Bearer ${tokens.access_token}`,
      `bearer  ${tokens.access_token}`,
    ]) {
      expect(await Tokens.verify(credentials, READ)).toEqual({
        valid: true,
        principal: {
          kind: 'user',
          subject: sub,
          clientId: client.client_id,
          scopes: ['openid', 'email', 'notes.read'],
          audience: [NOTES, ISSUER],
          grant,
          actor: undefined,
          tokenId: jti,
          issuedAt: iat,
          expiresAt: exp,
          claims: { sub, email: 'admin@example.com', email_verified: false },
        },
      });
    }
    // In another spelling, and for nothing but that it was made for it.
    expect(await Tokens.verify(tokens.access_token, { resource: 'HTTPS://Notes.example/api/' })).toMatchObject({
      valid: true,
    });
  });

  it('of a client that acts on its own behalf, too', async () => {
    const server = serve();
    await registerNotes(server);
    const machine = await makeClient(server, {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'notes.read',
    });
    const response = await postToken(server, machine, { grant_type: 'client_credentials', resource: NOTES });
    const { access_token } = (await response.json()) as { access_token: string };
    expect(await Tokens.verify(access_token, READ)).toMatchObject({
      valid: true,
      principal: { kind: 'client', subject: machine.client_id, claims: { sub: machine.client_id } },
    });
  });

  it('insists on a resource: its author must see that it is missing', async () => {
    const { server, tokens } = await begin();
    for (const expected of [undefined, {}, { resource: '' }, { resource: 'notes' }, { resource: `${NOTES}#x` }]) {
      const asked = verifyForWorker(
        workerDeps(server.env, undefined),
        tokens.access_token,
        expected as TokenExpectations,
      );
      await expect(asked).rejects.toThrow(/needs \{ resource \}/);
    }
  });

  it('a member that does not exist is a TypeError: scope for scopes would open everything', async () => {
    const { server, tokens } = await begin();
    for (const wrong of [
      { scope: ['notes.write'] },
      { scopes: undefined },
      { scopes: 'notes.read' },
      { scopes: ['a b'] },
    ]) {
      const expected = { resource: NOTES, ...wrong } as unknown as TokenExpectations;
      const asked = verifyForWorker(workerDeps(server.env, undefined), tokens.access_token, expected);
      await expect(asked).rejects.toThrow(TypeError);
    }
  });

  it('no credentials: 401 with a bare challenge that says where the metadata stands, and they stand there', async () => {
    const { server } = await begin();
    for (const credentials of [null, undefined, '']) {
      const refused = await Tokens.verify(credentials, READ);
      expect(refused).toMatchObject({ valid: false, error: 'no_credentials', status: 401 });
      const challenge = refused.valid ? '' : (refused.headers['WWW-Authenticate'] ?? '');
      expect(challenge).toMatch(/^Bearer realm="https:\/\/as\.example", scope="notes\.read", resource_metadata="/);
      const [, metadata = ''] = /resource_metadata="([^"]+)"/.exec(challenge) ?? [];
      expect(await (await server.fetch(metadata)).json()).toMatchObject({
        resource: NOTES,
        authorization_servers: [ISSUER],
      });
    }
  });

  it('invalid_token: made for another, malformed, an id_token, expired, or something else altogether', async () => {
    const { server, client, tokens } = await begin();
    const ours = await obtainTokens(server, client, { scope: 'openid notes.read' });
    for (const [credentials, expected] of [
      [tokens.access_token, { resource: 'https://notes.example' }],
      [tokens.access_token, { resource: 'https://notes.example/api/deeper' }],
      [tokens.access_token, { resource: 'https://notes.example/ap' }],
      [ours.access_token, READ],
      [`${tokens.access_token.slice(0, -4)}AAAA`, READ],
      [tokens.id_token, READ],
      [tokens.refresh_token, READ],
      ['a'.repeat(20_000), READ],
      [`Basic ${btoa('a:b')}`, READ],
    ] as [string, TokenExpectations][]) {
      const refused = await Tokens.verify(credentials, expected);
      expect([credentials.slice(0, 20), refused]).toMatchObject([
        credentials.slice(0, 20),
        { valid: false, error: 'invalid_token', status: 401 },
      ]);
    }
    expect(await Tokens.verify('Bearer a b', READ)).toMatchObject({
      valid: false,
      error: 'invalid_request',
      status: 400,
    });
    vi.useFakeTimers({ now: Number(payloadOf(tokens.access_token).exp) * 1000, toFake: ['Date'] });
    expect(await Tokens.verify(tokens.access_token, READ)).toMatchObject({ valid: false, error: 'invalid_token' });
  });

  it('a bound token needs the proof that came with it, made for that method and address (RFC 9449 §7)', async () => {
    const { server, client } = await begin();
    const key = await Prover.make();
    const code = await obtainCode(server, client, { scope: 'openid notes.read', resource: NOTES });
    const { access_token } = (await (await key.token(server, client, redemption(code))).json()) as TokenAnswer;
    const url = `${NOTES}?page=2`;
    const ask = async (
      changes: Partial<TokenExpectations> = {},
      credentials = `DPoP ${access_token}`,
      nonce = key.nonce,
    ) => {
      const proof = await key.prove('GET', '', access_token, { claims: { htu: NOTES, nonce } });
      return Tokens.verify(credentials, { ...READ, proof, method: 'GET', url, ...changes });
    };
    for (const credentials of [`DPoP ${access_token}`, access_token]) {
      expect(await ask({}, credentials)).toMatchObject({ valid: true, principal: { confirmation: key.thumbprint } });
    }
    for (const [what, answer, error] of [
      ['no proof', await ask({ proof: null }), 'invalid_dpop_proof'],
      ['no proof, as it came', await ask({ proof: null }, access_token), 'invalid_token'],
      ['as a bearer token', await ask({}, `Bearer ${access_token}`), 'invalid_token'],
      ['another method', await ask({ method: 'POST' }), 'invalid_dpop_proof'],
      ['another address', await ask({ url: 'https://notes.example/other' }), 'invalid_dpop_proof'],
      ['no header at all', await ask({ proof: 'a\nb' }), 'invalid_request'],
      ['without a nonce', await ask({}, undefined, ''), 'use_dpop_nonce'],
    ] as const) {
      expect([what, answer]).toMatchObject([what, { valid: false, error }]);
    }
    const refused = await ask({}, undefined, '');
    expect(refused).toMatchObject({ status: 401, headers: { 'DPoP-Nonce': key.nonce } });
    if (!refused.valid) expect(refused.headers['WWW-Authenticate']).toMatch(/^DPoP .*error="use_dpop_nonce"/);
    const forgotten = verifyForWorker(workerDeps(server.env, undefined), access_token, { ...READ, proof: 'x' });
    await expect(forgotten).rejects.toThrow(/needs \{ method, url \}/);
    // By the setting once, here as everywhere.
    await setSetting(server, 'dpop_proofs_once', true);
    const proof = await key.prove('GET', '', access_token, { claims: { htu: NOTES } });
    const once = () => Tokens.verify(access_token, { ...READ, proof, method: 'GET', url });
    expect([await once(), await once()]).toMatchObject([{ valid: true }, { error: 'invalid_dpop_proof', status: 401 }]);
  });

  it('insufficient_scope: 403 with every scope of the operation', async () => {
    const { tokens } = await begin();
    const refused = await Tokens.verify(tokens.access_token, {
      resource: NOTES,
      scopes: ['notes.read', 'notes.write'],
    });
    expect(refused).toMatchObject({ valid: false, error: 'insufficient_scope', status: 403 });
    if (!refused.valid)
      expect(refused.headers['WWW-Authenticate']).toContain('scope="notes.read notes.write openid email"');
  });

  it('a revocation is effective at once: of the token, the grant, the client, the user', async () => {
    const { server, client, tokens } = await begin();
    const holds = async (token: string) => (await Tokens.verify(token, READ)).valid;
    const next = async () => {
      const answer = await obtainTokens(server, client, { scope: 'openid notes.read', resource: NOTES });
      expect(await holds(answer.access_token)).toBe(true);
      return answer.access_token;
    };
    await administer(server, 'DELETE', `/tokens/${payloadOf(tokens.access_token).jti}`);
    expect(await holds(tokens.access_token)).toBe(false);
    const second = await next();
    await administer(server, 'DELETE', `/grants/${payloadOf(second).grant}`);
    expect(await holds(second)).toBe(false);
    const third = await next();
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { scope: undefined, disabled: true });
    expect(await holds(third)).toBe(false);
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { disabled: false });
    const fourth = await next();
    await addAdministrator(server);
    await administer(server, 'PATCH', `/users/${payloadOf(fourth).sub}`, { disabled: true });
    expect(await holds(fourth)).toBe(false);
  });
});

describe('overRpc: the same as the verifier of the guard for others', () => {
  it('a DPoP-bound token, whose proof the guard validates alone', async () => {
    const { server, client } = await begin();
    const key = await Prover.make();
    const code = await obtainCode(server, client, { scope: 'openid notes.read', resource: NOTES });
    const { access_token } = (await (await key.token(server, client, redemption(code))).json()) as TokenAnswer;
    const options = {
      issuer: ISSUER,
      resource: NOTES,
      scopes: ['notes.read'],
      revocation: 'immediate' as const,
      verifier: overRpc(Tokens, NOTES),
    };
    const checkCall = async (prover: Prover, scheme = 'DPoP') => {
      const dpop = await prover.prove('GET', '', access_token, { claims: { htu: NOTES } });
      return check(new Request(NOTES, { headers: { authorization: `${scheme} ${access_token}`, dpop } }), options);
    };
    expect((await checkCall(key)).principal?.confirmation).toBe(key.thumbprint);
    expect((await checkCall(await Prover.make())).refusal?.status).toBe(401);
    expect((await checkCall(key, 'Bearer')).refusal?.status).toBe(401);
    for (const [confirmation, valid] of [
      [key.thumbprint, true],
      ['another', false],
      ['', false],
    ] as const) {
      const verified = await Tokens.verify(access_token, { ...READ, confirmation });
      expect([confirmation, verified.valid]).toEqual([confirmation, valid]);
    }
  });

  it('lets in who may, refuses at once what was revoked, and says when nobody answers', async () => {
    const { server, tokens } = await begin();
    const guard = { ...READ, issuer: ISSUER, revocation: 'immediate' as const };
    const asked = (token: string) => new Request(`${NOTES}/all`, { headers: { authorization: `Bearer ${token}` } });
    const options = { ...guard, verifier: overRpc(Tokens, NOTES) };
    const checked = await check(asked(tokens.access_token), options);
    expect(checked.principal).toMatchObject({ subject: payloadOf(tokens.access_token).sub, kind: 'user' });
    await administer(server, 'DELETE', `/tokens/${payloadOf(tokens.access_token).jti}`);
    expect((await check(asked(tokens.access_token), options)).refusal?.status).toBe(401);
    const silent = { verify: async () => ({ valid: false, ...DOWN }) as const };
    const refused = await check(asked(tokens.access_token), { ...guard, verifier: overRpc(silent, NOTES) });
    expect([refused.refusal?.status, refused.refusal?.headers.get('retry-after')]).toEqual([503, '5']);
  });
});

describe('introspect', () => {
  it('tells everything of an access token and of a refresh token of any client', async () => {
    const { client, tokens } = await begin();
    const { sub, exp, jti } = payloadOf(tokens.access_token);
    expect(await Tokens.introspect(tokens.access_token)).toMatchObject({
      active: true,
      client_id: client.client_id,
      sub,
      exp,
      jti,
      scope: 'openid email notes.read',
      token_type: 'Bearer',
      username: 'admin@example.com',
    });
    expect(await Tokens.introspect(tokens.refresh_token)).toMatchObject({
      active: true,
      client_id: client.client_id,
      sub,
      token_type: 'refresh_token',
    });
  });

  it('says nothing but that it is not active: forged, replaced long ago, or no token', async () => {
    const { server, client, tokens } = await begin();
    await refresh(server, client, tokens.refresh_token);
    expect(await Tokens.introspect(tokens.refresh_token)).toMatchObject({ active: true });
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] });
    for (const token of [tokens.refresh_token, `${tokens.refresh_token.slice(0, -4)}AAAA`, 'x', '', tokens.id_token]) {
      expect(await Tokens.introspect(token as string)).toEqual({ active: false });
    }
  });
});

describe('revoke', () => {
  it('ends an access token, and with a refresh token the grant; the log says which Worker did', async () => {
    const { server, client, tokens } = await begin();
    expect(await Tokens.revoke(tokens.access_token)).toEqual({ revoked: true });
    expect(await Tokens.verify(tokens.access_token, READ)).toMatchObject({ valid: false, error: 'invalid_token' });
    const ours = await obtainTokens(server, client);
    expect(await Tokens.revoke(ours.refresh_token)).toEqual({ revoked: true });
    expect((await me(server, ours.access_token)).status).toBe(401);
    expect((await refresh(server, client, ours.refresh_token)).status).toBe(400);
    expect(await Tokens.revoke('not a token')).toEqual({ revoked: false });
    const { events } = await administer<{ events: { type: string; actor: string }[] }>(server, 'GET', '/events');
    for (const type of ['token.revoked', 'grant.revoked']) {
      expect(events).toContainEqual(expect.objectContaining({ type, actor: 'worker:unnamed' }));
    }
  });
});

describe('a shard that exists and is not bound', () => {
  it('verify, introspect and revoke say that it is temporary, and nothing is revoked', async () => {
    const { server, tokens } = await begin();
    const unbound = () => workerDeps(bindings(['SHARD_APAC']), undefined);
    const isTemporary = {
      error: 'temporarily_unavailable',
      status: 503,
      headers: { 'Retry-After': expect.anything() },
    };
    expect(await verifyForWorker(unbound(), tokens.access_token, READ)).toMatchObject({ valid: false, ...isTemporary });
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect(await introspectForWorker(unbound(), token)).toMatchObject(isTemporary);
      expect(await revokeForWorker(unbound(), token)).toMatchObject(isTemporary);
      expect(await introspectForWorker(workerDeps(server.env, undefined), token)).toMatchObject({ active: true });
    }
  });
});

describe('props of the binding', () => {
  const OTHER = 'https://other.example/api';

  it('name the resources whose tokens a caller may ask about and revoke', async () => {
    const { server, client, tokens } = await begin();
    const other = () => workerDeps(server.env, { caller: 'other', resources: [OTHER] });
    const both = () => workerDeps(server.env, { caller: 'notes', resources: [OTHER, 'https://NOTES.example/api/'] });
    await expect(verifyForWorker(other(), tokens.access_token, READ)).rejects.toThrow(/props\.resources/);
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect(await introspectForWorker(other(), token)).toEqual({ active: false });
      expect(await revokeForWorker(other(), token)).toEqual({ revoked: false });
    }
    expect(await verifyForWorker(both(), tokens.access_token, READ)).toMatchObject({ valid: true });
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect(await introspectForWorker(both(), token)).toMatchObject({ active: true, client_id: client.client_id });
      expect(await revokeForWorker(both(), token)).toEqual({ revoked: true });
    }
  });

  it('that are misspelt are a TypeError, and never everything', () => {
    const { env } = serve();
    for (const props of [
      { resource: [NOTES] },
      { resources: NOTES },
      { resources: undefined },
      { resources: ['notes'] },
    ]) {
      expect(() => workerDeps(env, props as never)).toThrow();
    }
  });

  it('are in the log line, with client, user and resource of the token, and no token', async () => {
    const { server, client, tokens } = await begin();
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await verifyForWorker(workerDeps(server.env, { caller: 'notes' }), tokens.access_token, READ);
    const calls = lines.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
    expect(calls).toMatchObject([
      {
        rpc: 'verify',
        by: 'worker:notes',
        client: client.client_id,
        user: payloadOf(tokens.access_token).sub,
        resource: NOTES,
      },
    ]);
    expect(JSON.stringify(calls)).not.toContain(tokens.access_token.slice(-20));
  });
});

describe('what a call costs, and what happens when the stores are down', () => {
  const calls = (env: Bindings, access: string, refresh: string) => {
    const deps = () => workerDeps(env, { caller: 'notes' });
    return {
      verify: () => verifyForWorker(deps(), access, READ),
      introspect: () => introspectForWorker(deps(), access),
      introspectRefresh: () => introspectForWorker(deps(), refresh),
      revoke: () => revokeForWorker(deps(), access),
      revokeRefresh: () => revokeForWorker(deps(), refresh),
    };
  };

  for (const shards of [[], ['SHARD_WEUR']] as const) {
    it(`each waits for one round, with ${shards.length} shards beside DB; a forged token for none`, async () => {
      const recorder = new Recorder();
      const env = wrapStores(bindings([...shards]), recorder.act);
      const { tokens } = await begin(serve(env));
      await serve(env).fetch('/.well-known/oauth-protected-resource');
      for (const [name, ask] of Object.entries(calls(env, tokens.access_token, tokens.refresh_token))) {
        recorder.forget();
        await ask();
        expect([name, recorder.rounds()]).toEqual([name, 1]);
      }
      recorder.forget();
      await verifyForWorker(workerDeps(env, undefined), `${tokens.access_token.slice(0, -4)}AAAA`, READ);
      expect(recorder.operations).toEqual([]);
    });
  }

  it('says so, lets nobody in, and never throws', async () => {
    const { server, tokens } = await begin();
    const down = wrapStores(server.env, () => Promise.reject(new Error('D1_ERROR: the network is down')));
    const { verify, introspect, introspectRefresh, revoke, revokeRefresh } = calls(
      down,
      tokens.access_token,
      tokens.refresh_token,
    );
    const unavailable = { error: 'temporarily_unavailable', status: 503, headers: { 'Retry-After': '5' } };
    expect(await verify()).toMatchObject({ valid: false, ...unavailable });
    expect(await introspect()).toMatchObject({ active: false, ...unavailable });
    expect(await introspectRefresh()).toMatchObject({ active: false, ...unavailable });
    expect(await revoke()).toMatchObject({ revoked: false, ...unavailable });
    expect(await revokeRefresh()).toMatchObject({ revoked: false, ...unavailable });
  });
});
