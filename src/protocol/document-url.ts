/** URLs named by clients: rules for fetching them (SSRF), and for a client_id that is a URL (CIMD §2). */

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Names without a public host (RFC 6761, RFC 6762, RFC 8375, RFC 9476, and names of internal networks). */
const SPECIAL_NAMES =
  /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|arpa|test|invalid|example|onion|alt)$/;

const MAX_URL_LENGTH = 500;

/**
 * The reason why a URL must not be fetched, or undefined. Loopback only where this server runs on loopback; no IP
 * addresses: special-use ones must be refused (RFC 6890), and public documents have names.
 */
export function fetchProblem(url: URL, mayBeLoopback: boolean): string | undefined {
  const host = url.hostname.replace(/\.$/, '');
  if (url.username || url.password) return 'it must not hold a user name or password';
  if (mayBeLoopback && LOOPBACK_NAMES.includes(host)) return undefined;
  if (url.protocol !== 'https:') return 'it must be https';
  // The URL parser normalises every notation of an IPv4 address to four numbers.
  if (host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host)) return 'its host must be a name, not an IP address';
  if (!host.includes('.') || host.split('.').includes('') || SPECIAL_NAMES.test(host))
    return 'its host is not a public name';
  return undefined;
}

/** @returns true if a client_id is the URL of a metadata document. Ids issued by this server never are. */
export function isClientDocumentUrl(clientId: string, mayBeLoopback: boolean): boolean {
  return /^https:/i.test(clientId) || (mayBeLoopback && /^http:/i.test(clientId));
}

/**
 * The reason why a client_id cannot be the URL of its document, or undefined. The raw string is validated: parsing hides
 * dot segments, an empty user name, a default port, capital letters and white space.
 */
export function clientDocumentUrlProblem(clientId: string, mayBeLoopback: boolean): string | undefined {
  if (clientId.length > MAX_URL_LENGTH) return 'it is too long';
  const url = URL.canParse(clientId) ? new URL(clientId) : undefined;
  // CIMD §2: MUST contain a path component, MUST NOT contain single-dot or double-dot path segments.
  if (!url || url.href !== clientId)
    return 'it must be written in its normal form, with a path and without dot segments';
  if (url.hash || clientId.includes('#')) return 'it must not have a fragment';
  return fetchProblem(url, mayBeLoopback);
}
