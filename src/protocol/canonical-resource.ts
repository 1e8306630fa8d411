/** The one form in which a resource is compared, whatever form it was written in (RFC 8707 §2). */

/** As long as any address of this server: nobody's resource has a longer one. */
const LONGEST = 2000;

/** Scheme and host in lower case, no trailing slash; undefined for what is too long, or not an absolute URI without a fragment. */
export function canonicalise(text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  const url = /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  // RFC 8707 §2: Its value MUST be an absolute URI. The URI MUST NOT include a fragment component.
  if (!url || text.includes('#') || url.username || url.password) return undefined;
  // Such as urn:example:api, which has no origin to normalise.
  if (url.origin === 'null') return text;
  return url.origin + url.pathname.replace(/\/+$/, '') + url.search;
}
