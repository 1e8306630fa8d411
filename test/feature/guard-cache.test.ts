/** `@postern/resource-server`: a token that was validated before is not verified again, and nothing else is skipped (RFC 9068 §4). */

import { check, type GuardOptions, introspection } from '@postern/resource-server';
import { beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { forgetIssuers } from '../../packages/resource-server/src/issuer.ts';
import { MAX_BYTES, MAX_TOKENS, ValidatedTokens } from '../../packages/resource-server/src/validated-tokens.ts';
import type { AccessTokenClaims } from '../../src/protocol/access-token.ts';
import { Prover } from '../support/dpop.ts';
import { makeKey } from '../support/keys.ts';
import { INTROSPECTION, PRETEND_ISSUER, type PretendIssuer, pretendIssuer } from '../support/pretend-issuer.ts';
import { json } from '../support/pretend-web.ts';

const RESOURCE = 'https://notes.example/mcp';
const notes: GuardOptions = { issuer: PRETEND_ISSUER, resource: RESOURCE, scopes: ['notes.read'] };

let issuer: PretendIssuer;
let verifications: MockInstance;
beforeEach(async () => {
  forgetIssuers();
  issuer = await pretendIssuer(RESOURCE);
  verifications = vi.spyOn(crypto.subtle, 'verify');
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const statusOf = async (headers: Record<string, string>, options: GuardOptions) =>
  (await check(new Request(RESOURCE, { headers }), options)).refusal?.status ?? 200;

describe('a token that the guard has validated', () => {
  it('is verified once, and the principal is the same each time', async () => {
    const request = new Request(RESOURCE, { headers: bearer(await issuer.token()) });
    const first = await check(request, notes);
    expect(first.principal?.subject).toBe('u_1');
    for (let turn = 0; turn < 3; turn++) expect(await check(request, notes)).toEqual(first);
    expect(verifications).toHaveBeenCalledTimes(1);
  });

  it('with one other character is another token', async () => {
    const token = await issuer.token();
    expect(await statusOf(bearer(token), notes)).toBe(200);
    const [header, payload = '', signature] = token.split('.');
    const changed = `${payload.slice(0, -1)}${payload.endsWith('A') ? 'B' : 'A'}`;
    expect(await statusOf(bearer([header, changed, signature].join('.')), notes)).toBe(401);
    expect(await statusOf(bearer(token.slice(0, -2)), notes)).toBe(401);
  });

  it('is refused when it has expired, with the tolerance of 60 seconds', async () => {
    const start = Date.UTC(2026, 10, 20);
    vi.useFakeTimers({ now: start, toFake: ['Date'] });
    const token = await issuer.token({ exp: start / 1000 + 100 });
    expect(await statusOf(bearer(token), notes)).toBe(200);
    vi.setSystemTime(start + 159_000);
    expect(await statusOf(bearer(token), notes)).toBe(200);
    expect(verifications).toHaveBeenCalledTimes(1);
    vi.setSystemTime(start + 160_000);
    expect(await statusOf(bearer(token), notes)).toBe(401);
  });

  it("is refused by another resource's guard, and where an operation needs another scope", async () => {
    const token = await issuer.token();
    expect(await statusOf(bearer(token), notes)).toBe(200);
    expect(await statusOf(bearer(token), { ...notes, resource: 'https://other.example' })).toBe(401);
    expect(await statusOf(bearer(token), { ...notes, scopes: ['notes.write'] })).toBe(403);
    expect(await statusOf(bearer(token), { ...notes, issuer: 'https://other.example' })).not.toBe(200);
    expect(await statusOf(bearer(token), notes)).toBe(200);
  });

  it('is verified again with newer keys, and refused where its own was removed', async () => {
    const start = Date.UTC(2026, 10, 20);
    vi.useFakeTimers({ now: start, toFake: ['Date'] });
    const token = await issuer.token({ exp: start / 1000 + 3600 });
    expect(await statusOf(bearer(token), notes)).toBe(200);
    const next = await makeKey('ES256', 'k2');
    issuer.publish([issuer.key, next]);
    vi.setSystemTime(start + 301_000);
    expect(await statusOf(bearer(token), notes)).toBe(200);
    expect(verifications).toHaveBeenCalledTimes(2);
    issuer.publish([next]);
    vi.setSystemTime(start + 602_000);
    expect(await statusOf(bearer(token), notes)).toBe(401);
  });

  it('is refused at once when it was revoked, where the issuer is asked', async () => {
    let active = true;
    issuer.web.answers[INTROSPECTION] = () => json({ active });
    const verifier = introspection({ issuer: PRETEND_ISSUER, clientId: 'notes', clientSecret: 'ps_a' });
    const asking: GuardOptions = { ...notes, revocation: 'immediate', verifier };
    const token = await issuer.token();
    expect(await statusOf(bearer(token), notes)).toBe(200);
    expect(await statusOf(bearer(token), asking)).toBe(200);
    active = false;
    expect(await statusOf(bearer(token), asking)).toBe(401);
    expect(verifications).toHaveBeenCalledTimes(1);
  });

  it('needs a proof with every request where it is bound to a key (RFC 9449 §7.1)', async () => {
    const key = await Prover.make();
    const token = await issuer.token({ cnf: { jkt: key.thumbprint } });
    const proven = async (by: Prover) => ({
      authorization: `DPoP ${token}`,
      dpop: await by.prove('GET', '', token, { claims: { htu: RESOURCE } }),
    });
    expect(await statusOf(await proven(key), notes)).toBe(200);
    expect(await statusOf(bearer(token), notes)).toBe(401);
    expect(await statusOf({ authorization: `DPoP ${token}` }, notes)).toBe(401);
    expect(await statusOf(await proven(await Prover.make()), notes)).toBe(401);
  });

  it('names the same principal, whatever a handler did to that of an earlier request', async () => {
    const token = await issuer.token({ act: { sub: 'c_2', act: { sub: 'c_3' } } });
    const request = new Request(RESOURCE, { headers: bearer(token) });
    const { principal } = await check(request, notes);
    principal?.scopes.push('everything');
    principal?.audience.push('https://other.example');
    if (principal?.actor?.act) principal.actor.act.sub = 'c_9';
    expect((await check(request, notes)).principal).toMatchObject({
      scopes: ['notes.read'],
      audience: [RESOURCE],
      actor: { sub: 'c_2', act: { sub: 'c_3' } },
    });
  });
});

describe('the validated tokens of an isolate', () => {
  const claims: AccessTokenClaims = {
    iss: 'i',
    sub: 'u',
    aud: 'a',
    client_id: 'c',
    jti: 't',
    iat: 0,
    exp: 9e9,
  } as never;
  const at = { now: 0, tolerance: 0 };

  it('are bounded in number: the one that was used last is kept, the oldest goes', async () => {
    const tokens = new ValidatedTokens();
    const verify = vi.fn(async () => claims);
    for (let index = 0; index < MAX_TOKENS; index++) await tokens.claimsOf(`t${index}`, at, verify);
    expect(tokens.size).toBe(MAX_TOKENS);
    await tokens.claimsOf('t0', at, verify);
    expect(verify).toHaveBeenCalledTimes(MAX_TOKENS);
    await tokens.claimsOf('one more', at, verify);
    expect(tokens.size).toBe(MAX_TOKENS);
    await tokens.claimsOf('t0', at, verify);
    expect(verify).toHaveBeenCalledTimes(MAX_TOKENS + 1);
    await tokens.claimsOf('t1', at, verify);
    expect(verify).toHaveBeenCalledTimes(MAX_TOKENS + 2);
  });

  it('are bounded in bytes', async () => {
    const tokens = new ValidatedTokens();
    const large = MAX_BYTES / 256;
    for (let index = 0; index < 300; index++) {
      await tokens.claimsOf(String(index).padEnd(large, 'x'), at, async () => claims);
    }
    expect(tokens.size).toBe(256);
  });

  it('hold nothing that was refused, and one entry where two requests verify the same token at once', async () => {
    const tokens = new ValidatedTokens();
    const refuse = () => Promise.reject(new Error('refused'));
    await expect(tokens.claimsOf('token', at, refuse)).rejects.toThrow('refused');
    expect(tokens.size).toBe(0);
    await Promise.all(Array.from({ length: 50 }, () => tokens.claimsOf('token', at, async () => claims)));
    expect(tokens.size).toBe(1);
  });
});
