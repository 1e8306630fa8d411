/** Recovery codes of the second factor: readable, and long enough that their hashes cannot be guessed. */
import { randomWord } from '../../crypto/random.ts';

/** Letters and digits that are not mistaken for each other: 4.95 bits each. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

const LENGTH = 16;
const GROUP = /.{4}/g;

/** The number of codes of a user. */
const RECOVERY_CODES = 10;

/** New codes of a user, without hyphens. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () => randomWord(ALPHABET, LENGTH));

/** A code as it is shown: in groups of four. */
export const formatRecoveryCode = (code: string): string => code.match(GROUP)?.join('-') ?? code;

/** The code of an entered text, without spaces and hyphens; undefined for what is none. */
export function parseRecoveryCode(text: string): string | undefined {
  const code = text.toLowerCase().replace(/[\s-]/g, '');
  return code.length === LENGTH && [...code].every((letter) => ALPHABET.includes(letter)) ? code : undefined;
}
