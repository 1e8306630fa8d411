/**
 * How much happened on each day: a counter of a name is one row a day in each database, moved in the batch that decides
 * what it counts. The overview adds up rows of counters, never rows of what was counted.
 */
import { gte, lt, sql } from 'drizzle-orm';
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import type { OAuthErrorCode } from '../protocol/oauth-error.ts';
import { acrossShards, type Database, type Databases, type Place } from './database.ts';
import { dailyCounts } from './schema/index.ts';

/** What is counted. Failures are counted by what clients and people were told. */
export type Counter =
  | 'grants'
  | 'tokens'
  | 'sign-ins'
  | 'sign-ins.failed'
  | 'connections.failed'
  | `failed.${OAuthErrorCode}`;

/** Days are those of UTC. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/**
 * A statement for right behind the one that does what is counted: it counts only if that changed a row. So a batch that
 * is sent twice counts once.
 */
export function countIfChanged(db: Database, now: number, name: Counter) {
  return add(db, dayOf(now), name, 1, sql`changes() > 0`);
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

/** A stranger can fail as often as they like: an isolate writes its failures down at most this often. */
const FAILURES_STEP = 10 * SECOND;

/** What comes of a program that does everything right, or of anybody who types an address. */
const NO_FAILURE: readonly OAuthErrorCode[] = [
  ...(['authorization_pending', 'slow_down', 'use_dpop_nonce', 'login_required', 'not_found'] as const),
  ...(['method_not_allowed'] as const),
];

const failures = { waiting: new Map<string, number>(), writtenAt: 0 };

/**
 * Counts an answer that was an error. It is held for up to ten seconds, and written down, behind a response, with the
 * next that comes after; those that an isolate still holds when it ends are lost.
 */
export async function countFailure(databases: Databases, place: Place, code: string, now: number): Promise<void> {
  if ((NO_FAILURE as readonly string[]).includes(code)) return;
  const { waiting } = failures;
  const key = `${dayOf(now)} failed.${code}`;
  waiting.set(key, (waiting.get(key) ?? 0) + 1);
  const db = databases.shard(databases.nearest(place));
  // A clock that was set back must not silence it.
  if (!db || Math.abs(now - failures.writtenAt) < FAILURES_STEP) return;
  failures.writtenAt = now;
  failures.waiting = new Map();
  const [first, ...rest] = [...waiting].map(([text, count]) => {
    const [day = '', name = ''] = text.split(' ');
    return add(db, day, name, count);
  });
  if (first) await db.batch([first, ...rest]);
}

export type DailyCount = { day: string; name: string; count: number };

/** The counters of the days since then, added up over all shards. */
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

/** Nobody looks further back than a year and a month. */
const KEPT = 400 * DAY;

export function sweepDailyCounts(db: Database, now: number, most: number) {
  const old = db
    .select({ rowid: sql`rowid` })
    .from(dailyCounts)
    .where(lt(dailyCounts.day, dayOf(now - KEPT)))
    .limit(most);
  return db.delete(dailyCounts).where(sql`rowid IN ${old}`);
}
