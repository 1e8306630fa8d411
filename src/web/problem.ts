/** Problem details (RFC 9457): what kinds there are, each with the address where it is described. */
import type { OAuthError, OAuthErrorCode } from '../protocol/oauth-error.ts';

export const PROBLEM_JSON = 'application/problem+json';

/** The page that describes them, beside the APIs. */
export const REFERENCE = '/reference';

/** The kinds that the APIs know, by their codes: "a short, human-readable summary of the problem type". */
export const PROBLEMS: Partial<Record<OAuthErrorCode, string>> = {
  invalid_request: 'What was sent does not fit',
  invalid_scope: 'A scope cannot be had',
  invalid_redirect_uri: 'A redirect URI cannot be registered',
  invalid_client_metadata: 'What is said of a client does not hold together',
  invalid_token: 'The credentials are not good',
  invalid_dpop_proof: 'The proof of possession is not good',
  use_dpop_nonce: 'The proof of possession needs a nonce',
  insufficient_scope: 'A scope is missing',
  access_denied: 'A role is missing',
  not_found: 'There is no such thing',
  method_not_allowed: 'It cannot be asked for like that',
  conflict: 'It does not go together with what is there',
  precondition_failed: 'Somebody else changed it',
  connection_required: 'The person must connect first',
  too_large: 'It is too large',
  unsupported_media_type: 'It is not in a form that is read here',
  too_many_requests: 'There were too many',
  server_error: 'Something went wrong here',
  temporarily_unavailable: 'A database does not answer',
};

export const problemId = (code: string): string => `problem-${code}`;

/** Its members: `type`, `title`, `status` and `detail`, and `errors` where single fields are wrong. */
export function problemOf(issuer: string, { code, status, description, fields }: OAuthError) {
  const title = PROBLEMS[code];
  return {
    // RFC 9457 §4.2.1: about:blank says no more than the status.
    type: title ? `${issuer}${REFERENCE}#${problemId(code)}` : 'about:blank',
    title: title ?? code,
    status,
    detail: description,
    ...(fields.length > 0 && { errors: fields }),
  };
}
