/** Password hashes: they carry their parameters, and a missing one costs the same. */
import { describe, expect, it } from 'vitest';
import { hashPassword, passwordMatches } from '../../../src/crypto/password.ts';

describe('passwords', () => {
  it('match their own hash and no other', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).toMatch(/^scrypt\$16384\$8\$5\$/);
    expect(await passwordMatches('correct horse', hash)).toBe(true);
    expect(await passwordMatches('correct horsf', hash)).toBe(false);
    expect(await passwordMatches('correct horse', null)).toBe(false);
  });

  it('have a salt of their own', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
  });

  it('typed on another keyboard are the same (RFC 8265 §4)', async () => {
    expect(await passwordMatches('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true);
  });
});
