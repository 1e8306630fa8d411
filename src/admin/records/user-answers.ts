/** The answers about a user. */
import * as z from 'zod';
import { USER_EXPORT_LISTS } from '../../protocol/user-export-lists.ts';
import { Time } from './record.ts';

const unreachable = z
  .array(z.string())
  .describe('Shards that did not respond: what belongs to them is missing from the list.');

export const InvitationAnswer = z.strictObject({
  link: z.string().describe('Works once, for seven days.'),
  mailed: z.boolean().describe('Whether another such link was mailed to the user.'),
});

export const UserAnswer = z.strictObject({
  id: z.string().describe('The ID of the user.'),
  email: z.string(),
  email_verified: z.boolean(),
  name: z.string(),
  given_name: z.string().nullable(),
  family_name: z.string().nullable(),
  picture: z.string().nullable(),
  locale: z.string().nullable().describe('The language that the user chose; null for that of the browser.'),
  roles: z.array(z.string()),
  has_password: z.boolean(),
  second_factor: z.boolean().describe('Whether the user set up two-step sign-in. Passkeys are beside it.'),
  created_at: Time('When the account was created.'),
  disabled: z.boolean(),
  deletion_due_at: Time(
    'When the grace period of a requested deletion ends; null where none was requested.',
  ).nullable(),
});

export const ApplicationList = z.strictObject({
  applications: z.array(
    z.strictObject({
      client_id: z.string(),
      scope: z.string().describe('Scopes, joined by spaces.'),
      resources: z.array(z.string()).describe('The resources of its tokens.'),
      since: Time('When the user authorized it first.'),
      last_used: Time('When it was refreshed last.'),
    }),
  ),
  next: z.string().optional().describe('Where the next page of applications begins. None after the last.'),
  shards_that_did_not_answer: unreachable,
});

export const UserPasskey = z.strictObject({
  id: z.string(),
  name: z.string().describe('The name that the user gave it.'),
  synced: z.boolean().describe('Whether it may be copied between devices.'),
  created_at: Time('When it was added.'),
  last_used_at: Time('When it signed the user in last.').nullable(),
});

export const UserExportAnswer = z
  .strictObject({
    exported_at: Time('When it was read.'),
    shards_that_did_not_answer: unreachable,
    shortened: z.array(z.string()).describe('Lists of which only the newest 10,000 rows are here.'),
    user: z.record(z.string(), z.unknown()).describe('The account.'),
    ...Object.fromEntries(
      [...USER_EXPORT_LISTS, 'audit_events'].map((name) => [name, z.array(z.record(z.string(), z.unknown()))]),
    ),
  })
  .describe('Everything that is stored about a user, without secrets and hashes.');

export const EndedSessions = z.strictObject({
  ended: z.number().int(),
  shards_that_did_not_answer: z
    .array(z.string())
    .describe('Shards that did not respond or are not bound: the sessions there end as soon as they respond.'),
});
