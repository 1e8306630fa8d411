/** Key pairs of tests: each call of a test gets another one. */
import { type GenerateKeyPairResult, generateKeyPair } from 'jose';
import { expect } from 'vitest';

/** Pairs of RSA by algorithm: to find their primes takes longer than most tests, so that the next test gets them again. */
const pairs = new Map<string, Promise<GenerateKeyPairResult>[]>();

/** The pairs that the present test has, by algorithm. */
const taken = { test: '', counts: new Map<string, number>() };

/** A pair that this test did not have before; extractable. */
export function keyPair(alg: string): Promise<GenerateKeyPairResult> {
  if (!/^[RP]S\d/.test(alg)) return generateKeyPair(alg, { extractable: true });
  const known = pairs.get(alg) ?? [];
  pairs.set(alg, known);
  const index = nextIndex(alg);
  known[index] ??= generateKeyPair(alg, { extractable: true });
  return known[index];
}

function nextIndex(alg: string): number {
  const test = expect.getState().currentTestName ?? '';
  if (test !== taken.test) {
    taken.test = test;
    taken.counts.clear();
  }
  const index = taken.counts.get(alg) ?? 0;
  taken.counts.set(alg, index + 1);
  return index;
}
