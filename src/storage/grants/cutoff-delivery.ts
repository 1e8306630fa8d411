/**
 * Delivery of cutoffs: from `DB`, where each is written first, to every shard where it is pending, and their effects
 * there.
 */
import { and, eq, sql } from 'drizzle-orm';
import type { Shard, UserId } from '../../protocol/credentials.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { cutoffs } from '../schema/index.ts';
import { endPendingSessions } from '../users/end-sessions.ts';
import type { Subject } from './cutoff-subjects.ts';
import { listCutoffs } from './cutoffs.ts';
import { narrowGrants } from './narrow-grants.ts';
import { type Cutoff, type CutoffRow, readCutoff, writeCutoffIf } from './write-cutoff.ts';

/** The copies of cutoffs in a shard; copies may arrive in any order. */
function copyCutoffs(db: Database, rows: readonly CutoffRow[]) {
  const copies = rows.map(({ subject, at, writtenAt }) => [subject, at, writtenAt]);
  return db
    .insert(cutoffs)
    .select(
      sql`SELECT value ->> 0, value ->> 1, value ->> 2, '[]' FROM json_each(${JSON.stringify(copies)}) WHERE true`,
    )
    .onConflictDoUpdate({
      target: cutoffs.subject,
      set: { at: sql`excluded.at`, writtenAt: sql`excluded.written_at` },
      setWhere: sql`excluded.written_at >= cutoffs.written_at`,
    });
}

/** Cutoffs that are copied in one statement: half a megabyte of JSON. */
const PAGE = 5000;

/**
 * Copies the cutoffs of `DB` to a shard in which nothing was authorized before.
 * @returns false where there are more than the pages have.
 */
export async function copyAllCutoffs(databases: Databases, name: Shard, mostPages: number): Promise<boolean> {
  const db = databases.shard(name);
  let after = '';
  for (let page = 0; db && page < mostPages; page++) {
    const rows = await listCutoffs(databases, after, PAGE);
    const last = rows.at(-1);
    if (last) await runBatch(async () => copyCutoffs(db, rows));
    if (rows.length < PAGE || !last) return true;
    after = last.subject;
  }
  return false;
}

/** Applies a cutoff in one shard. Idempotent. */
async function applyCutoff(db: Database, row: CutoffRow): Promise<void> {
  const [, kind, of = ''] = /^(\w+):(.*)$/.exec(row.subject) ?? [];
  if (kind === 'sessions') return endPendingSessions(db, of as UserId, row);
  if (kind === 'scope') {
    await runBatch(() => db.batch([copyCutoffs(db, [row]), narrowGrants(db, row.subject)]));
    return;
  }
  await runBatch(async () => copyCutoffs(db, [row]));
}

/**
 * Delivers a cutoff of `DB` to its pending shards. It stays pending for a shard that does not answer or is not bound,
 * and the cron repeats it.
 */
export async function deliverCutoff(databases: Databases, row: CutoffRow | undefined): Promise<void> {
  if (!row || row.pendingShards.length === 0) return;
  const outcomes = await Promise.allSettled(
    row.pendingShards.map(async (name) => {
      const db = databases.shard(name);
      if (!db) throw new Error(`the shard ${name} is not bound`);
      await applyCutoff(db, row);
    }),
  );
  const left = row.pendingShards.filter((_, index) => outcomes[index]?.status === 'rejected');
  if (left.length === row.pendingShards.length) return;
  await databases.global
    .update(cutoffs)
    .set({ pendingShards: left })
    .where(and(eq(cutoffs.subject, row.subject), eq(cutoffs.writtenAt, row.writtenAt)));
}

/** Delivers the cutoff of a subject that a batch in `DB` wrote, if it did. */
export async function deliverCutoffOf(databases: Databases, subject: Subject): Promise<void> {
  const [row] = await readCutoff(databases.global, subject);
  await deliverCutoff(databases, row);
}

/**
 * Cuts off everything of a subject up to `at`: one batch in `DB` with the statements `alongside`, then delivery to the
 * shards.
 */
export async function cutOff(
  databases: Databases,
  cutoff: Cutoff,
  now: number,
  alongside: (db: Database) => Parameters<Database['batch']>[0][number][],
): Promise<void> {
  const db = databases.global;
  const results = await runBatch(() =>
    db.batch([writeCutoffIf(db, cutoff, now, sql`true`), ...alongside(db), readCutoff(db, cutoff.subject)]),
  );
  await deliverCutoff(databases, (results.at(-1) as CutoffRow[])[0]);
}

/** A condition on `cutoffs`, written as in the index. */
const isPending = sql`pending_shards <> '[]'`;

/** Cutoffs that are pending for some shard. */
export function listPendingCutoffs(databases: Databases) {
  return databases.global.select().from(cutoffs).where(isPending).limit(100);
}

/** Cutoffs that are pending for a bound shard: those pending only for others do not delay them. */
export function listDeliverableCutoffs(databases: Databases) {
  const bound = JSON.stringify(databases.shardNames);
  const isOwed = sql`EXISTS (SELECT 1 FROM json_each(cutoffs.pending_shards) AS owed
    WHERE owed.value IN (SELECT value FROM json_each(${bound})))`;
  return databases.global.select().from(cutoffs).where(and(isPending, isOwed)).limit(100);
}
