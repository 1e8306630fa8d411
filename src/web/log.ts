/** One JSON line for each request, and one for what failed behind a response. Never a secret: no query, no body. */
import type { MiddlewareHandler } from 'hono';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Web } from './context.ts';

/** Logs each request with its id, status and time, and whatever its handlers noted as facts. */
export const logRequests: MiddlewareHandler<Web> = async function logRequests(c, next) {
  await next();
  const { moment } = c.get('deps');
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

/** Work behind a response that failed. */
export function reportFailure(requestId: string, what: string, error: unknown): void {
  console.error(JSON.stringify({ request_id: requestId, failed: what, cause: rootCause(error) }));
}

/**
 * The innermost message. The outer ones are not logged: a failed query's holds its parameters, hashes among them.
 */
export function rootCause(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  return innermost instanceof Error
    ? `${innermost.name}: ${innermost.message}`.slice(0, 500)
    : String(innermost).slice(0, 500);
}

/** The OAuthError inside what was thrown, if there is one: a database library may have wrapped it. */
export function asOAuthError(error: unknown): OAuthError | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof OAuthError) return at;
  return undefined;
}
