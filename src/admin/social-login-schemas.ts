/** Schemas of the admin API's requests and responses about social logins and linked accounts. */
import * as z from 'zod';

const time = (what: string) => z.iso.datetime().describe(what);

export const SocialLoginProviderSchema = z.strictObject({
  provider: z.string(),
  title: z.string(),
  documentation: z.string().describe('The page of the provider’s documentation that it was taken from.'),
  read: z.string().describe('When it was read.'),
  scopes: z.array(z.string()).describe('What is asked for where nothing else is said.'),
  needs: z.array(z.string()).describe('What must be said beside the client id.'),
});
export const SocialLoginProviderListSchema = z.strictObject({ providers: z.array(SocialLoginProviderSchema) });

export const LinkedIdentitySchema = z.strictObject({
  id: z.string(),
  login: z.string().describe('The id of the social login.'),
  issuer: z.string(),
  subject: z.string().describe('Who the user is there.'),
  user: z.string().describe('The id of the user here.'),
  account: z.string().nullable().describe('What the user recognises it by.'),
  created_at: time('When it was linked.'),
  last_used_at: time('When it signed the user in last.'),
});
export const LinkedIdentityPageSchema = z.strictObject({
  identities: z.array(LinkedIdentitySchema),
  next: z.string().optional().describe('Where the next page begins: send it as "after". None behind the last.'),
});

/** Schemas by the names that the API reference gives them. */
export const socialLoginResponses = {
  LinkedIdentity: LinkedIdentitySchema,
  LinkedIdentityPage: LinkedIdentityPageSchema,

  SocialLoginProvider: SocialLoginProviderSchema,
  SocialLoginProviderList: SocialLoginProviderListSchema,
};
