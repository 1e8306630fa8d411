/**
 * Daily counters of what the tables hold: the cron counts the rows that were added since its last run, so that no request
 * writes a counter. SQLite numbers rows in the order of their commits, and a number is counted once: each counter is exact.
 */
import { gt, sql } from 'drizzle-orm';
import type { Database, Databases } from '../database/database.ts';
import { auditEvents, countedRows, dailyCounts, tokens } from '../schema/index.ts';
import type { Counter } from './daily-counts.ts';

/** The counters of audit events, by their types. */
const EVENT_COUNTERS = {
  grant: 'grants',
  'sign-in': 'sign-ins',
  'sign-in.failed': 'sign-ins.failed',
} as const satisfies Record<string, Counter>;

const TABLES = { tokens, audit_events: auditEvents } as const;
type CountedTable = keyof typeof TABLES;

const rowid = sql`rowid`;
const position = (table: CountedTable) => sql`COALESCE((SELECT position FROM counted_rows WHERE name = ${table}), 0)`;
const lastRow = (table: CountedTable) => sql`(SELECT COALESCE(MAX(rowid), 0) FROM ${TABLES[table]})`;

/** Adds up the new rows of every database. One that does not answer is counted by a later run. */
export async function countNewRows(databases: Databases): Promise<void> {
  const shards = databases.shardNames.flatMap((name) => databases.shard(name) ?? []);
  await Promise.allSettled(shards.map(countRows));
}

/** One transaction: the rows up to the last one are counted, and none of them again. */
function countRows(db: Database) {
  const counter = sql`CASE type ${sql.join(
    Object.entries(EVENT_COUNTERS).map(([type, name]) => sql`WHEN ${type} THEN ${name}`),
    sql` `,
  )} END`;
  const tokenCounts = sql`SELECT date(issued_at / 1000, 'unixepoch'), 'tokens', COUNT(*) FROM tokens
    WHERE ${gt(rowid, position('tokens'))} GROUP BY 1`;
  const eventCounts = sql`SELECT date(at / 1000, 'unixepoch') AS day, ${counter} AS counter, COUNT(*) FROM audit_events
    WHERE ${gt(rowid, position('audit_events'))} AND ${counter} IS NOT NULL GROUP BY day, counter`;
  const add = (counts: typeof tokenCounts) =>
    db
      .insert(dailyCounts)
      .select(counts)
      .onConflictDoUpdate({
        target: [dailyCounts.day, dailyCounts.name],
        set: { count: sql`${dailyCounts.count} + excluded.count` },
      });
  const advance = (table: CountedTable) =>
    db
      .insert(countedRows)
      .select(sql`SELECT ${table}, ${lastRow(table)} WHERE true`)
      .onConflictDoUpdate({ target: countedRows.name, set: { position: sql`excluded.position` } });
  return db.batch([add(tokenCounts), add(eventCounts), advance('tokens'), advance('audit_events')]);
}

/**
 * A statement to follow a deletion in its batch: where the last rows were deleted, SQLite gives their numbers to the next
 * ones, which are to be counted.
 */
export function keepCounting(db: Database, table: CountedTable) {
  return db
    .update(countedRows)
    .set({ position: lastRow(table) })
    .where(sql`name = ${table} AND position > ${lastRow(table)}`);
}
