/**
 * Who tries passwords too often has to wait. Every try is counted before the password is looked at, in one statement,
 * so that fifty tries at once are fifty tries.
 */
import { eq, lt, sql } from 'drizzle-orm';
import { LONGEST_WAIT, MINUTE } from '../protocol/lifetimes.ts';
import type { Settings } from '../protocol/settings.ts';
import { type Moment, recordEvent } from './audit.ts';
import { countIfChanged } from './daily-counts.ts';
import type { Databases } from './database.ts';
import { signInFailures } from './schema/index.ts';

/**
 * Who tries: an account, a browser that signed in to it before, or a network; who guesses the codes of devices; who
 * lets mail be sent, and to whom; who is told of what they did.
 */
export type ThrottleKey =
  | `account:${string}`
  | `device:${string}`
  | `address:${string}`
  | `mail-to:${string}`
  | `mail-from:${string}`
  | `notice-to:${string}`
  | `code-of:${string}`
  | `code-from:${string}`;

export type TryLimits = { key: ThrottleKey; failures: number };

/** The keys that one try counts against, each with the failures it may have before somebody waits. */
export function tryLimits(settings: Settings, who: ThrottleKey, address: string): TryLimits[] {
  return [
    { key: who, failures: settings.sign_in_account_failures },
    { key: `address:${address}`, failures: settings.sign_in_address_failures },
  ];
}

/**
 * Counts a try against every key. The wait doubles with each failure beyond the limit: 2, 4, 8 … seconds.
 * @returns until when the caller must wait, in milliseconds, or undefined where the try may go on.
 */
export async function countTry(
  databases: Databases,
  limits: TryLimits[],
  now: number,
  settings: Settings,
): Promise<number | undefined> {
  const db = databases.global;
  const window = settings.sign_in_window_minutes * MINUTE;
  const statements = limits.map(({ key, failures }) => countStatement(db, key, failures, now, window));
  const [first, ...rest] = statements;
  if (!first) return undefined;
  const results = await db.batch([first, ...rest]);
  // A key that was blocked moved nothing and answers with no row: ask until when.
  const blocked = limits.filter((_, index) => results[index]?.length === 0);
  if (blocked.length === 0) return undefined;
  const waits = await Promise.all(
    blocked.map(({ key }) =>
      db.select({ until: signInFailures.blockedUntil }).from(signInFailures).where(eq(signInFailures.key, key)),
    ),
  );
  await giveBack(
    databases,
    limits.filter((limit) => !blocked.includes(limit)),
  );
  return Math.max(now + 1000, ...waits.flat().map((row) => row.until));
}

function countStatement(db: Databases['global'], key: ThrottleKey, limit: number, now: number, window: number) {
  const begun = sql`CASE WHEN window_started_at <= ${now - window} THEN ${now} ELSE window_started_at END`;
  const failures = sql`CASE WHEN window_started_at <= ${now - window} THEN 1 ELSE failures + 1 END`;
  // 2 ** (failures - limit + 1) seconds, by shifting; 2 ** 10 s is beyond the longest wait already.
  const wait = sql`MIN(${LONGEST_WAIT}, 1000 * (1 << MIN(10, (${failures}) - ${limit} + 1)))`;
  const blocked = (count: number) => (count >= limit ? now + 2000 : 0);
  return db
    .insert(signInFailures)
    .values({ key, failures: 1, windowStartedAt: now, blockedUntil: blocked(1) })
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
}

/** A right password: the account or browser begins anew, and the address gets its try back. */
export async function forgiveTry(databases: Databases, who: ThrottleKey, address: ThrottleKey): Promise<void> {
  await Promise.all([
    databases.global.delete(signInFailures).where(eq(signInFailures.key, who)),
    giveBack(databases, [{ key: address, failures: 0 }]),
  ]);
}

async function giveBack(databases: Databases, limits: TryLimits[]): Promise<void> {
  for (const { key } of limits) {
    await databases.global
      .update(signInFailures)
      .set({ failures: sql`MAX(0, failures - 1)`, blockedUntil: 0 })
      .where(eq(signInFailures.key, key));
  }
}

/** @param subject the account, where there is one: what was typed may be a password, and is not kept. */
export async function recordFailedSignIn(databases: Databases, moment: Moment, subject: string): Promise<void> {
  const db = databases.global;
  await db.batch([
    recordEvent(db, moment, { type: 'sign-in.failed', subject, actor: 'unknown' }),
    countIfChanged(db, moment.now, 'sign-ins.failed'),
  ]);
}

export function sweepFailures(db: Databases['global'], before: number, most: number) {
  const over = db
    .select({ key: signInFailures.key })
    .from(signInFailures)
    .where(lt(signInFailures.windowStartedAt, before))
    .limit(most);
  return db.delete(signInFailures).where(sql`${signInFailures.key} IN ${over}`);
}
