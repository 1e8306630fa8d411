/** The schema of claim mappings: what an administrator may name, and what never. */
import { describe, expect, it } from 'vitest';
import { ClaimMapping } from '../../../src/protocol/claim-mapping-schema.ts';

const isTaken = (mapping: unknown) => ClaimMapping.safeParse(mapping).success;

describe('a claim mapping', () => {
  it.each([
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'jti',
    'auth_time',
    'nonce',
    'acr',
    'amr',
    'azp',
    'at_hash',
    'c_hash',
    'sid',
    'events',
    'cnf',
    'client_id',
    'scope',
    'act',
    'may_act',
    'email',
    'email_verified',
    'grant',
    '_claim_names',
    '_claim_sources',
    '',
    'a b',
    'é',
    'x'.repeat(201),
  ])('never names %j', (name) => {
    expect(isTaken(Object.fromEntries([[name, { value: 'x' }]]))).toBe(false);
  });

  it.each(['preferred_username', 'upn', 'username'])('makes %s of an e-mail address or sub only', (name) => {
    const from = (source: string) => isTaken({ [name]: { from: source } });
    expect(['email', 'sub', 'name', 'given_name', 'picture', 'roles'].filter(from)).toEqual(['email', 'sub']);
    expect(isTaken({ [name]: { value: 'root' } })).toBe(false);
  });

  it('needs a source or a constant, of a few types', () => {
    expect(
      isTaken({ groups: { from: 'roles' }, tenant: { value: 'acme' }, n: { value: 1 }, l: { value: ['a'] } }),
    ).toBe(true);
    for (const wrong of [
      {},
      { from: 'roles', value: 'x' },
      { from: 'passwordHash' },
      { value: { a: 1 } },
      { value: null },
    ]) {
      expect(isTaken({ groups: wrong })).toBe(false);
    }
    expect(isTaken({ groups: { from: 'roles', in: ['access_token'] } })).toBe(false);
    expect(isTaken({ groups: { from: 'roles', scope: 'a"b' } })).toBe(false);
  });

  it('names at most 50 claims', () => {
    const of = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, { value: 1 }]));
    expect([isTaken(of(50)), isTaken(of(51))]).toEqual([true, false]);
  });
});
