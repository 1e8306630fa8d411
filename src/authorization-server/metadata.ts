/** Authorization server metadata (RFC 8414 §2, OpenID Connect Discovery §3), derived from the tables. */
import type { Config } from '../config.ts';
import { DPOP_ALGORITHMS } from '../crypto/self-signed-jwt.ts';
import { LANGUAGE_TAGS } from '../locales/languages.ts';
import { ACR_VALUES } from '../protocol/acr.ts';
import { NO_AUTHENTICATION } from '../protocol/authentication-method.ts';
import { knownScopes } from '../protocol/configured-scopes.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import type { Settings } from '../protocol/settings.ts';
import { supportedClaims } from '../protocol/user-claims.ts';
import { RESPONSE_MODES } from './authorize/response-modes.ts';
import { PROMPTS, RESPONSE_TYPES } from './authorize/supported-values.ts';
import { capabilities } from './server-capabilities.ts';

/** The document of both well-known paths. */
export function serverMetadata(config: Config, settings: Settings): Record<string, unknown> {
  const { issuer } = config;
  const can = capabilities(config);
  const { registration_endpoint, ...others } = ENDPOINTS;
  const endpoints = settings.enable_dynamic_client_registration ? { registration_endpoint, ...others } : others;
  return {
    // RFC 8414 §2: the issuer identifier, identical to the one in the URL.
    issuer,
    ...Object.fromEntries(Object.entries(endpoints).map(([name, path]) => [name, issuer + path])),
    scopes_supported: knownScopes(settings.scopes_supported)
      .filter((scope) => scope.listed)
      .map((scope) => scope.name),
    response_types_supported: RESPONSE_TYPES,
    response_modes_supported: RESPONSE_MODES,
    grant_types_supported: can.grants.map(({ grantType }) => grantType),
    ...authenticationAt('token', can.authMethods, can.assertionAlgorithms),
    ...authenticationAt('revocation', can.authMethods, can.assertionAlgorithms),
    ...authenticationAt(
      'introspection',
      can.authMethods.filter((method) => method !== NO_AUTHENTICATION),
      can.assertionAlgorithms,
    ),
    authorization_grant_profiles_supported: can.grants.flatMap(({ profiles = [] }) => profiles),
    // ID-JAG §7
    identity_chaining_requested_token_types_supported: can.grants.flatMap(
      ({ requestedTokenTypes = [] }) => requestedTokenTypes,
    ),
    // CIMD §5
    client_id_metadata_document_supported: true,
    code_challenge_methods_supported: ['S256'],
    // RFC 9449 §5.1
    dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
    // RFC 9207 §3
    authorization_response_iss_parameter_supported: true,
    // draft-ietf-oauth-refresh-token-expiration
    refresh_token_expiration_types_supported: ['authorization', 'token_timeout'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: can.idTokenAlgorithms,
    claims_supported: [
      ...supportedClaims(),
      'iss',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'acr',
      'amr',
      'nonce',
      'at_hash',
      'sid',
    ],
    claim_types_supported: ['normal'],
    claims_parameter_supported: true,
    acr_values_supported: ACR_VALUES,
    userinfo_signing_alg_values_supported: can.idTokenAlgorithms,
    display_values_supported: ['page'],
    // OpenID Connect Back-Channel Logout §2.1
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    prompt_values_supported: PROMPTS,
    ui_locales_supported: LANGUAGE_TAGS,
    // RFC 9126 §5
    require_pushed_authorization_requests: settings.require_pushed_authorization_requests,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    ...optionalLinks(settings),
  };
}

/** The authentication methods of an endpoint, and the algorithms of its assertions (RFC 8414 §2). */
function authenticationAt(endpoint: string, methods: readonly string[], algorithms: readonly string[]) {
  return {
    [`${endpoint}_endpoint_auth_methods_supported`]: methods,
    [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: algorithms,
  };
}

function optionalLinks(settings: Settings): Record<string, string> {
  const links = {
    service_documentation: settings.resource_documentation,
    op_policy_uri: settings.resource_policy_uri,
    op_tos_uri: settings.resource_tos_uri,
  };
  return Object.fromEntries(Object.entries(links).filter(([, link]) => link !== ''));
}
