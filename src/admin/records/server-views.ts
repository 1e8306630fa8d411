/** The reports of the whole server: the audit log, counts, revocations on their way, logout notifications, known providers. */
import * as z from 'zod';
import { Time } from './record.ts';
import type { ViewDefinition } from './view.ts';

const user = z.string().describe('The ID of the user.');
const unreachable = z.array(z.string()).describe('Shards that did not respond: their records are missing here.');
const next = z.string().optional().describe('The cursor of the next page: send it as "after". None after the last.');

const AFTER = 'Where the page begins: "next" of the page before.';

const LogoutList = z.strictObject({
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

const CountList = z.strictObject({
  counts: z
    .array(z.strictObject({ day: z.iso.date(), name: z.string().describe('What happened.'), count: z.number().int() }))
    .describe('By day (UTC), the earliest first; what never happened on a day is not there.'),
  shards_that_did_not_answer: unreachable,
});

const EventList = z.strictObject({
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

const CutoffList = z.strictObject({
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
const PROVIDER = {
  title: z.string(),
  documentation: z.string().describe("The page of the provider's documentation that it was taken from."),
  read: z.string().describe('When it was read.'),
  scopes: z.array(z.string()).describe('The scopes that are requested by default.'),
  needs: z.array(z.string()).describe('The fields that are required besides the client ID.'),
};

export const SERVER_VIEWS = {
  logouts: {
    path: '/logouts',
    operationId: 'listLogouts',
    summary: 'Clients that are to be notified, or were, that a session has ended (back-channel logout)',
    answer: { name: 'LogoutList', schema: LogoutList },
    command: {
      noun: 'logouts',
      verb: 'list',
      rows: 'deliveries',
      columns: ['client_id', 'session', 'status', 'attempts', 'problem'],
      none: 'No client is to be notified.',
    },
  },
  events: {
    path: '/events',
    operationId: 'listEvents',
    summary: 'The audit log, the latest event first',
    query: {
      after: AFTER,
      sort: 'at, which is the only order.',
      order: 'asc or desc; desc where none is named.',
      subject: 'Only events with this subject. One of subject, actor and type at most.',
      actor: 'Only events by this actor.',
      type: 'Only events of this type.',
      since: 'Only from this date or time on.',
      until: 'Only before this date or time.',
    },
    answer: { name: 'EventList', schema: EventList },
    command: {
      noun: 'events',
      verb: 'list',
      rows: 'events',
      columns: ['at', 'type', 'subject', 'actor'],
      none: 'There are no events.',
    },
  },
  counts: {
    path: '/counts',
    operationId: 'listCounts',
    summary: 'The number of events on each day',
    query: { days: 'How many days, today included: 30 where it is left out, 400 at most.' },
    answer: { name: 'CountList', schema: CountList },
    command: {
      noun: 'counts',
      verb: 'list',
      rows: 'counts',
      columns: ['day', 'name', 'count'],
      none: 'There are no counts.',
    },
  },
  cutoffs: {
    path: '/cutoffs',
    operationId: 'listCutoffs',
    summary: 'Revocations that some database does not have yet',
    query: { all: 'true: also those that every database has, in pages by subject.', after: AFTER },
    answer: { name: 'CutoffList', schema: CutoffList },
    command: {
      noun: 'cutoffs',
      verb: 'list',
      rows: 'pending',
      columns: ['since', 'subject', 'at', 'owing'],
      none: 'Every shard has every cutoff.',
    },
  },
  templates: {
    path: '/connection-templates',
    operationId: 'listTemplates',
    summary: 'The known providers of connected apps, and the fields that each needs',
    answer: {
      name: 'ConnectionTemplateList',
      schema: z.strictObject({ templates: z.array(z.strictObject({ template: z.string(), ...PROVIDER })) }),
    },
    command: {
      noun: 'connected-apps',
      verb: 'templates',
      rows: 'templates',
      columns: ['template', 'title', 'needs', 'documentation', 'read'],
    },
  },
  providers: {
    path: '/social-login-providers',
    operationId: 'listProviders',
    summary: 'The known providers of social logins, and the fields that each needs',
    answer: {
      name: 'SocialLoginProviderList',
      schema: z.strictObject({ providers: z.array(z.strictObject({ provider: z.string(), ...PROVIDER })) }),
    },
    command: {
      noun: 'social-logins',
      verb: 'providers',
      rows: 'providers',
      columns: ['provider', 'title', 'needs', 'documentation', 'read'],
    },
  },
} as const satisfies Record<string, ViewDefinition>;
