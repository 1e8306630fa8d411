/** RFC 6750, RFC 9068 and RFC 9728 §5: what guards a protected resource. */

import { importJWK, SignJWT } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { DPOP_ALGORITHMS } from '../../src/crypto/self-signed-jwt.ts';
import { makeClient, me, obtainTokens, payloadOf } from '../support/client.ts';
import { makeKey } from '../support/keys.ts';
import { Recorder, wrapStores } from '../support/recorder.ts';
import { bindings, ISSUER, type Server, serve } from '../support/server.ts';

const challengeOf = (response: Response) => response.headers.get('www-authenticate') ?? '';
/** RFC 9449 §7.2: the other scheme. */
const DPOP = `DPoP algs="${DPOP_ALGORITHMS.join(' ')}"`;
const METADATA = `resource_metadata="${ISSUER}/.well-known/oauth-protected-resource/api/me"`;

/** A token signed here with a key of the test's choice. */
async function forge(
  server: Server,
  claims: object,
  header: object = {},
  keyName: 'SIGNING_KEY_1' | 'SIGNING_KEY_2' = 'SIGNING_KEY_1',
) {
  const jwk = JSON.parse(server.env[keyName] ?? '{}');
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: ISSUER,
    sub: 'u_x',
    aud: ISSUER,
    client_id: 'c',
    scope: 'openid profile',
    jti: 't_0_x',
    grant: 'g_0_x',
    iat: now,
    exp: now + 60,
    ...claims,
  })
    .setProtectedHeader({ alg: jwk.alg, kid: jwk.kid, typ: 'at+jwt', ...header })
    .sign(await importJWK(jwk, jwk.alg));
}

