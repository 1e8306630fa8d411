/**
 * Validation of authorization requests in two phases (RFC 6749 §4.1.2.1): until client and redirect URI are validated,
 * nothing may be sent to the redirect URI.
 */
import type { Config } from '../../config.ts';
import { CODE_CHALLENGE } from '../../crypto/pkce.ts';
import type { Deps } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { filterRequestedClaims, parseClaimsRequest, type RequestedClaims } from '../../protocol/claims-request.ts';
import type { PushedRequestId } from '../../protocol/credentials.ts';
import { JWK_THUMBPRINT } from '../../protocol/dpop.ts';
import { AUTHORIZATION_CODE } from '../../protocol/grant-type.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { privateUseSchemeProblem, redirectUriMatches } from '../../protocol/redirect-uri.ts';
import type { ResourceRegistry } from '../../protocol/resource.ts';
import { OPENID_SCOPE } from '../../protocol/scope-names.ts';
import type { Settings } from '../../protocol/settings.ts';
import { parseSchemes } from '../../protocol/uri-scheme.ts';
import {
  allowedScopes,
  type Client,
  checkGrantType,
  isApprovedByAdministrator,
  needsPkce,
  requestedScopes,
} from '../clients/client.ts';
import { checkEnabled } from '../clients/client-approval.ts';
import { withClient } from '../clients/client-lookup.ts';
import { openIdTokenHint } from '../id-token-hint.ts';
import { parseResources, scopesOfResources } from '../resources.ts';
import { RESPONSE_MODES, type RedirectTarget } from './response-modes.ts';
import { PROMPTS, RESPONSE_TYPES } from './supported-values.ts';

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

/** The requested access: the part of the request that becomes the code. */
export type RequestedAccess = {
  scopes: string[];
  resources: string[];
  /** Undefined only for a client with an exemption from PKCE. */
  codeChallenge: string | undefined;
  nonce: string | undefined;
  /** Requested claims beyond the scopes (OpenID Connect Core §5.5). */
  claims: RequestedClaims;
  /** Authentication context classes in the order of preference. */
  acr: string[];
  /** The thumbprint of the key that the code is bound to (RFC 9449 §10). */
  dpopJkt: string | undefined;
};

/** An authorization request: the requested access, and conditions on authentication. */
export type AuthorizationRequest = RequestedAccess & {
  prompts: string[];
  /** Seconds. */
  maxAge: number | undefined;
  /** True if the id_token must have auth_time. */
  needsAuthTime: boolean;
  loginHint: string | undefined;
  /** The required user; several where the parameters contradict each other. */
  subs: string[];
  /** The authentication context classes of which one is required. */
  neededAcr: string[];
};

/**
 * Phase 1: client and redirect URI.
 * @throws OAuthError that must be shown as a page and never redirected.
 */
export async function validateClientAndRedirectUri(
  deps: Deps,
  parameters: Parameters,
  pushed?: PushedRequestId,
): Promise<RedirectTarget> {
  const id = parameters.required('client_id');
  const sent = parameters.one('redirect_uri');
  const settings = await deps.settings();
  const schemes = parseSchemes(settings.private_use_schemes);
  return withClient(deps, id, (client, isLatest) => {
    checkEnabled(client, settings);
    // PKCE belongs to phase 2; but an administrator may have exempted the client since it was read.
    if (!isLatest && client.origin !== 'document') requireCodeChallenge(deps.config, client, parameters);
    const isOpenid = parameters.all('scope').some((scope) => scope.split(' ').includes(OPENID_SCOPE));
    const resolved = resolveRedirectUri(client, sent, isOpenid);
    checkPrivateUseScheme(client, resolved.redirectUri, schemes);
    return { client, ...resolved, ...responseParametersOf(parameters), pushed };
  });
}

/** Validates the scheme of a self-registered redirect URI by the current setting. */
function checkPrivateUseScheme(client: Client, redirectUri: string, schemes: readonly string[]): void {
  const problem = isApprovedByAdministrator(client) ? undefined : privateUseSchemeProblem(redirectUri, schemes);
  if (!problem) return;
  throw new OAuthError('invalid_request', `redirect_uri cannot be used: ${problem}`, { about: { redirectUri } });
}

function resolveRedirectUri(client: Client, sent: string | undefined, isOpenid: boolean) {
  const registered = client.metadata.redirect_uris;
  if (sent === undefined) {
    // RFC 6749 §3.1.2.3: If multiple redirection URIs have been registered, the client MUST include one. OpenID Connect
    // Core §3.1.2.1: it is REQUIRED.
    if (registered.length !== 1 || isOpenid) throw new OAuthError('invalid_request', 'redirect_uri is missing.');
    return { redirectUri: registered[0] as string, redirectUriGiven: false };
  }
  // RFC 6749 §3.1.2.4: the authorization server MUST NOT automatically redirect to the invalid redirection URI.
  if (!redirectUriMatches(sent, registered)) {
    const about = { redirectUri: sent };
    throw new OAuthError('invalid_request', 'redirect_uri is not registered for this client.', { about });
  }
  return { redirectUri: sent, redirectUriGiven: true };
}

/** The response parameters for an error, from parameters that may be invalid themselves. */
function responseParametersOf(parameters: Parameters): Pick<RedirectTarget, 'state' | 'responseMode'> {
  const [state, ...more] = parameters.all('state');
  const [mode] = parameters.all('response_mode');
  return {
    state: more.length === 0 ? state : undefined,
    responseMode: RESPONSE_MODES.find((known) => known === mode) ?? 'query',
  };
}

