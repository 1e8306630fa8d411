/** Any OpenID provider. */
import { EMAIL_SCOPE, OFFLINE_ACCESS, OPENID_SCOPE } from '../protocol/scope-names.ts';
import { OPENID } from './profile.ts';
import type { Provider } from './provider.ts';

export const openid = {
  title: 'OpenID provider',
  logo: '/providers/openid.svg',
  documentation: 'https://openid.net/specs/openid-connect-discovery-1_0.html',
  readOn: '2026-11-26',
  connectedApp: {
    requires: ['issuer'],
    scopes: [OPENID_SCOPE, EMAIL_SCOPE, OFFLINE_ACCESS],
    // OpenID Connect Core §11: prompt=consent, or offline_access MUST be ignored.
    query: { prompt: 'consent' },
    api: [],
  },
  socialLogin: { ...OPENID, requires: ['issuer'] },
} satisfies Provider;
