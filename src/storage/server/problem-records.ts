/** The rows of recent problems, as administrators read them and the cron deletes them. */
import { desc, eq, lt, sql } from 'drizzle-orm';
import type { Database, Databases } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { recentProblems } from '../schema/index.ts';
import { MAX_PROBLEMS, writeProblems } from './recent-problems.ts';

export type RecentProblem = typeof recentProblems.$inferSelect;

/** Limit of rows of all subjects after a sweep. */
const MAX_PROBLEMS_IN_ALL = 10_000;

/** The latest first, including those that this isolate has not written yet. */
export async function listProblems(databases: Databases, subject: string, now: number): Promise<RecentProblem[]> {
  await writeProblems(databases, now, subject);
  return databases.global
    .select()
    .from(recentProblems)
    .where(eq(recentProblems.subject, subject))
    .orderBy(desc(recentProblems.lastSeenAt))
    .limit(MAX_PROBLEMS);
}

export function sweepProblems(db: Database, before: number, most: number) {
  return deleteRows(db, recentProblems, lt(recentProblems.lastSeenAt, before), most);
}

/** Deletes the oldest rows beyond the limit of all subjects. */
export function sweepProblemsBeyond(db: Database, _before: number, most: number) {
  const beyond = sql`SELECT rowid FROM recent_problems ORDER BY last_seen_at DESC LIMIT ${most} OFFSET ${MAX_PROBLEMS_IN_ALL}`;
  return db.delete(recentProblems).where(sql`rowid IN (${beyond})`);
}
