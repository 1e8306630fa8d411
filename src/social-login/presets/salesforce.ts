/** Salesforce: OpenID Connect, at the common address or (issuer) at that of one's own domain. */
import { OPENID, type Preset } from './preset.ts';

export const salesforce: Preset = {
  ...OPENID,
  title: 'Salesforce',
  documentation:
    'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_endpoints.htm&language=en_US&type=5',
  read: '2026-11-26',
  issuer: 'https://login.salesforce.com',
};
