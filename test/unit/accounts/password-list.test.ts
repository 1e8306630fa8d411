/** The list that the Worker carries gives the answers of the whole list of zxcvbn-ts, for every password that is long enough. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commonPasswords, encodePasswords, PASSWORD_LIST } from '../../../scripts/password-list.ts';
import { NewPassword } from '../../../src/accounts/account-fields.ts';
import {
  comparablePassword,
  decodePasswords,
  isCommonPassword,
  MIN_PASSWORD_LENGTH,
} from '../../../src/accounts/password-blocklist.ts';

const whole = new Set(commonPasswords());
const long = [...whole].filter((password) => password.length >= MIN_PASSWORD_LENGTH);

const problemOf = async (password: string) => (await NewPassword.safeParseAsync(password)).error?.issues[0]?.message;

describe('the list of common passwords', () => {
  it('is that which npm run password-list writes', () => {
    const lines = JSON.parse(readFileSync(PASSWORD_LIST, 'utf8')) as string[];
    expect(lines).toEqual(encodePasswords(commonPasswords()));
    expect(new Set(lines.flatMap(decodePasswords))).toEqual(new Set(long));
  });

  it('has more than ten thousand entries that are long enough', () => {
    expect(long.length).toBeGreaterThan(10_000);
  });

  it('has no entry that the form of comparison changes: none could ever match', () => {
    expect([...whole].filter((password) => comparablePassword(password) !== password)).toEqual([]);
  });

  it('each entry of the minimum length is common, in capitals and between spaces, too, and no other is by one more letter', async () => {
    for (const password of long) {
      if (!(await isCommonPassword(password))) throw new Error(`${password} is not common`);
      if (!(await isCommonPassword(` ${password.toUpperCase()}\t`))) throw new Error(`${password} is not common`);
      const longer = `${password}é`;
      if (await isCommonPassword(longer)) throw new Error(`${longer} is common`);
    }
  });

  it('each shorter entry is too short, however it is lengthened by what the comparison removes', async () => {
    const short = [...whole].filter((password) => password.length < MIN_PASSWORD_LENGTH);
    expect(short.length).toBeGreaterThan(10_000);
    for (const password of short) {
      const padded = password.padEnd(MIN_PASSWORD_LENGTH + 1, ' ');
      if ((await problemOf(padded)) !== 'passwordShort') throw new Error(`${padded}| is not too short`);
    }
  });
});

describe('a new password', () => {
  it('counts in the form that is compared: mathematical letters are two code units each', async () => {
    const mathematical = String.fromCodePoint(...Array.from('qwerty', (letter) => 0x1d41a + letter.charCodeAt(0) - 97));
    expect(mathematical.length).toBe(12);
    expect(await problemOf(mathematical)).toBe('passwordShort');
    expect(await problemOf(`${mathematical}uiop`)).toBe('passwordCommon');
    expect(await problemOf('  seven quiet otters  ')).toBeUndefined();
  });
});
