/**
 * A site of the Frappe Framework: id_tokens signed with the client secret (HS256), which are ignored here, and no
 * email_verified.
 */
import { CLIENT_SECRET_POST } from '../protocol/authentication-method.ts';
import { OPENID_SCOPE } from '../protocol/scope-names.ts';
import { OPENID } from './profile.ts';
import type { Provider } from './provider.ts';

const METHOD = '/api/method/frappe.integrations.oauth2';

export const frappe = {
  title: 'Frappe',
  logo: '/providers/frappe.svg',
  documentation: 'https://docs.frappe.io/framework/user/en/guides/integration/openid_connect_and_frappe_social_login',
  readOn: '2026-11-26',
  clientsPage: (issuer) => `${issuer}/app/oauth-client/new`,
  // The same at every version, whether the site describes itself or not.
  endpointsAt: (issuer) => ({
    authorization_endpoint: `${issuer}${METHOD}.authorize`,
    token_endpoint: `${issuer}${METHOD}.get_token`,
    userinfo_endpoint: `${issuer}${METHOD}.openid_profile`,
    revocation_endpoint: `${issuer}${METHOD}.revoke_token`,
  }),
  // Older versions read Basic as an API key of their own; newer ones may want it: then it is tried.
  authMethod: CLIENT_SECRET_POST,
  ignoresIdToken: true,
  connectedApp: { requires: ['issuer'], scopes: ['all', OPENID_SCOPE], api: [], apiIsIssuer: true },
  socialLogin: { ...OPENID, requires: ['issuer'], scopes: [OPENID_SCOPE, 'all'], acceptsHints: false },
} satisfies Provider;
