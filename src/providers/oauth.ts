/** Any OAuth 2 server; for social login one with a userinfo endpoint. */
import { identifierOf, openidProfile } from './profile.ts';
import type { Provider } from './provider.ts';

export const oauth = {
  title: 'OAuth server',
  documentation: 'https://www.rfc-editor.org/rfc/rfc8414',
  readOn: '2026-11-26',
  connectedApp: { scopes: [], api: [] },
  socialLogin: {
    requires: ['endpoints'],
    scopes: [],
    profileOf: (information) => {
      const { user_id } = information.description;
      const { sub, id } = information.userinfo ?? {};
      const profile = openidProfile(information);
      return { ...profile, subject: user_id === undefined ? (identifierOf(sub) ?? identifierOf(id)) : profile.subject };
    },
  },
} satisfies Provider;
