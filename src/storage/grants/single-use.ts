/** Single-use values. The insert is the use: in a batch, its failure undoes the other statements. */
import { eq, getTableName, lt, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { sha256 } from '../../crypto/digest.ts';
import type { Shard } from '../../protocol/credentials.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { singleUses } from '../schema/index.ts';
import type { RequestClock } from '../server/audit.ts';

/** A value that may be used once, and the time until which its use is remembered. Stored as a hash. */
export type SingleUse = { text: string; expiresAt: number; kind?: 'proof' };

/**
 * A statement of the batch that it protects: the batch is one transaction, and fails where another request used the
 * value before. A repeated request recognises its own use.
 */
export function useOnceStatement(db: Database, { requestId }: RequestClock, singleUse: SingleUse) {
  return insertUse(db, requestId, singleUse);
}

function insertUse(db: Database, by: string, { text, expiresAt, kind }: SingleUse) {
  // NULL for another request: a NOT NULL constraint fails, and its column tells a proof of possession from other
  // values.
  const own = (column: SQLiteColumn) => sql`CASE WHEN used_by = ${by} THEN ${sql.identifier(column.name)} END`;
  return db
    .insert(singleUses)
    .values({ hash: sha256(text), expiresAt, usedBy: by })
    .onConflictDoUpdate({
      target: singleUses.hash,
      set: kind === 'proof' ? { expiresAt: own(singleUses.expiresAt) } : { usedBy: own(singleUses.usedBy) },
    });
}

/**
 * Decides in the database of a credential, by a batch that uses the single-use values of the request. Where that is not
 * `DB`, `DB` records in the same round that the values belong to that database: in any other they count as used.
 * @param decide runs the batch.
 * @param undo reverts the decision where `DB` does not record the values: then the request is not answered.
 * @returns undefined for a shard that never existed: the credential is invalid.
 */
export async function decideInShard<T>(
  databases: Databases,
  shard: Shard,
  singleUses: SingleUse[],
  decide: (db: Database) => Promise<T>,
  undo: (db: Database) => Promise<void> = async () => undefined,
): Promise<T | undefined> {
  const db = await databases.resolveShard(shard);
  if (!db) return undefined;
  const { global } = databases;
  const [first, ...rest] = db === global ? [] : singleUses.map((spend) => insertUse(global, shard, spend));
  if (!first) return decide(db);
  const [decided, noted] = await Promise.allSettled([decide(db), runBatch(() => global.batch([first, ...rest]))]);
  if (decided.status === 'rejected') throw decided.reason;
  if (noted.status === 'fulfilled') return decided.value;
  await undo(db);
  throw noted.reason;
}

export async function isUsed(db: Database, { text }: SingleUse): Promise<boolean> {
  const rows = await db
    .select()
    .from(singleUses)
    .where(eq(singleUses.hash, sha256(text)));
  return rows.length > 0;
}

/** Uses values that are part of no other batch. */
export async function useAllOnce(db: Database, moment: RequestClock, singleUses: SingleUse[]): Promise<void> {
  const [first, ...rest] = singleUses.map((spend) => useOnceStatement(db, moment, spend));
  if (first) await runBatch(() => db.batch([first, ...rest]));
}

/** True for the error of a used value that is no proof of possession. */
export const wasUsed = (error: unknown): boolean => failedOn(error, singleUses.usedBy);

/** True for the error of a used proof of possession. */
export const proofWasUsed = (error: unknown): boolean => failedOn(error, singleUses.expiresAt);

function failedOn(error: unknown, { name }: SQLiteColumn): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.message.includes(`NOT NULL constraint failed: ${getTableName(singleUses)}.${name}:`)) return true;
  }
  return false;
}

/** Uses the value, or reads its first use: both return the expiry of the first use. */
export function useOnceOrReadFirst(db: Database, { requestId }: RequestClock, text: string, expiresAt: number) {
  return db
    .insert(singleUses)
    .values({ hash: sha256(text), expiresAt, usedBy: requestId })
    .onConflictDoUpdate({ target: singleUses.hash, set: { expiresAt: sql`${singleUses}.expires_at` } })
    .returning({ expiresAt: singleUses.expiresAt });
}

/** A condition for the same batch: this request used the value. */
export const isUsedBy = ({ requestId }: RequestClock, text: string): SQL =>
  sql`EXISTS (SELECT 1 FROM ${singleUses} WHERE hash = ${sha256(text)} AND used_by = ${requestId})`;

export function sweepSingleUses(db: Database, now: number, most: number) {
  return deleteRows(db, singleUses, lt(singleUses.expiresAt, now), most);
}
