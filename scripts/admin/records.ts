/** events list | counts list | cutoffs list */
import { type Command, queryOf, table } from './command.ts';
import { flagOption, textIn, textOption } from './options.ts';
import type { ExportedCutoff } from './restore-plan.ts';
import { pages } from './restored.ts';

type Event = { at: string; type: string; subject: string; actor: string };
type Filters = Record<string, string | undefined>;
type Count = { day: string; name: string; count: number };

export const RECORD_COMMANDS: readonly Command[] = [
  {
    name: 'events list',
    takes: [],
    about: 'The audit log, the latest event first',
    options: [
      textOption('type', 'only events of this type; at most one of type, subject and actor'),
      textOption('subject', 'only events with this subject'),
      textOption('actor', 'only events by this actor'),
      textOption('since', 'only from this time on', 'TIME'),
      textOption('until', 'only before this time', 'TIME'),
    ],
    request: (_, values) =>
      Object.fromEntries(['type', 'subject', 'actor', 'since', 'until'].map((name) => [name, textIn(values, name)])),
    run: async (api, _, filter) => api('GET', `/events?${await queryOf(api, filter as Filters)}`),
    show: ({ events }: { events: Event[] }) =>
      table(
        events.map((event) => [event.at, event.type, event.subject, event.actor]),
        'There are no events.',
      ),
  },
  {
    name: 'counts list',
    takes: [],
    about: 'The number of events on each day',
    options: [textOption('days', 'how many days, today included; 30 where it is left out', 'NUMBER')],
    request: (_, values) => ({ days: textIn(values, 'days') }),
    run: async (api, _, filter) => api('GET', `/counts?${await queryOf(api, filter as Filters)}`),
    show: ({ counts }: { counts: Count[] }) =>
      table(
        counts.map(({ day, name, count }) => [day, name, String(count)]),
        'There are no counts.',
      ),
  },
  {
    name: 'cutoffs list',
    takes: [],
    about: 'Revocations that some shard does not have yet',
    options: [flagOption('all', 'also those that every shard has')],
    request: (_, { all = false }) => ({ all }),
    run: async (api, _, request) => {
      if (!(request as { all: boolean }).all) return api('GET', '/cutoffs');
      return { pending: await pages<ExportedCutoff>(api, '/cutoffs', 'pending', { all: 'true' }) };
    },
    show: ({ pending }: { pending: ExportedCutoff[] }) =>
      table(
        pending.map(({ subject, at, owing, since }) => [
          since,
          subject,
          at ?? 'disabled',
          owing.join(' ') || 'delivered',
        ]),
        'Every shard has every cutoff.',
      ),
  },
];
