/** `@postern/resource-server`: token validation for APIs outside this Worker (RFC 6750, RFC 8414, RFC 9068, RFC 9728). */

import {
  check,
  describeResource,
  introspection,
  type Principal,
  protect,
  requireToken,
  stepUp,
} from '@postern/resource-server';
import { Hono } from 'hono';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetIssuers } from '../../packages/resource-server/src/issuer.ts';
import { DPOP_ALGORITHMS } from '../../src/crypto/self-signed-jwt.ts';
import { makeKey } from '../support/keys.ts';
import {
  INTROSPECTION,
  JWKS,
  METADATA,
  PRETEND_ISSUER,
  type PretendIssuer,
  pretendIssuer,
} from '../support/pretend-issuer.ts';
import { json } from '../support/pretend-web.ts';

const RESOURCE = 'https://notes.example/mcp';
const DOCUMENT = 'https://notes.example/.well-known/oauth-protected-resource/mcp';
const notes = {
  issuer: PRETEND_ISSUER,
  resource: RESOURCE,
  scopes: ['notes.read'],
  hierarchy: { everything: ['notes'], notes: ['notes.read', 'notes.write'] },
  description: { name: 'Notes', scopes: ['notes.read', 'notes.write'] },
};

/** RFC 9449 §7.2 */
const DPOP = `DPoP algs="${DPOP_ALGORITHMS.join(' ')}"`;

let issuer: PretendIssuer;
beforeEach(async () => {
  forgetIssuers();
  issuer = await pretendIssuer(RESOURCE);
});

const withToken = (token: string, url = RESOURCE) =>
  new Request(url, { headers: { authorization: `Bearer ${token}` } });
const challengeOf = (response: Response | undefined) => response?.headers.get('www-authenticate') ?? '';

const plain = protect(notes, (_request, principal) => Response.json(principal));
const hono = new Hono().use(requireToken(notes)).all('/mcp', (c) => c.json(c.get('principal')));

const FORMS: [name: string, call: (request: Request) => Promise<Response>][] = [
  ['a plain fetch handler', (request) => plain(request, undefined, undefined)],
  ['Hono', async (request) => hono.fetch(request)],
];

for (const [name, call] of FORMS) {
  describe(`the guard of ${name} (RFC 6750 §3, RFC 9728 §5.1)`, () => {
    it('a request without credentials gets a bare challenge: scope and resource_metadata, no error', async () => {
      const response = await call(new Request(RESOURCE));
      expect(response.status).toBe(401);
      expect(challengeOf(response)).toBe(`Bearer scope="notes.read", resource_metadata="${DOCUMENT}", ${DPOP}`);
      expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
      expect(issuer.web.visits).toEqual([]);
    });

    it('a handler learns whom the token speaks for, and what it may do', async () => {
      const response = await call(withToken(await issuer.token()));
      expect(response.status).toBe(200);
      const now = Math.floor(Date.now() / 1000);
      expect(await response.json()).toEqual({
        kind: 'user',
        subject: 'u_1',
        clientId: 'c_1',
        scopes: ['notes.read'],
        audience: [RESOURCE],
        grant: 'g_1',
        tokenId: 't_1',
        issuedAt: expect.closeTo(now, -1),
        expiresAt: expect.closeTo(now + 60, -1),
      });
    });

    it('insufficient_scope: 403 with every scope of the operation, and those that the token has', async () => {
      const response = await call(withToken(await issuer.token({ scope: 'other' })));
      expect(response.status).toBe(403);
      expect(challengeOf(response)).toMatch(
        /^Bearer error="insufficient_scope", .*scope="notes\.read other", resource_meta/,
      );
      expect(await response.json()).toMatchObject({ error: 'insufficient_scope' });
    });

    it('its description stands at the well-known address with its path, for any origin, by GET and preflight', async () => {
      const response = await call(new Request(DOCUMENT, { headers: { origin: 'https://elsewhere.example' } }));
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(await response.json()).toEqual({
        resource: RESOURCE,
        authorization_servers: [PRETEND_ISSUER],
        bearer_methods_supported: ['header'],
        resource_name: 'Notes',
        scopes_supported: ['notes.read', 'notes.write'],
        dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
      });
      const preflight = await call(new Request(DOCUMENT, { method: 'OPTIONS' }));
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
      const post = await call(new Request(DOCUMENT, { method: 'POST' }));
      expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
      // RFC 9728 §3.3: at any other address it would not be about this resource.
      expect((await call(new Request('https://notes.example/.well-known/oauth-protected-resource'))).status).toBe(401);
    });
  });
}

