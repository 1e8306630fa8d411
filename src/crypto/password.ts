/** Password hashing by scrypt. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { importedPasswordMatches } from './imported-password.ts';
import { COST } from './password-cost.ts';

const KEY_BYTES = 32;

/** A hash with its parameters: `scrypt$N$r$p$salt$key`, salt and key in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

export type PasswordVerdict = {
  matches: boolean;
  /** The hash that replaces a matching one of another server. */
  replacement?: string;
};

/**
 * Compares a password with a hash, which may be of a server that users were imported from. Each verdict takes the same
 * work: the PBKDF2 iterations of imported hashes, where any are accepted, and one scrypt.
 * @param importedIterations the most iterations of an imported hash; 0 accepts none.
 */
export async function verifyPassword(
  password: string,
  hash: string | null,
  importedIterations: number,
): Promise<PasswordVerdict> {
  if (await importedPasswordMatches(password, hash ?? '', importedIterations)) {
    return { matches: true, replacement: await hashPassword(password) };
  }
  return { matches: await passwordMatches(password, hash) };
}

/**
 * Compares a password with a hash. Without a hash (no such user, or no password) the same work is done, so that the time
 * does not reveal whether an account exists.
 */
export async function passwordMatches(password: string, hash: string | null): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = (hash ?? '').split('$');
  if (scheme !== 'scrypt' || !salt || !key) {
    await derive(password, Buffer.alloc(16), COST);
    return false;
  }
  const expected = Buffer.from(key, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p), maxmem: COST.maxmem };
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), cost), expected);
}

function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // NFKC: the same password from another keyboard is equal (RFC 8265 §4).
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
