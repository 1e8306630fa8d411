/** The blocklist of common passwords, loaded only where a password is set. `npm run password-list` writes its entries. */

/** The fewest characters of a password, counted in the form that is compared. */
export const MIN_PASSWORD_LENGTH = 8;

/** The form of a password that is compared with the list: without outer spaces, NFKC (Unicode UAX #15), lower case. */
export const comparablePassword = (password: string): string => password.trim().normalize('NFKC').toLowerCase();

let blocklist: Promise<Set<string>> | undefined;

async function load(): Promise<Set<string>> {
  const { default: lines } = await import('./password-list.json');
  return new Set(lines.flatMap(decodePasswords));
}

/**
 * Decodes a front-coded line: before each entry stands a capital letter, the number of characters that it shares with
 * the entry before it (A: 0, B: 1 …).
 */
export function decodePasswords(line: string): string[] {
  let previous = '';
  return Array.from(line.matchAll(/([A-Z])([^A-Z]*)/g), ([, shared = 'A', rest = '']) => {
    previous = previous.slice(0, shared.charCodeAt(0) - 'A'.charCodeAt(0)) + rest;
    return previous;
  });
}

/**
 * @returns whether a password is on the list, which has only entries of `MIN_PASSWORD_LENGTH` characters and more.
 * NIST SP 800-63B §3.1.1.2: verifiers SHALL compare the prospective secret against a blocklist of commonly used passwords.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  blocklist ??= load();
  return (await blocklist).has(comparablePassword(password));
}
