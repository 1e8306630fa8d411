/** `@postern/resource-server`: what its options do, and what its owner is told (RFC 6750 §3, RFC 7517, RFC 9068 §4, RFC 9449). */

import {
  check,
  type GuardOptions,
  introspection,
  overRpc,
  protect,
  type RefusedRequest,
  requireToken,
  stepUp,
  type TokenVerifier,
} from '@postern/resource-server';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetIssuers } from '../../packages/resource-server/src/issuer.ts';
import { Prover } from '../support/dpop.ts';
import { makeKey } from '../support/keys.ts';
import { JWKS, METADATA, PRETEND_ISSUER, type PretendIssuer, pretendIssuer } from '../support/pretend-issuer.ts';
import { json } from '../support/pretend-web.ts';

const RESOURCE = 'https://notes.example/mcp';
const notes = { issuer: PRETEND_ISSUER, resource: RESOURCE, scopes: ['notes.read'] };

let issuer: PretendIssuer;
beforeEach(async () => {
  forgetIssuers();
  issuer = await pretendIssuer(RESOURCE);
});

const withToken = (token: string) => new Request(RESOURCE, { headers: { authorization: `Bearer ${token}` } });
const challengeOf = (response: Response | undefined) => response?.headers.get('www-authenticate') ?? '';
const statusOf = async (token: string, options: GuardOptions) =>
  (await check(withToken(token), options)).refusal?.status ?? 200;

/** Options whose hook writes down what it hears. */
function listening(changes: Partial<GuardOptions> = {}) {
  const heard: RefusedRequest[] = [];
  const options = { ...notes, onRefusal: (refused: RefusedRequest) => heard.push(refused), ...changes } as GuardOptions;
  return { options, heard };
}

describe('a verifier', () => {
  it("is asked wherever it is given, with revocation: 'immediate', 'at-expiry' or without", async () => {
    const token = await issuer.token();
    expect(await statusOf(token, notes)).toBe(200);
    const revoked: TokenVerifier = { verify: async () => undefined };
    for (const revocation of [undefined, 'at-expiry', 'immediate'] as const) {
      const options = { ...notes, verifier: revoked, ...(revocation && { revocation }) } as GuardOptions;
      expect([revocation, await statusOf(token, options)]).toEqual([revocation, 401]);
    }
  });

  it("is missing with revocation: 'immediate': a TypeError", async () => {
    const options = { ...notes, revocation: 'immediate' } as unknown as GuardOptions;
    await expect(check(withToken(await issuer.token()), options)).rejects.toThrow(TypeError);
  });

  it('that is a binding which fails makes the answer 503, never 200 or 401', async () => {
    const broken = { verify: () => Promise.reject(new Error('Network connection lost.')) };
    const { options, heard } = listening({ verifier: overRpc(broken, RESOURCE) });
    for (let turn = 0; turn < 3; turn++) expect(await statusOf(await issuer.token(), options)).toBe(503);
    expect(heard).toEqual([{ status: 503, error: 'temporarily_unavailable', reason: expect.stringContaining('lost') }]);
  });
});

describe('options that cannot work', () => {
  const WRONG: [what: string, options: Record<string, unknown>, named: string][] = [
    ['scope for scopes', { scope: ['notes.write'] }, 'scope'],
    ['scopes in one text', { scopes: 'notes.read' }, 'scopes'],
    ['scopes that are not there', { scopes: undefined }, 'scopes'],
    ['two scopes in one', { scopes: ['notes.read notes.write'] }, 'scopes'],
    ['a scope of a line of its own', { scopes: ['notes.read\r\nx: y'] }, 'scopes'],
    ['an unknown member of dpop', { dpop: { require: true } }, 'dpop.require'],
    ['a secret that is not there', { dpop: { nonceSecret: undefined } }, 'dpop.nonceSecret'],
    ['a secret that is too short', { dpop: { nonceSecret: 'short' } }, 'dpop.nonceSecret'],
    ['an origin that is no URL', { dpop: { origin: 'notes.example' } }, 'dpop.origin'],
    ['an origin with a query', { dpop: { origin: 'https://notes.example/?a=b' } }, 'dpop.origin'],
    ['an unknown member of the description', { description: { title: 'Notes' } }, 'description.title'],
    ['a hierarchy of texts', { hierarchy: { notes: 'notes.read' } }, 'hierarchy'],
    ['a verifier that is none', { verifier: {} }, 'verifier'],
    ['an unknown time of revocation', { revocation: 'at-once' }, 'revocation'],
    ['an age of keys that is no number', { keysMaxAgeSeconds: '60' }, 'keysMaxAgeSeconds'],
    ['an age of keys below a minute', { keysMaxAgeSeconds: 59 }, 'keysMaxAgeSeconds'],
    ['a realm of two lines', { realm: 'a\nb' }, 'realm'],
    ['an issuer that is no URL', { issuer: 'id.example' }, 'issuer'],
    ['a resource with a fragment', { resource: `${RESOURCE}#x` }, 'resource'],
  ];

  for (const [what, changes, named] of WRONG) {
    it(`${what}: a TypeError that names ${named}, from each function, and where the guard is made`, async () => {
      const options = { ...notes, ...changes } as unknown as GuardOptions;
      const { principal } = await check(withToken(await issuer.token()), notes);
      if (!principal) throw new Error('no principal');
      expect(() => protect(options, () => new Response())).toThrow(TypeError);
      expect(() => protect(options, () => new Response())).toThrow(named);
      expect(() => requireToken(options)).toThrow(TypeError);
      expect(() => stepUp(principal, options)).toThrow(TypeError);
      await expect(check(withToken('x'), options)).rejects.toThrow(TypeError);
    });
  }

  it('introspection() and overRpc() refuse theirs, too', () => {
    const known = { issuer: PRETEND_ISSUER, clientId: 'c', clientSecret: 's' };
    for (const wrong of [
      { ...known, client_secret: 's' },
      { ...known, clientSecret: undefined },
      { ...known, issuer: 'x' },
    ]) {
      expect(() => introspection(wrong as Parameters<typeof introspection>[0])).toThrow(TypeError);
    }
    expect(() => overRpc({ verify: () => Promise.reject() }, 'notes')).toThrow(TypeError);
    expect(() => overRpc(undefined as never, RESOURCE)).toThrow(TypeError);
  });
});

