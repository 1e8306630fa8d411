/** Redirect URIs: validation at registration, and matching at the authorization endpoint (RFC 6749 §3.1.2, RFC 8252). */
import { quoted } from './lines.ts';
import { OAuthError } from './oauth-error.ts';
import { forbiddenSchemeReason, isSelfRegistrableScheme, schemeOf } from './uri-scheme.ts';

const LOOPBACK = /^http:\/\/(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::(\d{1,5}))?(?=[/?]|$)/;
const HIGHEST_PORT = 65_535;

/** A host and port without https:// or http://: a URI parser reads the host as a scheme. */
const HOST_AND_PORT = /^[^:/]+:\d+(?=[/?]|$)/;

/** Appends parameters. RFC 6749 §3.1.2: an existing query component MUST be retained. */
export function appendQuery(uri: string, parameters: Record<string, string>): string {
  const glue = !uri.includes('?') ? '?' : /[?&]$/.test(uri) ? '' : '&';
  return `${uri}${glue}${new URLSearchParams(parameters)}`;
}

const MAX_REDACTED_LENGTH = 300;

/** A redirect URI for logs: without user information, fragment, and the values of its query, which may be secrets. */
export function redactRedirectUri(uri: string): string {
  const [address = '', ...query] = uri.replace(/#.*$/s, '').split('?');
  const names = query
    .join('?')
    .split('&')
    .map((pair) => (pair.includes('=') ? `${pair.split('=')[0]}=…` : '…'));
  const named =
    address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1') + (query.length > 0 ? `?${names.join('&')}` : '');
  return named.length > MAX_REDACTED_LENGTH ? `${named.slice(0, MAX_REDACTED_LENGTH)}…` : named;
}

/** @returns true for a loopback URI of a native app (RFC 8252 §7.3). */
export function isLoopbackRedirect(uri: string): boolean {
  const found = LOOPBACK.exec(uri);
  return found !== null && Number(found[2] ?? 0) <= HIGHEST_PORT;
}

/** @returns true for an https URI; also for loopback where the issuer is loopback. */
export function isWebRedirect(uri: string, issuerIsLoopback: boolean): boolean {
  return uri.startsWith('https://') || (issuerIsLoopback && isLoopbackRedirect(uri));
}

/** @returns true for a private-use scheme (RFC 8252 §7.1). */
export function isPrivateUseRedirect(uri: string): boolean {
  return !/^https?:/i.test(uri);
}

/**
 * @param schemes allowed private-use schemes without a dot; undefined allows all that are not forbidden.
 * @returns the reason why the redirect URI cannot be registered, or undefined.
 */
export const redirectUriProblem = (uri: string, schemes?: readonly string[]): string | undefined =>
  problemOf(uri) ?? (schemes && privateUseSchemeProblem(uri, schemes));

/**
 * Validates the redirect URIs of a registration, each of them.
 * @param member the member of the metadata that holds them.
 * @throws OAuthError invalid_redirect_uri for redirect_uris, else invalid_client_metadata: the text has the first problem,
 * `fields` all of them.
 */
export function checkRedirectUris(member: string, uris: readonly string[], schemes?: readonly string[]): void {
  const problems = uris.flatMap((uri, index) => {
    const problem = redirectUriProblem(uri, schemes);
    return problem === undefined ? [] : [{ uri, problem, pointer: `#/${member}/${index}` }];
  });
  const [first] = problems;
  if (!first) return;
  const sentence = `redirect URI ${quoted(first.uri)}: ${first.problem}`;
  const fields = problems.map(({ pointer, problem }) => ({ pointer, detail: problem }));
  throw member === 'redirect_uris'
    ? new OAuthError('invalid_redirect_uri', sentence, { fields })
    : new OAuthError('invalid_client_metadata', `${member}: ${sentence}`, { fields });
}

function problemOf(uri: string): string | undefined {
  const scheme = schemeOf(uri);
  if (!/^[\x21-\x7e]+$/.test(uri) || scheme === undefined || !URL.canParse(uri)) return 'it is not an absolute URI.';
  if (/[\\"<>^`{|}]/.test(uri)) return 'it holds a character that a URI cannot have.';
  // RFC 6749 §3.1.2: The endpoint URI MUST NOT include a fragment component.
  if (uri.includes('#')) return 'it must not have a fragment.';
  if (uri.includes('*')) return 'wildcards are not supported; register each URI.';
  const url = new URL(uri);
  if (url.username || url.password || /^[^:]+:\/\/[^/?]*@/.test(uri))
    return 'it must not hold a user name or password.';
  if (url.protocol === 'https:') return /^https:\/\/[^/?]/i.test(uri) ? undefined : 'https:// is followed by a host.';
  if (url.protocol === 'http:') {
    return isLoopbackRedirect(uri)
      ? undefined
      : 'http is only for loopback (http://127.0.0.1, http://[::1], http://localhost); use https.';
  }
  const reason = forbiddenSchemeReason(scheme);
  if (reason) return `the scheme ${scheme} cannot be used: ${reason}.`;
  if (HOST_AND_PORT.test(uri)) return 'it begins with a host; write https:// before it.';
  return undefined;
}

/** The reason why only an administrator can register the private-use scheme of the URI, or undefined. */
export function privateUseSchemeProblem(uri: string, schemes: readonly string[]): string | undefined {
  const scheme = schemeOf(uri);
  if (scheme === undefined || !isPrivateUseRedirect(uri) || isSelfRegistrableScheme(scheme, schemes)) return undefined;
  return `the private-use scheme ${scheme} needs a dot, such as com.example.app:/callback, or an administrator who allows it.`;
}

/**
 * Compares the redirect_uri of a request with the registered ones as strings (RFC 6749 §3.1.2.3).
 * RFC 8252 §7.3: the authorization server MUST allow any port at the time of the request for loopback URIs.
 */
export function redirectUriMatches(sent: string, registered: readonly string[]): boolean {
  if (registered.includes(sent)) return true;
  if (!isLoopbackRedirect(sent)) return false;
  return registered.some((uri) => isLoopbackRedirect(uri) && withoutPort(uri) === withoutPort(sent));
}

function withoutPort(uri: string): string {
  return uri.replace(LOOPBACK, 'http://$1');
}
