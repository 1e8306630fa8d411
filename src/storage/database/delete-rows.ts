/** Deleting a bounded number of rows in one statement. */
import { type SQL, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Database } from './database.ts';

/**
 * Deletes at most `most` rows where the condition holds. The inner statement reads an index of the condition alone, which
 * ends in the rowid.
 */
export function deleteRows(db: Database, table: SQLiteTable, condition: SQL | undefined, most: number) {
  return db.delete(table).where(sql`rowid IN (SELECT rowid FROM ${table} WHERE ${condition} LIMIT ${most})`);
}
