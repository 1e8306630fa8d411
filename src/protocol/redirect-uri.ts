/** Redirect URIs: which may be registered, and whether one that is sent is registered (RFC 6749 §3.1.2, RFC 8252). */
import { OAuthError } from './oauth-error.ts';

const LOOPBACK = /^http:\/\/(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?(?=[/?]|$)/;
const PRIVATE_USE = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/;

/** RFC 6749 §3.1.2: an existing query component MUST be retained when adding additional query parameters. */
export function withQuery(uri: string, parameters: Record<string, string>): string {
  const glue = !uri.includes('?') ? '?' : /[?&]$/.test(uri) ? '' : '&';
  return `${uri}${glue}${new URLSearchParams(parameters)}`;
}

/** Whether the URI leads to a program on the person's own machine (RFC 8252 §7.3). */
export function isLoopbackRedirect(uri: string): boolean {
  return LOOPBACK.test(uri);
}

/** Whether the URI leads to an app by a scheme of its own (RFC 8252 §7.1). */
export function isPrivateUseRedirect(uri: string): boolean {
  return !/^https?:/i.test(uri);
}

/**
 * @param applicationType `web` forbids private-use schemes (OpenID Connect Registration §2).
 * @throws OAuthError invalid_redirect_uri with what is wrong with it.
 */
export function checkRedirectUri(uri: string, applicationType?: string): void {
  const problem = problemOf(uri, applicationType);
  if (problem)
    throw new OAuthError('invalid_redirect_uri', `redirect URI ${JSON.stringify(uri.slice(0, 200))}: ${problem}`);
}

function problemOf(uri: string, applicationType?: string): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(uri) || !URL.canParse(uri)) return 'it is not an absolute URI.';
  if (/[\\"<>^`{|}]/.test(uri)) return 'it holds a character that a URI cannot have.';
  // RFC 6749 §3.1.2: The endpoint URI MUST NOT include a fragment component.
  if (uri.includes('#')) return 'it must not have a fragment.';
  if (uri.includes('*')) return 'wildcards are not supported; register each URI.';
  const url = new URL(uri);
  if (url.username || url.password || /^[a-z]+:\/\/[^/?]*@/i.test(uri))
    return 'it must not hold a user name or password.';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:') {
    return LOOPBACK.test(uri)
      ? undefined
      : 'http is only for loopback (http://127.0.0.1, http://[::1], http://localhost); use https.';
  }
  // RFC 8252 §7.1: apps MUST use a URI scheme based on a domain name under their control, in reverse order.
  if (!PRIVATE_USE.test(uri)) return 'a private-use scheme needs a dot, such as com.example.app:/callback.';
  if (applicationType === 'web') return 'a client of application_type "web" cannot use a private-use scheme.';
  return undefined;
}

/**
 * Whether a redirect URI that was sent is one that was registered: simple string comparison (RFC 6749 §3.1.2.3).
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
