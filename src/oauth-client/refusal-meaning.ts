/** The meaning of a refused refresh for the refresh token (RFC 6749 §5.2), by the codes and descriptions of providers. */
import { isRetryableStatus, type ProviderRefusal } from './refusal.ts';

/**
 * The meaning of a refused refresh: the grant has ended (`final`), it may have ended or this server is at fault
 * (`ambiguous`), the client credentials are wrong (`credentials`), or a later attempt may succeed (`retryable`).
 */
export type RefusalMeaning = 'final' | 'ambiguous' | 'credentials' | 'retryable';

type RefusalRule = {
  /** The specification or provider that defines it. */
  of: string;
  code?: string;
  /** The pattern that the description (or a body without a code) must match. */
  says?: RegExp;
  means: RefusalMeaning;
};

/** The rules, first match first. A code without a rule is final; a refusal without a code is ambiguous. */
export const REFUSAL_RULES: readonly RefusalRule[] = [
  // Codes whose description contradicts them.
  { of: 'Salesforce', code: 'invalid_grant', says: /already being processed/i, means: 'retryable' },
  { of: 'Salesforce', code: 'invalid_request', says: /rate limit/i, means: 'retryable' },
  { of: 'Zoho', code: 'Access Denied', says: /too many requests/i, means: 'retryable' },
  { of: 'Facebook', code: 'OAuthException', says: /limit reached|temporarily|try again/i, means: 'retryable' },
  { of: 'Facebook', code: 'OAuthException', says: /client secret|application/i, means: 'credentials' },
  { of: 'Atlassian', code: 'unauthorized_client', says: /refresh.?token/i, means: 'final' },
  { of: 'Microsoft', code: 'invalid_request', says: /AADSTS(9002313|90014|70000[128]?)\b/, means: 'final' },
  { of: 'Microsoft', code: 'invalid_request', says: /AADSTS90033|AADSTS50196/, means: 'retryable' },
  { of: 'Microsoft', code: 'unauthorized_client', says: /AADSTS(700016|7000215|7000222)/, means: 'credentials' },
  // RFC 6749 §5.2, §4.1.2.1, RFC 8628 §3.5, RFC 9449 §5, §8
  { of: 'RFC 6749', code: 'invalid_client', means: 'credentials' },
  { of: 'RFC 6749', code: 'unauthorized_client', means: 'ambiguous' },
  { of: 'RFC 6749', code: 'unsupported_grant_type', means: 'ambiguous' },
  { of: 'RFC 6749', code: 'server_error', means: 'retryable' },
  { of: 'RFC 6749', code: 'temporarily_unavailable', means: 'retryable' },
  { of: 'RFC 8628', code: 'slow_down', means: 'retryable' },
  { of: 'RFC 9449', code: 'use_dpop_nonce', means: 'retryable' },
  { of: 'RFC 9449', code: 'invalid_dpop_proof', means: 'ambiguous' },
  // Codes of their own.
  { of: 'GitHub', code: 'bad_refresh_token', means: 'final' },
  { of: 'GitHub', code: 'incorrect_client_credentials', means: 'credentials' },
  { of: 'Slack', code: 'invalid_refresh_token', means: 'final' },
  { of: 'Slack', code: 'token_revoked', means: 'final' },
  { of: 'Slack', code: 'invalid_client_id', means: 'credentials' },
  { of: 'Slack', code: 'bad_client_secret', means: 'credentials' },
  { of: 'Slack', code: 'ratelimited', means: 'retryable' },
  { of: 'Slack', code: 'internal_error', means: 'retryable' },
  { of: 'Slack', code: 'fatal_error', means: 'retryable' },
  { of: 'Slack', code: 'service_unavailable', means: 'retryable' },
  { of: 'Slack', code: 'request_timeout', means: 'retryable' },
  { of: 'HubSpot', code: 'BAD_REFRESH_TOKEN', means: 'final' },
  { of: 'HubSpot', code: 'BAD_CLIENT_ID', means: 'credentials' },
  { of: 'HubSpot', code: 'BAD_CLIENT_SECRET', means: 'credentials' },
  { of: 'Zoho', code: 'invalid_code', means: 'final' },
  { of: 'Zoho', code: 'invalid_client_secret', means: 'credentials' },
  { of: 'Google', code: 'deleted_client', means: 'credentials' },
  { of: 'Google', code: 'rate_limit_exceeded', means: 'retryable' },
  { of: 'Google', code: 'internal_failure', means: 'retryable' },
  { of: 'Auth0', code: 'too_many_requests', means: 'retryable' },
  { of: 'WeChat', code: '40030', means: 'final' },
  { of: 'WeChat', code: '42002', means: 'final' },
  { of: 'WeChat', code: '40125', means: 'credentials' },
  { of: 'WeChat', code: '40013', means: 'credentials' },
  { of: 'WeChat', code: '-1', means: 'retryable' },
  { of: 'WeChat', code: '45009', means: 'retryable' },
  // Descriptions without a code: Twitch, Strava, and text/plain.
  { of: 'any', says: /rate.?limit|too many requests|temporarily|try again later/i, means: 'retryable' },
  { of: 'any', says: /refresh.?token/i, means: 'final' },
  { of: 'any', says: /client.?(id|secret|credentials|authentication)/i, means: 'credentials' },
  { of: 'any', says: /invalid.?(grant|token)|token.{0,30}(expired|revoked|invalid)/i, means: 'final' },
];

/** The meaning of a refusal for the refresh token. */
export function refusalMeaning({ status, code, description = '' }: ProviderRefusal): RefusalMeaning {
  if (isRetryableStatus(status)) return 'retryable';
  const word = REFUSAL_RULES.find(
    (one) => (code === undefined ? one.code === undefined : one.code === code) && (one.says?.test(description) ?? true),
  );
  return word?.means ?? (code === undefined ? 'ambiguous' : 'final');
}
