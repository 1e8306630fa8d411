/** The one error class: what a client or a person is told, apart from what only the log may know. */

/** The error codes of the texts that Postern follows, each with the status of its JSON form. */
const STATUS = {
  // RFC 6749 §5.2
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  // RFC 6749 §4.1.2.1
  access_denied: 403,
  unsupported_response_type: 400,
  server_error: 500,
  temporarily_unavailable: 503,
  // OpenID Connect Core §3.1.2.6
  login_required: 400,
  consent_required: 400,
  account_selection_required: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
  registration_not_supported: 400,
  // OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §2
  unmet_authentication_requirements: 400,
  invalid_request_uri: 400,
  // RFC 8628 §3.5
  authorization_pending: 400,
  slow_down: 400,
  expired_token: 400,
  // RFC 8707 §2
  invalid_target: 400,
  // RFC 9449 §5, §8; at a resource they are 401
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  // RFC 7591 §3.2.2
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  // RFC 6750 §3.1
  invalid_token: 401,
  insufficient_scope: 403,
  // What HTTP itself says, where no RFC of OAuth has a code for it.
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  // Connected apps: the person must connect, or connect again, in a browser.
  connection_required: 409,
  unsupported_media_type: 415,
  too_large: 413,
  too_many_requests: 429,
} as const;

export type OAuthErrorCode = keyof typeof STATUS;
export type ErrorStatus = (typeof STATUS)[OAuthErrorCode];

type Extras = {
  cause?: unknown;
  headers?: Record<string, string>;
  scope?: string;
  /** Where a text wants another one: the token endpoint answers `access_denied` by 400 (RFC 8628 §3.5). */
  status?: ErrorStatus;
};

/** Thrown once, rendered once: as JSON, a redirect, a challenge or a page. `cause` is logged and never sent. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly description: string;
  readonly headers: Record<string, string>;
  /** What a challenge asks for (RFC 6750 §3). */
  readonly scope: string | undefined;
  readonly status: ErrorStatus;

  constructor(code: OAuthErrorCode, description: string, extras: Extras = {}) {
    super(`${code}: ${description}`, { cause: extras.cause });
    this.name = 'OAuthError';
    this.code = code;
    // RFC 6749 §5.2: error_description MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E.
    this.description = description.replaceAll('"', "'").replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, '?');
    this.headers = extras.headers ?? {};
    this.scope = extras.scope;
    this.status = extras.status ?? STATUS[code];
  }
}

/** 429 with the time to wait, in whole seconds (RFC 9110 §10.2.3). */
export function tooManyRequests(description: string, retryAfterSeconds: number): OAuthError {
  return new OAuthError('too_many_requests', description, { headers: { 'Retry-After': String(retryAfterSeconds) } });
}

/** 503: the stores do not answer; nothing was spent, the same request may be sent again. */
export function temporarilyUnavailable(cause: unknown): OAuthError {
  const description =
    'The server cannot reach its storage right now. Nothing was changed; please send the request again.';
  return new OAuthError('temporarily_unavailable', description, { cause, headers: { 'Retry-After': '5' } });
}
