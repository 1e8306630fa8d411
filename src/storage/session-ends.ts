/**
 * Ending sessions: one batch in the session's shard. With the session dies what its grants without offline access may
 * refresh, codes in flight included, and every client that signed the person in by it is to be told.
 */
import { and, eq, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../crypto/digest.ts';
import { type PersonId, parseSessionCookie, type SessionId, shardOf } from '../protocol/credentials.ts';
import { type AuditEvent, type Moment, recordEvent } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { type Database, type Databases, decide } from './database.ts';
import { cutoffs, logoutDeliveries, sessions } from './schema/index.ts';

/**
 * Ends the sessions that fit, and writes down whom to tell. However often it is sent, a session ends once and each
 * delivery is queued once.
 * @returns the sessions that ended now.
 */
async function end(
  db: Database,
  { now, requestId }: Moment,
  which: SQL | undefined,
  event: AuditEvent,
): Promise<SessionId[]> {
  const ended = sql`${which} AND sessions.ended_at = ${now}`;
  const cutoff = { subject: sql`'session:' || sessions.id`, at: now, writtenAt: now, owing: [] };
  const delivery = {
    ...{ sessionId: sql`sessions.id`, clientId: sql`grants.client_id`, personId: sql`sessions.person_id` },
    ...{ createdAt: now, attempts: 0, dueAt: now, doneAt: null, problem: null },
  };
  // OpenID Connect Back-Channel Logout §2.1: those that were given an id_token of this session.
  const wasGivenToken = sql`${ended} AND EXISTS (SELECT 1 FROM json_each(grants.scopes) WHERE value = 'openid')`;
  const [, , , , rows] = await decide(() =>
    db.batch([
      db
        .update(sessions)
        .set({ endedAt: now })
        .where(and(which, isNull(sessions.endedAt))),
      db
        .insert(cutoffs)
        .select(rowIf(cutoffs, cutoff, ended, sql`sessions`))
        .onConflictDoNothing(),
      db
        .insert(logoutDeliveries)
        .select(rowIf(logoutDeliveries, delivery, wasGivenToken, sql`sessions JOIN grants ON session_id = sessions.id`))
        .onConflictDoNothing(),
      recordEvent(db, { now, requestId }, event, sql`EXISTS (SELECT 1 FROM sessions WHERE ${ended})`),
      db.select({ id: sessions.id }).from(sessions).where(ended),
    ]),
  );
  return rows.map(({ id }) => id);
}

/** Ends the session of this cookie, if it is one: the person signs out. */
export async function endSession(databases: Databases, moment: Moment, cookie: string): Promise<SessionId[]> {
  const parsed = parseSessionCookie(cookie);
  const db = parsed && databases.shard(parsed.shard);
  if (!parsed || !db) return [];
  const event: AuditEvent = { type: 'sign-out', subject: parsed.person, actor: `person:${parsed.person}` };
  return end(db, moment, eq(sessions.cookieHash, sha256(cookie)), event);
}

/**
 * Ends one session from elsewhere.
 * @param personId whose it must be; undefined where an administrator ends it.
 */
export async function endSessionById(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: SessionId,
  personId?: PersonId,
): Promise<SessionId[]> {
  const db = databases.shard(shardOf(id));
  if (!db) return [];
  const which = and(eq(sessions.id, id), personId === undefined ? undefined : eq(sessions.personId, personId));
  return end(db, moment, which, { type: 'session.ended', subject: id, actor });
}

/**
 * Ends every session of a person, but for one that they may want to keep.
 * @returns those that ended, and the shards that did not answer: there, nothing ended.
 */
export async function endSessionsOf(
  databases: Databases,
  moment: Moment,
  actor: string,
  personId: PersonId,
  kept?: SessionId,
): Promise<{ ended: SessionId[]; unreachable: string[] }> {
  const which = and(eq(sessions.personId, personId), kept === undefined ? undefined : ne(sessions.id, kept));
  const event: AuditEvent = { type: 'session.ended', subject: personId, actor, detail: { all: true } };
  const names = databases.shardNames;
  const outcomes = await Promise.allSettled(
    names.map(async (name) => {
      const db = databases.shard(name);
      return db ? end(db, moment, which, event) : [];
    }),
  );
  return {
    ended: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [])),
    unreachable: names.filter((_, index) => outcomes[index]?.status === 'rejected'),
  };
}
