/** /api/admin/logouts: the notifications of clients that a session has ended. */
import type { Context } from 'hono';
import type { ApiTable } from '../../http/api/routes.ts';
import type { Web } from '../../http/context.ts';
import { type LogoutDelivery, listDeliveries } from '../../storage/users/logout-deliveries.ts';
import { PAGE_SIZE, time } from '../query-parameters.ts';
import * as answers from './response-schemas.ts';

/** Clients that are to be notified, or were within the last day or two, that a session has ended. */
async function listLogouts(c: Context<Web>) {
  const { rows, unreachable } = await listDeliveries(c.get('deps').databases, PAGE_SIZE);
  return c.json({
    deliveries: rows.map((row) => ({
      session: row.sessionId,
      client_id: row.clientId,
      user: row.userId,
      attempts: row.attempts,
      status: statusOf(row),
      problem: row.problem,
      ended_at: time(row.createdAt),
    })),
    shards_that_did_not_answer: unreachable,
  });
}

const statusOf = ({ doneAt, problem }: LogoutDelivery) =>
  doneAt === null ? 'waiting' : problem === null ? 'told' : 'given up';

export const LOGOUT_ROUTES: ApiTable['routes'] = {
  listLogouts: {
    method: 'GET',
    path: '/logouts',
    summary: 'Clients that are to be notified, or were, that a session has ended (back-channel logout)',
    response: answers.LogoutListSchema,
    handle: listLogouts,
  },
};
