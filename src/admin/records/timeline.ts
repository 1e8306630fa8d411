/** The connection timeline of a client and a user, as the admin API answers with it. */
import * as z from 'zod';

/** The steps, in the order in which a client connects. */
const TIMELINE_STEPS = [
  'registered',
  'approved',
  'requested',
  'consented',
  'code_issued',
  'code_redeemed',
  'token_used',
  'refreshed',
  'ended',
  'refused',
] as const;

const TimelineStep = z.strictObject({
  step: z.enum(TIMELINE_STEPS),
  state: z
    .enum(['done', 'waiting', 'missing', 'failed', 'unknown'])
    .describe('"missing" did not happen, "waiting" may still happen, and of "unknown" nothing is recorded.'),
  at: z.iso.datetime().nullable().describe('When it happened, where that is recorded.'),
  text: z.string().describe('The same in a sentence.'),
});

export const ClientTimeline = z.strictObject({
  client_id: z.string(),
  user: z.string().nullable().describe('The ID of the user; null where no user has tried to connect.'),
  grant: z.string().nullable().describe('The grant of the latest authorization; null where there is none.'),
  summary: z.string().describe('The state of the connection, and the step at which it stopped, in a sentence.'),
  steps: z.array(TimelineStep),
  shards_that_did_not_answer: z.array(z.string()).describe('Shards that did not respond: their records are missing.'),
});
export type ClientTimeline = z.infer<typeof ClientTimeline>;
export type TimelineStep = z.infer<typeof TimelineStep>;
