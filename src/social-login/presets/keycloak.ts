/** A Keycloak: the issuer is the address of a realm, such as https://id.example.com/realms/staff. */
import { OPENID, type Preset } from './preset.ts';

export const keycloak: Preset = {
  ...OPENID,
  title: 'Keycloak',
  documentation: 'https://www.keycloak.org/docs/latest/securing_apps',
  read: '2026-11-26',
  needs: ['issuer'],
};
