/** One JSON line for each request, and one for what failed behind a response. Never a secret: no query, no body. */
import type { MiddlewareHandler } from 'hono';
import { countFailure } from '../storage/daily-counts.ts';
import type { Web } from './context.ts';

/** Logs each request with its id, status and time, and whatever its handlers noted as facts. */
export const logRequests: MiddlewareHandler<Web> = async function logRequests(c, next) {
  await next();
  const { moment, databases, place, later } = c.get('deps');
  const { error } = c.get('facts');
  if (typeof error === 'string') later('count failures', countFailure(databases, place, error, moment.now));
  c.res.headers.set('X-Request-Id', moment.requestId);
  const line = {
    at: new Date(moment.now).toISOString(),
    request_id: moment.requestId,
    method: c.req.method,
    path: c.req.path.slice(0, 200),
    status: c.res.status,
    ms: Date.now() - moment.now,
    ...c.get('facts'),
  };
  console.log(JSON.stringify(line));
};
