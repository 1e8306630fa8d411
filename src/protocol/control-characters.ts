/**
 * Control characters in text that is displayed. C0, DEL and C1 drive a terminal; bidirectional formatting reorders the
 * text around it.
 */

/** Tab, line feed and carriage return, which text of several lines has. */
const LINES = '\\t\\n\\r';
const CONTROL = '\\u0000-\\u001f\\u007f-\\u009f';

/** Formatting characters of the Unicode Bidirectional Algorithm (UAX #9) §2, and line separators. */
const FORMATTING = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\u2028\\u2029';

const NOT_PLAIN = new RegExp(`[${CONTROL}${FORMATTING}]`, 'g');
const NOT_PLAIN_LINES = new RegExp(`(?![${LINES}])[${CONTROL}]`);

/** @returns true if the text has neither control nor bidirectional formatting characters. */
export const isPlainText = (text: string): boolean => text.search(NOT_PLAIN) < 0;

/** The text without control and bidirectional formatting characters. */
export const stripControlCharacters = (text: string): string => text.replaceAll(NOT_PLAIN, '');

/** The text with each such character as a JSON escape. */
export const escapeControlCharacters = (text: string): string =>
  text.replaceAll(NOT_PLAIN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The same for each line of a text, such as the output of a command. */
export const escapeControlCharactersInLines = (text: string): string =>
  text.split('\n').map(escapeControlCharacters).join('\n');

/** @returns true if a name or text anywhere in a JSON value has a control character other than tab and line break. */
export function containsControlCharacter(value: unknown): boolean {
  if (typeof value === 'string') return NOT_PLAIN_LINES.test(value);
  if (Array.isArray(value)) return value.some(containsControlCharacter);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => NOT_PLAIN_LINES.test(name) || containsControlCharacter(inner));
}

/** The error message for a text with control characters. */
export const NOT_PLAIN_TEXT = { error: 'must not hold control or bidirectional formatting characters' };
