/**
 * Throttling of failed sign-ins. Each attempt is counted before the password is verified, in one statement, so that
 * fifty concurrent attempts count as fifty.
 */
import { and, eq, lt, not, sql } from 'drizzle-orm';
import { MAX_THROTTLE_DELAY, MINUTE } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import type { Database, Databases } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { signInFailures } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import type { AttemptLimit } from './attempt-limits.ts';

/**
 * Counts an attempt against every key. The delay doubles with each failure beyond the limit: 2, 4, 8 … seconds.
 * @returns the time until which the client must wait, in milliseconds; undefined where the attempt may proceed.
 */
export async function countAttempt(
  databases: Databases,
  limits: AttemptLimit[],
  now: number,
  settings: Settings,
): Promise<number | undefined> {
  const db = databases.global;
  const usual = settings.sign_in_window_minutes * MINUTE;
  const statements = limits.map(({ key, failures: limit, window = usual }) =>
    countStatement(db, { key, limit, now, endedBefore: now - window, blockedUntil: limit <= 1 ? now + 2000 : 0 }),
  );
  const [first, ...rest] = statements;
  if (!first) return undefined;
  const results = await db.batch([first, ...rest]);
  // A blocked key is not updated and returns no row: its end is read.
  const blocked = limits.filter((_, index) => results[index]?.length === 0);
  if (blocked.length === 0) return undefined;
  return Math.max(now + 1000, ...(await refuseAttempt(db, limits, blocked)));
}

/** Refunds the attempt to the keys that are not blocked. @returns the times until which the others are. */
async function refuseAttempt(db: Database, limits: AttemptLimit[], blocked: AttemptLimit[]): Promise<number[]> {
  const [first, ...rest] = limits.map((limit) =>
    blocked.includes(limit) ? blockedUntil(db, { key: limit.key }) : refundFailure(db, { key: limit.key }),
  );
  const results = first ? await db.batch([first, ...rest]) : [];
  return results.flatMap((rows) => (Array.isArray(rows) ? rows.map(({ until }) => until) : []));
}

type Attempt = {
  key: string;
  limit: number;
  now: number;
  /** A window that began then, or before, has ended. */
  endedBefore: number;
  /** The end of the delay after the first failure. */
  blockedUntil: number;
};

const countStatement = compiledStatement<Attempt>()((db, { key, limit, now, endedBefore, blockedUntil }) => {
  const begun = sql`CASE WHEN window_started_at <= ${endedBefore} THEN ${now} ELSE window_started_at END`;
  const failures = sql`CASE WHEN window_started_at <= ${endedBefore} THEN 1 ELSE failures + 1 END`;
  // 2 ** (failures - limit + 1) seconds, by shifting; 2 ** 10 s exceeds the longest delay already.
  const wait = sql`MIN(${MAX_THROTTLE_DELAY}, 1000 * (1 << MIN(10, (${failures}) - ${limit} + 1)))`;
  return db
    .insert(signInFailures)
    .values({ key, failures: 1, windowStartedAt: now, blockedUntil })
    .onConflictDoUpdate({
      target: signInFailures.key,
      set: {
        failures,
        windowStartedAt: begun,
        blockedUntil: sql`CASE WHEN (${failures}) >= ${limit} THEN ${now} + ${wait} ELSE 0 END`,
      },
      setWhere: sql`blocked_until <= ${now}`,
    })
    .returning({ failures: signInFailures.failures });
});

const blockedUntil = compiledStatement<{ key: string }>()((db, { key }) =>
  db.select({ until: signInFailures.blockedUntil }).from(signInFailures).where(eq(signInFailures.key, key)),
);

const forgetFailures = compiledStatement<{ key: string }>()((db, { key }) =>
  db.delete(signInFailures).where(eq(signInFailures.key, key)),
);

const refundFailure = compiledStatement<{ key: string }>()((db, { key }) =>
  db
    .update(signInFailures)
    .set({ failures: sql`MAX(0, failures - 1)`, blockedUntil: 0 })
    .where(eq(signInFailures.key, key)),
);

/**
 * Resets the first key, an account or a browser, after a correct password or code, and refunds the attempt to the
 * others. A key without an attempt gets no refund: correct attempts must not pay for wrong ones.
 */
export async function resetAttempts({ global: db }: Databases, [own, ...others]: AttemptLimit[]): Promise<void> {
  if (own)
    await db.batch([forgetFailures(db, { key: own.key }), ...others.map(({ key }) => refundFailure(db, { key }))]);
}

/** @param subject the account, where there is one. The typed name is not stored: it may be a password. */
export async function recordFailedSignIn(databases: Databases, moment: RequestClock, subject: string): Promise<void> {
  await recordEvent(databases.global, moment, { type: 'sign-in.failed', subject, actor: 'unknown' });
}

/** True for a key of the second factor, which is counted for longer. */
const isOfFactor = sql`${signInFailures.key} GLOB 'factor-*'`;

/** Deletes the counts of everything but the second factor: anybody can cause them, so none is kept for longer than needed. */
export function sweepFailures(db: Database, before: number, most: number) {
  return deleteRows(db, signInFailures, and(lt(signInFailures.windowStartedAt, before), not(isOfFactor)), most);
}

/** Deletes the counts of the second factor. */
export function sweepFactorFailures(db: Database, before: number, most: number) {
  return deleteRows(db, signInFailures, and(lt(signInFailures.windowStartedAt, before), isOfFactor), most);
}
