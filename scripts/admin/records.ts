/** events list | counts list | cutoffs list */
import { type Command, given, nothing, table } from './command.ts';

type Event = { at: string; type: string; subject: string; actor: string };
type Count = { day: string; name: string; count: number };
type Pending = { subject: string; owing: string[]; since: string };

export const RECORD_COMMANDS: readonly Command[] = [
  {
    name: 'events list',
    takes: [],
    about: 'what happened last, newest first (--type, or --subject, or --actor; --since, --until)',
    request: (_, { type, subject, actor, since, until }) => given({ type, subject, actor, since, until }),
    run: (api, _, filter) => api('GET', `/events?${new URLSearchParams(filter as Record<string, string>)}`),
    show: ({ events }: { events: Event[] }) =>
      table(
        events.map((event) => [event.at, event.type, event.subject, event.actor]),
        'Nothing has happened yet.',
      ),
  },
  {
    name: 'counts list',
    takes: [],
    about: 'how much happened on each day (--days, 30 where it is left out)',
    request: (_, { days }) => given({ days }),
    run: (api, _, filter) => api('GET', `/counts?${new URLSearchParams(filter as Record<string, string>)}`),
    show: ({ counts }: { counts: Count[] }) =>
      table(
        counts.map(({ day, name, count }) => [day, name, String(count)]),
        'Nothing was counted.',
      ),
  },
  {
    name: 'cutoffs list',
    takes: [],
    about: 'what was taken away and some shard does not know yet',
    request: nothing,
    run: (api) => api('GET', '/cutoffs'),
    show: ({ pending }: { pending: Pending[] }) =>
      table(
        pending.map((cutoff) => [cutoff.subject, cutoff.owing.join(' '), cutoff.since]),
        'Every shard knows everything.',
      ),
  },
];
