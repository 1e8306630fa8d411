/** The only error class: a public description, and a private cause for the log. */

/** The error codes, each with the HTTP status of its JSON response. */
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
  // RFC 9449 §5, §8; 401 at a protected resource
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  // RFC 7591 §3.2.2
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  // RFC 6750 §3.1
  invalid_token: 401,
  insufficient_scope: 403,
  // Errors of HTTP without a code in OAuth
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  precondition_failed: 412,
  // Connected apps: the user must connect again in a browser
  connection_required: 409,
  unsupported_media_type: 415,
  too_large: 413,
  too_many_requests: 429,
  // RFC 9110 §15.5.20
  misdirected_request: 421,
} as const;

export type OAuthErrorCode = keyof typeof STATUS;
export type ErrorStatus = (typeof STATUS)[OAuthErrorCode];

/** The error of a field, which is named by a JSON pointer (RFC 6901 §6, RFC 9457 §3). */
export type FieldError = { pointer: string; detail: string };

/** The client of an error: for the log, the error page, and the client's recent problems. */
export type AboutClient = {
  /** The id of an existing client. */
  client?: string | undefined;
  name?: string | undefined;
  /** The redirect URI of the request. */
  redirectUri?: string | undefined;
  /** The client_id of the request, where no such client exists. */
  unknownClient?: string | undefined;
};

type OAuthErrorOptions = {
  cause?: unknown;
  about?: AboutClient | undefined;
  headers?: Record<string, string>;
  scope?: string;
  /** Errors of single fields of a JSON body. */
  fields?: readonly FieldError[];
  /** A problem type (RFC 9457 §3.1.1) that is more specific than the code. */
  kind?: 'provider_unavailable';
  /** Overrides the status of the code: `access_denied` is 400 at the token endpoint (RFC 8628 §3.5). */
  status?: ErrorStatus;
};

/** An error that is rendered as JSON, redirect, challenge or page. `cause` is logged and never sent. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly description: string;
  readonly headers: Record<string, string>;
  /** The `scope` of a challenge (RFC 6750 §3). */
  readonly scope: string | undefined;
  readonly status: ErrorStatus;
  readonly fields: readonly FieldError[];
  /** The problem type (RFC 9457 §3.1.1), if it is not the code. */
  readonly kind: OAuthErrorOptions['kind'];
  about: AboutClient;

  constructor(code: OAuthErrorCode, description: string, extras: OAuthErrorOptions = {}) {
    super(`${code}: ${description}`, { cause: extras.cause });
    this.name = 'OAuthError';
    this.code = code;
    // RFC 6749 §5.2: error_description MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E.
    this.description = description.replaceAll('"', "'").replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, '?');
    this.headers = extras.headers ?? {};
    this.scope = extras.scope;
    this.status = extras.status ?? STATUS[code];
    this.fields = extras.fields ?? [];
    this.kind = extras.kind;
    this.about = extras.about ?? {};
  }

  /** Adds details of the client; existing ones are not replaced. */
  withAbout(about: AboutClient): this {
    this.about = { ...about, ...this.about };
    return this;
  }
}

/** RFC 6749 §5.2: a grant that is invalid, expired, revoked, or was issued to another client. @param cause for the log. */
export const invalidGrant = (description: string, cause?: unknown): OAuthError =>
  new OAuthError('invalid_grant', description, { cause });

/** RFC 6749 §5.2: client authentication failed. @param cause for the log. */
export const invalidClient = (description: string, cause?: unknown): OAuthError =>
  new OAuthError('invalid_client', description, { cause });

/** A 429 error with Retry-After, in whole seconds (RFC 9110 §10.2.3). */
export function tooManyRequests(description: string, retryAfterSeconds: number): OAuthError {
  return new OAuthError('too_many_requests', description, { headers: { 'Retry-After': String(retryAfterSeconds) } });
}

/** A 503 error for unavailable storage: nothing was changed or consumed, the request may be retried. */
export function temporarilyUnavailable(cause: unknown): OAuthError {
  const description =
    'The server cannot reach its storage right now. Nothing was changed; please send the request again.';
  return new OAuthError('temporarily_unavailable', description, { cause, headers: { 'Retry-After': '5' } });
}
