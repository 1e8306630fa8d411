/**
 * Validating an authorization request in two phases (RFC 6749 §4.1.2.1): until client and redirect URI are proven,
 * nothing may be sent to the redirect URI.
 */
import { CODE_CHALLENGE } from '../../crypto/pkce.ts';
import { claimsWithin, type NamedClaims, parseClaimsRequest } from '../../protocol/claims-request.ts';
import type { PushedId } from '../../protocol/credentials.ts';
import { THUMBPRINT } from '../../protocol/dpop.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { redirectUriMatches } from '../../protocol/redirect-uri.ts';
import type { Registry } from '../../protocol/resource.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { Deps } from '../../web/context.ts';
import type { Parameters } from '../../web/parameters.ts';
import { allowedScopes, type Client, checkGrantType, scopesFor } from '../clients/client.ts';
import { checkEnabled, judgeClient } from '../clients/find.ts';
import { openIdTokenHint } from '../id-token-hint.ts';
import { parseResources, scopesKnownAt } from '../resources.ts';
import { RESPONSE_MODES, type Target } from './respond.tsx';

/** RFC 6749 §3.1.1; implicit and hybrid are not offered (OAuth 2.1 §10.1). */
export const RESPONSE_TYPES = ['code'];

/** OpenID Connect Core §3.1.2.1. */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'];

/** What is asked for. */
export type Requested = {
  scopes: string[];
  resources: string[];
  codeChallenge: string;
  nonce: string | undefined;
  /** Single claims beyond the scopes (OpenID Connect Core §5.5). */
  claims: NamedClaims;
  /** Classes of authentication, in the order of preference. */
  acr: string[];
  /** The thumbprint of the key that the code is bound to (RFC 9449 §10). */
  dpopJkt: string | undefined;
};

/** The same, and what of the person. */
export type AuthorizationRequest = Requested & {
  prompts: string[];
  /** Seconds. */
  maxAge: number | undefined;
  loginHint: string | undefined;
  /** The only people that will do: several where the request contradicts itself. */
  subs: string[];
  /** The classes of authentication of which one is needed. */
  neededAcr: string[];
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
 * Whom the client expects, by an id_token that it was given. It must have been given to this client.
 * @throws OAuthError invalid_request
 */
export async function hintedSub(deps: Deps, { client }: Target, parameters: Parameters): Promise<string | undefined> {
  const token = parameters.one('id_token_hint');
  if (token === undefined) return undefined;
  const { sub, aud } = await openIdTokenHint(deps, token);
  if (aud !== client.id) throw new OAuthError('invalid_request', 'id_token_hint was issued to another client.');
  return sub;
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
  hinted: string | undefined,
): AuthorizationRequest {
  const { client } = target;
  parameters.refuseDuplicates();
  refuseUnsupported(parameters);
  checkOneOf('response_mode', parameters.one('response_mode'), RESPONSE_MODES);
  if (!RESPONSE_TYPES.includes(parameters.required('response_type'))) {
    throw new OAuthError('unsupported_response_type', `response_type must be ${RESPONSE_TYPES.join(' or ')}.`);
  }
  checkGrantType(client, 'authorization_code');
  const asked = parseResources(parameters, issuer, registry);
  // No resource asked: the audience is the issuer.
  const resources = asked.length > 0 ? asked : [issuer];
  const known = scopesKnownAt(resources, registry, settings);
  const scopes = scopesFor(client, parameters.one('scope'), known);
  // OpenID Connect Core §5.5: the parameter is for OpenID requests; elsewhere it means nothing.
  const wanted = parseClaimsRequest(scopes.includes('openid') ? parameters.one('claims') : undefined);
  const acrValues = parameters.one('acr_values')?.split(' ').filter(Boolean);
  return {
    scopes,
    resources,
    codeChallenge: parseChallenge(parameters),
    nonce: parameters.one('nonce'),
    // What the client may not ask for by scope it may not ask for by name.
    claims: claimsWithin(wanted.named, allowedScopes(client, known)),
    acr: wanted.acr.length > 0 ? wanted.acr : (acrValues ?? client.metadata.default_acr_values ?? []),
    prompts: parsePrompts(parameters),
    maxAge: parseMaxAge(parameters) ?? client.metadata.default_max_age,
    loginHint: parameters.one('login_hint')?.slice(0, 254),
    subs: [hinted, wanted.sub].filter((sub) => sub !== undefined),
    neededAcr: wanted.acr,
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
