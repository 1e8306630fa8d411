/** Writing cutoffs: to `DB` first, pending for every shard. */
import { eq, type SQL, sql } from 'drizzle-orm';
import { LOCATION_SKEW } from '../../protocol/lifetimes.ts';
import type { Database } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { cutoffs } from '../schema/index.ts';
import { DISABLED, type Subject } from './cutoff-subjects.ts';

export type Cutoff = {
  subject: Subject;
  at: number;
  /** True where it may also move the time back, as enabling does. Other cutoffs keep a later time. */
  exact?: boolean;
};

/**
 * The time of a cutoff, in the statement that writes it: after everything authorized before it, by the clock of any
 * location, and after every earlier cutoff, so that it also covers what was authorized after one of those.
 */
export const cutoffTime = (at: number): SQL =>
  at === DISABLED
    ? sql`${DISABLED}`
    : sql`MAX(${at + LOCATION_SKEW}, 1 + COALESCE((SELECT MAX(at) FROM cutoffs WHERE at < ${DISABLED}), 0))`;

/** In `DB`: the names of every shard that exists, bound or not, as the pending shards of a new cutoff. */
export const allShardNames = sql`(SELECT json_group_array(name) FROM shards WHERE removed_at IS NULL)`;

/**
 * Merges two cutoffs of one subject: the later time, written after the former, pending for the shards of the new one.
 */
export const LATER_CUTOFF = {
  at: sql`MAX(cutoffs.at, excluded.at)`,
  writtenAt: sql`MAX(excluded.written_at, cutoffs.written_at + 1)`,
  pendingShards: sql`excluded.pending_shards`,
};

/**
 * The statement that writes a cutoff in `DB` where a condition holds. Cutoffs of a subject take effect in the order in
 * which `DB` runs their statements, whatever the clocks of two locations say.
 */
export function writeCutoffIf(db: Database, cutoff: Cutoff, now: number, onlyIf: SQL) {
  const row = { subject: cutoff.subject, at: cutoffTime(cutoff.at), writtenAt: now, pendingShards: allShardNames };
  // Enabling covers everything from before it, also where its clock is behind that of the disabling.
  const clearedAt = sql`CASE WHEN cutoffs.at = ${DISABLED} THEN cutoffs.written_at ELSE cutoffs.at END`;
  return db
    .insert(cutoffs)
    .select(insertWhere(cutoffs, row, onlyIf))
    .onConflictDoUpdate({
      target: cutoffs.subject,
      set: { ...LATER_CUTOFF, ...(cutoff.exact && { at: sql`MAX(excluded.at, ${clearedAt})` }) },
    });
}

export const readCutoff = (db: Database, subject: Subject) =>
  db.select().from(cutoffs).where(eq(cutoffs.subject, subject));

/** A cutoff as a database has it. */
export type CutoffRow = typeof cutoffs.$inferSelect;
