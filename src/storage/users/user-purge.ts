/**
 * Purge of users whose deletion is due, by the cron. It deletes the rows of a user in every database, and the user after
 * a whole pass found none: so it can stop anywhere and continue with the next run, and a database that does not answer
 * only delays it.
 */
import { and, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { PURGE_DELAY } from '../../protocol/lifetimes.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { deliverCutoffOf } from '../grants/cutoff-delivery.ts';
import { DISABLED } from '../grants/cutoff-subjects.ts';
import { type Cutoff, writeCutoffIf } from '../grants/write-cutoff.ts';
import { cutoffs, users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { followTerms } from '../server/search-terms.ts';
import { deleteUserCutoffs, deleteUserRows } from './delete-user-rows.ts';
import type { User } from './users.ts';

/** Limit of users in one run of the cron. */
const MAX_USERS_PER_RUN = 20;

/**
 * Begins the purge of users whose grace period has ended: it cannot be cancelled, and all their credentials are
 * invalid.
 */
export async function startPurges(databases: Databases, now: number): Promise<void> {
  const db = databases.global;
  const isDue = and(lte(users.deletionDueAt, now), isNull(users.purgeStartedAt));
  const due = await db.select({ id: users.id }).from(users).where(isDue).limit(MAX_USERS_PER_RUN);
  for (const { id } of due) {
    const cutoff: Cutoff = { subject: `user:${id}`, at: DISABLED, exact: true };
    await runBatch(() =>
      db.batch([
        db
          .update(users)
          .set({ purgeStartedAt: now, disabledAt: sql`COALESCE(disabled_at, ${now})` })
          .where(and(eq(users.id, id), isDue)),
        writeCutoffIf(db, cutoff, now, previousChangedRow),
      ]),
    );
    await deliverCutoffOf(databases, `user:${id}`);
  }
}

/** Users whose purge began at or before then, until they are deleted. */
export function listPurges(databases: Databases, before: number): Promise<User[]> {
  const { global: db } = databases;
  // With the due time the index is used.
  const isPurged = and(isNotNull(users.deletionDueAt), lte(users.purgeStartedAt, before));
  return db.select().from(users).where(isPurged).limit(MAX_USERS_PER_RUN);
}

/**
 * Deletes the rows of users whose purge began long enough ago. An unfinished user continues with the next run, and one
 * whose cutoff is pending for a shard waits again, because rows could still be created there. While an existing shard
 * is not bound, no user is purged: its rows cannot be deleted.
 */
export async function purgeUsers(databases: Databases, moment: RequestClock): Promise<void> {
  if ((await databases.unboundShards()).length > 0) return;
  const isOwed = sql`EXISTS (SELECT 1 FROM cutoffs WHERE subject = 'user:' || users.id AND pending_shards <> '[]')`;
  await databases.global
    .update(users)
    .set({ purgeStartedAt: moment.now })
    .where(and(isNotNull(users.deletionDueAt), isNotNull(users.purgeStartedAt), isOwed));
  for (const user of await listPurges(databases, moment.now - PURGE_DELAY)) {
    if (await isCutOffInAllShards(databases, user.id)) await purgeUser(databases, moment, user);
  }
}

/** True where every shard has the cutoff of the user. */
async function isCutOffInAllShards({ global: db }: Databases, id: UserId): Promise<boolean> {
  const isTold = and(eq(cutoffs.subject, `user:${id}`), eq(cutoffs.at, DISABLED), eq(cutoffs.pendingShards, []));
  return (await db.select({ at: cutoffs.at }).from(cutoffs).where(isTold)).length === 1;
}

/** Passes over the tables in one run of the cron. */
const MAX_PASSES = 20;

async function purgeUser(databases: Databases, moment: RequestClock, user: User): Promise<void> {
  const shards = databases.shardNames.flatMap((name) => databases.shard(name) ?? []);
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const outcomes = await Promise.allSettled(shards.map((db) => deleteUserRows(db, user)));
    if (outcomes.some(({ status }) => status === 'rejected')) return;
    const deleted = outcomes.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0);
    if (deleted === 0) return finishPurge(databases, moment, user);
  }
}

/** Deletes the cutoffs of the other shards, then those in `DB`, and the user. Connections are revoked before. */
async function finishPurge(databases: Databases, moment: RequestClock, { id }: User): Promise<void> {
  const others = databases.shardNames.slice(1).flatMap((name) => databases.shard(name) ?? []);
  const outcomes = await Promise.allSettled(others.map((db) => deleteUserCutoffs(db, id, sql`true`)));
  if (outcomes.some(({ status }) => status === 'rejected')) return;
  const db = databases.global;
  const isGone = sql`NOT EXISTS (SELECT 1 FROM users WHERE id = ${id})`;
  const isDisconnected = sql`NOT EXISTS (SELECT 1 FROM connections WHERE user_id = ${id})`;
  await runBatch(() =>
    db.batch([
      db.delete(users).where(and(eq(users.id, id), isNotNull(users.purgeStartedAt), isDisconnected)),
      recordEvent(db, moment, { type: 'user.deleted', subject: id, actor: 'system' }, previousChangedRow),
      deleteUserCutoffs(db, id, isGone),
      ...followTerms(db, 'user', id),
    ]),
  );
}
