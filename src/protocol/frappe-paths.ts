/** The paths of the Frappe Framework's OAuth endpoints: of a provider, and of this server where it replaces a site. */
import type { ENDPOINTS } from './endpoints.ts';

/** The path of every method; a site has others, too. */
export const FRAPPE_METHODS = '/api/method/';

const OAUTH = `${FRAPPE_METHODS}frappe.integrations.oauth2`;

/** The endpoints that stand in metadata, by the names there (RFC 8414 §2). */
export const FRAPPE_ENDPOINTS = {
  authorization_endpoint: `${OAUTH}.authorize`,
  token_endpoint: `${OAUTH}.get_token`,
  registration_endpoint: `${OAUTH}.register_client`,
  revocation_endpoint: `${OAUTH}.revoke_token`,
  introspection_endpoint: `${OAUTH}.introspect_token`,
  userinfo_endpoint: `${OAUTH}.openid_profile`,
} as const satisfies Partial<Record<keyof typeof ENDPOINTS, string>>;

/** The consent of a user, as the page of a site sends it. */
export const FRAPPE_APPROVE = `${OAUTH}.approve`;
export const FRAPPE_CONFIGURATION = `${OAUTH}.openid_configuration`;
export const FRAPPE_LOGGED_USER = `${FRAPPE_METHODS}frappe.auth.get_logged_user`;
