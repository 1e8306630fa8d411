/** sessions list | show | end | end-all · logouts list */
import { type Command, given, idOf, nothing, showing, table } from './command.ts';

type Session = {
  id: string;
  person: string;
  signed_in_at: string;
  last_seen_at: string;
  user_agent: string | null;
  status: string;
};
type Delivery = { client_id: string; session: string; status: string; attempts: number; problem: string | null };

export const SESSION_COMMANDS: readonly Command[] = [
  {
    name: 'sessions list',
    takes: [],
    about: 'who is signed in where, or was, the latest first (--person)',
    request: (_, values) => given({ person: values.person }),
    run: async (api, _, filter) => {
      const { person } = filter as { person?: string };
      const id = person?.includes('@') ? await idOf(api, person) : person;
      return api('GET', `/sessions?${new URLSearchParams(id === undefined ? {} : { person: id })}`);
    },
    show: ({ sessions }: { sessions: Session[] }) =>
      table(
        sessions.map((one) => [one.id, one.person, one.last_seen_at, one.status, one.user_agent ?? '']),
        'Nobody is signed in.',
      ),
  },
  showing('sessions', 'session id', 'one session'),
  {
    name: 'sessions end',
    takes: ['session id'],
    about: 'signs that browser out; its applications are told',
    request: nothing,
    run: (api, [id = '']) => api('DELETE', `/sessions/${encodeURIComponent(id)}`),
    show: () => 'Ended.',
  },
  {
    name: 'sessions end-all',
    takes: ['e-mail'],
    about: 'signs the person out everywhere',
    request: nothing,
    run: async (api, [email]) => api('DELETE', `/people/${await idOf(api, email)}/sessions`),
    show: ({ ended }: { ended: number }) => `${ended} ended.`,
  },
  {
    name: 'logouts list',
    takes: [],
    about: 'clients that are to be told that a session is over, or were',
    request: nothing,
    run: (api) => api('GET', '/logouts'),
    show: ({ deliveries }: { deliveries: Delivery[] }) =>
      table(
        deliveries.map((row) => [row.client_id, row.session, row.status, String(row.attempts), row.problem ?? '']),
        'Nobody is to be told.',
      ),
  },
];
