/** Any OpenID provider. */
import type { Provider } from './provider.ts';

export const openid: Provider = {
  title: 'OpenID provider',
  documentation: 'https://openid.net/specs/openid-connect-discovery-1_0.html',
  read: '2026-11-25',
  needs: ['issuer'],
  scopes: ['openid', 'email', 'offline_access'],
  // OpenID Connect Core §11: prompt=consent, or offline_access MUST be ignored.
  query: { prompt: 'consent' },
  api: [],
};
