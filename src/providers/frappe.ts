/**
 * A site of the Frappe Framework: id_tokens signed with the client secret (HS256), which are ignored here, and no
 * email_verified.
 */
import { CLIENT_SECRET_POST } from '../protocol/authentication-method.ts';
import { FRAPPE_ENDPOINTS } from '../protocol/frappe-paths.ts';
import { OPENID_SCOPE } from '../protocol/scope-names.ts';
import { OPENID } from './profile.ts';
import type { Provider } from './provider.ts';

export const frappe = {
  title: 'Frappe',
  logo: '/providers/frappe.svg',
  documentation: 'https://docs.frappe.io/framework/user/en/guides/integration/openid_connect_and_frappe_social_login',
  readOn: '2026-11-26',
  clientsPage: (issuer) => `${issuer}/app/oauth-client/new`,
  // The same at every version, whether the site describes itself or not.
  endpointsAt: (issuer) => ({
    authorization_endpoint: issuer + FRAPPE_ENDPOINTS.authorization_endpoint,
    token_endpoint: issuer + FRAPPE_ENDPOINTS.token_endpoint,
    userinfo_endpoint: issuer + FRAPPE_ENDPOINTS.userinfo_endpoint,
    revocation_endpoint: issuer + FRAPPE_ENDPOINTS.revocation_endpoint,
  }),
  // Older versions read Basic as an API key of their own; newer ones may want it: then it is tried.
  authMethod: CLIENT_SECRET_POST,
  ignoresIdToken: true,
  connectedApp: { requires: ['issuer'], scopes: ['all', OPENID_SCOPE], api: [], apiIsIssuer: true },
  socialLogin: { ...OPENID, requires: ['issuer'], scopes: [OPENID_SCOPE, 'all'], acceptsHints: false },
} satisfies Provider;
