/** The code that a device shows and a person types (RFC 8628 §6.1). */

/** Capitals without vowels, so that no word comes out: 20 letters, 8 of them make 34 bits. */
export const USER_CODE_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
export const USER_CODE_LENGTH = 8;

/** `WDJBMJHT` as `WDJB-MJHT`. */
export const formatUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** What somebody typed, without what people put in between; undefined for what cannot be a code. */
export function readUserCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return code.length === USER_CODE_LENGTH ? code : undefined;
}
