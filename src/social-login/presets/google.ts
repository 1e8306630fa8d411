/** Google: OpenID Connect; addresses outside Google were verified once, and may belong to somebody else today. */
import { OPENID, openidProfile, type Preset } from './preset.ts';

export const google: Preset = {
  ...OPENID,
  title: 'Google',
  documentation: 'https://developers.google.com/identity/openid-connect/openid-connect',
  read: '2026-11-26',
  issuer: 'https://accounts.google.com',
  profileOf: (said) => {
    const profile = openidProfile(said);
    const { hd } = { ...said.userinfo, ...said.claims };
    // Google is authoritative for its own addresses and for those of a domain that it hosts (`hd`).
    const isGoogles = typeof hd === 'string' || /@(gmail|googlemail)\.com$/i.test(profile.email ?? '');
    return { ...profile, emailVerified: profile.emailVerified && isGoogles };
  },
};
