/** Headers that every answer carries. */
import type { MiddlewareHandler } from 'hono';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Web } from './context.ts';

export const securityHeaders: MiddlewareHandler<Web> = async function securityHeaders(c, next) {
  await next();
  const { headers } = c.res;
  headers.set('X-Content-Type-Options', 'nosniff');
  // Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
  headers.set('Referrer-Policy', 'same-origin');
  if (c.get('deps').config.issuer.startsWith('https:')) headers.set('Strict-Transport-Security', 'max-age=31536000');
};

/** Refuses a form that another site sent, by what the browser itself says of it. Forms carry a token besides. */
export const refuseForeignForms: MiddlewareHandler<Web> = async function refuseForeignForms(c, next) {
  if (c.req.method === 'POST') {
    const site = c.req.header('sec-fetch-site');
    const origin = c.req.header('origin');
    const { issuer } = c.get('deps').config;
    if ((site !== undefined && site !== 'same-origin') || (origin !== undefined && origin !== issuer)) {
      throw new OAuthError('access_denied', 'this form was sent by another site, so it was not accepted.');
    }
  }
  await next();
};
