/** fairlogin: a Keycloak of fairkom. */
import { OPENID } from './profile.ts';
import type { Provider } from './provider.ts';

export const fairlogin = {
  title: 'fairlogin',
  documentation: 'https://docs.frappe.io/erpnext/fairlogin-integration',
  readOn: '2026-11-26',
  issuer: 'https://id.fairkom.net/auth/realms/fairlogin',
  socialLogin: { ...OPENID },
} satisfies Provider;
