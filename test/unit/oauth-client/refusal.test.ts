/** The meaning of token endpoint errors for a refresh token, row by row of the table (RFC 6749 §5.2). */
import { describe, expect, it } from 'vitest';
import { readRefusal } from '../../../src/oauth-client/refusal.ts';
import { REFUSAL_RULES, refusalMeaning } from '../../../src/oauth-client/refusal-meaning.ts';

const means = (status: number, body: Record<string, unknown> | string) =>
  refusalMeaning(typeof body === 'string' ? readRefusal(status, undefined, body) : readRefusal(status, body, ''));

describe('RFC 6749 §5.2: a refused refresh', () => {
  it.each(REFUSAL_RULES.filter(({ code, says }) => code !== undefined && !says))(
    '$of: $code means $means',
    ({ code, means: meaning }) => {
      expect(refusalMeaning({ status: 400, code, description: 'no' })).toBe(meaning);
      expect(refusalMeaning({ status: 503, code, description: 'no' })).toBe('retryable');
    },
  );

  it.each([
    ['Salesforce', 400, { error: 'invalid_grant', error_description: 'token request is already being processed' }],
    ['Salesforce', 400, { error: 'invalid_request', error_description: 'rate limit exceeded' }],
    ['Zoho', 400, { error: 'Access Denied', error_description: 'You have made too many requests' }],
    ['Facebook', 400, { error: { type: 'OAuthException', code: 4, message: 'Application request limit reached' } }],
    ['Microsoft', 400, { error: 'invalid_request', error_description: 'AADSTS90033: A transient error occurred' }],
    ['any', 429, { error: 'invalid_grant' }],
    ['any', 408, ''],
    ['any', 425, ''],
    ['any', 400, 'Too Many Requests'],
    ['Slack', 200, { ok: false, error: 'ratelimited' }],
  ])('%s: %i %j may be temporary', (_, status, body) => {
    expect(means(status, body)).toBe('retryable');
  });

  it.each([
    ['Facebook', 400, { error: { type: 'OAuthException', code: 1, message: 'Error validating client secret.' } }],
    ['Microsoft', 400, { error: 'unauthorized_client', error_description: 'AADSTS700016: Application not found' }],
    ['Twitch', 403, { status: 403, message: 'invalid client secret' }],
    ['any', 401, 'Client authentication failed'],
  ])('%s: %i %j is about the credentials of this server', (_, status, body) => {
    expect(means(status, body)).toBe('credentials');
  });

  it.each([
    ['GitHub', 200, { error: 'bad_refresh_token', error_description: 'The refresh token passed is incorrect' }],
    ['Slack', 200, { ok: false }],
    ['Slack', 200, { ok: false, error: 'invalid_refresh_token' }],
    ['Discord', 400, { error: 'invalid_request', error_description: 'Invalid "refresh_token" in request.' }],
    ['Atlassian', 403, { error: 'unauthorized_client', error_description: 'refresh_token is invalid' }],
    ['Fitbit', 400, { errors: [{ errorType: 'invalid_grant', message: 'Refresh token invalid' }], success: false }],
    ['HubSpot', 400, { status: 'BAD_REFRESH_TOKEN', message: 'missing or unknown refresh token' }],
    ['Strava', 400, { message: 'Bad Request: refresh_token', errors: [{ resource: 'RefreshToken', code: 'invalid' }] }],
    ['Twitch', 400, { status: 400, message: 'Invalid refresh token' }],
    ['WeChat', 200, { errcode: 40030, errmsg: 'invalid refresh_token' }],
    ['Facebook', 400, { error: { type: 'OAuthException', code: 190, message: 'Session has expired' } }],
    ['Microsoft', 400, { error: 'invalid_request', error_description: 'AADSTS9002313: Invalid request.' }],
    ['any', 401, { error: 'invalid_token' }],
    ['any', 400, { error: 'a_word_that_nobody_knows' }],
    ['any', 400, 'Invalid refresh token'],
    ['any', 400, 'invalid_grant'],
  ])('%s: %i %j is final', (_, status, body) => {
    expect(means(status, body)).toBe('final');
  });

  it.each([
    ['Glewlwyd', 400, ''],
    ['any', 400, 'Bad Request'],
    ['Reddit', 400, { message: 'Bad Request', error: 400 }],
    ['any', 401, {}],
    ['any', 403, '<h1>Forbidden</h1>'],
  ])('%s: %i %j may mean either', (_, status, body) => {
    expect(means(status, body)).toBe('ambiguous');
  });
});
