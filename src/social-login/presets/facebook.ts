/** Facebook: OAuth; it does not say whether an address is verified, so an administrator must (trust_email). */
import type { TokenAnswer } from '../../client/providers/provider.ts';
import { idOf, type Preset, textOf } from './preset.ts';

const GRAPH = 'https://graph.facebook.com/v25.0';

export const facebook: Preset = {
  title: 'Facebook',
  documentation: 'https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow',
  read: '2026-11-26',
  endpoints: {
    authorization_endpoint: 'https://www.facebook.com/v25.0/dialog/oauth',
    token_endpoint: `${GRAPH}/oauth/access_token`,
    userinfo_endpoint: `${GRAPH}/me?fields=id,name,email,first_name,last_name`,
  },
  authMethod: 'client_secret_post',
  scopes: ['email', 'public_profile'],
  conform: errorIsText,
  profileOf: ({ userinfo = {} }) => ({
    subject: idOf(userinfo.id),
    email: textOf(userinfo.email),
    emailVerified: false,
    name: textOf(userinfo.name),
    givenName: textOf(userinfo.first_name),
    familyName: textOf(userinfo.last_name),
    account: textOf(userinfo.name),
  }),
};

/** Its errors are objects (RFC 6749 §5.2 says a text). */
function errorIsText({ status, body }: TokenAnswer): TokenAnswer {
  const { error } = body;
  if (typeof error !== 'object' || error === null) return { status, body };
  const description = textOf((error as { message?: unknown }).message);
  return { status: 400, body: { error: 'invalid_grant', ...(description && { error_description: description }) } };
}
