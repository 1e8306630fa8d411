/** A server whose issuer is loopback answers only requests to loopback hosts: its cookies are not Secure. */
import type { MiddlewareHandler } from 'hono';
import { isLoopbackHost } from '../config/issuer.ts';
import type { Web } from './context.ts';

export const loopbackOnly: MiddlewareHandler<Web> = async function loopbackOnly(c, next) {
  const { config } = c.get('deps');
  if (!config.isLoopback || isLoopbackHost(new URL(c.req.url).hostname)) return next();
  Object.assign(c.get('logFields'), {
    error: 'misdirected_request',
    why: 'ISSUER is loopback: set it to this address.',
  });
  // RFC 9110 §15.5.20: the server is unable or unwilling to produce an authoritative response for the target URI.
  const text = `This server does not answer at this address. Open it at ${config.issuer} instead.\n`;
  return c.text(text, 421, { 'Cache-Control': 'no-store' });
};
