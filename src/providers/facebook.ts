/** Facebook: OAuth; it has no email_verified, so an administrator decides (trust_email). */
import { CLIENT_SECRET_POST } from '../protocol/authentication-method.ts';
import { isJsonObject } from '../protocol/json-object.ts';
import { EMAIL_SCOPE } from '../protocol/scope-names.ts';
import { identifierOf, textOf } from './profile.ts';
import type { Provider, TokenAnswer } from './provider.ts';

const GRAPH = 'https://graph.facebook.com/v25.0';

export const facebook = {
  title: 'Facebook',
  logo: '/providers/facebook.svg',
  documentation: 'https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow',
  readOn: '2026-11-26',
  clientsPage: 'https://developers.facebook.com/apps',
  endpoints: {
    authorization_endpoint: 'https://www.facebook.com/v25.0/dialog/oauth',
    token_endpoint: `${GRAPH}/oauth/access_token`,
    userinfo_endpoint: `${GRAPH}/me?fields=id,name,email,first_name,last_name`,
  },
  authMethod: CLIENT_SECRET_POST,
  conform: errorIsText,
  socialLogin: {
    scopes: [EMAIL_SCOPE, 'public_profile'],
    profileOf: ({ userinfo = {} }) => ({
      subject: identifierOf(userinfo.id),
      email: textOf(userinfo.email),
      emailVerified: false,
      name: textOf(userinfo.name),
      givenName: textOf(userinfo.first_name),
      familyName: textOf(userinfo.last_name),
      account: textOf(userinfo.name),
    }),
  },
} satisfies Provider;

/** Converts its errors, which are objects, to RFC 6749 §5.2. */
function errorIsText({ status, body }: TokenAnswer): TokenAnswer {
  const { error } = body;
  if (!isJsonObject(error)) return { status, body };
  const description = textOf(error.message);
  return { status: 400, body: { error: 'invalid_grant', ...(description && { error_description: description }) } };
}
