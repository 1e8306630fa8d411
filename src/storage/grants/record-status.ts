/** Status of the records in administrators' lists: by their own rows and the cutoffs of their subjects. */
import { gte, sql } from 'drizzle-orm';
import { DAY, HOUR } from '../../protocol/lifetimes.ts';
import { OFFLINE_ACCESS } from '../../protocol/scope-names.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { Databases } from '../database/database.ts';
import { cutoffs, type grants, type sessions } from '../schema/index.ts';
import { type Subject, subjectsOfGrant } from './cutoff-subjects.ts';

/** The reason of an end: ended on request, expired, idle for too long, or cut off. */
export type EndReason = 'ended' | 'expired' | 'unused' | 'cut off';

type StatusSubject = { id: string; authorizedAt: number; subjects: Subject[]; ownReason: EndReason | undefined };

/** The grants that have ended, with the reason. One whose user must sign in again has not. */
export function readGrantEndReasons(
  databases: Databases,
  rows: readonly (typeof grants.$inferSelect)[],
  now: number,
  settings: Settings,
): Promise<Map<string, EndReason>> {
  return readEndReasons(
    databases,
    rows.map((grant) => ({
      id: grant.id,
      authorizedAt: grant.authorizedAt,
      // The end of its session does not end the consent.
      subjects: subjectsOfGrant({ ...grant, scopes: [OFFLINE_ACCESS] }),
      ownReason: ownEndReason(
        grant.revokedAt,
        grant.expiresAt,
        grant.rotatedAt + settings.refresh_idle_days * DAY,
        now,
      ),
    })),
  );
}

/** The sessions that have ended, with the reason. */
export function readSessionEndReasons(
  databases: Databases,
  rows: readonly (typeof sessions.$inferSelect)[],
  now: number,
  settings: Settings,
): Promise<Map<string, EndReason>> {
  return readEndReasons(
    databases,
    rows.map((session) => ({
      id: session.id,
      authorizedAt: session.signedInAt,
      subjects: [`user:${session.userId}`, `session:${session.id}`],
      ownReason: ownEndReason(
        session.endedAt,
        session.expiresAt,
        session.lastSeenAt + settings.session_idle_hours * HOUR,
        now,
      ),
    })),
  );
}

function ownEndReason(endedAt: number | null, expiresAt: number, unusedAt: number, now: number): EndReason | undefined {
  if (endedAt !== null) return 'ended';
  if (expiresAt <= now) return 'expired';
  return unusedAt <= now ? 'unused' : undefined;
}

export async function readEndReasons(
  databases: Databases,
  rows: readonly StatusSubject[],
): Promise<Map<string, EndReason>> {
  const cut = await readCutoffsOf(
    databases,
    rows.filter(({ ownReason }) => ownReason === undefined),
  );
  const ends = rows.map(({ id, authorizedAt, subjects, ownReason }) => {
    const isCut = subjects.some((subject) => (cut.get(subject) ?? -1) >= authorizedAt);
    return [id, ownReason ?? (isCut ? 'cut off' : undefined)] as const;
  });
  return new Map(ends.filter((end): end is [string, EndReason] => end[1] !== undefined));
}

/** Limit of cutoffs that are read by time: with more it is cheaper to read those of each subject. */
const MAX_CUTOFFS_READ = 100;

/** The cutoffs that may apply to these records: `DB` has all of them. */
async function readCutoffsOf(databases: Databases, rows: readonly StatusSubject[]): Promise<Map<string, number>> {
  if (rows.length === 0) return new Map();
  const select = databases.global.select({ subject: cutoffs.subject, at: cutoffs.at }).from(cutoffs);
  const oldest = Math.min(...rows.map(({ authorizedAt }) => authorizedAt));
  const since = await select.where(gte(cutoffs.at, oldest)).limit(MAX_CUTOFFS_READ);
  if (since.length < MAX_CUTOFFS_READ) return new Map(since.map(({ subject, at }) => [subject, at]));
  const subjects = JSON.stringify([...new Set(rows.flatMap((row) => row.subjects))]);
  const named = await databases.global
    .select({ subject: cutoffs.subject, at: cutoffs.at })
    .from(cutoffs)
    .where(sql`${cutoffs.subject} IN (SELECT value FROM json_each(${subjects}))`);
  return new Map(named.map(({ subject, at }) => [subject, at]));
}
