/** /api/admin/sessions and /logouts: who is signed in where, ending that, and which clients are still to be told. */
import type { Context } from 'hono';
import type { PersonId, SessionId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { findSession } from '../../storage/by-id.ts';
import { listSessions as readSessions, SESSION_SORTS } from '../../storage/lists.ts';
import { type LogoutDelivery, listDeliveries } from '../../storage/logout-deliveries.ts';
import type { Session } from '../../storage/sessions.ts';
import type { End } from '../../storage/standing.ts';
import type { ApiTable } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { endSession, signOutEverywhere } from '../acts/people.ts';
import { askedFilter, askedOrder, askedPage, PAGE_SIZE, time, writeCursor } from '../parse.ts';
import * as answers from './answers.ts';
import { actorOf } from './authenticate.ts';
import { ofPerson, sorted } from './queries.ts';

/** The sessions on record: of everybody, or of a person. */
async function listSessions(c: Context<Web>) {
  const { databases, moment, settings } = c.get('deps');
  const query = { ...askedOrder(c, SESSION_SORTS, true), ...askedFilter(c, 'person') };
  const page = await readSessions(databases, query, moment.now, await settings(), askedPage(c));
  return c.json({
    sessions: page.rows.map((session) => show(session, page.over.get(session.id))),
    next: writeCursor(page.next),
    shards_that_did_not_answer: page.unreachable,
  });
}

async function getSession(c: Context<Web>) {
  const { databases, moment, settings } = c.get('deps');
  const id = (c.req.param('id') ?? '') as SessionId;
  const found = await findSession(databases, id, moment.now, await settings());
  if (!found) throw new OAuthError('not_found', 'there is no such session.');
  return c.json(show(found.row, found.over));
}

/** Never its cookie. */
const show = (session: Omit<Session, 'shard'>, over: End | undefined) => ({
  ...{ id: session.id, person: session.personId, signed_in_at: time(session.authTime), amr: session.amr },
  ...{ user_agent: session.userAgent, last_seen_at: time(session.lastSeenAt), expires_at: time(session.expiresAt) },
  status: over ?? 'active',
});

async function deleteSession(c: Context<Web>) {
  await endSession(c.get('deps'), actorOf(c), (c.req.param('id') ?? '') as SessionId);
  return c.body(null, 204);
}

async function deleteSessionsOf(c: Context<Web>) {
  const { ended, unreachable } = await signOutEverywhere(c.get('deps'), actorOf(c), c.req.param('id') as PersonId);
  return c.json({ ended, shards_that_did_not_answer: unreachable });
}

/** Clients that are to be told, or were told within the last day or two, that a session is over. */
async function listLogouts(c: Context<Web>) {
  const { rows, unreachable } = await listDeliveries(c.get('deps').databases, PAGE_SIZE);
  return c.json({
    deliveries: rows.map((row) => ({
      ...{ session: row.sessionId, client_id: row.clientId, person: row.personId },
      ...{ attempts: row.attempts, status: statusOf(row), problem: row.problem, ended_at: time(row.createdAt) },
    })),
    shards_that_did_not_answer: unreachable,
  });
}

const statusOf = ({ doneAt, problem }: LogoutDelivery) =>
  doneAt === null ? 'waiting' : problem === null ? 'told' : 'given up';

/** What the API table says of them. */
export const SESSION_ROUTES: ApiTable['routes'] = {
  deleteSessionsOf: {
    ...{ method: 'DELETE', path: '/people/{id}/sessions', summary: 'Signs the person out everywhere' },
    ...{ answer: answers.EndedSessions, handle: deleteSessionsOf },
  },
  listSessions: {
    ...{ method: 'GET', path: '/sessions', summary: 'Who is signed in where, or was' },
    ...{
      query: { ...sorted(SESSION_SORTS, 'desc'), person: ofPerson },
      answer: answers.SessionList,
      handle: listSessions,
    },
  },
  getSession: {
    ...{ method: 'GET', path: '/sessions/{id}', summary: 'One session' },
    ...{ answer: answers.Session, handle: getSession },
  },
  deleteSession: {
    ...{ method: 'DELETE', path: '/sessions/{id}', summary: 'Signs a browser out; its applications are told' },
    handle: deleteSession,
  },
  listLogouts: {
    ...{ method: 'GET', path: '/logouts', summary: 'Clients that are to be told that a session is over, or were' },
    ...{ answer: answers.LogoutList, handle: listLogouts },
  },
};
