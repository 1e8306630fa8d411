/** Salesforce: OpenID Connect, at the common address or (issuer) at that of one's own domain. */
import { OPENID } from './profile.ts';
import type { Provider } from './provider.ts';

export const salesforce = {
  title: 'Salesforce',
  documentation:
    'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_endpoints.htm&language=en_US&type=5',
  readOn: '2026-11-26',
  issuer: 'https://login.salesforce.com',
  socialLogin: { ...OPENID },
} satisfies Provider;
