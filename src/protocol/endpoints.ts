/** The paths of the endpoints, by their metadata names (RFC 8414 §2). Routes and metadata derive from this list. */

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

/** The verification page of device authorization (RFC 8628 §3.3). */
export const DEVICE_PAGE = '/device';

export const WELL_KNOWN = {
  /** RFC 8414 §3 */
  authorizationServer: '/.well-known/oauth-authorization-server',
  /** OpenID Connect Discovery §4 */
  openidConfiguration: '/.well-known/openid-configuration',
  /** RFC 9728 §3; the path of a resource is appended. */
  protectedResource: '/.well-known/oauth-protected-resource',
} as const;

/** The page on which users see and revoke the access of applications. */
export const APPLICATIONS_PAGE = '/account/applications';
