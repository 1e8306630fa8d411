/** What may be used once. The insert is the use: put first in a batch, its unique error stops the rest. */
import { lt, sql } from 'drizzle-orm';
import { sha256 } from '../crypto/digest.ts';
import type { Database } from './database.ts';
import { spent } from './schema.ts';

/** The first statement of the batch it protects. `text` is hashed here. */
export function spendStatement(db: Database, text: string, expiresAt: number) {
  return db.insert(spent).values({ hash: sha256(text), expiresAt });
}

/** Whether an error is that of a thing spent before. */
export function wasSpent(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (/UNIQUE constraint failed: spent\.hash/.test(at.message)) return true;
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
