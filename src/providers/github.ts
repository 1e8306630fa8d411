/** GitHub: OAuth without OpenID or metadata; addresses are private, and access is revoked in a way of its own. */
import { CLIENT_SECRET_POST } from '../protocol/authentication-method.ts';
import { identifierOf, textOf } from './profile.ts';
import type { Provider } from './provider.ts';

type Address = { email?: unknown; primary?: unknown; verified?: unknown };

export const github = {
  title: 'GitHub',
  logo: '/providers/github.svg',
  documentation: 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
  readOn: '2026-11-26',
  clientsPage: 'https://github.com/settings/applications/new',
  endpoints: {
    authorization_endpoint: 'https://github.com/login/oauth/authorize',
    token_endpoint: 'https://github.com/login/oauth/access_token',
    userinfo_endpoint: 'https://api.github.com/user',
  },
  authMethod: CLIENT_SECRET_POST,
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
  connectedApp: { scopes: ['read:user'], api: ['https://api.github.com'] },
  socialLogin: {
    scopes: ['read:user', 'user:email'],
    // https://docs.github.com/en/rest/users/emails: /user shows only what the user made public, if anything.
    emailsAt: 'https://api.github.com/user/emails',
    profileOf: ({ userinfo = {}, emails }) => {
      const addresses: Address[] = Array.isArray(emails) ? emails : [];
      const primary = addresses.find((address) => address?.primary === true);
      const login = textOf(userinfo.login);
      return {
        // A login can be given up and taken by another user; the number stays.
        subject: identifierOf(userinfo.id),
        email: textOf(primary?.email),
        emailVerified: primary?.verified === true,
        name: textOf(userinfo.name) ?? login,
        picture: textOf(userinfo.avatar_url),
        account: login,
      };
    },
  },
} satisfies Provider;
