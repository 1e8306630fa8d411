/** The user code of device authorization (RFC 8628 §6.1). */

/** Capitals without vowels, so that codes are no words: 8 of 20 letters have 34 bits. */
export const USER_CODE_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
export const USER_CODE_LENGTH = 8;

/** `WDJBMJHT` as `WDJB-MJHT`. */
export const formatUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** A typed code without separators; undefined for any other text. */
export function parseUserCode(text: string): string | undefined {
  const code = text.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return code.length === USER_CODE_LENGTH ? code : undefined;
}
