/** The return address of a flow: a path of this server, or a page on an origin that an administrator allowed. */
import { OAuthError } from '../protocol/oauth-error.ts';

/**
 * The return address, normalized.
 * @throws OAuthError invalid_request for one that is neither.
 */
export function returnAddress(text: string, issuer: string, origins: readonly string[]): string {
  const url = URL.canParse(text, issuer) ? new URL(text, issuer) : undefined;
  // `//other.example` and `/\other.example` are other hosts to a browser, and to this parser.
  if (url?.origin === issuer && text.startsWith('/')) return url.pathname + url.search + url.hash;
  if (url && /^https?:$/.test(url.protocol) && origins.includes(url.origin)) return url.href;
  throw new OAuthError('invalid_request', 'return_to is neither a path of this server nor an origin that is allowed.');
}
