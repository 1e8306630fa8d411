/** Apple: the secret is a JWT that this server signs, the answer comes by POST, and the name only once. */
import { signClientSecretJwt } from '../crypto/client-secret-jwt.ts';
import { CLIENT_SECRET_POST } from '../protocol/authentication-method.ts';
import { EMAIL_SCOPE, OPENID_SCOPE } from '../protocol/scope-names.ts';
import { openidProfile, textOf } from './profile.ts';
import type { Provider } from './provider.ts';

const ISSUER = 'https://appleid.apple.com';

export const apple = {
  title: 'Apple',
  logo: '/providers/apple.svg',
  documentation:
    'https://developer.apple.com/documentation/signinwithapple/configuring-your-webpage-for-sign-in-with-apple',
  readOn: '2026-11-26',
  clientsPage: 'https://developer.apple.com/account/resources/identifiers/list/serviceId',
  issuer: ISSUER,
  authMethod: CLIENT_SECRET_POST,
  socialLogin: {
    requires: ['team_id', 'key_id'],
    scopes: [OPENID_SCOPE, 'name', EMAIL_SCOPE],
    // A request for a name or an address gets the answer as a form.
    query: { response_mode: 'form_post' },
    acceptsHints: false,
    // https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
    secretFor: ({ secret, clientId, description, now }) =>
      signClientSecretJwt(secret, description.key_id ?? '', {
        iss: description.team_id ?? '',
        sub: clientId,
        aud: ISSUER,
        now,
      }),
    profileOf: (information) => ({ ...openidProfile(information), ...nameIn(information.answer.get('user')) }),
  },
} satisfies Provider;

/** The name that the browser brings the first time: not verified, used as a name only. */
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
