/** The paths of the protocol, by the name that metadata gives them (RFC 8414 §2). Routes and metadata read this list. */

export const ENDPOINTS = {
  authorization_endpoint: '/authorize',
  token_endpoint: '/token',
  registration_endpoint: '/register',
  userinfo_endpoint: '/userinfo',
  jwks_uri: '/.well-known/jwks.json',
} as const;

export const WELL_KNOWN = {
  /** RFC 8414 §3 */
  authorizationServer: '/.well-known/oauth-authorization-server',
  /** OpenID Connect Discovery §4 */
  openidConfiguration: '/.well-known/openid-configuration',
  /** RFC 9728 §3; a resource's path comes behind it */
  protectedResource: '/.well-known/oauth-protected-resource',
} as const;
