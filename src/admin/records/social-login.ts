/** The fields of a social login: an identity provider with whose accounts users sign in here. */
import * as z from 'zod';
import { SocialLoginDescription, SocialLoginFields, SocialLoginId } from '../../protocol/social-login.ts';
import { IDENTITY_PROVIDER_NAMES } from '../../providers/index.ts';
import type { RecordField } from './field.ts';
import { AUTH_METHOD_CHOICES, USE_CHOICES } from './provider-choices.ts';

const { shape } = SocialLoginFields;

/** In the order of the forms. */
export const SOCIAL_LOGIN_FIELDS = {
  id: {
    schema: SocialLoginId.describe('Its name in addresses; it never changes.'),
    label: 'ID',
    notInCommand: 'social-logins create takes it as a parameter',
  },
  provider: {
    schema: z.enum(IDENTITY_PROVIDER_NAMES).describe('The provider, whose endpoints and scopes are known.'),
    label: 'Provider',
    notInConsole: 'it is chosen on the page before the form',
    notInCommand: 'social-logins create takes it as a parameter',
  },
  name: { schema: shape.name, label: 'Name' },
  client_id: {
    schema: z.string().min(1).max(2000).optional().describe('The client ID of this server at the provider.'),
    label: 'Client ID',
  },
  client_secret: {
    schema: z
      .string()
      .min(1)
      .max(10_000)
      .optional()
      .describe('The client secret; for Apple the private key, as it was downloaded. Never shown again.'),
    label: 'Client secret',
  },
  issuer: { schema: shape.issuer, label: 'Issuer', advanced: true },
  tenants: { schema: shape.tenants, label: 'Directories', option: 'tenant', advanced: true },
  any_tenant: { schema: shape.any_tenant, label: 'Any directory', advanced: true },
  team_id: { schema: shape.team_id, label: 'Team ID', advanced: true },
  key_id: { schema: shape.key_id, label: 'Key ID', advanced: true },
  sign_up: {
    schema: shape.sign_up,
    label: 'Sign-up',
    choices: {
      setting: 'as the settings say',
      allow: 'all users',
      invited: 'users whom an administrator created',
      deny: 'no user',
    },
  },
  roles: { schema: shape.roles, label: 'Roles of new users', option: 'role', known: 'rolesInUse' },
  trust_email: { schema: shape.trust_email, label: 'Trust its e-mail addresses as verified' },
  link_by_email: { schema: shape.link_by_email, label: 'Link accounts by e-mail address' },
  trust_fresh: { schema: shape.trust_fresh, label: 'Trust its sign-ins as fresh', advanced: true },
  sign_out_at_provider: { schema: shape.sign_out_at_provider, label: 'Sign out at the provider', advanced: true },
  roles_claim: { schema: shape.roles_claim, label: 'Roles claim', advanced: true },
  role_mapping: { schema: shape.role_mapping, label: 'Role mapping', advanced: true },
  maps_administrator: {
    schema: shape.maps_administrator,
    label: 'Let the role mapping set the roles administrator and auditor',
    advanced: true,
  },
  base_url: { schema: shape.base_url, label: 'Base URL', advanced: true },
  endpoints: { schema: shape.endpoints, label: 'Endpoints', advanced: true },
  user_id: { schema: shape.user_id, label: 'User ID member', advanced: true },
  email_claim: { schema: shape.email_claim, label: 'E-mail claim', advanced: true },
  name_claim: { schema: shape.name_claim, label: 'Name claim', advanced: true },
  scopes: { schema: shape.scopes, label: 'Scopes', option: 'scope', advanced: true },
  query: { schema: shape.query, label: 'Authorization parameters', advanced: true },
  auth_method: {
    schema: shape.auth_method,
    label: 'Client authentication',
    choices: AUTH_METHOD_CHOICES,
    advanced: true,
  },
  pkce: { schema: shape.pkce, label: 'PKCE', choices: USE_CHOICES, advanced: true },
  dpop: { schema: shape.dpop, label: 'DPoP', choices: USE_CHOICES, advanced: true },
  disabled: {
    schema: z.boolean().optional(),
    label: 'Disabled',
    notInConsole: 'the actions Disable and Enable ask before they set it',
    notInCommand: 'social-logins disable and social-logins enable set it',
  },
} as const satisfies Record<string, RecordField>;

const { id, provider, client_id, client_secret, disabled } = SOCIAL_LOGIN_FIELDS;

const credentials = { client_id: client_id.schema, client_secret: client_secret.schema };

export const NewSocialLoginRequest = z.strictObject({
  id: id.schema,
  provider: provider.schema,
  ...credentials,
  ...SocialLoginDescription.shape,
  name: shape.name,
});

export const SocialLoginChangesRequest = z
  .strictObject({ disabled: disabled.schema, ...credentials, ...shape })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });
