/** Google: a refresh token only with `access_type=offline`, and again only with `prompt=consent`. */
import type { Provider } from './provider.ts';

export const google: Provider = {
  title: 'Google',
  documentation: 'https://developers.google.com/identity/protocols/oauth2/web-server',
  read: '2026-11-25',
  issuer: 'https://accounts.google.com',
  scopes: ['openid', 'email'],
  query: { access_type: 'offline', prompt: 'consent', include_granted_scopes: 'true' },
  api: ['https://www.googleapis.com', 'https://gmail.googleapis.com', 'https://people.googleapis.com'],
};
