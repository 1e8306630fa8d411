/** The operations on sessions, for the API and the console. */
import { requestedPage } from '../../http/api/cursor.ts';
import { parseSessionId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { findSession } from '../../storage/grants/by-id.ts';
import type { EndReason } from '../../storage/grants/record-status.ts';
import { listSessions, SESSION_SORTS } from '../../storage/server/shard-lists.ts';
import { endSessionById } from '../../storage/users/session-revocation.ts';
import type { Session } from '../../storage/users/sessions.ts';
import { time } from '../query-parameters.ts';
import { SESSION } from '../records/session.ts';
import { bindRecord } from './record.ts';
import { requireSort, written } from './record-page.ts';

/** A session, and why it has ended if it has. */
type SessionRow = { row: Omit<Session, 'shard'>; endReason: EndReason | undefined };

export const SESSIONS = bindRecord(SESSION, {
  async find({ databases, moment, settings }, id): Promise<SessionRow> {
    const sessionId = parseSessionId(id);
    const found = sessionId && (await findSession(databases, sessionId, moment.now, await settings()));
    if (!found) throw new OAuthError('not_found', 'there is no such session.');
    return found;
  },
  // Never its cookie.
  show: ({ row: session, endReason }) => ({
    id: session.id,
    user: session.userId,
    signed_in_at: time(session.signedInAt),
    amr: session.amr,
    user_agent: session.userAgent,
    last_seen_at: time(session.lastSeenAt),
    expires_at: time(session.expiresAt),
    status: endReason ?? ('active' as const),
  }),
  async list({ databases, moment, settings }, { sort, descending, filters, ...asked }) {
    const by = { sort: requireSort(SESSION_SORTS, sort), descending, user: filters.user };
    const page = await listSessions(databases, by, moment.now, await settings(), requestedPage(databases, asked));
    return written({
      ...page,
      rows: page.rows.map((row): SessionRow => ({ row, endReason: page.endReasons.get(row.id) })),
    });
  },
  sorts: SESSION_SORTS,
  actions: {
    // Its clients are notified.
    async end({ deps: { databases, moment, sessionsEnded }, actor }, { row }) {
      const ended = await endSessionById(databases, moment, actor, row.id);
      if (ended.length === 0) throw new OAuthError('not_found', 'there is no such session, or it has ended.');
      sessionsEnded(ended);
    },
  },
});
