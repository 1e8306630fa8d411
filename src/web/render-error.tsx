/** Two of the four renderers of an error: JSON for programs, a page for people. (The others: redirect, challenge.) */
import type { Context } from 'hono';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Web } from './context.ts';
import { asOAuthError, rootCause } from './failure.ts';
import { page } from './page.tsx';
import { Problem } from './pieces.tsx';
import { PROBLEM_JSON, problemOf } from './problem.ts';
import { wordsOf } from './words.ts';

/** Puts an error into the log line, and makes one of ours out of whatever was thrown. */
export function judgeError(c: Context<Web>, thrown: unknown): OAuthError {
  const error = asOAuthError(thrown) ?? somethingWrong(thrown);
  const facts = c.get('facts');
  facts.error = error.code;
  facts.why = error.description;
  if (error.cause !== undefined) facts.cause = rootCause(error.cause);
  return error;
}

/** RFC 6749 §5.2: `error` and `error_description` as JSON, never cached; of an API, as problem details. */
export function errorJson(c: Context<Web>, thrown: unknown): Response {
  const error = judgeError(c, thrown);
  if (c.req.path.startsWith('/api/')) return problemJson(c, error);
  const { json, headers } = answerOf(error, c.get('deps').moment.requestId);
  return c.json(json, error.status, headers);
}

/** The same where there is no Hono: what another Worker called. */
export function errorResponse(error: OAuthError, requestId: string): Response {
  const { json, headers } = answerOf(error, requestId);
  return Response.json(json, { status: error.status, headers });
}

function answerOf(error: OAuthError, request_id: string) {
  const json = { error: error.code, error_description: error.description, request_id };
  return { error, json, headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache', ...error.headers } };
}

/** RFC 9457: the same as problem details, as the APIs answer; what RFC 6749 has stays beside it. */
function problemJson(c: Context<Web>, error: OAuthError): Response {
  const { config, moment } = c.get('deps');
  const { json, headers } = answerOf(error, moment.requestId);
  const problem = { ...problemOf(config.issuer, error), ...json };
  return new Response(JSON.stringify(problem), {
    status: error.status,
    headers: { ...headers, 'Content-Type': PROBLEM_JSON },
  });
}

const somethingWrong = (cause: unknown) => new OAuthError('server_error', 'Something went wrong here.', { cause });

/** A page that says what happened and what to do. */
export function errorPage(c: Context<Web>, thrown: unknown): Response | Promise<Response> {
  const error = judgeError(c, thrown);
  const say = wordsOf(c, 'error');
  const title = say.titles[error.status] ?? say.title;
  return page(
    c,
    { title, status: error.status, headers: error.headers },
    <>
      <h1>{title}</h1>
      <Problem>{sentence(error.description)}</Problem>
      <p>{say.advice[error.status] ?? say.startAgain}</p>
      <p class="fine">{say.tellThem(<code>{c.get('deps').moment.requestId}</code>)}</p>
    </>,
  );
}

/** A capital begins it, unless it begins with the name of a parameter. */
function sentence(text: string): string {
  return /^\w*_/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** What no route answers: a page for a browser, JSON for a program. */
export function notFound(c: Context<Web>): Response | Promise<Response> {
  const error = new OAuthError('not_found', 'there is nothing at this address.');
  return c.req.header('accept')?.includes('text/html') ? errorPage(c, error) : errorJson(c, error);
}

/** A path that exists, asked with a method it does not have. */
export function methodNotAllowed(...allowed: string[]) {
  return function refuseMethod(): never {
    const headers = { Allow: allowed.join(', ') };
    throw new OAuthError('method_not_allowed', `use ${allowed.join(' or ')} here.`, { headers });
  };
}
