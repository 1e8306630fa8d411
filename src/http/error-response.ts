/** The JSON renderer of errors: RFC 6749 §5.2, and problem details at the APIs (RFC 9457). */
import type { Context } from 'hono';
import { errorHeaders, errorParameters, type RenderableError } from '../protocol/error-parameters.ts';
import { type AboutClient, OAuthError } from '../protocol/oauth-error.ts';
import { redactRedirectUri } from '../protocol/redirect-uri.ts';
import { PROBLEM_JSON, problemDetails } from './api/problem-details.ts';
import type { LogFields, Web } from './context.ts';
import { findOAuthError, rootCause } from './error-cause.ts';

/** Adds an error to the log line. @returns the OAuthError inside what was thrown, or `server_error`. */
export function logAsOAuthError(c: Context<Web>, thrown: unknown): OAuthError {
  const error = findOAuthError(thrown) ?? serverError(thrown);
  const fields = c.get('logFields');
  fields.error = error.code;
  fields.why = error.description;
  Object.assign(fields, clientLogFields(error.about));
  if (error.cause !== undefined) fields.cause = rootCause(error.cause);
  return error;
}

/** A generated client id. Any other text may be a secret that was sent in its place, so it is not logged. */
const CLIENT_ID = /^c_[\w-]{1,100}$/;

/** The log fields of the client that an error is about. */
function clientLogFields({ client, redirectUri, unknownClient }: AboutClient): LogFields {
  return {
    ...(client !== undefined && { client: client.slice(0, 300) }),
    ...(redirectUri !== undefined && { redirect_uri: redactRedirectUri(redirectUri) }),
    ...(unknownClient !== undefined && CLIENT_ID.test(unknownClient) && { unknown_client: unknownClient }),
  };
}

/** RFC 6749 §5.2: `error` and `error_description` as JSON, never cached; at the APIs, problem details. */
export function errorJson(c: Context<Web>, thrown: unknown): Response {
  const error = logAsOAuthError(c, thrown);
  if (c.req.path.startsWith('/api/')) return problemJson(c, error);
  return jsonResponse(c, error);
}

/** The JSON response of an error. Headers that were set before stay, such as DPoP-Nonce. */
export function jsonResponse(c: Context<Web>, failure: RenderableError): Response {
  return c.json(bodyOf(c, failure), failure.status, errorHeaders(failure));
}

/** RFC 9457: problem details, with the members of RFC 6749 §5.2 beside them. */
function problemJson(c: Context<Web>, error: OAuthError): Response {
  return problemResponse(c, error, problemDetails(c.get('deps').config.issuer, error));
}

/** A problem details document (RFC 9457 §3) as a response. */
export function problemResponse(c: Context<Web>, failure: RenderableError, problem: Record<string, unknown>): Response {
  const body = JSON.stringify({ ...problem, ...bodyOf(c, failure) });
  return c.body(body, failure.status, { ...errorHeaders(failure), 'Content-Type': PROBLEM_JSON });
}

const bodyOf = (c: Context<Web>, failure: RenderableError) => ({
  ...errorParameters(failure),
  request_id: c.get('deps').moment.requestId,
});

const serverError = (cause: unknown) => new OAuthError('server_error', 'Something went wrong here.', { cause });

/** The handler of 405 with `Allow` (RFC 9110 §15.5.6). */
export function methodNotAllowed(...allowed: string[]) {
  return function refuseMethod(): never {
    const headers = { Allow: allowed.join(', ') };
    throw new OAuthError('method_not_allowed', `use ${allowed.join(' or ')} here.`, { headers });
  };
}
