/** What is told of a failure: to the log its cause, to the caller the error inside it. */
import { OAuthError } from '../protocol/oauth-error.ts';

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