describe('the challenge (RFC 9110 §5.6.4, §11.2)', () => {
  it('realm and scopes are quoted strings: what would end one is escaped', async () => {
    const options = { ...notes, realm: 'The "notes" of C:\\', scopes: ['a"b', 'c\\'] };
    const { refusal } = await check(new Request(RESOURCE), options);
    expect(challengeOf(refusal)).toMatch(/^Bearer realm="The \\"notes\\" of C:\\\\", scope="a\\"b c\\\\", resource/);
  });
});

describe('the times of a token (RFC 9068 §4, RFC 7519 §4.1.4)', () => {
  const now = () => Math.floor(Date.now() / 1000);
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 20, 12), toFake: ['Date'] });
  });

  it('clocks may differ by 60 seconds, both ways', async () => {
    for (const [changes, status] of [
      [{ iat: now() - 600, exp: now() - 59 }, 200],
      [{ iat: now() - 600, exp: now() - 60 }, 401],
      [{ iat: now() + 60, exp: now() + 600 }, 200],
      [{ iat: now() + 61, exp: now() + 600 }, 401],
      [{ nbf: now() + 60 }, 200],
      [{ nbf: now() + 61 }, 401],
    ] as const) {
      expect([changes, await statusOf(await issuer.token(changes), notes)]).toEqual([changes, status]);
    }
  });

  it('an answer about iat says the time of this server: of a token, and of a proof', async () => {
    const early = await check(withToken(await issuer.token({ iat: now() + 61, exp: now() + 600 })), notes);
    expect(challengeOf(early.refusal)).toContain(`this server's time is ${now()}`);
    const key = await Prover.make();
    const token = await issuer.token({ cnf: { jkt: key.thumbprint } });
    for (const iat of [now() + 61, now() - 301]) {
      const dpop = await key.prove('GET', '', token, { claims: { htu: RESOURCE, iat } });
      const headers = { authorization: `DPoP ${token}`, dpop };
      const { refusal } = await check(new Request(RESOURCE, { headers }), notes);
      expect(refusal?.status).toBe(401);
      expect(challengeOf(refusal)).toContain(`this server's time is ${now()}`);
    }
  });
});

describe('dpop.origin', () => {
  it('is the address in front of a proxy: an origin, or an origin and the beginning of the path', async () => {
    const key = await Prover.make();
    const token = await issuer.token({ cnf: { jkt: key.thumbprint } });
    const call = async (origin: string, htu: string, url = 'http://inside.internal/list?page=2') => {
      const dpop = await key.prove('GET', '', token, { claims: { htu } });
      const options = { ...notes, dpop: { origin } };
      return (await check(new Request(url, { headers: { authorization: `DPoP ${token}`, dpop } }), options)).refusal
        ?.status;
    };
    expect(await call('https://api.example/v1/notes', 'https://api.example/v1/notes/list')).toBeUndefined();
    expect(await call('https://api.example/v1/notes/', 'https://api.example/v1/notes/list')).toBeUndefined();
    expect(await call('https://api.example', 'https://api.example/list')).toBeUndefined();
    expect(await call('https://api.example/', 'https://api.example/list')).toBeUndefined();
    expect(await call('https://api.example/v1', 'https://api.example/list')).toBe(401);
    expect(await call('https://api.example/v1', 'https://api.example/v1/v1/list')).toBe(401);
  });
});

