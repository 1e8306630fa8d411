/** The answers of the reports of the whole server. */
import * as z from 'zod';
import { Time } from './record.ts';

const user = z.string().describe('The ID of the user.');

const unreachable = z.array(z.string()).describe('Shards that did not respond: their records are missing here.');

export const next = z
  .string()
  .optional()
  .describe('The cursor of the next page: send it as "after". None after the last.');

export const LogoutList = z.strictObject({
  deliveries: z.array(
    z.strictObject({
      session: z.string(),
      client_id: z.string(),
      user,
      attempts: z.number().int(),
      status: z.enum(['waiting', 'told', 'given up']),
      problem: z.string().nullable().describe('Why the last try failed.'),
      ended_at: Time('When the session ended.'),
    }),
  ),
  shards_that_did_not_answer: unreachable,
});

export const CountList = z.strictObject({
  counts: z
    .array(z.strictObject({ day: z.iso.date(), name: z.string().describe('What happened.'), count: z.number().int() }))
    .describe('By day (UTC), the earliest first; what never happened on a day is not there.'),
  shards_that_did_not_answer: unreachable,
});

export const EventList = z.strictObject({
  events: z.array(
    z.strictObject({
      at: Time('When it happened.'),
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

export const CutoffList = z.strictObject({
  pending: z.array(
    z.strictObject({
      subject: z
        .string()
        .describe('The subject of the revocation: a user, a client, or a grant of a user to a client.'),
      at: Time('Everything issued until then is revoked.').nullable().describe('null while the subject is disabled.'),
      owing: z.array(z.string()).describe('Databases that do not have it yet.'),
      since: Time('Time of the revocation.'),
    }),
  ),
  next,
});

/** The data of a known provider. */
export const PROVIDER = {
  title: z.string(),
  documentation: z.string().describe("The page of the provider's documentation that it was taken from."),
  read: z.string().describe('When it was read.'),
  scopes: z.array(z.string()).describe('The scopes that are requested by default.'),
  needs: z.array(z.string()).describe('The fields that are required besides the client ID.'),
};
