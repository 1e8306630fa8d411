/**
 * Phase 2 of an authorization request: everything but client and redirect URI. A failure is sent to the redirect URI,
 * which phase 1 validated (`validate-target.ts`).
 */
import type { Config } from '../../config.ts';
import type { Deps } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { filterRequestedClaims, parseClaimsRequest, type RequestedClaims } from '../../protocol/claims-request.ts';
import { AUTHORIZATION_CODE } from '../../protocol/grant-type.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { ResourceRegistry } from '../../protocol/resource.ts';
import { OPENID_SCOPE } from '../../protocol/scope-names.ts';
import type { Settings } from '../../protocol/settings.ts';
import { allowedScopes, checkGrantType, requestedScopes } from '../clients/client.ts';
import { openIdTokenHint } from '../id-token-hint.ts';
import { parseResources, scopesOfResources } from '../resources.ts';
import {
  checkOneOf,
  parseCodeChallenge,
  parseDpopJkt,
  parseMaxAge,
  parsePrompts,
  refuseUnsupported,
} from './request-parameters.ts';
import { RESPONSE_MODES, type RedirectTarget } from './response-modes.ts';
import { RESPONSE_TYPES } from './supported-values.ts';

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

/** @throws OAuthError to be sent to the validated redirect URI. */
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
