/** The record of a social login: an identity provider with whose accounts users sign in. */
import * as z from 'zod';
import { CLIENT_AUTH_METHODS } from './authentication-method.ts';
import { ConnectedAppFields, ConnectedAppId, DPOP_USES } from './connected-app.ts';
import { Endpoints } from './server-metadata.ts';

/** The id, which is part of paths: `/social-login/<id>/callback`. */
export const SocialLoginId = ConnectedAppId;

/** The policies for the creation of accounts by this provider. */
const SIGN_UP_POLICIES = ['setting', 'allow', 'invited', 'deny'] as const;

/** A directory id of Microsoft, which is a UUID. */
const Tenant = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be the id of a directory, such as 72f988bf-86f1-…');

const { name, issuer, scopes, query, pkce } = ConnectedAppFields.shape;

const Role = z.string().max(64);

const isPath = (text: string) => /^\/(?!\/)/.test(text);
const isAddress = (text: string) => URL.canParse(text) && /^https?:/.test(text);
const EndpointAddress = z
  .string()
  .max(2000)
  .refine((text) => isPath(text) || isAddress(text), {
    error: 'must be an http or https address, or a path below base_url',
  });

const fields = {
  name: name.unwrap().describe('The name on the button: "Continue with …".'),
  issuer: issuer.unwrap(),
  base_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .describe('OAuth without OpenID Connect: the base of endpoints that are paths.'),
  endpoints: z
    .partialRecord(Endpoints.keyof(), EndpointAddress)
    .describe('Endpoints that metadata does not name, or that override it: URLs, or paths below base_url.'),
  auth_method: z.enum(CLIENT_AUTH_METHODS).describe('The client authentication method of this server at the provider.'),
  scopes: scopes.unwrap(),
  query: query.unwrap(),
  pkce: pkce.unwrap(),
  dpop: z
    .enum(DPOP_USES)
    .describe(
      'DPoP (RFC 9449): "auto" (the default) binds tokens to a key of this server where the provider supports it, "always" requires it, "never" disables it.',
    ),
  trust_email: z
    .boolean()
    .describe('Accept e-mail addresses as verified without email_verified. Only for a provider that verifies them.'),
  trust_fresh: z
    .boolean()
    .describe('Accept a sign-in with this provider as reauthentication although the provider sends no auth_time.'),
  link_by_email: z
    .boolean()
    .describe(
      'Link to the account with the same e-mail address without a sign-in to that account first; both addresses must be verified.',
    ),
  sign_up: z
    .enum(SIGN_UP_POLICIES)
    .describe(
      'Creation of accounts: for every user (allow), only for users created by an administrator (invited), for none (deny), or by the setting sign_up (setting).',
    ),
  roles: z.array(Role).max(50).describe('The roles of new accounts.'),
  roles_claim: z
    .string()
    .min(1)
    .max(200)
    .describe(
      'The claim of the id_token or userinfo that is mapped to roles at each sign-in, such as groups or realm_access.roles.',
    ),
  role_mapping: z
    .record(Role, z.string().trim().min(1).max(2000))
    .refine((mapping) => Object.keys(mapping).length <= 50, { error: 'maps 50 roles at most' })
    .describe(
      'A role, and the value of roles_claim that assigns it; several values are separated by |. Only these roles are added or removed.',
    ),
  maps_administrator: z.boolean().describe('Let role_mapping add and remove the roles administrator and auditor.'),
  sign_out_at_provider: z
    .boolean()
    .describe(
      'Also sign users out at the provider when a session that it began ends here (RP-Initiated Logout). Register the post-logout redirect URI there.',
    ),
  tenants: z.array(Tenant).max(50).describe('Microsoft: the directories whose users may sign in.'),
  any_tenant: z.boolean().describe('Microsoft: users of every directory may sign in, and personal accounts.'),
  user_id: z
    .string()
    .min(1)
    .max(100)
    .describe(
      'OAuth without OpenID Connect: the member of the profile that identifies the user and never changes. Usually "sub" or "id"; inside another member with dots: "user.id".',
    ),
  email_claim: z
    .string()
    .min(1)
    .max(100)
    .describe(
      'The member with the e-mail address, if not "email"; with dots inside another one. It is verified only with trust_email.',
    ),
  name_claim: z
    .string()
    .min(1)
    .max(100)
    .describe('The member with the name, if not "name"; with dots inside another one.'),
  team_id: z.string().min(1).max(100).describe('Apple: the id of your team.'),
  key_id: z.string().min(1).max(100).describe('Apple: the id of the key whose private half is the client secret.'),
};

/** The members of an update: an omitted member is not changed. */
export const SocialLoginFields = z.strictObject(fields).partial();

export const SocialLoginDescription = z.strictObject({
  ...SocialLoginFields.shape,
  name: fields.name,
  endpoints: fields.endpoints.default({}),
  trust_email: fields.trust_email.default(false),
  trust_fresh: fields.trust_fresh.default(false),
  link_by_email: fields.link_by_email.default(false),
  sign_up: fields.sign_up.default('setting'),
  roles: fields.roles.default([]),
  role_mapping: fields.role_mapping.default({}),
  maps_administrator: fields.maps_administrator.default(false),
  sign_out_at_provider: fields.sign_out_at_provider.default(false),
  tenants: fields.tenants.default([]),
  any_tenant: fields.any_tenant.default(false),
});
export type SocialLoginDescription = z.infer<typeof SocialLoginDescription>;

/** The endpoints of the record as URLs, without paths that have no base. */
export function configuredEndpoints({
  base_url,
  endpoints,
}: Pick<SocialLoginDescription, 'base_url' | 'endpoints'>): Partial<Endpoints> {
  const base = base_url?.replace(/\/$/, '');
  const urls = Object.entries(endpoints).flatMap(([name, endpoint]): [string, string][] => {
    if (!isPath(endpoint)) return [[name, endpoint]];
    return base === undefined ? [] : [[name, base + endpoint]];
  });
  return Object.fromEntries(urls);
}

export const SIGN_IN_METHODS_PAGE = '/account/sign-in-methods';
export const socialLoginPath = (id: string) => `/social-login/${id}`;
export const socialLoginCallbackPath = (id: string) => `/social-login/${id}/callback`;
export const socialLoginSignedOutPath = (id: string) => `/social-login/${id}/signed-out`;
export const socialLoginLinkPath = (id: string) => `/social-login/${id}/link`;
