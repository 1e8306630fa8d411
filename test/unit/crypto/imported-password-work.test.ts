/** The work of a sign-in does not depend on the kind of hash that the account has, or that there is none. */
import { afterAll, beforeEach, expect, it, vi } from 'vitest';

const work = vi.hoisted(() => ({ iterations: 0, scrypts: 0 }));

vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:crypto')>();
  const pbkdf2: typeof original.pbkdf2 = (password, salt, iterations, ...rest) => {
    work.iterations += iterations;
    original.pbkdf2(password, salt, iterations, ...rest);
  };
  const scrypt = (...given: Parameters<typeof original.scrypt>) => {
    work.scrypts++;
    original.scrypt(...given);
  };
  return { ...original, pbkdf2, scrypt };
});

// Calls are counted, whatever each costs.
vi.mock('../../../src/crypto/password-cost.ts', () => import('../../support/password-cost.ts'));

// Files share their modules: another one may have loaded it with the original.
vi.resetModules();
const { hashPassword, verifyPassword } = await import('../../../src/crypto/password.ts');

const IMPORTED = '$pbkdf2-sha256$12000$8PHy8/T19vf4.fr7/P3./w$DfGRPUooYOkc3.9y8p.hXGqPXU.lGGv7QUF4edWdQPg';
const OWN = await hashPassword('own');

afterAll(() => {
  vi.doUnmock('../../../src/crypto/password-cost.ts');
  vi.resetModules();
});

beforeEach(() => Object.assign(work, { iterations: 0, scrypts: 0 }));

it.each([
  ['an imported hash that matches', 'paßwort 🔑 café', IMPORTED],
  ['an imported hash that does not', 'wrong', IMPORTED],
  ['an imported hash with more iterations than are accepted', 'wrong', IMPORTED.replace('12000', '90000')],
  ['a hash that cannot be verified', 'wrong', '$argon2id$v=19$m=102400,t=2,p=8$5pzT$Uya'],
  ['a hash of this server that matches', 'own', OWN],
  ['a hash of this server that does not', 'wrong', OWN],
  ['no hash', 'wrong', null],
])('29,000 iterations and one scrypt: %s', async (_, password, hash) => {
  await verifyPassword(password, hash, 29_000);
  expect(work).toEqual({ iterations: 29_000, scrypts: 1 });
});

it.each([
  ['wrong', IMPORTED],
  ['own', OWN],
  ['wrong', null],
])('no iteration and one scrypt where no imported hash is accepted: %s, %s', async (password, hash) => {
  await verifyPassword(password, hash, 0);
  expect(work).toEqual({ iterations: 0, scrypts: 1 });
});
