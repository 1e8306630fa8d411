/** Prefetch requests of browsers (Fetch, `Sec-Purpose`), which must not redeem single-use links. */
import type { MiddlewareHandler } from 'hono';
import type { Web } from './context.ts';

const NAMES = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

/** Answers prefetch and HEAD requests to single-use links with 204: scanners and browsers send them unasked. */
export const refusePrefetch: MiddlewareHandler<Web> = async (c, next) => {
  const isPrefetch = NAMES.some((name) => /\b(prefetch|prerender|preview)\b/i.test(c.req.header(name) ?? ''));
  if (!isPrefetch && c.req.method !== 'HEAD') return next();
  return c.body(null, 204, { 'Cache-Control': 'no-store' });
};
