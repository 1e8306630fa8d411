/** The parameters of an error response, in every form that it takes: JSON, redirect, challenge (RFC 6749 §5.2, §4.1.2.1, RFC 6750 §3). */
import type { ErrorStatus, OAuthErrorCode } from './oauth-error.ts';

/** An OAuthError, or a request without credentials, which is told no error code (RFC 6750 §3.1). */
export type RenderableError = {
  code?: OAuthErrorCode | undefined;
  description: string;
  status: ErrorStatus;
  headers: Record<string, string>;
};

type ErrorParameters<Failure extends Pick<RenderableError, 'code'>> = {
  error: Failure['code'];
  error_description: string;
};

/** `error` and `error_description`: the only place that writes them. */
export function errorParameters<Failure extends Pick<RenderableError, 'code' | 'description'>>(
  failure: Failure,
): ErrorParameters<Failure> {
  return { error: failure.code, error_description: failure.description };
}

/** The headers of an error response: it is never cached (RFC 6749 §5.1). */
export function errorHeaders({ headers }: Pick<RenderableError, 'headers'>): Record<string, string> {
  return { 'Cache-Control': 'no-store', Pragma: 'no-cache', ...headers };
}

/** The JSON error response, where no Hono is: of an entry point for Workers, and of an API that another Worker protects. */
export function errorResponse(failure: RenderableError, members: Record<string, string> = {}): Response {
  const body = { ...errorParameters(failure), ...members };
  return Response.json(body, { status: failure.status, headers: errorHeaders(failure) });
}
