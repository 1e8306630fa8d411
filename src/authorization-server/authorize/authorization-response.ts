/** Authorization responses at the redirect URI: the table of response modes, with `iss` (RFC 9207 §2). */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { logAsOAuthError } from '../../http/error-response.ts';
import { errorParameters } from '../../protocol/error-parameters.ts';
import { appendQuery } from '../../protocol/redirect-uri.ts';
import { mayRedirectWithoutPage } from '../clients/client.ts';
import type { RedirectTarget, ResponseMode, ResponseParameters } from './response-modes.ts';

// A redirect needs no page.
const pages = () => import('./authorization-response-pages.tsx');

/** The response modes with parameters in the URL. */
const REDIRECT_URLS = {
  /** RFC 6749 §4.1.2 */
  query: appendQuery,
  /** OAuth 2.0 Multiple Response Type Encoding Practices §2.1; no registered redirect URI has a fragment. */
  fragment: (redirectUri: string, answer: ResponseParameters) => `${redirectUri}#${new URLSearchParams(answer)}`,
};

const redirectWith =
  (addressOf: (redirectUri: string, answer: ResponseParameters) => string) =>
  (c: Context<Web>, redirectUri: string, answer: ResponseParameters) => {
    c.header('Cache-Control', 'no-store');
    // 303, so that a submitted form is not sent to the client (RFC 9700 §4.12).
    return c.body(null, 303, { Location: addressOf(redirectUri, answer) });
  };

const RESPONDERS: Record<
  ResponseMode,
  (c: Context<Web>, redirectUri: string, answer: ResponseParameters) => Response | Promise<Response>
> = {
  query: redirectWith(REDIRECT_URLS.query),
  fragment: redirectWith(REDIRECT_URLS.fragment),
  form_post: async (...parameters) => (await pages()).formPostPage(...parameters),
};

/** The response with `state` and `iss`; without `iss` for a client with the exemption (`omitIss`). */
function withStateAndIssuer(
  c: Context<Web>,
  { client, state }: RedirectTarget,
  answer: ResponseParameters,
): ResponseParameters {
  const { issuer } = c.get('deps').config;
  return { ...answer, ...(state !== undefined && { state }), ...(!client.omitIss && { iss: issuer }) };
}

export function sendAuthorizationResponse(c: Context<Web>, target: RedirectTarget, answer: ResponseParameters) {
  return RESPONDERS[target.responseMode](c, target.redirectUri, withStateAndIssuer(c, target, answer));
}

/**
 * Renders an error as redirect (RFC 6749 §4.1.2.1).
 * @param beforeConsent true if no page has named the client to the user yet.
 */
export async function sendAuthorizationError(
  c: Context<Web>,
  target: RedirectTarget,
  thrown: unknown,
  beforeConsent: boolean,
): Promise<Response> {
  const error = logAsOAuthError(c, thrown);
  // A server error is a page that can be reloaded: the request is still valid. A consumed pushed request gets no second
  // response.
  if (error.status >= 500 || error.code === 'invalid_request_uri') throw thrown;
  const answer = errorParameters(error);
  // RFC 9700 §4.11.2: the AS SHOULD only automatically redirect the user agent if it trusts the redirect URI.
  if (!beforeConsent || mayRedirectWithoutPage(target)) return sendAuthorizationResponse(c, target, answer);
  const { redirectUri, responseMode } = target;
  const whole = withStateAndIssuer(c, target, answer);
  const address = responseMode === 'form_post' ? undefined : REDIRECT_URLS[responseMode](redirectUri, whole);
  return (await pages()).confirmRedirectPage(c, target, whole, address);
}