describe('RFC 6750 §3 the WWW-Authenticate response header field', () => {
  it('a request without credentials gets a bare challenge: no error, but scope and where the metadata stands', async () => {
    const response = await serve().fetch('/api/me');
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe(`Bearer realm="${ISSUER}", scope="profile", ${METADATA}, ${DPOP}`);
  });

  it('invalid_token: expired, revoked, malformed, or invalid for other reasons', async () => {
    const server = serve();
    const { access_token } = await obtainTokens(server, await makeClient(server));
    const tokens = [
      `${access_token.slice(0, -4)}AAAA`,
      'not.a.token',
      'x',
      'a'.repeat(20_000),
      await forge(server, { exp: Math.floor(Date.now() / 1000) - 1 }),
      await forge(server, { iss: 'https://other.example' }),
      await forge(server, { aud: 'https://as.example.evil.example' }),
      await forge(server, { aud: `${ISSUER}/ap` }),
      await forge(server, { aud: `${ISSUER}/api/me/deeper` }),
      await forge(server, { iat: Math.floor(Date.now() / 1000) + 3600 }),
      await forge(server, { jti: undefined }),
      await forge(server, {}, { typ: 'JWT' }),
      await forge(server, {}, { kid: 'unknown' }),
      // Well signed, but of a grant that does not exist.
      await forge(server, {}),
    ];
    for (const token of tokens) {
      const response = await me(server, token);
      expect([token.slice(0, 30), response.status]).toEqual([token.slice(0, 30), 401]);
      expect(challengeOf(response)).toMatch(/^Bearer .*error="invalid_token", error_description=".*resource_metadata=/);
    }
  });

  it('insufficient_scope: 403 with the scope that is needed, and those that the token has', async () => {
    const server = serve();
    const { access_token } = await obtainTokens(server, await makeClient(server), { scope: 'openid' });
    const response = await me(server, access_token);
    expect(response.status).toBe(403);
    expect(challengeOf(response)).toContain('error="insufficient_scope"');
    expect(challengeOf(response)).toContain('scope="profile openid"');
    expect(challengeOf(response)).toContain(METADATA);
  });

  it('invalid_request: a header that is not one Bearer token is malformed: 400', async () => {
    const server = serve();
    const { access_token } = await obtainTokens(server, await makeClient(server));
    for (const authorization of ['Bearer', 'Bearer ', `Bearer ${access_token}, Bearer ${access_token}`, 'Bearer a b']) {
      const response = await server.fetch('/api/me', { headers: { authorization } });
      expect([authorization.slice(0, 12), response.status]).toEqual([authorization.slice(0, 12), 400]);
      expect(challengeOf(response)).toContain('error="invalid_request"');
    }
  });
});

describe('RFC 6750 §5.3 and OAuth 2.1 §5.1.1', () => {
  it('a token in the query is not looked at', async () => {
    const server = serve();
    const { access_token } = await obtainTokens(server, await makeClient(server));
    const response = await server.fetch(`/api/me?access_token=${access_token}`);
    expect(response.status).toBe(401);
    expect(challengeOf(response)).not.toContain('error=');
  });

  it('the scheme is case-insensitive', async () => {
    const server = serve();
    const { access_token } = await obtainTokens(server, await makeClient(server));
    expect((await server.fetch('/api/me', { headers: { authorization: `bearer ${access_token}` } })).status).toBe(200);
  });
});

describe('a request with hostile headers', () => {
  it('is refused without a look at any store, and with the way to a token', async () => {
    const recorder = new Recorder();
    const server = serve(wrapStores(bindings(), recorder.act));
    const client = await makeClient(server);
    const { access_token, id_token = '' } = await obtainTokens(server, client);
    await me(server, access_token);
    recorder.forget();
    const [, payload = '', signature = ''] = access_token.split('.');
    const encode = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url');
    const { publicJwk } = await makeKey();
    const now = Math.floor(Date.now() / 1000);
    const hs256 = new SignJWT(payloadOf(access_token)).setProtectedHeader({
      alg: 'HS256',
      typ: 'at+jwt',
      kid: 'test-ec',
    });
    const bearers: Record<string, string> = {
      'alg none': `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
      'HS256 by a public key': await hs256.sign(new TextEncoder().encode(JSON.stringify(publicJwk))),
      'an id_token': id_token,
      'a foreign issuer': await forge(server, { iss: 'https://other.example' }),
      'an audience that begins with ours': await forge(server, { aud: `${ISSUER}.evil.example` }),
      'expired by more than the tolerance': await forge(server, { exp: now - 61 }),
      'from the future': await forge(server, { iat: now + 3600, exp: now + 7200 }),
      '20 KB': await forge(server, { padding: 'a'.repeat(15_000) }),
      'another header': `${encode({ alg: 'ES256', typ: 'at+jwt', kid: '../../etc/passwd' })}.${payload}.${signature}`,
    };
    const requests: [name: string, status: number, path: string, headers: HeadersInit][] = [
      ...Object.entries(bearers).map(
        ([name, token]) =>
          [name, 401, '/userinfo', { authorization: `Bearer ${token}` }] as [string, 401, string, HeadersInit],
      ),
      ['no credentials', 401, '/userinfo', {}],
      ['in the query', 401, `/userinfo?access_token=${access_token}`, {}],
      ['both', 400, `/userinfo?access_token=${access_token}`, { authorization: `Bearer ${access_token}` }],
      [
        'several',
        400,
        '/userinfo',
        [
          ['authorization', `Bearer ${access_token}`],
          ['authorization', `Bearer ${access_token}`],
        ],
      ],
      ['another scheme', 401, '/userinfo', { authorization: 'Negotiate YII=' }],
    ];
    for (const [name, status, path, headers] of requests) {
      const response = await server.fetch(path, { headers });
      expect([name, response.status]).toEqual([name, status]);
      expect([name, challengeOf(response)]).toEqual([name, expect.stringContaining('resource_metadata="')]);
    }
    expect(recorder.operations).toEqual([]);
  });
});

describe('RFC 8725 §3 and RFC 9068 §4 validating JWT access tokens', () => {
  it('alg none, and HS256 with the public key as secret, are refused', async () => {
    const server = serve();
    const { access_token } = await obtainTokens(server, await makeClient(server));
    const [, payload = ''] = access_token.split('.');
    const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
    expect((await me(server, none)).status).toBe(401);
    const { keys } = (await (await server.fetch('/.well-known/jwks.json')).json()) as { keys: { kid: string }[] };
    for (const secret of [JSON.stringify(keys[0]), JSON.stringify({ keys })]) {
      const hs256 = await new SignJWT(payloadOf(access_token))
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: keys[0]?.kid ?? '' })
        .sign(new TextEncoder().encode(secret));
      expect((await me(server, hs256)).status).toBe(401);
    }
  });

  it('an id_token is not an access token', async () => {
    const server = serve();
    const { id_token = '' } = await obtainTokens(server, await makeClient(server));
    expect((await me(server, id_token)).status).toBe(401);
  });

  it('has the claims of RFC 9068 §2.2, no profile and no roles, and lives as long as the setting says', async () => {
    const server = serve();
    const { access_token } = await obtainTokens(server, await makeClient(server));
    const claims = payloadOf(access_token);
    expect(Object.keys(claims).sort()).toEqual([
      'aud',
      'client_id',
      'exp',
      'grant',
      'iat',
      'iss',
      'jti',
      'scope',
      'sub',
    ]);
    expect(JSON.parse(atob(access_token.split('.')[0] ?? ''))).toEqual({ alg: 'ES256', kid: 'test-ec', typ: 'at+jwt' });
    vi.useFakeTimers({ now: Number(claims.exp) * 1000 - 1000, toFake: ['Date'] });
    expect((await me(server, access_token)).status).toBe(200);
    vi.setSystemTime(Number(claims.exp) * 1000);
    expect((await me(server, access_token)).status).toBe(401);
  });
});

describe('the resources of this server', () => {
  it('/userinfo wants openid, by GET and by POST', async () => {
    const server = serve();
    const client = await makeClient(server);
    const { access_token } = await obtainTokens(server, client, { scope: 'openid profile email roles' });
    for (const method of ['GET', 'POST']) {
      const response = await server.fetch('/userinfo', {
        method,
        headers: { authorization: `Bearer ${access_token}` },
      });
      expect(await response.json()).toEqual({
        sub: payloadOf(access_token).sub,
        name: 'Administrator',
        updated_at: expect.any(Number),
        email: 'admin@example.com',
        email_verified: false,
        roles: ['administrator'],
      });
    }
    const without = await obtainTokens(server, client, { scope: 'profile' });
    expect((await me(server, without.access_token, '/userinfo')).status).toBe(403);
  });

  it('claims follow the scopes granted', async () => {
    const server = serve();
    const { access_token } = await obtainTokens(server, await makeClient(server), { scope: 'openid' });
    const claims = await (await me(server, access_token, '/userinfo')).json();
    expect(claims).toEqual({ sub: payloadOf(access_token).sub });
  });

  it('who has no token learns where to get one, whatever the method', async () => {
    expect((await serve().fetch('/api/me', { method: 'POST' })).status).toBe(401);
  });
});