describe('RFC 9728 §3.3 the identifier of the resource', () => {
  it.each(['https://notes.example/mcp/', 'https://notes.example/mcp'])(
    '%s is named byte for byte; a token is accepted with a trailing slash and without',
    async (resource) => {
      const own = { ...notes, resource };
      const address = `https://notes.example/.well-known/oauth-protected-resource${new URL(resource).pathname}`;
      expect(await describeResource(new Request(address), own)?.json()).toMatchObject({ resource });
      for (const aud of ['https://notes.example/mcp/', 'https://notes.example/mcp']) {
        expect((await check(withToken(await issuer.token({ aud })), own)).refusal).toBeUndefined();
      }
      const other = await check(withToken(await issuer.token({ aud: 'https://notes.example/mcp2/' })), own);
      expect(other.refusal?.status).toBe(401);
    },
  );
});

describe('hostile tokens (RFC 8725 §3, RFC 9068 §4)', () => {
  const now = () => Math.floor(Date.now() / 1000);

  it('each is refused with invalid_token, and none but an unknown key makes the guard ask the issuer', async () => {
    await check(withToken(await issuer.token()), notes);
    issuer.web.visits.length = 0;
    const right = await issuer.token();
    const [header = '', payload = '', signature = ''] = right.split('.');
    const encode = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
    const secret = new TextEncoder().encode(JSON.stringify(issuer.key.publicJwk));
    const hmac = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const hs256 = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${payload}`;
    const mac = await crypto.subtle.sign('HMAC', hmac, new TextEncoder().encode(hs256));
    const hostile: Record<string, string> = {
      'alg none': `${encode({ alg: 'none', typ: 'at+jwt', kid: 'k1' })}.${payload}.`,
      'alg None': `${encode({ alg: 'None', typ: 'at+jwt', kid: 'k1' })}.${payload}.${signature}`,
      'HS256 by the public key': `${hs256}.${Buffer.from(mac).toString('base64url')}`,
      'an id_token': await issuer.token({}, { typ: 'JWT' }),
      'no typ': await issuer.token({}, { typ: undefined }),
      'another issuer': await issuer.token({ iss: 'https://other.example' }),
      'an issuer that begins with ours': await issuer.token({ iss: `${PRETEND_ISSUER}/` }),
      'an audience that begins with ours': await issuer.token({ aud: `${RESOURCE}/deeper` }),
      'an audience that ours begins with': await issuer.token({ aud: 'https://notes.example' }),
      'an audience in other letters': await issuer.token({ aud: 'https://NOTES.example/mcp' }),
      'no audience': await issuer.token({ aud: undefined }),
      // Clocks may differ by a minute; guard-options.test.ts has the boundary.
      'expired by a minute': await issuer.token({ iat: now() - 120, exp: now() - 60 }),
      'not valid before later': await issuer.token({ nbf: now() + 3600 }),
      'without exp': await issuer.token({ exp: undefined }),
      'exp as text': await issuer.token({ exp: '9999999999' }),
      'without jti': await issuer.token({ jti: undefined }),
      'a scope that is a list': await issuer.token({ scope: ['notes.read'] }),
      'critical extensions': `${encode({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', crit: ['x'], x: 1 })}.${payload}.${signature}`,
      'signed by another key of the same name': await issuer.token({}, {}, await makeKey()),
      'another payload': `${header}.${encode({ ...JSON.parse(atob(payload)), scope: 'everything' })}.${signature}`,
      'no signature': `${header}.${payload}.`,
      '20 KB': await issuer.token({ padding: 'a'.repeat(20_000) }),
      'no JWT': 'abc',
      'three dots': '...',
    };
    for (const [name, token] of Object.entries(hostile)) {
      const { refusal } = await check(withToken(token), notes);
      expect([name, refusal?.status, challengeOf(refusal)]).toEqual([
        name,
        401,
        `Bearer error="invalid_token", error_description="the token is expired, revoked, malformed, or not for this resource.", scope="notes.read", resource_metadata="${DOCUMENT}", ${DPOP}`,
      ]);
    }
    expect(issuer.web.visits).toEqual([]);
  });

  it('several Authorization headers, and a token in the header and in the query, are malformed: 400', async () => {
    const token = await issuer.token();
    const twice = new Headers();
    for (const one of [token, token]) twice.append('authorization', `Bearer ${one}`);
    const requests = [
      new Request(RESOURCE, { headers: twice }),
      new Request(`${RESOURCE}?access_token=${token}`, { headers: { authorization: `Bearer ${token}` } }),
      new Request(RESOURCE, { headers: { authorization: 'Bearer' } }),
      new Request(RESOURCE, { headers: { authorization: '===' } }),
    ];
    for (const request of requests) {
      const { refusal } = await check(request, notes);
      expect(refusal?.status).toBe(400);
      expect(challengeOf(refusal)).toContain('error="invalid_request"');
    }
  });

  it('a token in the query alone is no credential: a bare 401', async () => {
    const { refusal } = await check(new Request(`${RESOURCE}?access_token=${await issuer.token()}`), notes);
    expect([refusal?.status, challengeOf(refusal).includes('error')]).toEqual([401, false]);
  });
});

describe('what a principal is', () => {
  const principalOf = async (changes: Record<string, unknown>): Promise<Principal | undefined> =>
    (await check(withToken(await issuer.token(changes)), notes)).principal;

  it('a client that acts on its own behalf is its own subject (RFC 9068 §2.2)', async () => {
    const principal = await principalOf({ sub: 'c_1', grant: undefined });
    expect([principal?.kind, principal?.subject, principal?.grant]).toEqual(['client', 'c_1', undefined]);
  });

  it('says who acts for whom (RFC 8693 §4.1)', async () => {
    expect((await principalOf({ act: { sub: 'c_2', act: { sub: 'c_3' } } }))?.actor).toEqual({
      sub: 'c_2',
      act: { sub: 'c_3' },
    });
  });

  it('has what its scopes include, however deep', async () => {
    expect((await principalOf({ scope: 'everything' }))?.scopes).toEqual([
      'everything',
      'notes',
      'notes.read',
      'notes.write',
    ]);
  });

  it('one of several audiences is enough, in any form of the resource option', async () => {
    const token = await issuer.token({ aud: [PRETEND_ISSUER, RESOURCE] });
    const written = { ...notes, resource: 'https://NOTES.example/mcp/' };
    expect((await check(withToken(token), written)).principal?.audience).toEqual([PRETEND_ISSUER, RESOURCE]);
  });
});

describe('stepping up (RFC 6750 §3.1 insufficient_scope)', () => {
  it('asks for every scope of the operation, and for nothing where a broader scope includes them', async () => {
    const writing = { ...notes, scopes: ['notes.read', 'notes.write'] };
    const { principal } = await check(withToken(await issuer.token()), notes);
    const refusal = principal && stepUp(principal, writing);
    expect(refusal?.status).toBe(403);
    expect(challengeOf(refusal)).toContain('scope="notes.read notes.write"');
    const { principal: broad } = await check(withToken(await issuer.token({ scope: 'notes' })), notes);
    expect(broad && stepUp(broad, writing)).toBeUndefined();
  });

  it('names beside them what the token has, so that a client which asks for the challenge loses nothing', async () => {
    const deleting = { ...notes, scopes: ['notes.delete'] };
    const asked = async (scope: string) => {
      const { principal } = await check(withToken(await issuer.token({ scope })), notes);
      const byStepUp = challengeOf(principal && stepUp(principal, deleting));
      const byCheck = challengeOf((await check(withToken(await issuer.token({ scope })), deleting)).refusal);
      expect(byCheck).toBe(byStepUp);
      return /scope="([^"]*)"/.exec(byStepUp)?.[1];
    };
    expect(await asked('notes.read email')).toBe('notes.delete notes.read email');
    // A broader scope stands for those that it includes; a refresh token is not asked for again.
    expect(await asked('openid notes offline_access')).toBe('notes.delete openid notes');
  });
});

