/** Two of the four renderers of an error: JSON for programs, a page for people. (The others: redirect, challenge.) */
import type { Context } from 'hono';
import { type ErrorStatus, OAuthError } from '../protocol/oauth-error.ts';
import type { Web } from './context.ts';
import { asOAuthError, reportFailure, rootCause } from './failure.ts';
import { page } from './page.tsx';

/** Puts an error into the log line, and makes one of ours out of whatever was thrown. */
export function judgeError(c: Context<Web>, thrown: unknown): OAuthError {
  const error = asOAuthError(thrown) ?? somethingWrong(thrown);
  const facts = c.get('facts');
  facts.error = error.code;
  facts.why = error.description;
  if (error.cause !== undefined) facts.cause = rootCause(error.cause);
  return error;
}

/** RFC 6749 §5.2: `error` and `error_description` as JSON, never cached. */
export function errorJson(c: Context<Web>, thrown: unknown): Response {
  const { json, headers, error } = answerOf(judgeError(c, thrown), c.get('deps').moment.requestId);
  return c.json(json, error.status, headers);
}

/** The same where there is no Hono: what another Worker called. */
export function errorResponse(thrown: unknown, requestId: string): Response {
  const known = asOAuthError(thrown);
  if (!known) reportFailure(requestId, 'a call of another Worker', thrown);
  const { json, headers, error } = answerOf(known ?? somethingWrong(thrown), requestId);
  return Response.json(json, { status: error.status, headers });
}

function answerOf(error: OAuthError, request_id: string) {
  const json = { error: error.code, error_description: error.description, request_id };
  return { error, json, headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache', ...error.headers } };
}

const somethingWrong = (cause: unknown) => new OAuthError('server_error', 'Something went wrong here.', { cause });

const TITLES: Partial<Record<ErrorStatus, string>> = {
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not like this',
  413: 'Too large',
  429: 'Please wait a little',
  500: 'Something went wrong here',
  503: 'Not available right now',
};

/** A page that says what happened and what to do. */
export function errorPage(c: Context<Web>, thrown: unknown): Response | Promise<Response> {
  const error = judgeError(c, thrown);
  const title = TITLES[error.status] ?? 'This did not work';
  return page(
    c,
    { title, status: error.status, headers: error.headers },
    <>
      <h1>{title}</h1>
      <p class="error" role="alert">
        {sentence(error.description)}
      </p>
      <p>{advice(error)}</p>
      <p class="fine">
        If you ask somebody for help, tell them this number: <code>{c.get('deps').moment.requestId}</code>
      </p>
    </>,
  );
}

/** A capital begins it, unless it begins with the name of a parameter. */
function sentence(text: string): string {
  return /^\w*_/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

function advice(error: OAuthError): string {
  if (error.status === 503) return 'Please try again in a few seconds.';
  if (error.status === 500) return 'Please try again. If it happens again, tell whoever runs this server.';
  if (error.status === 429)
    return 'This protects accounts from being guessed. Nothing is lost: come back and try again.';
  return 'Go back to the application you came from and start again there. If it happens again, the people who make that application can mend it.';
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
