/** Another Postern. */
import { OPENID, type Preset } from './preset.ts';

export const postern: Preset = {
  ...OPENID,
  title: 'Postern',
  documentation: 'https://openid.net/specs/openid-connect-core-1_0.html',
  read: '2026-11-26',
  needs: ['issuer'],
};
