/**
 * Daily counters: one row for a name and a day in each database. Most are added up by the cron from what the tables hold
 * (row-counts.ts); the overview adds up counters, and never counts the rows themselves.
 */
import { gte, lt, sql } from 'drizzle-orm';
import { DAY, SECOND } from '../../protocol/lifetimes.ts';
import type { OAuthErrorCode } from '../../protocol/oauth-error.ts';
import { acrossShards } from '../database/across-shards.ts';
import type { Database, Databases } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import type { ClientLocation } from '../database/shard-names.ts';
import { dailyCounts } from '../schema/index.ts';

/** Names of counters. Failures are counted by error code. */
export type Counter =
  | 'grants'
  | 'tokens'
  | 'sign-ins'
  | 'sign-ins.failed'
  | 'connections.failed'
  | `failed.${OAuthErrorCode}`;

/** The UTC day, such as `2026-11-25`. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/**
 * A statement to follow the counted one: it counts only if that changed a row, so that a batch that is sent twice
 * counts once.
 */
export function countIfChanged(db: Database, now: number, name: Counter) {
  return add(db, dayOf(now), name, 1, previousChangedRow);
}

function add(db: Database, day: string, name: string, count: number, condition = sql`true`) {
  return db
    .insert(dailyCounts)
    .select(sql`SELECT ${day}, ${name}, ${count} WHERE ${condition}`)
    .onConflictDoUpdate({
      target: [dailyCounts.day, dailyCounts.name],
      set: { count: sql`${dailyCounts.count} + excluded.count` },
    });
}

/** Interval of an isolate's writes of failures, which unauthenticated clients can cause in any number. */
const WRITE_INTERVAL = 10 * SECOND;

/** Errors of correct clients, and of addresses that anyone may type. */
const NOT_COUNTED: readonly OAuthErrorCode[] = [
  'authorization_pending',
  'slow_down',
  'use_dpop_nonce',
  'login_required',
  'not_found',
  'method_not_allowed',
];

const failures = { unwritten: new Map<string, number>(), writtenAt: 0 };

/**
 * Counts an error response. Counts are kept in memory for up to ten seconds, and written behind a later response; those
 * that an isolate has not written when it ends are lost.
 */
export async function countFailure(
  databases: Databases,
  place: ClientLocation,
  code: string,
  now: number,
): Promise<void> {
  if (NOT_COUNTED.some((one) => one === code)) return;
  const { unwritten } = failures;
  const key = `${dayOf(now)} failed.${code}`;
  unwritten.set(key, (unwritten.get(key) ?? 0) + 1);
  const db = databases.shard(databases.nearestShard(place));
  // A clock that was set back must not stop it.
  if (!db || Math.abs(now - failures.writtenAt) < WRITE_INTERVAL) return;
  failures.writtenAt = now;
  failures.unwritten = new Map();
  const [first, ...rest] = [...unwritten].map(([text, count]) => {
    const [day = '', name = ''] = text.split(' ');
    return add(db, day, name, count);
  });
  if (first) await db.batch([first, ...rest]);
}

export type DailyCount = { day: string; name: string; count: number };

/** The counters since that day, added up over all shards. */
export async function listDailyCounts(databases: Databases, since: number) {
  const { rows, unreachable } = await acrossShards(databases, (db) =>
    db
      .select()
      .from(dailyCounts)
      .where(gte(dailyCounts.day, dayOf(since))),
  );
  const sums = new Map<string, DailyCount>();
  for (const { day, name, count } of rows) {
    const key = `${day} ${name}`;
    sums.set(key, { day, name, count: (sums.get(key)?.count ?? 0) + count });
  }
  return { counts: [...sums.values()], unreachable };
}

/** A year and a month. */
const RETENTION = 400 * DAY;

export function sweepDailyCounts(db: Database, now: number, most: number) {
  return deleteRows(db, dailyCounts, lt(dailyCounts.day, dayOf(now - RETENTION)), most);
}
