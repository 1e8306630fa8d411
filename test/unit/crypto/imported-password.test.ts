/** Password hashes of passlib, as Frappe stores them. The vectors were made with passlib 1.7.4. */
import { describe, expect, it } from 'vitest';
import { importedIterations, importedPasswordMatches } from '../../../src/crypto/imported-password.ts';
import { hashPassword, verifyPassword } from '../../../src/crypto/password.ts';

const DEFAULT = '$pbkdf2-sha256$29000$MDEyMzQ1Njc4OWFiY2RlZg$HwysB.Ke0YuzHEd/zzqZI6iTbuC8ephxy6jSfQdwV8M';
const BYTES = '$pbkdf2-sha256$12000$8PHy8/T19vf4.fr7/P3./w$DfGRPUooYOkc3.9y8p.hXGqPXU.lGGv7QUF4edWdQPg';
const LEGACY = '$frappel$29000$NGY2YTJiOWMxZA$fD62xvEJ71JU4ovC9thVpRhhUmfyOeCY0trFNBOFM2Y';
const ARGON2 = '$argon2id$v=19$m=102400,t=2,p=8$5pzT+p8zZqxVyjnn3HuP0Q$UyWacWIVAo3EgRfgedRSvw';

describe('a password hash of passlib', () => {
  it.each([
    ['correct horse battery', DEFAULT],
    ['paßwort 🔑 café', BYTES],
    ['old secret', LEGACY],
  ])('%s matches %s, and no other password does', async (password, hash) => {
    expect(await importedPasswordMatches(password, hash, 29_000)).toBe(true);
    expect(await importedPasswordMatches(`${password}x`, hash, 29_000)).toBe(false);
    expect(await importedPasswordMatches('', hash, 29_000)).toBe(false);
  });

  it('matches nothing where fewer iterations are accepted, or none', async () => {
    expect(await importedPasswordMatches('correct horse battery', DEFAULT, 28_999)).toBe(false);
    expect(await importedPasswordMatches('correct horse battery', DEFAULT, 0)).toBe(false);
  });

  it('is no hash of this server: the MySQL hash of a password does not sign in', async () => {
    const mySqlHash = '*7DA963FB47F56F131A33AEF428B829D5D107883E';
    expect(await importedPasswordMatches(mySqlHash, LEGACY, 29_000)).toBe(false);
  });

  it('has its number of iterations; one that cannot be verified has none', () => {
    expect([DEFAULT, BYTES, LEGACY].map(importedIterations)).toEqual([29_000, 12_000, 29_000]);
    const salt = 'MDEyMzQ1Njc4OWFiY2RlZg';
    const key = DEFAULT.split('$')[4];
    for (const text of [
      ARGON2,
      `$pbkdf2-sha256$100001$${salt}$${key}`,
      `$pbkdf2-sha256$0$${salt}$${key}`,
      `$pbkdf2-sha256$29000$$${key}`,
      `$pbkdf2-sha256$29000$${salt}$${key}A`,
      `$pbkdf2-sha512$29000$${salt}$${key}`,
      '$2b$12$abcdefghijklmnopqrstuuJ1vU4Vh0c7S8YfS8YfS8YfS8YfS8YfS',
      'scrypt$16384$8$5$abc$def',
      '',
    ]) {
      expect([text, importedIterations(text)]).toEqual([text, undefined]);
    }
    expect(importedIterations(`$pbkdf2-sha256$100000$${salt}$${key}`)).toBe(100_000);
  });
});

describe('verifyPassword', () => {
  it('gives the replacement of an imported hash, which matches the same password', async () => {
    const { matches, replacement = '' } = await verifyPassword('correct horse battery', DEFAULT, 29_000);
    expect([matches, replacement.split('$')[0]]).toEqual([true, 'scrypt']);
    expect(await verifyPassword('correct horse battery', replacement, 29_000)).toEqual({ matches: true });
  });

  it('replaces no hash of this server, and nothing after a wrong password', async () => {
    const own = await hashPassword('correct horse battery');
    expect(await verifyPassword('correct horse battery', own, 29_000)).toEqual({ matches: true });
    expect(await verifyPassword('wrong', own, 29_000)).toEqual({ matches: false });
    expect(await verifyPassword('wrong', DEFAULT, 29_000)).toEqual({ matches: false });
    expect(await verifyPassword('correct horse battery', null, 29_000)).toEqual({ matches: false });
    expect(await verifyPassword('correct horse battery', DEFAULT, 0)).toEqual({ matches: false });
  });
});
