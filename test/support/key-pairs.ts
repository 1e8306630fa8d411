/** Key pairs of tests: each call of a test gets another one. */
import { exportPKCS8, exportSPKI, type GenerateKeyPairResult, generateKeyPair, importPKCS8, importSPKI } from 'jose';
import { expect } from 'vitest';

type Pems = { private: string; public: string };

/** RSA keys, whichever algorithm they serve: finding primes takes longer than most tests, so the next test has the same. */
const rsaKeys: Promise<Pems>[] = [];

/** The number of RSA keys that the present test has. */
const taken = { test: '', count: 0 };

/** A pair that this test did not have before, though a hook of its file may have; extractable. */
export async function keyPair(alg: string): Promise<GenerateKeyPairResult> {
  if (!/^[RP]S\d/.test(alg)) return generateKeyPair(alg, { extractable: true });
  const pems = await nextRsaKey();
  return {
    privateKey: await importPKCS8(pems.private, alg, { extractable: true }),
    publicKey: await importSPKI(pems.public, alg, { extractable: true }),
  };
}

function nextRsaKey(): Promise<Pems> {
  const test = expect.getState().currentTestName ?? '';
  if (test !== taken.test) Object.assign(taken, { test, count: 0 });
  const index = taken.count++;
  rsaKeys[index] ??= newRsaKey();
  return rsaKeys[index];
}

async function newRsaKey(): Promise<Pems> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { private: await exportPKCS8(privateKey), public: await exportSPKI(publicKey) };
}
