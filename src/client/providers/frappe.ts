/** A site of the Frappe Framework: id_tokens signed with the client's secret, which prove nothing here. */
import type { Provider } from './provider.ts';

export const frappe: Provider = {
  title: 'Frappe',
  documentation: 'https://docs.frappe.io/framework-git/security/oauth2',
  read: '2026-11-26',
  needs: ['issuer'],
  scopes: ['all', 'openid'],
  api: [],
  apiIsIssuer: true,
  ignoresIdToken: true,
};
