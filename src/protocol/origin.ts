/** Web origins, as browsers name them in the Origin header (RFC 6454 §6.2). */

/** Scheme, host and port, of any scheme: `capacitor://localhost` is an origin, too. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** @returns true for an origin in the form that browsers send: lower case, without path and default port. */
export function isOrigin(text: string): boolean {
  if (text.length > 300 || !ORIGIN.test(text)) return false;
  return /^https?:/.test(text) ? URL.canParse(text) && new URL(text).origin === text : true;
}

/** The error message for an invalid origin. */
export const ORIGIN_FORM =
  'must be an origin in lower case, scheme://host[:port] without a path, such as https://app.example.com';

/** The entries of a list of origins; `*` means every origin. */
export const parseOrigins = (lines: string): string[] => lines.split(/[\s,]+/).filter((line) => line !== '');
