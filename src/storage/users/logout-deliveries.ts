/**
 * Deliveries of back-channel logout: a row for each session and client, claimed before each attempt, so that one
 * process tries.
 */
import { and, asc, desc, eq, isNull, lt, lte, sql } from 'drizzle-orm';
import type { SessionId } from '../../protocol/credentials.ts';
import { shardOf } from '../../protocol/credentials.ts';
import { DAY, MINUTE } from '../../protocol/lifetimes.ts';
import { acrossShards } from '../database/across-shards.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { logoutDeliveries } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';

export type LogoutDelivery = typeof logoutDeliveries.$inferSelect;

/** Delay of the first retry; each failure doubles it. The cron runs every five minutes. */
const FIRST_RETRY_DELAY = 5 * MINUTE;

/** Time after which a delivery is abandoned. */
const DELIVERY_PERIOD = DAY;

/** Limit of deliveries claimed together, in each shard. */
export const MAX_CLAIMED = 100;

/**
 * Claims the deliveries that are due, of some sessions or of all: concurrent callers do not get them.
 * @param sessions undefined for all; overdue ones are then abandoned.
 */
export async function claimDeliveries(
  db: Database,
  moment: RequestClock,
  sessions: SessionId[] | undefined,
): Promise<LogoutDelivery[]> {
  const { now } = moment;
  if (sessions === undefined) await abandonOverdue(db, moment);
  const due = db
    .select({ rowid: sql`rowid` })
    .from(logoutDeliveries)
    .where(
      and(
        isNull(logoutDeliveries.doneAt),
        lte(logoutDeliveries.dueAt, now),
        // One parameter for any number: D1 binds a hundred at most.
        sessions && sql`${logoutDeliveries.sessionId} IN (SELECT value FROM json_each(${JSON.stringify(sessions)}))`,
      ),
    )
    .orderBy(asc(logoutDeliveries.dueAt))
    .limit(MAX_CLAIMED);
  return db
    .update(logoutDeliveries)
    .set({
      attempts: sql`attempts + 1`,
      dueAt: sql`${now} + ${FIRST_RETRY_DELAY} * (1 << min(attempts, 6))`,
    })
    .where(sql`rowid IN ${due}`)
    .returning();
}

/** Abandons deliveries that failed for a day. */
async function abandonOverdue(db: Database, moment: RequestClock): Promise<void> {
  const tooOld = and(isNull(logoutDeliveries.doneAt), lt(logoutDeliveries.createdAt, moment.now - DELIVERY_PERIOD));
  const rows = await db.update(logoutDeliveries).set({ doneAt: moment.now }).where(tooOld).returning();
  for (const { sessionId, clientId, problem } of rows) {
    const detail = { client: clientId, problem };
    await recordEvent(db, moment, { type: 'logout.undelivered', subject: sessionId, actor: 'system', detail });
  }
}

/** Records the outcome of an attempt. */
export async function recordDeliveryOutcome(
  db: Database,
  delivery: LogoutDelivery,
  outcome: { doneAt: number; problem: null } | { problem: string },
): Promise<void> {
  await runBatch(async () => db.update(logoutDeliveries).set(outcome).where(isThis(delivery)));
}

/** Deletes a delivery of a client without back-channel logout. */
export async function deleteDelivery(db: Database, delivery: LogoutDelivery): Promise<void> {
  await runBatch(async () => db.delete(logoutDeliveries).where(isThis(delivery)));
}

const isThis = ({ sessionId, clientId }: LogoutDelivery) =>
  and(eq(logoutDeliveries.sessionId, sessionId), eq(logoutDeliveries.clientId, clientId));

/** The sessions, grouped by shard. */
export function byShard(sessions: SessionId[]): [shard: string, sessions: SessionId[]][] {
  return [...Map.groupBy(sessions, shardOf)];
}

/** Outstanding deliveries and those of the last day, latest first. */
export function listDeliveries(databases: Databases, most: number) {
  return acrossShards(databases, (db) =>
    db.select().from(logoutDeliveries).orderBy(desc(logoutDeliveries.createdAt)).limit(most),
  );
}

/** Deletes deliveries a day after they are abandoned. */
export function sweepDeliveries(db: Database, now: number, most: number) {
  return deleteRows(db, logoutDeliveries, lt(logoutDeliveries.createdAt, now - 2 * DELIVERY_PERIOD), most);
}
