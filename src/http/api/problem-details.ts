/** Problem details (RFC 9457): the problem types, each with the address of its description. */
import type { OAuthError, OAuthErrorCode } from '../../protocol/oauth-error.ts';

export const PROBLEM_JSON = 'application/problem+json';

/** The API reference, which describes the problem types. */
export const REFERENCE = '/reference';

/** The titles of the problem types, by error code: "a short, human-readable summary of the problem type". */
export const PROBLEMS: Partial<Record<OAuthErrorCode | NonNullable<OAuthError['kind']>, string>> = {
  invalid_request: 'The request is invalid',
  invalid_scope: 'The requested scope is invalid',
  invalid_redirect_uri: 'A redirect URI cannot be registered',
  invalid_client_metadata: 'The client metadata is invalid',
  invalid_token: 'The credentials are invalid',
  invalid_dpop_proof: 'The DPoP proof is invalid',
  use_dpop_nonce: 'The DPoP proof needs a nonce',
  insufficient_scope: 'A required scope is missing',
  access_denied: 'A required role is missing',
  not_found: 'The record does not exist',
  method_not_allowed: 'The method is not allowed',
  conflict: 'The request conflicts with the current state',
  precondition_failed: 'The record was changed since it was read',
  connection_required: 'The user must connect their account first',
  too_large: 'The request is too large',
  unsupported_media_type: 'The content type is not supported',
  too_many_requests: 'Too many requests',
  server_error: 'Internal error',
  temporarily_unavailable: 'A database does not respond',
  provider_unavailable: 'The provider does not issue a token at the moment',
};

export const problemId = (code: string): string => `problem-${code}`;

/** The members of a problem: `type`, `title`, `status`, `detail`, and `errors` for invalid fields. */
export function problemDetails(issuer: string, { code, kind: special, status, description, fields }: OAuthError) {
  const kind = special ?? code;
  const title = PROBLEMS[kind];
  return {
    // RFC 9457 §4.2.1: about:blank says no more than the status.
    type: title ? `${issuer}${REFERENCE}#${problemId(kind)}` : 'about:blank',
    title: title ?? code,
    status,
    detail: description,
    ...(fields.length > 0 && { errors: fields }),
  };
}
