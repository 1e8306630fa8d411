/** A social login: a provider elsewhere with whose accounts people sign in here, as an administrator describes it. */
import * as z from 'zod';
import { CLIENT_AUTH_METHODS, ConnectedAppFields, ConnectedAppId, DPOP_USES } from './connected-app.ts';
import { Endpoints } from './server-metadata.ts';

/** It stands in addresses: `/social-login/<id>/callback`. */
export const SocialLoginId = ConnectedAppId;

export const SIGN_UPS = ['setting', 'allow', 'invited', 'deny'] as const;

/** Directory ids of Microsoft are UUIDs. */
const Tenant = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be the id of a directory, such as 72f988bf-86f1-…');

const { name, issuer, scopes, query } = ConnectedAppFields.shape;

const isPath = (text: string) => /^\/(?!\/)/.test(text);
const isAddress = (text: string) => URL.canParse(text) && /^https?:/.test(text);
const Place = z
  .string()
  .max(2000)
  .refine((text) => isPath(text) || isAddress(text), {
    error: 'must be an http or https address, or a path below base_url',
  });

const fields = {
  name: name.unwrap().describe('What the button says: "Continue with …".'),
  issuer: issuer.unwrap(),
  base_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .describe('OAuth without OpenID: what endpoints that are only paths begin with.'),
  endpoints: z
    .partialRecord(Endpoints.keyof(), Place)
    .describe('Endpoints that metadata does not tell, or that differ: addresses, or paths below base_url.'),
  auth_method: z.enum(CLIENT_AUTH_METHODS).describe('How this server proves itself there.'),
  scopes: scopes.unwrap(),
  query: query.unwrap(),
  dpop: z
    .enum(DPOP_USES)
    .describe(
      'Whether its tokens are bound to a key of this server (RFC 9449); "auto" (the default) binds them where the provider can.',
    ),
  trust_email: z
    .boolean()
    .describe('Take e-mail addresses as verified although the provider does not say so. Only where you trust it.'),
  trust_fresh: z
    .boolean()
    .describe(
      'Where a fresh sign-in is asked for, take it that people sign in there anew although the provider does not prove it (auth_time).',
    ),
  link_by_email: z
    .boolean()
    .describe(
      'Sign in whoever has an account here with the same address, without proving that account first; both sides must have confirmed it.',
    ),
  sign_up: z
    .enum(SIGN_UPS)
    .describe(
      'Who may make an account with it: everybody (allow), people whom an administrator added (invited), nobody (deny), or as the setting sign_up says.',
    ),
  roles: z.array(z.string().max(64)).max(50).describe('The roles that new accounts get.'),
  tenants: z.array(Tenant).max(50).describe('Microsoft: the directories whose people may sign in.'),
  any_tenant: z.boolean().describe('Microsoft: people of every directory may sign in, and personal accounts.'),
  user_id: z
    .string()
    .min(1)
    .max(100)
    .describe('OAuth without OpenID: the member of the profile that never changes. Usually "sub" or "id".'),
  team_id: z.string().min(1).max(100).describe('Apple: the id of your team.'),
  key_id: z.string().min(1).max(100).describe('Apple: the id of the key whose private half is the client secret.'),
};

/** What may be changed: whatever is left out stays. */
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
  tenants: fields.tenants.default([]),
  any_tenant: fields.any_tenant.default(false),
});
export type SocialLoginDescription = z.infer<typeof SocialLoginDescription>;

/** The endpoints that an administrator typed, as addresses; a path without a base is left out. */
export function endpointsOf({
  base_url,
  endpoints,
}: Pick<SocialLoginDescription, 'base_url' | 'endpoints'>): Partial<Endpoints> {
  const base = base_url?.replace(/\/$/, '');
  const places = Object.entries(endpoints).flatMap(([name, place]): [string, string][] => {
    if (!isPath(place)) return [[name, place]];
    return base === undefined ? [] : [[name, base + place]];
  });
  return Object.fromEntries(places);
}

export const SIGN_IN_METHODS = '/account/sign-in-methods';
export const beginPath = (id: string) => `/social-login/${id}`;
export const returnPath = (id: string) => `/social-login/${id}/callback`;
export const linkPath = (id: string) => `/social-login/${id}/link`;
