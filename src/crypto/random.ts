/** Unguessable text for ids and secrets. */

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Random letters and digits, 5.95 bits each. No `_` or `-`, so that ids can be joined by them.
 * 22 characters carry 128 bits (ids), 43 carry 256 (secrets).
 */
export const randomText: Letters = (length) => randomWord(ALPHABET, length);

/** Makes that many letters and digits. */
export type Letters = (length: number) => string;

/** The same letters and digits for the same source, which gives a MAC in base64url for each round. */
export const derivedText =
  (source: (round: number) => string): Letters =>
  (length) =>
    wordFrom(ALPHABET, length, (round) => Buffer.from(source(round), 'base64url'));

/** Random letters of an alphabet of at most 256, each as likely as the others. */
export const randomWord = (alphabet: string, length: number): string =>
  wordFrom(alphabet, length, () => crypto.getRandomValues(new Uint8Array(length * 2)));

function wordFrom(alphabet: string, length: number, bytesOf: (round: number) => Uint8Array): string {
  // Bytes beyond the last whole multiple would make the first letters likelier.
  const usable = 256 - (256 % alphabet.length);
  let text = '';
  for (let round = 0; text.length < length; round++) {
    for (const byte of bytesOf(round)) {
      if (byte < usable && text.length < length) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}
