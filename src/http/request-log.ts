/** The request log: one JSON line for each request. No secrets: neither query nor body. */
import type { Context, MiddlewareHandler } from 'hono';
import { escapeControlCharacters } from '../protocol/control-characters.ts';
import type { RequestClock } from '../storage/server/audit.ts';
import { countFailure } from '../storage/server/daily-counts.ts';
import { cachedSettings } from '../storage/server/settings.ts';
import type { Deps, LogFields, Web } from './context.ts';

/**
 * Logs each request with its id, status, duration in milliseconds and the log fields of its handlers: every error, and
 * of successful requests the share of the setting `log_successes_percent`.
 */
export const logRequests: MiddlewareHandler<Web> = async function logRequests(c, next) {
  const { moment } = c.get('deps');
  // The line itself, to which handlers add: it is written as it is.
  const line = c.get('logFields');
  Object.assign(line, firstFields(moment, c.req.method, c.req.path));
  await next();
  c.res.headers.set('X-Request-Id', moment.requestId);
  const isError = c.res.status >= 400 || line.error !== undefined;
  if (isError) noteError(c);
  else if (!isSampled(moment.now)) return;
  writeLine(line, c.res.status, moment.now);
};

const firstFields = ({ now, requestId }: RequestClock, method: string, path: string): LogFields => ({
  at: new Date(now).toISOString(),
  request_id: requestId,
  method,
  path: path.slice(0, 200),
});

function writeLine(line: LogFields, status: number, began: number): void {
  line.status = status;
  line.ms = Date.now() - began;
  console.log(escapeControlCharacters(JSON.stringify(line)));
}

/** Logs the successful request for a document that was sent before. */
export function logDocument(moment: RequestClock, path: string): void {
  if (isSampled(moment.now)) writeLine(firstFields(moment, 'GET', path), 200, moment.now);
}

/** Counts an error, and records the problem that it may be of a client or provider. Both behind the response. */
function noteError(c: Context<Web>): void {
  const deps = c.get('deps');
  const { moment, databases, place, waitUntil } = deps;
  const { error } = c.get('logFields');
  if (typeof error !== 'string') return;
  waitUntil('count failures', countFailure(databases, place, error, moment.now));
  waitUntil('record a problem of a client', recordProblem(deps, { ...c.get('logFields') }, c.req.path));
}

/** A successful request is logged by chance; where the isolate does not hold the settings yet, always. */
function isSampled(now: number): boolean {
  const percent = cachedSettings(now)?.log_successes_percent ?? 100;
  return percent >= 100 || Math.random() * 100 < percent;
}

/** Records what went wrong for a client or a provider. Its module is loaded with the first error. */
async function recordProblem(deps: Deps, facts: LogFields, path: string): Promise<void> {
  const { recentProblemOf, recordRecentProblem } = await import('./recent-problems.ts');
  const problem = recentProblemOf(facts, path);
  if (problem) await recordRecentProblem(deps, problem);
}
