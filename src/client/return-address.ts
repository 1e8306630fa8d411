/** Where a person goes on after a flow: a path of ours, or a page on an origin that an administrator named. */
import { OAuthError } from '../protocol/oauth-error.ts';

/**
 * The address, in its normal form.
 * @throws OAuthError invalid_request for one that is neither.
 */
export function returnAddress(text: string, issuer: string, origins: readonly string[]): string {
  const url = URL.canParse(text, issuer) ? new URL(text, issuer) : undefined;
  // `//elsewhere.example` and `/\elsewhere.example` are other hosts to a browser, and to this parser.
  if (url?.origin === issuer && text.startsWith('/')) return url.pathname + url.search + url.hash;
  if (url && /^https?:$/.test(url.protocol) && origins.includes(url.origin)) return url.href;
  throw new OAuthError('invalid_request', 'return_to is neither a path of this server nor an origin that is allowed.');
}
