/** The views of a client beside its record: recent problems, and how far its connections came. */
import * as z from 'zod';
import { Time } from './record.ts';
import { ClientTimeline } from './timeline.ts';
import type { ViewDefinition } from './view.ts';

const ClientProblemList = z.strictObject({
  problems: z
    .array(
      z.strictObject({
        error: z.string().describe('The error code.'),
        reason: z.string().describe('The sentence that came with it.'),
        redirect_uri: z
          .string()
          .nullable()
          .describe('As it was sent, without the values of its query; null where the error is not about one.'),
        count: z.number().int().describe('How often, at least.'),
        first_seen: Time('When it was seen first.'),
        last_seen: Time('When it was seen last.'),
      }),
    )
    .describe('The latest first, 20 at most.'),
});

export const CLIENT_VIEWS = {
  timeline: {
    path: '/timeline',
    operationId: 'getClientTimeline',
    summary: 'The connection timeline: how far the latest attempt to connect came, and the step at which it stopped',
    query: { user: 'The ID of the user; without it, the user of the latest attempt that is recorded.' },
    answer: { name: 'ClientTimeline', schema: ClientTimeline },
    command: { verb: 'timeline', rows: 'steps', columns: ['at', 'step', 'state', 'text'], lead: 'summary' },
  },
  problems: {
    path: '/problems',
    operationId: 'listClientProblems',
    summary: 'Recent problems of a client: what its requests were refused for lately',
    answer: { name: 'ClientProblemList', schema: ClientProblemList },
    command: {
      verb: 'problems',
      rows: 'problems',
      columns: ['last_seen', 'count', 'error', 'reason', 'redirect_uri'],
      none: 'No recent problems.',
    },
  },
} as const satisfies Record<string, ViewDefinition>;
