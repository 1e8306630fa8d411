/** What the admin API takes and answers about social logins and the accounts linked through them, as schemas. */
import * as z from 'zod';
import { CLIENT_AUTH_METHODS, DPOP_USES } from '../protocol/connected-app.ts';
import { SocialLoginDescription, SocialLoginFields, SocialLoginId } from '../protocol/social-login.ts';
import { PRESET_NAMES } from '../social-login/presets/index.ts';

const credentials = {
  client_id: z.string().min(1).max(2000).optional().describe('Who this server is there.'),
  client_secret: z
    .string()
    .min(1)
    .max(10_000)
    .optional()
    .describe('How it proves that; for Apple the private key, as it was downloaded. Never shown again.'),
};

export const NewSocialLoginRequest = z.strictObject({
  id: SocialLoginId.describe('Its name in addresses; it never changes.'),
  provider: z.enum(PRESET_NAMES).describe('What is known of the provider.'),
  ...credentials,
  ...SocialLoginDescription.shape,
  name: SocialLoginFields.shape.name,
});

export const SocialLoginChangesRequest = z
  .strictObject({ disabled: z.boolean().optional(), ...credentials, ...SocialLoginFields.shape })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });

const time = (what: string) => z.iso.datetime().describe(what);

export const SocialLoginProvider = z.strictObject({
  provider: z.string(),
  title: z.string(),
  documentation: z.string().describe('The page of the provider’s documentation that it was taken from.'),
  read: z.string().describe('When it was read.'),
  scopes: z.array(z.string()).describe('What is asked for where nothing else is said.'),
  needs: z.array(z.string()).describe('What must be said beside the client id.'),
});
export const SocialLoginProviderList = z.strictObject({ providers: z.array(SocialLoginProvider) });

export const SocialLogin = z.strictObject({
  id: z.string(),
  provider: z.string(),
  ...SocialLoginDescription.shape,
  dpop: z.enum(DPOP_USES).describe('Whether its tokens are bound to a key of this server (RFC 9449).'),
  issuer: z.string().nullable().describe('Whom its credentials belong to.'),
  metadata: z.string().nullable().describe('Where the provider describes itself.'),
  redirect_uri: z.string().describe('What the provider must be told.'),
  client_id: z.string().nullable(),
  auth_method: z.enum(CLIENT_AUTH_METHODS),
  has_secret: z.boolean(),
  configured: z
    .boolean()
    .describe('Whether its credentials stand in the configuration of the Worker (SOCIAL_LOGIN_…), not here.'),
  created_at: time('When it was made.'),
  disabled: z.boolean(),
  why_not_shown: z.string().nullable().describe('Why the sign-in page has no button for it; null where it has.'),
});
export const SocialLoginList = z.strictObject({ social_logins: z.array(SocialLogin) });

const users = {
  people: z.number().describe('How many people it signs in.'),
  without_another_way: z.number().describe('How many of them have no other way to sign in.'),
};
export const SocialLoginWithUsers = z.strictObject({ ...SocialLogin.shape, ...users });
export const DeletedSocialLogin = z.strictObject({ deleted: z.literal(true), ...users });

export const LinkedIdentity = z.strictObject({
  id: z.string(),
  login: z.string().describe('The id of the social login.'),
  issuer: z.string(),
  subject: z.string().describe('Who the person is there.'),
  person: z.string().describe('The id of the person here.'),
  account: z.string().nullable().describe('What the person recognises it by.'),
  created_at: time('When it was linked.'),
  last_used_at: time('When it signed the person in last.'),
});
export const LinkedIdentityPage = z.strictObject({
  identities: z.array(LinkedIdentity),
  next: z.string().optional().describe('Where the next page begins: send it as "after". None behind the last.'),
});

/** By the names that the reference gives them. */
export const takes = { NewSocialLoginRequest, SocialLoginChangesRequest };
export const gives = {
  ...{ DeletedSocialLogin, LinkedIdentity, LinkedIdentityPage, SocialLogin, SocialLoginList },
  ...{ SocialLoginProvider, SocialLoginProviderList, SocialLoginWithUsers },
};
