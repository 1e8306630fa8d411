/** Microsoft: an issuer for each tenant; a refresh token only with the scope `offline_access`. */
import type { Provider } from './provider.ts';

export const microsoft: Provider = {
  title: 'Microsoft',
  documentation: 'https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow',
  read: '2026-11-26',
  // https://login.microsoftonline.com/<tenant id>/v2.0: the document of `common` names an issuer that no token has.
  needs: ['issuer'],
  scopes: ['openid', 'email', 'offline_access', 'User.Read'],
  api: ['https://graph.microsoft.com'],
};
