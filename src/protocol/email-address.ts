/** An e-mail address as it is compared here. */

/**
 * In small letters, of ASCII alone. To Unicode the sign for kelvin (U+212A) is a capital k, and whoever reads mail at an
 * address with it would be taken for somebody else.
 */
export const withSmallLetters = (address: string): string =>
  address.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
