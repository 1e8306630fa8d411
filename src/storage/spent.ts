/** What may be used once. The insert is the use: in a batch, its failure undoes the rest. */
import { eq, lt, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { sha256 } from '../crypto/digest.ts';
import type { Shard } from '../protocol/credentials.ts';
import type { Moment } from './audit.ts';
import { type Database, type Databases, decide } from './database.ts';
import { spent } from './schema/index.ts';

/** Something that may be used once, and until when that must be remembered. It is hashed here. */
export type Spend = { text: string; expiresAt: number; is?: 'proof' };

/**
 * A statement of the batch that it protects: the batch is one transaction, and where another request spent the text
 * before, this statement fails and takes the whole batch with it. The same request, sent again, recognises its own.
 */
export function spendStatement(db: Database, { requestId }: Moment, spend: Spend) {
  return spendAs(db, requestId, spend);
}

function spendAs(db: Database, by: string, { text, expiresAt, is }: Spend) {
  // NULL where it was somebody else: the column forbids it, and the failure tells which of the two it was.
  const own = (column: SQLiteColumn) => sql`CASE WHEN spent_by = ${by} THEN ${sql.identifier(column.name)} END`;
  return db
    .insert(spent)
    .values({ hash: sha256(text), expiresAt, spentBy: by })
    .onConflictDoUpdate({
      target: spent.hash,
      set: is === 'proof' ? { expiresAt: own(spent.expiresAt) } : { spentBy: own(spent.spentBy) },
    });
}

/**
 * What a proof protects is decided, and the proof spent, by one batch in the database of the credential. Where that is
 * not `DB`, `DB` notes in the same round that the proof belongs to that database: in any other it is spent.
 */
export async function spendIn<T>(
  databases: Databases,
  shard: Shard,
  spends: Spend[],
  decision: Promise<T>,
): Promise<T> {
  const db = databases.global;
  const [first, ...rest] = databases.shard(shard) === db ? [] : spends.map((spend) => spendAs(db, shard, spend));
  if (!first) return decision;
  const [decided, noted] = await Promise.allSettled([decision, decide(() => db.batch([first, ...rest]))]);
  for (const outcome of [decided, noted]) if (outcome.status === 'rejected') throw outcome.reason;
  return (decided as PromiseFulfilledResult<T>).value;
}

export async function isSpent(db: Database, { text }: Spend): Promise<boolean> {
  const rows = await db
    .select()
    .from(spent)
    .where(eq(spent.hash, sha256(text)));
  return rows.length > 0;
}

/** Spends what nothing else is decided with. */
export async function spendAll(db: Database, moment: Moment, spends: Spend[]): Promise<void> {
  const [first, ...rest] = spends.map((spend) => spendStatement(db, moment, spend));
  if (first) await decide(() => db.batch([first, ...rest]));
}

/** Whether an error is that of a thing spent before, which was no proof of possession. */
export const wasSpent = (error: unknown): boolean => failedOn(error, spent.spentBy);

/** Whether an error is that of a proof of possession that was used before. */
export const proofWasSpent = (error: unknown): boolean => failedOn(error, spent.expiresAt);

function failedOn(error: unknown, { name }: SQLiteColumn): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.message.includes(`NOT NULL constraint failed: spent.${name}:`)) return true;
  }
  return false;
}

/**
 * Spends the text, or tells when it was spent before: both answer with the expiry of the first use.
 */
export function spendOrRecall(db: Database, text: string, expiresAt: number) {
  return db
    .insert(spent)
    .values({ hash: sha256(text), expiresAt })
    .onConflictDoUpdate({ target: spent.hash, set: { expiresAt: sql`spent.expires_at` } })
    .returning({ expiresAt: spent.expiresAt });
}

export function sweepSpent(db: Database, now: number, most: number) {
  const expired = db.select({ hash: spent.hash }).from(spent).where(lt(spent.expiresAt, now)).limit(most);
  return db.delete(spent).where(sql`${spent.hash} IN ${expired}`);
}
