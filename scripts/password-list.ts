/**
 * `npm run password-list`: writes the list of common passwords that the Worker carries, from that of zxcvbn-ts (MIT):
 * the entries that are long enough to be chosen, sorted and front-coded.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIN_PASSWORD_LENGTH } from '../src/accounts/password-blocklist.ts';

export const PASSWORD_LIST = join('src', 'accounts', 'password-list.json');

const SOURCE = join('node_modules', '@zxcvbn-ts', 'language-common', 'src', 'passwords.json');

/** The capital letter that stands for 0 shared characters. */
const NONE_SHARED = 'A'.charCodeAt(0);
const MOST_SHARED = 25;

/** @returns every entry of the source, in lower case, as passwords are compared. */
export const commonPasswords = (): string[] =>
  (JSON.parse(readFileSync(SOURCE, 'utf8')) as string[]).map((password) => password.toLowerCase());

/** @returns one front-coded line for each first character, in the format that `password-blocklist.ts` reads. */
export function encodePasswords(passwords: readonly string[]): string[] {
  const chosen = [...new Set(passwords)].filter((password) => password.length >= MIN_PASSWORD_LENGTH).sort();
  const lines = Map.groupBy(chosen, (password) => password[0]);
  return [...lines.values()].map((line) =>
    line.map((password, index) => coded(password, line[index - 1] ?? '')).join(''),
  );
}

function coded(password: string, previous: string): string {
  let shared = 0;
  while (shared < MOST_SHARED && shared < previous.length && password[shared] === previous[shared]) shared++;
  return String.fromCharCode(NONE_SHARED + shared) + password.slice(shared);
}

export async function main(): Promise<number> {
  writeFileSync(PASSWORD_LIST, `${JSON.stringify(encodePasswords(commonPasswords()), null, 2)}\n`);
  console.log(`Written: ${PASSWORD_LIST}`);
  return 0;
}
