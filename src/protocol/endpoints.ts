/** The paths of the protocol, by the name that metadata gives them (RFC 8414 §2). Routes and metadata read this list. */

export const ENDPOINTS = {
  authorization_endpoint: '/authorize',
  token_endpoint: '/token',
  registration_endpoint: '/register',
  /** RFC 7009, RFC 7662 */
  revocation_endpoint: '/revoke',
  introspection_endpoint: '/introspect',
  /** RFC 9126 §5 */
  pushed_authorization_request_endpoint: '/par',
  /** RFC 8628 §4 */
  device_authorization_endpoint: '/device_authorization',
  userinfo_endpoint: '/userinfo',
  /** OpenID Connect RP-Initiated Logout §2 */
  end_session_endpoint: '/end-session',
  jwks_uri: '/.well-known/jwks.json',
} as const;

/** Where a person types the code that a device shows. */
export const DEVICE_PAGE = '/device';

export const WELL_KNOWN = {
  /** RFC 8414 §3 */
  authorizationServer: '/.well-known/oauth-authorization-server',
  /** OpenID Connect Discovery §4 */
  openidConfiguration: '/.well-known/openid-configuration',
  /** RFC 9728 §3; a resource's path comes behind it */
  protectedResource: '/.well-known/oauth-protected-resource',
} as const;
