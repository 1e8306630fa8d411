/** GitHub: OAuth without OpenID; addresses are private, and stand in a document of their own. */
import { refusalIs400, spacedScopes } from '../../client/providers/provider.ts';
import { idOf, type Preset, textOf } from './preset.ts';

type Address = { email?: unknown; primary?: unknown; verified?: unknown };

export const github: Preset = {
  title: 'GitHub',
  documentation: 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
  read: '2026-11-26',
  endpoints: {
    authorization_endpoint: 'https://github.com/login/oauth/authorize',
    token_endpoint: 'https://github.com/login/oauth/access_token',
    userinfo_endpoint: 'https://api.github.com/user',
  },
  // https://docs.github.com/en/rest/users/emails: what /user shows is what the person made public, if anything.
  emailsAt: 'https://api.github.com/user/emails',
  authMethod: 'client_secret_post',
  scopes: ['read:user', 'user:email'],
  conform: (answer) => spacedScopes(refusalIs400(answer)),
  profileOf: ({ userinfo = {}, emails }) => {
    const addresses: Address[] = Array.isArray(emails) ? emails : [];
    const primary = addresses.find((address) => address?.primary === true);
    const login = textOf(userinfo.login);
    return {
      // A login can be given up and taken by somebody else; the number stays.
      subject: idOf(userinfo.id),
      email: textOf(primary?.email),
      emailVerified: primary?.verified === true,
      name: textOf(userinfo.name) ?? login,
      picture: textOf(userinfo.avatar_url),
      account: login,
    };
  },
};
