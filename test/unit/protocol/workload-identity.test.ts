/** Patterns of workload identities: what a star stands for, and which patterns are refused. */
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../../src/protocol/workload-identity.ts';
import { WorkloadIdentity } from '../../../src/protocol/workload-identity-schema.ts';

describe('a pattern of a workload identity', () => {
  const cases: [pattern: string, text: string, matches: boolean][] = [
    ['repo:acme/app:ref:refs/heads/main', 'repo:acme/app:ref:refs/heads/main', true],
    ['repo:acme/app:ref:refs/heads/main', 'repo:acme/app:ref:refs/heads/main2', false],
    ['repo:acme/app:ref:refs/heads/*', 'repo:acme/app:ref:refs/heads/next', true],
    ['repo:acme/app:ref:refs/heads/*', 'repo:acme/app:ref:refs/heads/fix/next', false],
    ['repo:acme/app:ref:refs/heads/**', 'repo:acme/app:ref:refs/heads/fix/next', true],
    ['repo:acme/app:ref:refs/heads/*', 'repo:acme/app:ref:refs/heads/', false],
    ['repo:acme/*:ref:refs/heads/main', 'repo:acme/app:ref:refs/heads/main', true],
    ['repo:acme/*:ref:refs/heads/main', 'repo:acme/app:pull_request:x:ref:refs/heads/main', false],
    ['repo:acme*', 'repo:acme-evil/app', false],
    ['system:serviceaccount:prod:api-*', 'system:serviceaccount:prod:api-7', true],
    ['system:serviceaccount:prod:api-*', 'system:serviceaccount:prod:api-7:x', false],
    ['spiffe://acme.example/ns/*/sa/api', 'spiffe://acme.example/ns/prod/sa/api', true],
    ['a.c', 'abc', false],
    ['a+', 'aa', false],
    ['(a)|b', 'b', false],
    ['main', 'main\n', false],
    ['ma\\w', 'mai', false],
  ];
  it.each(cases)('%s and %s: %s', (pattern, text, matches) => {
    expect(matchesPattern(text, pattern)).toBe(matches);
  });

  it('that accepts every text, or takes long to match, is refused', () => {
    const accepted = (pattern: string) =>
      WorkloadIdentity.safeParse({ issuer: 'https://ci.example', subjects: [pattern] }).success;
    for (const pattern of ['*', '**', '*:main', '', 'a**b', 'a***', 'a*b*', 'x/**/y']) {
      expect([pattern, accepted(pattern)]).toEqual([pattern, false]);
    }
    for (const pattern of ['a', 'a*', 'a*:b*/c*d', 'a/*/**', 'a**']) {
      expect([pattern, accepted(pattern)]).toEqual([pattern, true]);
    }
  });
});
