/**
 * Google: OpenID Connect. A refresh token comes only with `access_type=offline`, and again only with `prompt=consent`;
 * addresses outside Google were verified once, and may belong to another user today.
 */
import { EMAIL_SCOPE, OPENID_SCOPE } from '../protocol/scope-names.ts';
import { OPENID, openidProfile } from './profile.ts';
import type { Provider } from './provider.ts';

export const google = {
  title: 'Google',
  logo: '/providers/google.svg',
  documentation: 'https://developers.google.com/identity/openid-connect/openid-connect',
  readOn: '2026-11-26',
  clientsPage: 'https://console.cloud.google.com/auth/clients',
  issuer: 'https://accounts.google.com',
  // https://developers.google.com/identity/protocols/oauth2/web-server
  connectedApp: {
    scopes: [OPENID_SCOPE, EMAIL_SCOPE],
    query: { access_type: 'offline', prompt: 'consent', include_granted_scopes: 'true' },
    api: ['https://www.googleapis.com', 'https://gmail.googleapis.com', 'https://people.googleapis.com'],
  },
  socialLogin: {
    ...OPENID,
    profileOf: (information) => {
      const profile = openidProfile(information);
      const { hd } = { ...information.userinfo, ...information.claims };
      // Google is authoritative for its own addresses and for those of a domain that it hosts (`hd`).
      const isGoogles = typeof hd === 'string' || /@(gmail|googlemail)\.com$/i.test(profile.email ?? '');
      return { ...profile, emailVerified: profile.emailVerified && isGoogles };
    },
  },
} satisfies Provider;
