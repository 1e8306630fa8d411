/** Security headers of every response, and checks of the host and origin of forms. */
import type { Context, MiddlewareHandler } from 'hono';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Web } from './context.ts';

export const securityHeaders: MiddlewareHandler<Web> = async function securityHeaders(c, next) {
  await next();
  const { headers } = c.res;
  headers.set('X-Content-Type-Options', 'nosniff');
  // RFC 9111 §4.2.2: a cache may use a heuristic freshness for a response without it.
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
  // Not `no-referrer`: browsers would then send `Origin: null` with this server's own forms.
  headers.set('Referrer-Policy', 'same-origin');
  if (c.get('deps').config.issuer.startsWith('https:')) headers.set('Strict-Transport-Security', 'max-age=31536000');
};

/** The host of the request where it is not the issuer's; else undefined. */
export function foreignHost(c: Context<Web>): string | undefined {
  const { host } = new URL(c.get('deps').config.issuer);
  const opened = new URL(c.req.url).host;
  // A proxy in front of this server may forward under another host name than the browser's.
  const isOurs = opened === host || c.req.header('x-forwarded-host') === host;
  return isOurs ? undefined : opened;
}

/** Refuses forms of other sites by Sec-Fetch-Site and Origin. Forms have a CSRF token in addition. */
export const requireSameOrigin: MiddlewareHandler<Web> = async function refuseForeignForms(c, next) {
  if (c.req.method === 'POST') {
    const site = c.req.header('sec-fetch-site');
    const origin = c.req.header('origin');
    const { issuer } = c.get('deps').config;
    const opened = foreignHost(c);
    if (opened !== undefined) {
      const description = `this form was opened at ${opened}, but the address of this server is ${issuer}: open it there.`;
      throw new OAuthError('misdirected_request', description);
    }
    if ((site !== undefined && site !== 'same-origin') || (origin !== undefined && origin !== issuer)) {
      throw new OAuthError(
        'access_denied',
        `this form was sent by another site, so it was refused: open the form at ${issuer}.`,
      );
    }
  }
  await next();
};
