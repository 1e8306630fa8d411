/**
 * Validating an authorization request in two phases (RFC 6749 §4.1.2.1): until client and redirect URI are proven,
 * nothing may be sent to the redirect URI.
 */
import { CODE_CHALLENGE } from '../../crypto/pkce.ts';
import type { PushedId } from '../../protocol/credentials.ts';
import { THUMBPRINT } from '../../protocol/dpop.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { redirectUriMatches } from '../../protocol/redirect-uri.ts';
import type { Registry } from '../../protocol/resource.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { Deps } from '../../web/context.ts';
import type { Parameters } from '../../web/parameters.ts';
import { type Client, checkGrantType, scopesFor } from '../clients/client.ts';
import { checkEnabled, judgeClient } from '../clients/find.ts';
import { parseResources, scopesKnownAt } from '../resources.ts';
import { RESPONSE_MODES, type Target } from './respond.tsx';

/** RFC 6749 §3.1.1; implicit and hybrid are not offered (OAuth 2.1 §10.1). */
export const RESPONSE_TYPES = ['code'];

/** OpenID Connect Core §3.1.2.1. */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'];

export type AuthorizationRequest = {
  scopes: string[];
  resources: string[];
  codeChallenge: string;
  nonce: string | undefined;
  prompts: string[];
  /** Seconds. */
  maxAge: number | undefined;
  loginHint: string | undefined;
  /** The thumbprint of the key that the code is bound to (RFC 9449 §10). */
  dpopJkt: string | undefined;
};

/**
 * Phase 1: who asks, and where the answer goes.
 * @throws OAuthError that must be shown here and never redirected.
 */
export function proveTarget(deps: Deps, parameters: Parameters, pushed?: PushedId): Promise<Target> {
  const id = parameters.required('client_id');
  const sent = parameters.one('redirect_uri');
  return judgeClient(deps, id, (client) => {
    checkEnabled(client);
    return { client, ...proveRedirectUri(client, sent), ...answerForm(parameters), pushed };
  });
}

function proveRedirectUri(client: Client, sent: string | undefined) {
  const registered = client.metadata.redirect_uris;
  if (sent === undefined) {
    // RFC 6749 §3.1.2.3: If multiple redirection URIs have been registered, the client MUST include one.
    if (registered.length !== 1) throw new OAuthError('invalid_request', 'redirect_uri is missing.');
    return { redirectUri: registered[0] as string, redirectUriGiven: false };
  }
  // RFC 6749 §3.1.2.4: the authorization server MUST NOT automatically redirect to the invalid redirection URI.
  if (!redirectUriMatches(sent, registered)) {
    throw new OAuthError('invalid_request', 'redirect_uri is not one that this client registered.');
  }
  return { redirectUri: sent, redirectUriGiven: true };
}

/** How an error would be answered: from parameters that may themselves be what is wrong. */
function answerForm(parameters: Parameters): Pick<Target, 'state' | 'responseMode'> {
  const [state, ...more] = parameters.all('state');
  const [mode] = parameters.all('response_mode');
  return {
    state: more.length === 0 ? state : undefined,
    responseMode: RESPONSE_MODES.find((known) => known === mode) ?? 'query',
  };
}

/**
 * Phase 2: everything else.
 * @throws OAuthError to be sent to the proven redirect URI.
 */
export function parseRequest(
  settings: Settings,
  registry: Registry,
  target: Target,
  parameters: Parameters,
  issuer: string,
): AuthorizationRequest {
  const { client } = target;
  parameters.refuseDuplicates();
  refuseRequestObjects(parameters);
  checkOneOf('response_mode', parameters.one('response_mode'), RESPONSE_MODES);
  if (!RESPONSE_TYPES.includes(parameters.required('response_type'))) {
    throw new OAuthError('unsupported_response_type', `response_type must be ${RESPONSE_TYPES.join(' or ')}.`);
  }
  checkGrantType(client, 'authorization_code');
  const asked = parseResources(parameters, issuer, registry);
  // No resource asked: the audience is the issuer.
  const resources = asked.length > 0 ? asked : [issuer];
  return {
    scopes: scopesFor(client, parameters.one('scope'), scopesKnownAt(resources, registry, settings)),
    resources,
    codeChallenge: parseChallenge(parameters),
    nonce: parameters.one('nonce'),
    prompts: parsePrompts(parameters),
    maxAge: parseMaxAge(parameters),
    loginHint: parameters.one('login_hint')?.slice(0, 254),
    dpopJkt: parseThumbprint(parameters),
  };
}

/** RFC 9126 §5, §6: such a server, or client, takes authorization requests only by PAR. */
export function checkPushed(settings: Settings, { client, pushed }: Target): void {
  const isRequired =
    settings.require_pushed_authorization_requests || client.metadata.require_pushed_authorization_requests === true;
  if (isRequired && !pushed) {
    throw new OAuthError('invalid_request', 'this request must be pushed first (PAR, RFC 9126).');
  }
}

function refuseRequestObjects(parameters: Parameters): void {
  // OpenID Connect Core §6.1, §6.2: a server that does not support them MUST return these errors.
  if (parameters.one('request')) throw new OAuthError('request_not_supported', 'request objects are not supported.');
  if (parameters.one('request_uri')) throw new OAuthError('request_uri_not_supported', 'request_uri is not supported.');
}

function checkOneOf(name: string, value: string | undefined, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new OAuthError('invalid_request', `${name} must be one of: ${choices.join(', ')}.`);
}

function parseChallenge(parameters: Parameters): string {
  const challenge = parameters.one('code_challenge');
  // OAuth 2.1 §4.1.1: PKCE is for every client. RFC 7636 §4.4.1: without it, the error is invalid_request.
  if (challenge === undefined)
    throw new OAuthError('invalid_request', 'code_challenge is missing: PKCE is required of every client.');
  // RFC 7636 §4.3: the method defaults to "plain", which is not offered.
  if (parameters.one('code_challenge_method') !== 'S256') {
    throw new OAuthError('invalid_request', 'code_challenge_method must be S256.');
  }
  if (!CODE_CHALLENGE.test(challenge)) {
    throw new OAuthError('invalid_request', 'code_challenge must be the base64url of a SHA-256 digest, 43 characters.');
  }
  return challenge;
}

function parseThumbprint(parameters: Parameters): string | undefined {
  const thumbprint = parameters.one('dpop_jkt');
  if (thumbprint === undefined || THUMBPRINT.test(thumbprint)) return thumbprint;
  throw new OAuthError('invalid_request', 'dpop_jkt must be the base64url of a SHA-256 thumbprint, 43 characters.');
}

function parsePrompts(parameters: Parameters): string[] {
  const prompts = (parameters.one('prompt') ?? '').split(' ').filter((prompt) => PROMPTS.includes(prompt));
  // OpenID Connect Core §3.1.2.1: If this parameter contains none with any other value, an error is returned.
  if (prompts.includes('none') && prompts.length > 1) {
    throw new OAuthError('invalid_request', 'prompt=none cannot be combined with another prompt.');
  }
  return prompts;
}

function parseMaxAge(parameters: Parameters): number | undefined {
  const text = parameters.one('max_age');
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new OAuthError('invalid_request', 'max_age must be a number of seconds.');
  return Number(text);
}
