/**
 * The canonical form of resource identifiers (RFC 8707 §2), for comparison only: tokens and metadata have the identifier
 * as registered, byte for byte.
 */

/** The longest resource identifier, in characters. */
const MAX_LENGTH = 2000;

/** Scheme and host in lower case, no trailing slash; undefined for anything but a short absolute URI without fragment. */
export function canonicalResource(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const url = /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  // RFC 8707 §2: Its value MUST be an absolute URI. The URI MUST NOT include a fragment component.
  if (!url || text.includes('#') || url.username || url.password) return undefined;
  // Such as urn:example:api, which has no origin to normalise.
  if (url.origin === 'null') return text.replace(/\/+$/, '');
  return url.origin + url.pathname.replace(/\/+$/, '') + url.search;
}

/** @returns true if two identifiers name the same resource, with or without a trailing slash. */
export function isSameResource(one: string, other: string): boolean {
  if (one === other) return true;
  const form = canonicalResource(one);
  return form !== undefined && form === canonicalResource(other);
}

/** @returns true if the audience is the resource, byte for byte but for a trailing slash (RFC 9068 §4). */
export const isAudienceOf = (resource: string, audience: string): boolean =>
  resource === audience || resource.replace(/\/$/, '') === audience.replace(/\/$/, '');
