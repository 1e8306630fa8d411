/** What the admin API takes, as schemas: the command validates with the same before it sends. */
import * as z from 'zod';
import { NewApiKeyRequest } from '../protocol/api-key.ts';
import { ClientMetadata } from '../protocol/client-metadata.ts';
import { ExchangePolicy } from '../protocol/exchange-policy.ts';
import { IssuerTrust } from '../protocol/issuer-trust.ts';
import { ResourceDescription } from '../protocol/resource.ts';
import { SETTING_NAMES, type SettingName, Settings } from '../protocol/settings.ts';

export const SettingNameParameter = z.enum(SETTING_NAMES as [SettingName, ...SettingName[]], {
  error: 'there is no such setting; "settings list" shows them all',
});

export const SettingRequest = z.strictObject({
  value: z.union([z.string(), z.number(), z.boolean()]).describe('The new value, of the type of the old one.'),
});

/** The value of one setting, by the schema that the Worker reads it with. */
export function parseSettingValue(name: SettingName, value: unknown): z.ZodSafeParseResult<unknown> {
  return Settings.shape[name].safeParse(value);
}

const Origin = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text), {
    error: 'must be an origin such as https://app.example.com, without a path',
  });

const Role = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,63}$/, 'must be lower-case letters, digits, dots and dashes, beginning with a letter');

/** What only an administrator says of a client. */
const Standing = z.object({
  trusted: z.boolean().describe('Consent is never asked for.'),
  roles: z.array(Role).max(50).describe('Only people with one of these roles may use it; none means everybody.'),
  allowed_origins: z.array(Origin).max(50).describe('Origins whose pages may call this server as this client.'),
  refresh_grace_seconds: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .nullable()
    .describe('How long a replaced refresh token still gets the same successor; null means as the setting says.'),
  acts_as: z
    .string()
    .max(100)
    .nullable()
    .describe('The person that it acts as by client_credentials; null means itself.'),
  exchange: ExchangePolicy.nullable().describe('What it may exchange tokens for (RFC 8693); null means nothing.'),
});

/** Metadata stays as it was typed here: `parseClientMetadata` judges it. */
const Metadata = z.partialRecord(z.enum(Object.keys(ClientMetadata.shape) as [string, ...string[]]), z.unknown());

export const NewClientRequest = z.strictObject({ metadata: Metadata, ...Standing.partial().shape });
export const ClientChangesRequest = z
  .strictObject({ metadata: Metadata.optional(), disabled: z.boolean().optional(), ...Standing.partial().shape })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });

export const RotateSecretRequest = z.strictObject({
  overlap_hours: z.number().int().min(0).max(720).optional().describe('How long the old secret stays good beside it.'),
});

export const ResourceRequest = ResourceDescription;

export const IssuerRequest = IssuerTrust;
export const IssuerLinkRequest = z.strictObject({ subject: z.string().min(1).max(500), person: z.string().max(100) });

export const NewInitialAccessTokenRequest = z.strictObject({
  name: z.string().trim().min(1).max(200).describe('What it is for.'),
  uses: z.number().int().min(1).max(10_000).default(1).describe('How many clients it may register.'),
  days: z.number().int().min(1).max(365).default(7).describe('How long it is good.'),
});

export const InitialAccessTokenChangesRequest = z
  .strictObject({
    name: NewInitialAccessTokenRequest.shape.name.optional(),
    uses: z.number().int().min(0).max(10_000).optional().describe('How many clients it may register from now on.'),
    days: z.number().int().min(1).max(365).optional().describe('How long it is good from now on.'),
  })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });

/** The same as people send for themselves, and whose it is to be. */
export const NewApiKeyForRequest = z.strictObject({
  ...NewApiKeyRequest.shape,
  person: z.string().max(100).describe('The id of the person as whom it acts.'),
});

/** Whose tokens and grants are to end: a client's, a person's, or those that a person gave a client. */
export const RevocationRequest = z
  .strictObject({ client: z.string().max(2000).optional(), person: z.string().max(100).optional() })
  .refine(({ client, person }) => client !== undefined || person !== undefined, {
    error: 'name a client, a person, or both',
  });

/** How far back the counters go. */
export const CountsQuery = z.object({ days: z.coerce.number().int().min(1).max(400).default(30) });

const ProfileText = z.string().trim().min(1).max(200).nullable();

/** What applications may read of a person, beside the name (OpenID Connect Core §5.1); null takes it away. */
const Profile = z.object({
  given_name: ProfileText,
  family_name: ProfileText,
  picture: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(2000)
    .nullable(),
  email_verified: z.boolean().describe('Whether somebody has made sure that the person reads mail at the address.'),
});

export const NewPersonRequest = z.strictObject({
  email: z.email('must be an e-mail address').max(254).toLowerCase(),
  name: z.string().trim().min(1).max(200),
  roles: z.array(Role).max(50).default([]),
  ...Profile.partial().shape,
});
export const PersonChangesRequest = z
  .strictObject({
    disabled: z.boolean().optional(),
    roles: z.array(Role).max(50).optional(),
    name: z.string().trim().min(1).max(200).optional(),
    ...Profile.partial().shape,
  })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });
