/** The words of a search: what stands between separators, compared by its beginning. */

/** The characters between words. */
export const WORD_SEPARATORS = [...'.@-_/:+,;()[]{}\'"\\&!?#*=|<>~`'];

/** Words of a search that are looked at, and characters of each. */
const MAX_WORDS = 5;
const MAX_LENGTH = 40;

const SEPARATED = new RegExp(`[\\s${WORD_SEPARATORS.map((one) => `\\${one}`).join('')}]+`);

/** SQLite's lower() knows the letters of ASCII only. */
const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The words of a text, the longest first: few records have it. @param most words that are looked at. */
export const searchWords = (search: string, most = MAX_WORDS): string[] =>
  search
    .split(SEPARATED)
    .filter((word) => word !== '')
    .slice(0, most)
    .map((word) => word.slice(0, MAX_LENGTH))
    .toSorted((one, other) => other.length - one.length);

/** The forms in which a word may be stored: letters beyond ASCII keep their case there. */
export function wordVariants(word: string): string[] {
  const [first = '', ...rest] = [...word.toLowerCase()];
  return [...new Set([lowerAscii(word), word.toLowerCase(), lowerAscii(first.toUpperCase() + rest.join(''))])];
}
