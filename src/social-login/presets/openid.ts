/** Any OpenID provider. */
import { OPENID, type Preset } from './preset.ts';

export const openid: Preset = {
  ...OPENID,
  title: 'OpenID provider',
  documentation: 'https://openid.net/specs/openid-connect-discovery-1_0.html',
  read: '2026-11-26',
  needs: ['issuer'],
};
