/** Addresses that a stranger names: which may be fetched at all, and which can be a client's id (CIMD §2). */

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Names that never belong to a public host (RFC 6761, RFC 6762, RFC 8375, RFC 9476, and what networks use inside). */
const SPECIAL_NAMES =
  /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|arpa|test|invalid|example|onion|alt)$/;

const LONGEST_DOCUMENT_URL = 500;

/**
 * What forbids fetching from this address, or undefined. Loopback is for a server that itself runs on loopback.
 * An IP address is refused whatever it is: special-use ones must be (RFC 6890), and public documents have names.
 */
export function fetchProblem(url: URL, mayBeLoopback: boolean): string | undefined {
  const host = url.hostname.replace(/\.$/, '');
  if (url.username || url.password) return 'it must not hold a user name or password';
  if (mayBeLoopback && LOOPBACK_NAMES.includes(host)) return undefined;
  if (url.protocol !== 'https:') return 'it must be https';
  // The URL parser has turned every spelling of an IPv4 address into four numbers.
  if (host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host)) return 'its host must be a name, not an IP address';
  if (!host.includes('.') || host.split('.').includes('') || SPECIAL_NAMES.test(host))
    return 'its host is not a public name';
  return undefined;
}

/** Whether a client id is meant as the address of a metadata document. Ids that this server gives never look like it. */
export function isDocumentUrl(clientId: string, mayBeLoopback: boolean): boolean {
  return /^https:/i.test(clientId) || (mayBeLoopback && /^http:/i.test(clientId));
}

/**
 * What is wrong with a client id as the address of its document, or undefined. The raw string is judged: parsing
 * hides dot segments, an empty user name, a default port, capital letters and white space, so that two strings would
 * be one client.
 */
export function documentUrlProblem(clientId: string, mayBeLoopback: boolean): string | undefined {
  if (clientId.length > LONGEST_DOCUMENT_URL) return 'it is too long';
  const url = URL.canParse(clientId) ? new URL(clientId) : undefined;
  // CIMD §2: MUST contain a path component, MUST NOT contain single-dot or double-dot path segments.
  if (!url || url.href !== clientId)
    return 'it must be written in its normal form, with a path and without dot segments';
  if (url.hash || clientId.includes('#')) return 'it must not have a fragment';
  return fetchProblem(url, mayBeLoopback);
}
