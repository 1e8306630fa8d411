/** GitHub: no metadata, failures answered with 200, scopes with commas, and a way of its own to give access back. */
import { type Provider, refusalIs400, spacedScopes } from './provider.ts';

export const github: Provider = {
  title: 'GitHub',
  documentation: 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
  read: '2026-11-26',
  endpoints: {
    authorization_endpoint: 'https://github.com/login/oauth/authorize',
    token_endpoint: 'https://github.com/login/oauth/access_token',
    userinfo_endpoint: 'https://api.github.com/user',
  },
  authMethod: 'client_secret_post',
  scopes: ['read:user'],
  api: ['https://api.github.com'],
  conform: (answer) => spacedScopes(refusalIs400(answer)),
  // https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-token
  revocation: (clientId, secret, token) => ({
    url: `https://api.github.com/applications/${encodeURIComponent(clientId)}/token`,
    method: 'DELETE',
    headers: {
      Accept: 'application/vnd.github+json',
      'Content-Type': 'application/json',
      Authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
    },
    body: JSON.stringify({ access_token: token }),
  }),
};
