/** Unguessable text for ids and secrets. */

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Random letters and digits, 5.95 bits each. No `_` or `-`, so that ids can be joined by them.
 * 22 characters carry 128 bits (ids), 43 carry 256 (secrets).
 */
export const randomText = (length: number): string => randomWord(ALPHABET, length);

/** Random letters of an alphabet of at most 256, each as likely as the others. */
export function randomWord(alphabet: string, length: number): string {
  // Bytes beyond the last whole multiple would make the first letters likelier.
  const usable = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length * 2))) {
      if (byte < usable && text.length < length) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}
