/** Ending sessions: one batch in the session's shard. */
import { and, eq, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../crypto/digest.ts';
import { type PersonId, parseSessionCookie, type SessionId, shardOf } from '../protocol/credentials.ts';
import { type AuditEvent, type Moment, recordEvent } from './audit.ts';
import { type Database, type Databases, decide } from './database.ts';
import { sessions } from './schema/index.ts';

/** Ends the sessions that fit. @returns those that ended now. */
async function end(db: Database, moment: Moment, which: SQL | undefined, event: AuditEvent): Promise<SessionId[]> {
  const ended = and(which, eq(sessions.endedAt, moment.now));
  const [, , rows] = await decide(() =>
    db.batch([
      db
        .update(sessions)
        .set({ endedAt: moment.now })
        .where(and(which, isNull(sessions.endedAt))),
      recordEvent(db, moment, event, sql`EXISTS (SELECT 1 FROM sessions WHERE ${ended})`),
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
