/** sessions end-all · logouts list: the other commands of sessions follow from their definition. */
import { type Command, idOf, nothing, table } from './command.ts';

type Delivery = { client_id: string; session: string; status: string; attempts: number; problem: string | null };

export const LOGOUT_COMMANDS: readonly Command[] = [
  {
    name: 'sessions end-all',
    takes: ['e-mail'],
    about: 'Ends every session of a user',
    request: nothing,
    run: async (api, [email]) => api('DELETE', `/users/${await idOf(api, email)}/sessions`),
    show: ({ ended, shards_that_did_not_answer: owing }: { ended: number; shards_that_did_not_answer: string[] }) =>
      owing.length === 0
        ? `${ended} ended.`
        : `${ended} ended; those in ${owing.join(' ')} end as soon as that answers.`,
  },
  {
    name: 'logouts list',
    takes: [],
    about: 'Clients that are to be notified, or were, that a session has ended (back-channel logout)',
    request: nothing,
    run: (api) => api('GET', '/logouts'),
    show: ({ deliveries }: { deliveries: Delivery[] }) =>
      table(
        deliveries.map((row) => [row.client_id, row.session, row.status, String(row.attempts), row.problem ?? '']),
        'No client is to be notified.',
      ),
  },
];
