/** URLs that differ by a slash at the end alone, which servers and clients add or drop. */

/** A URL without the slash at its end. */
export const withoutSlash = (url: string): string => url.replace(/\/$/, '');
