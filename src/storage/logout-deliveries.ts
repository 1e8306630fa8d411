/** Whom to tell that a session is over: a row for each client, claimed before each try, so that one process tries. */
import { and, asc, desc, eq, inArray, isNull, lt, lte, type SQL, sql } from 'drizzle-orm';
import type { SessionId } from '../protocol/credentials.ts';
import { shardOf } from '../protocol/credentials.ts';
import { DAY, MINUTE } from '../protocol/lifetimes.ts';
import { type Moment, recordEvent } from './audit.ts';
import { acrossShards, type Database, type Databases, decide } from './database.ts';
import { logoutDeliveries } from './schema/index.ts';

export type LogoutDelivery = typeof logoutDeliveries.$inferSelect;

/** The first try after the one that failed; each that fails doubles it. The cron comes every five minutes. */
const FIRST_PAUSE = 5 * MINUTE;

/** After that nobody is told any more. */
export const DELIVERED_WITHIN = DAY;

/** How many are tried in one run of the cron, in each shard. */
const AT_ONCE = 100;

/**
 * Takes the deliveries that are due, of some sessions or of all: whoever else looks meanwhile does not see them.
 * @param sessions undefined for all; then those that are too old are given up.
 */
export async function claimDeliveries(
  db: Database,
  moment: Moment,
  sessions: SessionId[] | undefined,
): Promise<LogoutDelivery[]> {
  const { now } = moment;
  if (sessions === undefined) await giveUp(db, moment);
  const due = db
    .select({ rowid: sql`rowid` })
    .from(logoutDeliveries)
    .where(
      and(
        isNull(logoutDeliveries.doneAt),
        lte(logoutDeliveries.dueAt, now),
        sessions && inArray(logoutDeliveries.sessionId, sessions.slice(0, AT_ONCE)),
      ),
    )
    .orderBy(asc(logoutDeliveries.dueAt))
    .limit(AT_ONCE);
  return db
    .update(logoutDeliveries)
    .set({
      attempts: sql`attempts + 1`,
      dueAt: sql`${now} + ${FIRST_PAUSE} * (1 << min(attempts, 6))`,
    })
    .where(sql`rowid IN ${due}`)
    .returning();
}

/** Those that nobody could be told within a day. */
async function giveUp(db: Database, moment: Moment): Promise<void> {
  const tooOld = and(isNull(logoutDeliveries.doneAt), lt(logoutDeliveries.createdAt, moment.now - DELIVERED_WITHIN));
  const rows = await db.update(logoutDeliveries).set({ doneAt: moment.now }).where(tooOld).returning();
  for (const { sessionId, clientId, problem } of rows) {
    const detail = { client: clientId, problem };
    await recordEvent(db, moment, { type: 'logout.undelivered', subject: sessionId, actor: 'system', detail });
  }
}

/** Notes how a try ended. */
export async function noteDelivery(
  db: Database,
  delivery: LogoutDelivery,
  outcome: { doneAt: number; problem: null } | { problem: string },
): Promise<void> {
  await decide(async () => db.update(logoutDeliveries).set(outcome).where(isThis(delivery)));
}

/** There is nobody to tell. */
export async function forgetDelivery(db: Database, delivery: LogoutDelivery): Promise<void> {
  await decide(async () => db.delete(logoutDeliveries).where(isThis(delivery)));
}

const isThis = ({ sessionId, clientId }: LogoutDelivery) =>
  and(eq(logoutDeliveries.sessionId, sessionId), eq(logoutDeliveries.clientId, clientId));

/** The sessions by the shard that has their rows. */
export function byShard(sessions: SessionId[]): [shard: string, sessions: SessionId[]][] {
  return [...Map.groupBy(sessions, shardOf)];
}

/** Those that are waiting, or were done within the day, latest first. */
export function listDeliveries(databases: Databases, most: number) {
  return acrossShards(databases, (db) =>
    db.select().from(logoutDeliveries).orderBy(desc(logoutDeliveries.createdAt)).limit(most),
  );
}

/** A day after nobody is told any more. */
export function sweepDeliveries(db: Database, now: number, most: number) {
  const before: SQL = lt(logoutDeliveries.createdAt, now - 2 * DELIVERED_WITHIN);
  const over = db.select({ rowid: sql`rowid` }).from(logoutDeliveries).where(before).limit(most);
  return db.delete(logoutDeliveries).where(sql`rowid IN ${over}`);
}
