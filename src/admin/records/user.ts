/** The fields of a user that an administrator sets; the definition of the record stands in user-record.ts. */
import * as z from 'zod';
import { LANGUAGE_NAMES } from '../../locales/choose-language.ts';
import { LANGUAGE_TAGS } from '../../locales/languages.ts';
import { PlainText } from '../../protocol/plain-text.ts';
import { Role } from './client.ts';
import type { RecordField } from './field.ts';

const ProfileText = PlainText.trim().min(1).max(200).nullable();

/** In the order of the forms. The profile is what clients read beside the name (OpenID Connect Core §5.1); null unsets a member. */
export const USER_FIELDS = {
  email: {
    schema: z.email('must be an e-mail address').max(254).toLowerCase(),
    label: 'E-mail address',
    sort: 'email',
  },
  name: { schema: PlainText.trim().min(1).max(200), label: 'Name', sort: 'name' },
  roles: {
    known: 'rolesInUse',
    schema: z.array(Role).max(200).describe('administrator may do everything here, auditor may read everything.'),
    label: 'Roles',
    unset: 'none',
    option: 'role',
  },
  email_verified: {
    schema: z.boolean().describe('Whether it has been verified that the user reads mail at the address.'),
    label: 'E-mail address verified',
  },
  given_name: { schema: ProfileText, label: 'Given name' },
  family_name: { schema: ProfileText, label: 'Family name' },
  picture: {
    schema: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .max(2000)
      .nullable(),
    label: 'Picture (URL)',
  },
  locale: {
    schema: z.enum(LANGUAGE_TAGS).nullable().describe('The language of pages and mails; null for that of the browser.'),
    label: 'Language',
    unset: 'that of the browser',
    choices: LANGUAGE_NAMES,
  },
  disabled: {
    schema: z.boolean(),
    label: 'State',
    display: 'state',
    choices: { true: 'disabled', false: 'enabled' },
    notInConsole: 'the actions Disable and Enable ask before they set it',
    notInCommand: 'users disable and users enable set it',
  },
} as const satisfies Record<string, RecordField>;

const { email, name, roles, disabled, ...profile } = USER_FIELDS;

const profileShape = {
  email_verified: profile.email_verified.schema.optional(),
  given_name: profile.given_name.schema.optional(),
  family_name: profile.family_name.schema.optional(),
  picture: profile.picture.schema.optional(),
  locale: profile.locale.schema.optional(),
};

export const NewUserRequest = z.strictObject({
  email: email.schema,
  name: name.schema,
  roles: roles.schema.default([]),
  ...profileShape,
});

export const UserChangesRequest = z
  .strictObject({
    disabled: disabled.schema.optional(),
    email: email.schema
      .optional()
      .describe(
        'Another e-mail address: unverified unless email_verified is sent. The user is notified at both addresses, and links that were sent before are invalid.',
      ),
    roles: roles.schema.optional(),
    name: name.schema.optional(),
    ...profileShape,
  })
  .refine((changes) => Object.keys(changes).length > 0, { error: 'name at least one thing to change' });
