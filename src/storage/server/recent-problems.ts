/**
 * Recent problems of clients, connected apps and social logins: refused requests of a client, or failures of a
 * provider. Anyone who knows an id can cause them: so they are few for each subject, short, counted rather than
 * repeated, and kept for days only.
 */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { SECOND } from '../../protocol/lifetimes.ts';
import type { Database, Databases } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { clients, connectedApps, recentProblems, socialLogins } from '../schema/index.ts';

/** Prefixes of the subjects of connected apps and social logins; the subject of a client is its id. */
export const PROBLEMS_OF = { connectedApp: 'connected-app:', socialLogin: 'social-login:' } as const;

/** One problem of a subject. */
export type Problem = {
  subject: string;
  error: string;
  reason: string;
  /** Without the values of its query; '' where the error concerns none. */
  redirectUri: string;
};

/** Limit of rows of one subject. */
export const MAX_PROBLEMS = 20;

/** Interval in which an isolate writes the same problem. */
const WRITE_INTERVAL = 10 * SECOND;

/** Limit of problems that an isolate counts. */
const MAX_COUNTED = 500;

/** Limit of problems in one write. */
const MAX_WRITTEN = 50;

/** A problem with its occurrences in this isolate since it was last written. */
type Counted = Problem & { count: number; firstSeenAt: number; lastSeenAt: number; writtenAt: number };

const counted = new Map<string, Counted>();

/** For tests in which isolates stay alive. */
export const clearCountedProblems = (): void => counted.clear();

/**
 * Counts a problem in this isolate.
 * @returns whether it is due to be written: a new one is due at once.
 */
export function countProblem(problem: Problem, now: number): boolean {
  const key = keyOf(problem);
  const known = counted.get(key);
  if (!known) {
    if (counted.size >= MAX_COUNTED) counted.delete(counted.keys().next().value ?? '');
    counted.set(key, { ...problem, count: 1, firstSeenAt: now, lastSeenAt: now, writtenAt: 0 });
    return true;
  }
  if (known.count === 0) known.firstSeenAt = now;
  known.count += 1;
  known.lastSeenAt = now;
  return isDue(known, now);
}

// A clock that was set back must not stop it.
const isDue = ({ count, writtenAt }: Counted, now: number) => count > 0 && Math.abs(now - writtenAt) >= WRITE_INTERVAL;

/** Removes a problem that may not be written. */
export function dropProblem(problem: Problem): void {
  counted.delete(keyOf(problem));
}

const keyOf = ({ subject, error, reason, redirectUri }: Problem) =>
  JSON.stringify([subject, error, reason, redirectUri]);

/** Writes counted problems: those due of all subjects, or all of one subject. */
export async function writeProblems(databases: Databases, now: number, subject?: string): Promise<void> {
  const isWanted = (one: Counted) =>
    subject === undefined ? isDue(one, now) : one.subject === subject && one.count > 0;
  const due = [...counted.values()].filter(isWanted).slice(0, MAX_WRITTEN);
  const db = databases.global;
  const [first, ...rest] = [
    ...due.map((one) => addProblem(db, one)),
    ...[...new Set(due.map((one) => one.subject))].map((id) => trimProblems(db, id)),
  ];
  for (const one of due) Object.assign(one, { count: 0, writtenAt: now });
  if (first) await db.batch([first, ...rest]);
}

/** Only for a subject that has a row: invented ids store nothing. */
function addProblem(db: Database, { writtenAt: _, ...row }: Counted) {
  const { subject, error, reason, redirectUri } = recentProblems;
  return db
    .insert(recentProblems)
    .select(insertWhere(recentProblems, row, exists(row.subject)))
    .onConflictDoUpdate({
      target: [subject, error, reason, redirectUri],
      set: {
        count: sql`${recentProblems.count} + excluded.count`,
        lastSeenAt: sql`max(${recentProblems.lastSeenAt}, excluded.last_seen_at)`,
      },
    });
}

function exists(subject: string) {
  const [table, prefix] = subject.startsWith(PROBLEMS_OF.connectedApp)
    ? [connectedApps, PROBLEMS_OF.connectedApp]
    : subject.startsWith(PROBLEMS_OF.socialLogin)
      ? [socialLogins, PROBLEMS_OF.socialLogin]
      : [clients, ''];
  return sql`EXISTS (SELECT 1 FROM ${table} WHERE id = ${subject.slice(prefix.length)})`;
}

function trimProblems(db: Database, subject: string) {
  return db.delete(recentProblems).where(
    sql`rowid IN (SELECT rowid FROM recent_problems WHERE subject = ${subject}
      ORDER BY last_seen_at DESC, rowid DESC LIMIT -1 OFFSET ${MAX_PROBLEMS})`,
  );
}

export function deleteProblemsOf(db: Database, subject: string, condition?: SQL) {
  return db.delete(recentProblems).where(and(eq(recentProblems.subject, subject), condition));
}
