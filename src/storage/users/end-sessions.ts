/**
 * The batch that ends sessions of one shard. It cuts off grants without offline access and outstanding codes, and queues
 * back-channel logout for every client with an id_token of the session.
 */
import { and, eq, isNull, lte, type SQL, sql } from 'drizzle-orm';
import type { SessionId, UserId } from '../../protocol/credentials.ts';
import { OPENID_SCOPE } from '../../protocol/scope-names.ts';
import { type Database, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { type CutoffRow, cutoffTime } from '../grants/write-cutoff.ts';
import { cutoffs, logoutDeliveries, sessions } from '../schema/index.ts';
import { type AuditEvent, type RequestClock, recordEvent } from '../server/audit.ts';

/**
 * Ends matching sessions and queues logout deliveries. Idempotent: a session ends once, and each delivery is queued
 * once.
 * @returns the sessions that this call ended.
 */
export async function endSessions(
  db: Database,
  { now, requestId }: RequestClock,
  which: SQL | undefined,
  event: AuditEvent,
): Promise<SessionId[]> {
  const ended = sql`${which} AND sessions.ended_at = ${now}`;
  const cutoff = { subject: sql`'session:' || sessions.id`, at: cutoffTime(now), writtenAt: now, pendingShards: [] };
  const delivery = {
    sessionId: sql`sessions.id`,
    clientId: sql`grants.client_id`,
    userId: sql`sessions.user_id`,
    createdAt: now,
    attempts: 0,
    dueAt: now,
    doneAt: null,
    problem: null,
  };
  // OpenID Connect Back-Channel Logout §2.1: clients with an id_token of this session.
  const wasGivenToken = sql`${ended} AND EXISTS (SELECT 1 FROM json_each(grants.scopes) WHERE value = ${OPENID_SCOPE})`;
  const [, , , , rows] = await runBatch(() =>
    db.batch([
      db
        .update(sessions)
        .set({ endedAt: now })
        .where(and(which, isNull(sessions.endedAt))),
      db
        .insert(cutoffs)
        .select(insertWhere(cutoffs, cutoff, ended, sql`sessions`))
        .onConflictDoNothing(),
      db
        .insert(logoutDeliveries)
        .select(
          insertWhere(logoutDeliveries, delivery, wasGivenToken, sql`sessions JOIN grants ON session_id = sessions.id`),
        )
        .onConflictDoNothing(),
      recordEvent(db, { now, requestId }, event, sql`EXISTS (SELECT 1 FROM sessions WHERE ${ended})`),
      db.select({ id: sessions.id }).from(sessions).where(ended),
    ]),
  );
  return rows.map(({ id }) => id);
}

/** Ends earlier sessions in a shard to which a pending cutoff is delivered, with back-channel logout. */
export async function endPendingSessions(db: Database, userId: UserId, { at, writtenAt }: CutoffRow): Promise<void> {
  const which = and(eq(sessions.userId, userId), lte(sessions.signedInAt, at));
  const detail = { all: true, owed_since: writtenAt };
  const moment = { requestId: 'delivery', now: Date.now() };
  await endSessions(db, moment, which, { type: 'session.ended', subject: userId, actor: 'system', detail });
}
