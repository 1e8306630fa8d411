/**
 * Sweeping idle grants: those that were not refreshed for the idle timeout, and can never be used again. No index has the
 * time of the last refresh, because every refresh would write it: grants are examined by their creation, a part in each
 * run, and all of them each day.
 */
import { and, gte, lt, sql } from 'drizzle-orm';
import { CRON_INTERVAL, DAY, GRANT_RETENTION } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { Database } from '../database/database.ts';
import type { SweepStep } from '../database/sweep-steps.ts';
import { grants } from '../schema/index.ts';

/** Age of the oldest grants, whatever the settings were when they were created. */
const MAX_GRANT_AGE = 366 * DAY + GRANT_RETENTION;

/** The part of a day's range that a run examines at least; twice the interval, so that a late run leaves no gap. */
const SHARE = (2 * CRON_INTERVAL) / DAY;

/** Statements of a run, however small the part is: a small table is examined whole in each run. */
const MIN_STATEMENTS = 10;

/** The range of creation times in order, beginning at another position in each run, and continued from its start. */
function rangesAt(now: number, before: number): [from: number, to: number][] {
  const oldest = now - MAX_GRANT_AGE;
  const start = Math.floor(oldest + (before - oldest) * ((now % DAY) / DAY));
  return [
    [start, before],
    [oldest, start],
  ];
}

/** A step that examines grants in the order of their creation. */
export function sweepIdleGrants(db: Database, now: number, settings: Settings): SweepStep {
  const before = now - settings.refresh_idle_days * DAY - GRANT_RETENTION;
  const ranges = rangesAt(now, before);
  const share = (before - (now - MAX_GRANT_AGE)) * SHARE;
  let [statements, examined] = [0, 0];
  return async (most) => {
    const [range] = ranges;
    if (!range) return { isDone: true, duration: 0 };
    const [from, to] = range;
    const { end, duration } = await deleteIdle(db, { from, to, before, most });
    statements += 1;
    examined += end - from;
    if (end < to) range[0] = end;
    else ranges.shift();
    return { isDone: ranges.length === 0 || (statements >= MIN_STATEMENTS && examined >= share), duration };
  };
}

/** @returns the creation time up to which grants were examined. */
async function deleteIdle(
  db: Database,
  { from, to, before, most }: { from: number; to: number; before: number; most: number },
) {
  const next = sql`(SELECT created_at FROM grants WHERE created_at >= ${from} AND created_at < ${to}
    ORDER BY created_at LIMIT 1 OFFSET ${most})`;
  const end = sql<number>`COALESCE(MAX(${next}, ${from + 1}), ${to})`;
  const [[reached], { meta }] = await db.batch([
    db.select({ end }).from(sql`(SELECT 1)`),
    db.delete(grants).where(and(gte(grants.createdAt, from), sql`created_at < ${end}`, lt(grants.rotatedAt, before))),
  ]);
  return { end: reached?.end ?? to, duration: meta.duration };
}
