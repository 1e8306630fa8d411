/** The parameters of authorization requests, each parsed alone; a failure is sent to the validated redirect URI. */
import type { Config } from '../../config.ts';
import { CODE_CHALLENGE } from '../../crypto/pkce.ts';
import type { Parameters } from '../../http/parameters.ts';
import { JWK_THUMBPRINT } from '../../protocol/dpop.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type Client, needsPkce } from '../clients/client.ts';
import { PROMPTS } from './supported-values.ts';

/** The supported parameters of authorization requests, and those whose presence is refused. */
export const AUTHORIZATION_PARAMETERS = [
  'acr_values',
  'claims',
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'id_token_hint',
  'login_hint',
  'max_age',
  'nonce',
  'prompt',
  'redirect_uri',
  'registration',
  'request',
  'request_uri',
  'resource',
  'response_mode',
  'response_type',
  'scope',
  'state',
  'ui_locales',
];

/** @throws OAuthError for request objects and registration by value, which are not supported. */
export function refuseUnsupported(parameters: Parameters): void {
  // OpenID Connect Core §6.1, §6.2: a server that does not support them MUST return these errors.
  if (parameters.one('request')) throw new OAuthError('request_not_supported', 'request objects are not supported.');
  if (parameters.one('request_uri')) throw new OAuthError('request_uri_not_supported', 'request_uri is not supported.');
  // §7.2.1: likewise.
  if (parameters.one('registration')) {
    throw new OAuthError('registration_not_supported', 'the parameter registration is not supported.');
  }
}

/** @throws OAuthError invalid_request for a value beside the choices. */
export function checkOneOf(name: string, value: string | undefined, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new OAuthError('invalid_request', `${name} must be one of: ${choices.join(', ')}.`);
}

/** Requires PKCE (OAuth 2.1 §4.1.1). RFC 7636 §4.4.1: without it, the error is invalid_request. */
export function requireCodeChallenge(config: Pick<Config, 'isLoopback'>, client: Client, parameters: Parameters): void {
  if (parameters.all('code_challenge').length > 0 || !needsPkce(client, config)) return;
  throw new OAuthError('invalid_request', 'code_challenge is missing: PKCE is required for this client.');
}

/** Validates the challenge, also of a client with an exemption (RFC 9700 §2.1.1). */
export function parseCodeChallenge(
  config: Pick<Config, 'isLoopback'>,
  client: Client,
  parameters: Parameters,
): string | undefined {
  requireCodeChallenge(config, client, parameters);
  const challenge = parameters.one('code_challenge');
  if (challenge === undefined && parameters.one('code_challenge_method') === undefined) return undefined;
  if (challenge === undefined) throw new OAuthError('invalid_request', 'code_challenge is missing.');
  // RFC 7636 §4.3: the method defaults to "plain", which is not offered.
  if (parameters.one('code_challenge_method') !== 'S256') {
    throw new OAuthError('invalid_request', 'code_challenge_method must be S256.');
  }
  if (!CODE_CHALLENGE.test(challenge)) {
    throw new OAuthError('invalid_request', 'code_challenge must be the base64url of a SHA-256 digest, 43 characters.');
  }
  return challenge;
}

/** The thumbprint of the key that the code is bound to (RFC 9449 §10). */
export function parseDpopJkt(parameters: Parameters): string | undefined {
  const thumbprint = parameters.one('dpop_jkt');
  if (thumbprint === undefined || JWK_THUMBPRINT.test(thumbprint)) return thumbprint;
  throw new OAuthError('invalid_request', 'dpop_jkt must be the base64url of a SHA-256 thumbprint, 43 characters.');
}

/** The values of `prompt`. @throws OAuthError invalid_request */
export function parsePrompts(parameters: Parameters): string[] {
  const prompts = (parameters.one('prompt') ?? '').split(' ').filter((prompt) => prompt !== '');
  // Initiating User Registration via OpenID Connect §4.1: an unsupported prompt value is invalid_request.
  for (const prompt of prompts) checkOneOf('prompt', prompt, PROMPTS);
  // OpenID Connect Core §3.1.2.1: If this parameter contains none with any other value, an error is returned.
  if (prompts.includes('none') && prompts.length > 1) {
    throw new OAuthError('invalid_request', 'prompt=none cannot be combined with another prompt.');
  }
  return prompts;
}

/** The seconds of `max_age`. @throws OAuthError invalid_request */
export function parseMaxAge(parameters: Parameters): number | undefined {
  const text = parameters.one('max_age');
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new OAuthError('invalid_request', 'max_age must be a number of seconds.');
  return Number(text);
}
