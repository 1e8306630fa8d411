/** The reports of the whole server: the audit log, counts, revocations on their way, logout notifications, known providers. */
import * as z from 'zod';
import { CountList, CutoffList, EventList, LogoutList, PROVIDER } from './server-answers.ts';
import type { ViewDefinition } from './view.ts';

const AFTER = 'Where the page begins: "next" of the page before.';

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
