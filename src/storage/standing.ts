/** Whether what an administrator lists still holds: by its own row, and by the cutoffs that it may stand behind. */
import { gte, sql } from 'drizzle-orm';
import { DAY, HOUR } from '../protocol/lifetimes.ts';
import { OFFLINE_ACCESS } from '../protocol/scope.ts';
import type { Settings } from '../protocol/settings.ts';
import { type Subject, subjectsOf } from './cutoffs.ts';
import type { Databases } from './database.ts';
import { cutoffs, type grants, type sessions } from './schema/index.ts';

/** Why something is over: somebody ended it; its time was up; nobody used it for too long; a right was taken away. */
export type End = 'ended' | 'expired' | 'unused' | 'cut off';

type Judged = { id: string; bornAt: number; subjects: Subject[]; own: End | undefined };

/** Which of these grants are over, and why. One that waits for its person to sign in again is not. */
export function grantEnds(
  databases: Databases,
  rows: readonly (typeof grants.$inferSelect)[],
  now: number,
  settings: Settings,
): Promise<Map<string, End>> {
  return judge(
    databases,
    rows.map((grant) => ({
      id: grant.id,
      bornAt: grant.bornAt,
      // The end of its session ends no consent.
      subjects: subjectsOf({ ...grant, scopes: [OFFLINE_ACCESS] }),
      own: ownEnd(grant.revokedAt, grant.expiresAt, grant.rotatedAt + settings.refresh_idle_days * DAY, now),
    })),
  );
}

/** Which of these sessions are over, and why. */
export function sessionEnds(
  databases: Databases,
  rows: readonly (typeof sessions.$inferSelect)[],
  now: number,
  settings: Settings,
): Promise<Map<string, End>> {
  return judge(
    databases,
    rows.map((session) => ({
      id: session.id,
      bornAt: session.authTime,
      subjects: [`person:${session.personId}`, `session:${session.id}`],
      own: ownEnd(session.endedAt, session.expiresAt, session.lastSeenAt + settings.session_idle_hours * HOUR, now),
    })),
  );
}

function ownEnd(endedAt: number | null, expiresAt: number, unusedAt: number, now: number): End | undefined {
  if (endedAt !== null) return 'ended';
  if (expiresAt <= now) return 'expired';
  return unusedAt <= now ? 'unused' : undefined;
}

async function judge(databases: Databases, rows: readonly Judged[]): Promise<Map<string, End>> {
  const cut = await cutoffsOf(
    databases,
    rows.filter(({ own }) => own === undefined),
  );
  const ends = rows.map(({ id, bornAt, subjects, own }) => {
    const isCut = subjects.some((subject) => (cut.get(subject) ?? -1) >= bornAt);
    return [id, own ?? (isCut ? 'cut off' : undefined)] as const;
  });
  return new Map(ends.filter((end): end is [string, End] => end[1] !== undefined));
}

/** Cutoffs are few beside what they cut off: more than these, and it is cheaper to ask for each subject. */
const MOST_AT_ONCE = 100;

/** The cutoffs that these could stand behind: `DB` has them all. */
async function cutoffsOf(databases: Databases, rows: readonly Judged[]): Promise<Map<string, number>> {
  if (rows.length === 0) return new Map();
  const select = databases.global.select({ subject: cutoffs.subject, at: cutoffs.at }).from(cutoffs);
  const oldest = Math.min(...rows.map(({ bornAt }) => bornAt));
  const since = await select.where(gte(cutoffs.at, oldest)).limit(MOST_AT_ONCE);
  if (since.length < MOST_AT_ONCE) return new Map(since.map(({ subject, at }) => [subject, at]));
  const subjects = JSON.stringify([...new Set(rows.flatMap((row) => row.subjects))]);
  const named = await databases.global
    .select({ subject: cutoffs.subject, at: cutoffs.at })
    .from(cutoffs)
    .where(sql`${cutoffs.subject} IN (SELECT value FROM json_each(${subjects}))`);
  return new Map(named.map(({ subject, at }) => [subject, at]));
}