/**
 * The user of the id_token_hint, which must have been issued to this client.
 * @throws OAuthError invalid_request
 */
export async function idTokenHintSubject(
  deps: Deps,
  { client }: RedirectTarget,
  parameters: Parameters,
): Promise<string | undefined> {
  const token = parameters.one('id_token_hint');
  if (token === undefined) return undefined;
  const { sub, aud } = await openIdTokenHint(deps, token);
  if (aud !== client.id) throw new OAuthError('invalid_request', 'id_token_hint was issued to another client.');
  return sub;
}

/**
 * Phase 2: all other parameters.
 * @throws OAuthError to be sent to the validated redirect URI.
 */
export function parseAuthorizationRequest(
  settings: Settings,
  registry: ResourceRegistry,
  target: RedirectTarget,
  parameters: Parameters,
  config: Pick<Config, 'issuer' | 'isLoopback'>,
  hinted: string | undefined,
): AuthorizationRequest {
  const { client } = target;
  const { issuer } = config;
  parameters.refuseDuplicates();
  refuseUnsupported(parameters);
  checkOneOf('response_mode', parameters.one('response_mode'), RESPONSE_MODES);
  if (!RESPONSE_TYPES.includes(parameters.required('response_type'))) {
    throw new OAuthError('unsupported_response_type', `response_type must be ${RESPONSE_TYPES.join(' or ')}.`);
  }
  checkGrantType(client, AUTHORIZATION_CODE);
  const requested = parseResources(parameters, issuer, registry);
  // Without `resource` the audience is the issuer.
  const resources = requested.length > 0 ? requested : [issuer];
  const known = scopesOfResources(resources, { issuer, registry, settings });
  const scopes = requestedScopes(client, parameters.one('scope'), known);
  // OpenID Connect Core §5.5: the parameter is ignored without the scope openid.
  const wanted = parseClaimsRequest(scopes.includes(OPENID_SCOPE) ? parameters.one('claims') : undefined);
  const acrValues = parameters.one('acr_values')?.split(' ').filter(Boolean);
  return {
    scopes,
    resources,
    codeChallenge: parseCodeChallenge(config, client, parameters),
    nonce: parameters.one('nonce'),
    // A claim of a scope that is not allowed for the client cannot be requested by name.
    claims: filterRequestedClaims(wanted.claims, allowedScopes(client, known)),
    acr: wanted.acr.length > 0 ? wanted.acr : (acrValues ?? client.metadata.default_acr_values ?? []),
    prompts: parsePrompts(parameters),
    maxAge: parseMaxAge(parameters) ?? client.metadata.default_max_age,
    // OpenID Connect Core §2: auth_time is REQUIRED as an Essential Claim, and where the client registered require_auth_time.
    needsAuthTime: wanted.authTime || client.metadata.require_auth_time === true,
    loginHint: parameters.one('login_hint')?.slice(0, 254),
    subs: [hinted, wanted.sub].filter((sub) => sub !== undefined),
    neededAcr: wanted.acr,
    dpopJkt: parseDpopJkt(parameters),
  };
}

/** Requires PAR by the setting or the client's metadata (RFC 9126 §5, §6). */
export function requirePushedRequest(settings: Settings, { client, pushed }: RedirectTarget): void {
  const isRequired =
    settings.require_pushed_authorization_requests || client.metadata.require_pushed_authorization_requests === true;
  if (isRequired && !pushed) {
    throw new OAuthError('invalid_request', 'this request must be pushed first (PAR, RFC 9126).');
  }
}

function refuseUnsupported(parameters: Parameters): void {
  // OpenID Connect Core §6.1, §6.2: a server that does not support them MUST return these errors.
  if (parameters.one('request')) throw new OAuthError('request_not_supported', 'request objects are not supported.');
  if (parameters.one('request_uri')) throw new OAuthError('request_uri_not_supported', 'request_uri is not supported.');
  // §7.2.1: likewise.
  if (parameters.one('registration')) {
    throw new OAuthError('registration_not_supported', 'the parameter registration is not supported.');
  }
}

function checkOneOf(name: string, value: string | undefined, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new OAuthError('invalid_request', `${name} must be one of: ${choices.join(', ')}.`);
}

/** Requires PKCE (OAuth 2.1 §4.1.1). RFC 7636 §4.4.1: without it, the error is invalid_request. */
function requireCodeChallenge(config: Pick<Config, 'isLoopback'>, client: Client, parameters: Parameters): void {
  if (parameters.all('code_challenge').length > 0 || !needsPkce(client, config)) return;
  throw new OAuthError('invalid_request', 'code_challenge is missing: PKCE is required for this client.');
}

/** Validates the challenge, also of a client with an exemption (RFC 9700 §2.1.1). */
function parseCodeChallenge(
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

function parseDpopJkt(parameters: Parameters): string | undefined {
  const thumbprint = parameters.one('dpop_jkt');
  if (thumbprint === undefined || JWK_THUMBPRINT.test(thumbprint)) return thumbprint;
  throw new OAuthError('invalid_request', 'dpop_jkt must be the base64url of a SHA-256 thumbprint, 43 characters.');
}

function parsePrompts(parameters: Parameters): string[] {
  const prompts = (parameters.one('prompt') ?? '').split(' ').filter((prompt) => prompt !== '');
  // Initiating User Registration via OpenID Connect §4.1: an unsupported prompt value is invalid_request.
  for (const prompt of prompts) checkOneOf('prompt', prompt, PROMPTS);
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
