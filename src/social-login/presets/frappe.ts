/** A site of the Frappe Framework: its id_tokens prove nothing here, and it does not say whether an address is verified. */
import { OPENID, type Preset } from './preset.ts';

const METHOD = '/api/method/frappe.integrations.oauth2';

export const frappe: Preset = {
  ...OPENID,
  title: 'Frappe',
  documentation: 'https://docs.frappe.io/framework/user/en/guides/integration/openid_connect_and_frappe_social_login',
  read: '2026-11-26',
  needs: ['issuer'],
  // The same at every version, whether the site describes itself or not.
  endpointsAt: (issuer) => ({
    authorization_endpoint: `${issuer}${METHOD}.authorize`,
    token_endpoint: `${issuer}${METHOD}.get_token`,
    userinfo_endpoint: `${issuer}${METHOD}.openid_profile`,
  }),
  authMethod: 'client_secret_post',
  scopes: ['openid', 'all'],
  takesHints: false,
  // HS256, under the client's secret.
  ignoresIdToken: true,
};
