/** Random text for ids and secrets. */

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Random letters and digits, 5.95 bits each: 22 characters have 128 bits (ids), 43 have 256 (secrets). No `_` or `-`,
 * which separate the parts of credentials.
 */
export const randomText: TextGenerator = (length) => randomWord(ALPHABET, length);

/** Generates a number of letters and digits. */
export type TextGenerator = (length: number) => string;

/** Deterministic letters and digits from a source that returns a MAC in base64url for each round. */
export const derivedText =
  (source: (round: number) => string): TextGenerator =>
  (length) =>
    wordFrom(ALPHABET, length, (round) => Buffer.from(source(round), 'base64url'));

/** Uniformly random letters of an alphabet of at most 256. */
export const randomWord = (alphabet: string, length: number): string =>
  wordFrom(alphabet, length, () => crypto.getRandomValues(new Uint8Array(length * 2)));

function wordFrom(alphabet: string, length: number, bytesOf: (round: number) => Uint8Array): string {
  // Bytes beyond the last whole multiple would bias the result.
  const usable = 256 - (256 % alphabet.length);
  let text = '';
  for (let round = 0; text.length < length; round++) {
    for (const byte of bytesOf(round)) {
      if (byte < usable && text.length < length) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}
