/** Schemas of the admin API's responses: the reference prints them, and a test compares every response with them. */
import * as z from 'zod';
import { SETTING_GROUPS } from '../../protocol/settings.ts';
import { keysOf } from '../../protocol/table.ts';

const time = (what: string) => z.iso.datetime().describe(what);
const user = z.string().describe('The id of the user.');
const unreachable = z
  .array(z.string())
  .describe('Databases that did not response: what belongs to them is missing from the list.');
const next = z.string().optional().describe('Where the next page begins: send it as "after". None behind the last.');

export const SettingSchema = z.strictObject({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  default: z.union([z.string(), z.number(), z.boolean()]),
  label: z.string(),
  help: z.string().describe('What it does.'),
  group: z.enum(keysOf(SETTING_GROUPS)),
});
export const SettingListSchema = z.strictObject({ settings: z.array(SettingSchema) });

export const LogoutListSchema = z.strictObject({
  deliveries: z.array(
    z.strictObject({
      session: z.string(),
      client_id: z.string(),
      user,
      attempts: z.number().int(),
      status: z.enum(['waiting', 'told', 'given up']),
      problem: z.string().nullable().describe('Why the last try failed.'),
      ended_at: time('When the session ended.'),
    }),
  ),
  shards_that_did_not_answer: unreachable,
});

export const CountListSchema = z.strictObject({
  counts: z
    .array(z.strictObject({ day: z.iso.date(), name: z.string().describe('What happened.'), count: z.number().int() }))
    .describe('By day (UTC), the earliest first; what never happened on a day is not there.'),
  shards_that_did_not_answer: unreachable,
});

export const EventListSchema = z.strictObject({
  events: z.array(
    z.strictObject({
      at: time('When it happened.'),
      type: z.string().describe('What happened.'),
      subject: z.string().describe('To whom or what.'),
      actor: z.string().describe('Who did it.'),
      detail: z.record(z.string(), z.unknown()),
      request_id: z.string(),
    }),
  ),
  next,
  shards_that_did_not_answer: unreachable,
});

export const CutoffListSchema = z.strictObject({
  pending: z.array(
    z.strictObject({
      subject: z
        .string()
        .describe('The subject of the revocation: a user, a client, or a grant of a user to a client.'),
      at: time('Everything issued until then is revoked.').nullable().describe('null while the subject is disabled.'),
      owing: z.array(z.string()).describe('Databases that do not have it yet.'),
      since: time('Time of the revocation.'),
    }),
  ),
  next,
});
