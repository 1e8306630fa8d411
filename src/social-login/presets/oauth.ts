/** Any OAuth 2 server that tells at some endpoint who somebody is. */
import { idOf, openidProfile, type Preset } from './preset.ts';

export const oauth: Preset = {
  title: 'OAuth server',
  documentation: 'https://www.rfc-editor.org/rfc/rfc6749',
  read: '2026-11-26',
  needs: ['endpoints'],
  scopes: [],
  profileOf: (said) => {
    const { user_id } = said.description;
    const { sub, id } = said.userinfo ?? {};
    const profile = openidProfile(said);
    return { ...profile, subject: user_id === undefined ? (idOf(sub) ?? idOf(id)) : profile.subject };
  },
};
