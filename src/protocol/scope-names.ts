/** The names of this server's own scopes, each once, and those that OpenID Connect defines for any provider. */

/** OpenID Connect Core §3.1.2.1 */
export const OPENID_SCOPE = 'openid';
/** OpenID Connect Core §5.4 */
export const PROFILE_SCOPE = 'profile';
export const EMAIL_SCOPE = 'email';
export const ROLES_SCOPE = 'roles';

/** The scope of refresh tokens (OpenID Connect Core §11), accepted from every client. */
export const OFFLINE_ACCESS = 'offline_access';

/** The scope of the admin API: only clients created by an administrator can request it. */
export const ADMIN_SCOPE = 'admin';

/** The scopes of the user's own data at `/api/me`: only clients created by an administrator can request them. */
export const GRANTS_SCOPE = 'grants';
export const API_KEYS_SCOPE = 'api_keys';
export const CONNECTIONS_SCOPE = 'connections';

/** The scopes of this server's own APIs: never in a token for another resource. */
export const OWN_API_SCOPES: readonly string[] = [ADMIN_SCOPE, GRANTS_SCOPE, API_KEYS_SCOPE, CONNECTIONS_SCOPE];
