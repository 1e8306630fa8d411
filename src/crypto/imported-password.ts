/**
 * Password hashes of another server, stored as it wrote them until the first sign-in replaces them: PBKDF2 with SHA-256 in the
 * form of passlib, `$pbkdf2-sha256$iterations$salt$key`, and `$frappel$…`, the same over the password hash of MySQL 4.1.
 */
import { hash, pbkdf2, timingSafeEqual } from 'node:crypto';

/** Cloudflare Workers refuse more iterations. */
const MAX_ITERATIONS = 100_000;

const KEY_BYTES = 32;
const FORM = /^\$(pbkdf2-sha256|frappel)\$([1-9]\d{0,5})\$([A-Za-z0-9./]{1,1400})\$([A-Za-z0-9./]{43})$/;

type ImportedHash = { isOfMySql: boolean; iterations: number; salt: Buffer; key: Buffer };

/** The parts of an imported hash; undefined for any other text, and for more iterations than the platform allows. */
function parseImportedHash(text: string): ImportedHash | undefined {
  const [, scheme, count, salt = '', key = ''] = FORM.exec(text) ?? [];
  const iterations = Number(count);
  if (scheme === undefined || iterations > MAX_ITERATIONS) return undefined;
  return { isOfMySql: scheme === 'frappel', iterations, salt: decode(salt), key: decode(key) };
}

/** Base64 with `.` in the place of `+`, without padding. */
const decode = (text: string): Buffer => Buffer.from(text.replaceAll('.', '+'), 'base64');

/** The iterations of an imported hash; undefined for a text that this server cannot verify. */
export const importedIterations = (text: string): number | undefined => parseImportedHash(text)?.iterations;

/**
 * Compares a password with an imported hash. The number of iterations is always `total`, for any other hash and for none,
 * so that the time does not reveal which accounts were imported.
 * @param total the most iterations of an imported hash; one with more matches nothing.
 */
export async function importedPasswordMatches(password: string, stored: string, total: number): Promise<boolean> {
  if (total === 0) return false;
  const parsed = parseImportedHash(stored);
  if (!parsed || parsed.iterations > total) {
    await derive(password, Buffer.alloc(16), total);
    return false;
  }
  const { iterations, salt, key, isOfMySql } = parsed;
  const derived = await derive(isOfMySql ? mySqlHash(password + salt.toString('utf8')) : password, salt, iterations);
  if (total > iterations) await derive(password, salt, total - iterations);
  return timingSafeEqual(derived, key);
}

/** `PASSWORD()` of MySQL 4.1: SHA-1 of SHA-1, in capital hexadecimal digits. */
function mySqlHash(text: string): string {
  return `*${hash('sha1', hash('sha1', text, 'buffer'), 'hex').toUpperCase()}`;
}

/** Unlike our own hashes, over the password as it was entered: that is how the other server hashed it. */
function derive(password: string, salt: Buffer, iterations: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    pbkdf2(password, salt, iterations, KEY_BYTES, 'sha256', (error, key) => (error ? reject(error) : resolve(key)));
  });
}
