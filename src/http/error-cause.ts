/** The causes of errors: the root cause for the log, the OAuthError for the client. */
import { escapeControlCharacters } from '../protocol/control-characters.ts';
import { OAuthError } from '../protocol/oauth-error.ts';

/** Logs a failure of work after the response. */
export function logError(requestId: string, what: string, error: unknown): void {
  console.error(
    escapeControlCharacters(JSON.stringify({ request_id: requestId, failed: what, cause: rootCause(error) })),
  );
}

/**
 * The innermost message. Outer ones are not logged: that of a failed query contains its parameters, such as hashes.
 */
export function rootCause(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  return innermost instanceof Error
    ? `${innermost.name}: ${innermost.message}`.slice(0, 500)
    : String(innermost).slice(0, 500);
}

/** The OAuthError in the causes of what was thrown, if any: the database library wraps errors. */
export function findOAuthError(error: unknown): OAuthError | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof OAuthError) return at;
  return undefined;
}
