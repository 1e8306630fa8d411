/** fairlogin: a Keycloak of fairkom. */
import { OPENID, type Preset } from './preset.ts';

export const fairlogin: Preset = {
  ...OPENID,
  title: 'fairlogin',
  documentation: 'https://docs.frappe.io/erpnext/fairlogin-integration',
  read: '2026-11-26',
  issuer: 'https://id.fairkom.net/auth/realms/fairlogin',
};
