/** Apple: the secret is a JWT that this server signs, the answer comes by POST, and the name only once. */
import { signAsClient } from '../../crypto/jwt.ts';
import { OPENID, openidProfile, type Preset, textOf } from './preset.ts';

const ISSUER = 'https://appleid.apple.com';

export const apple: Preset = {
  ...OPENID,
  title: 'Apple',
  documentation:
    'https://developer.apple.com/documentation/signinwithapple/configuring-your-webpage-for-sign-in-with-apple',
  read: '2026-11-26',
  issuer: ISSUER,
  needs: ['team_id', 'key_id'],
  authMethod: 'client_secret_post',
  scopes: ['openid', 'name', 'email'],
  // Whoever asks for a name or an address gets the answer as a form.
  query: { response_mode: 'form_post' },
  takesHints: false,
  // https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
  secretFor: ({ secret, clientId, description, now }) =>
    signAsClient(secret, description.key_id ?? '', { iss: description.team_id ?? '', sub: clientId, aud: ISSUER, now }),
  profileOf: (said) => ({ ...openidProfile(said), ...nameIn(said.answer.get('user')) }),
};

/** What the browser brings the first time. It is the person's own word, good for a name and nothing else. */
function nameIn(user: string | null) {
  try {
    const { name } = JSON.parse(user ?? '{}') as { name?: { firstName?: unknown; lastName?: unknown } };
    const [givenName, familyName] = [textOf(name?.firstName), textOf(name?.lastName)];
    const both = [givenName, familyName].filter(Boolean).join(' ');
    return both ? { name: both, givenName, familyName } : {};
  } catch {
    return {};
  }
}
