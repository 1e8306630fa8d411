/** E-mail addresses in the form in which they are compared. */

/** Lowercases ASCII letters only: Unicode maps the Kelvin sign (U+212A) to k, which would match another user's address. */
export const lowercaseEmail = (address: string): string =>
  address.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