describe('the age of keys (RFC 7517)', () => {
  let start = 0;
  const at = (seconds: number) => vi.setSystemTime(start + seconds * 1000);
  const unreachable = () => Promise.reject(new TypeError('unreachable'));
  const longLived = () => issuer.token({ exp: Math.floor(start / 1000) + 200_000 });
  beforeEach(() => {
    start = Date.UTC(2026, 10, 20);
    vi.useFakeTimers({ now: start, toFake: ['Date'] });
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  });

  it('while the issuer does not answer keys go on for a day, and then no longer: 503, which is not final', async () => {
    const token = await longLived();
    expect(await statusOf(token, notes)).toBe(200);
    Object.assign(issuer.web.answers, { [METADATA]: unreachable });
    at(86_399);
    expect(await statusOf(token, notes)).toBe(200);
    at(86_401);
    expect(await statusOf(token, notes)).toBe(503);
  });

  it('the maximum is settable, for fresh answers, too', async () => {
    const token = await longLived();
    const short = { ...notes, keysMaxAgeSeconds: 120 };
    issuer.publish([issuer.key], 'max-age=86400');
    expect(await statusOf(token, short)).toBe(200);
    const working = issuer.web.answers[METADATA];
    Object.assign(issuer.web.answers, { [METADATA]: unreachable });
    at(119);
    expect(await statusOf(token, short)).toBe(200);
    at(121);
    expect(await statusOf(token, short)).toBe(503);
    expect(await statusOf(token, notes)).toBe(200);
    Object.assign(issuer.web.answers, { [METADATA]: working });
    at(124);
    expect(await statusOf(token, short)).toBe(200);
  });

  it('a removed key is refused once the issuer answers again', async () => {
    const token = await longLived();
    expect(await statusOf(token, notes)).toBe(200);
    const working = issuer.web.answers[METADATA];
    Object.assign(issuer.web.answers, { [METADATA]: unreachable });
    issuer.publish([await makeKey('ES256', 'k2')]);
    at(400);
    expect(await statusOf(token, notes)).toBe(200);
    Object.assign(issuer.web.answers, { [METADATA]: working });
    at(431);
    expect(await statusOf(token, notes)).toBe(401);
  });

  it('an issuer that publishes no key at all has removed them all: nothing opens, and nothing is final', async () => {
    const token = await longLived();
    expect(await statusOf(token, notes)).toBe(200);
    issuer.publish([]);
    at(301);
    expect(await statusOf(token, notes)).toBe(503);
  });
});

describe('what the owner of the guard is told', () => {
  it('an issuer by another name, or one that fails: its reason, once', async () => {
    const { options, heard } = listening();
    issuer.web.answers[METADATA] = () => json({ issuer: `${PRETEND_ISSUER}/`, jwks_uri: JWKS });
    const token = await issuer.token();
    for (let turn = 0; turn < 3; turn++) expect(await statusOf(token, options)).toBe(503);
    expect(heard).toEqual([
      {
        status: 503,
        error: 'temporarily_unavailable',
        reason: expect.stringMatching(/https:\/\/id\.example.*has the issuer https:\/\/id\.example\//),
      },
    ]);
  });

  it('a token of another issuer, or for another resource: both names', async () => {
    const { options, heard } = listening();
    const foreign = await makeKey('ES256', 'foreign');
    const tokens = [
      await issuer.token({ iss: `${PRETEND_ISSUER}/` }, { kid: 'foreign' }, foreign),
      await issuer.token({ aud: 'https://other.example' }),
    ];
    for (const token of [...tokens, ...tokens]) expect(await statusOf(token, options)).toBe(401);
    expect(heard.map(({ error, reason }) => [error, reason])).toEqual([
      ['invalid_token', expect.stringMatching(/"https:\/\/id\.example\/".*https:\/\/id\.example\b/)],
      ['invalid_token', expect.stringMatching(/"https:\/\/other\.example".*https:\/\/notes\.example\/mcp/)],
    ]);
  });

  it('by default on the console, once and on one line; what is expired or lacks a scope is nothing to tell', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await statusOf(await issuer.token({ exp: 1 }), notes);
    await statusOf(await issuer.token({ scope: 'other' }), notes);
    await check(new Request(RESOURCE), notes);
    expect(warn).not.toHaveBeenCalled();
    for (let turn = 0; turn < 3; turn++)
      await statusOf(await issuer.token({ iss: 'https://x.example\n\u001b[2J' }), notes);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(String(warn.mock.calls[0])).toMatch(/^[\x20-\x7e]*https:\/\/x\.example[\x20-\x7e]*$/);
  });

  it('an issuer that fails while its keys still do is told of, too', async () => {
    const { options, heard } = listening();
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    await statusOf(await issuer.token(), options);
    Object.assign(issuer.web.answers, { [JWKS]: () => new Response('', { status: 502 }) });
    vi.setSystemTime(Date.now() + 400_000);
    expect(await statusOf(await issuer.token(), options)).toBe(200);
    expect(heard).toEqual([{ reason: expect.stringContaining(`${JWKS} answered 502`) }]);
  });

  it('whatever is sent, no more than twenty reasons of tokens in an hour; and a hook that throws changes nothing', async () => {
    const { options, heard } = listening();
    for (let turn = 0; turn < 30; turn++)
      await statusOf(await issuer.token({ iss: `https://${turn}.example` }), options);
    expect(heard).toHaveLength(20);
    const throwing = {
      ...notes,
      onRefusal: () => {
        throw new Error('no');
      },
    };
    expect(await statusOf(await issuer.token({ iss: 'https://x.example' }), throwing)).toBe(401);
  });
});
