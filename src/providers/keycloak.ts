/** A Keycloak: the issuer is the address of a realm, such as https://id.example.com/realms/staff. */
import { OPENID } from './profile.ts';
import type { Provider } from './provider.ts';

export const keycloak = {
  title: 'Keycloak',
  logo: '/providers/keycloak.svg',
  documentation: 'https://www.keycloak.org/docs/latest/server_admin/#_oidc_clients',
  readOn: '2026-11-26',
  clientsPage: (issuer) => issuer.replace(/\/realms\/([^/]+)$/, '/admin/$1/console/#/$1/clients/add-client'),
  socialLogin: { ...OPENID, requires: ['issuer'] },
} satisfies Provider;