describe('the keys of the issuer (RFC 8414 §3, RFC 7517)', () => {
  const statusOf = async (token: string) => (await check(withToken(token), notes)).refusal?.status ?? 200;
  const at = (seconds: number) => vi.setSystemTime(start + seconds * 1000);
  let start = 0;
  beforeEach(() => {
    start = Date.now();
    vi.useFakeTimers({ now: start, toFake: ['Date'] });
  });
  const longLived = (key = issuer.key) =>
    issuer.token({ exp: Math.floor(start / 1000) + 90_000 }, { kid: key.publicJwk.kid }, key);

  it('are found by its address, asked for once, and held as long as it says', async () => {
    const token = await longLived();
    for (let turn = 0; turn < 3; turn++) expect(await statusOf(token)).toBe(200);
    expect(issuer.web.visits).toEqual([METADATA, JWKS]);
    at(299);
    expect(await statusOf(token)).toBe(200);
    expect(issuer.web.visits).toHaveLength(2);
    at(301);
    expect(await statusOf(token)).toBe(200);
    expect(issuer.web.visits).toHaveLength(4);
  });

  it('metadata of an issuer that calls itself something else MUST NOT be used', async () => {
    issuer.web.answers[METADATA] = () => json({ issuer: `${PRETEND_ISSUER}/`, jwks_uri: JWKS });
    expect(await statusOf(await longLived())).toBe(503);
    expect(issuer.web.visits).toEqual([METADATA]);
  });

  it('a new key is accepted when it first signs; invented ones make the guard ask once in a cool-down', async () => {
    await statusOf(await longLived());
    at(40);
    const next = await makeKey('ES256', 'k2');
    issuer.publish([issuer.key, next]);
    expect(await statusOf(await longLived(next))).toBe(200);
    expect(issuer.web.visits).toHaveLength(4);
    for (let turn = 0; turn < 20; turn++) {
      expect(await statusOf(await longLived(await makeKey('ES256', `invented-${turn}`)))).toBe(401);
    }
    expect(issuer.web.visits).toHaveLength(4);
  });

  it('a key that is no longer published verifies nothing once the cached JWKS has expired', async () => {
    const token = await longLived();
    expect(await statusOf(token)).toBe(200);
    issuer.publish([await makeKey('ES256', 'k2')]);
    at(301);
    expect(await statusOf(token)).toBe(401);
  });

  it('the last good ones go on when the issuer does not answer, and it is asked once in a cool-down', async () => {
    const token = await longLived();
    await statusOf(token);
    for (const broken of [
      () => new Response('no', { status: 502 }),
      () => json('not JSON'),
      () => json('x'.repeat(70_000)),
      () => Promise.reject(new TypeError('unreachable')),
    ]) {
      issuer.web.answers[JWKS] = broken;
      issuer.web.visits.length = 0;
      vi.setSystemTime(Date.now() + 400_000);
      for (let turn = 0; turn < 3; turn++) expect(await statusOf(token)).toBe(200);
      expect(issuer.web.visits).toEqual([METADATA, JWKS]);
    }
  });

  it('503 with Retry-After while nothing is known of it; the next request after a moment asks again', async () => {
    const working = issuer.web.answers[METADATA];
    issuer.web.answers[METADATA] = () => new Response('no', { status: 500 });
    const { refusal } = await check(withToken(await longLived()), notes);
    expect([refusal?.status, refusal?.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await statusOf(await longLived())).toBe(503);
    expect(issuer.web.visits).toEqual([METADATA]);
    Object.assign(issuer.web.answers, { [METADATA]: working });
    at(3);
    expect(await statusOf(await longLived())).toBe(200);
  });

  it('an answer says how long it is good for, within bounds of ours: 30 seconds and a day', async () => {
    const token = await longLived();
    for (const [cacheControl, held, over] of [
      ['no-store', 29, 31],
      ['max-age=0', 29, 31],
      ['max-age=9999999', 86_399, 86_401],
    ] as const) {
      forgetIssuers();
      at(0);
      issuer.publish([issuer.key], cacheControl);
      issuer.web.visits.length = 0;
      await statusOf(token);
      at(held);
      await statusOf(token);
      expect([cacheControl, issuer.web.visits.length]).toEqual([cacheControl, 2]);
      at(over);
      await statusOf(token);
      expect([cacheControl, issuer.web.visits.length]).toEqual([cacheControl, 4]);
    }
  });

  it('an address of it that is not https is not asked, nor one that it redirects to', async () => {
    issuer.web.answers[METADATA] = () => json({ issuer: PRETEND_ISSUER, jwks_uri: 'http://id.example/jwks' });
    expect(await statusOf(await longLived())).toBe(503);
    forgetIssuers();
    issuer.web.answers[METADATA] = () => Response.redirect(`${PRETEND_ISSUER}/elsewhere`, 302);
    expect(await statusOf(await longLived())).toBe(503);
    expect(issuer.web.visits).toEqual([METADATA, METADATA]);
  });
});

describe("revocation: 'immediate' (RFC 7662)", () => {
  const asking = {
    ...notes,
    revocation: 'immediate' as const,
    verifier: introspection({ issuer: PRETEND_ISSUER, clientId: 'notes:api', clientSecret: 'ps_a/b' }),
  };
  const statusOf = async (token: string) => (await check(withToken(token), asking)).refusal?.status ?? 200;

  it('the issuer is asked about every token, and its no is final', async () => {
    let active = true;
    issuer.web.answers[INTROSPECTION] = () => json({ active });
    const token = await issuer.token();
    expect(await statusOf(token)).toBe(200);
    active = false;
    expect(await statusOf(token)).toBe(401);
    expect(issuer.web.visits.filter((url) => url === INTROSPECTION)).toHaveLength(2);
    const init = vi.mocked(fetch).mock.calls.at(-1)?.[1];
    expect(init?.method).toBe('POST');
    expect(String(init?.body)).toBe(`token=${token}`);
    expect(new Headers(init?.headers).get('authorization')).toBe(`Basic ${btoa('notes%3Aapi:ps_a%2Fb')}`);
  });

  it('what the keys refuse is refused without asking; where it cannot be asked: 503', async () => {
    issuer.web.answers[INTROSPECTION] = () => new Response('no', { status: 500 });
    expect(await statusOf(await issuer.token({ exp: 1 }))).toBe(401);
    expect(issuer.web.visits).not.toContain(INTROSPECTION);
    expect(await statusOf(await issuer.token())).toBe(503);
    issuer.web.answers[INTROSPECTION] = () => json({ inactive: true });
    expect(await statusOf(await issuer.token())).toBe(503);
  });

  it('any verifier is accepted: another Worker over a service binding, with the audience validated here', async () => {
    const { principal } = await check(withToken(await issuer.token()), notes);
    const by = (answer: Principal | null | undefined) => ({ ...asking, verifier: { verify: async () => answer } });
    expect((await check(withToken('pk_anything'), by(principal))).principal).toEqual(principal);
    expect((await check(withToken('pk_anything'), by(null))).refusal?.status).toBe(401);
    const elsewhere = principal && { ...principal, audience: ['https://other.example'] };
    expect((await check(withToken('pk_anything'), by(elsewhere))).refusal?.status).toBe(401);
  });
});
