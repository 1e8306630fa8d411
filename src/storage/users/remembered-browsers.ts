/**
 * Remembered browsers, in `DB`: after the second factor was shown in one, a secret of it stands for that factor for some
 * days. Each use is checked by one condition, so that whatever ends a remembered browser needs no row of it.
 */
import { and, desc, eq, gt, not, notInArray, or, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import { newRememberedBrowserId, type UserId } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { type Databases, runBatch } from '../database/database.ts';
import type { Subject } from '../grants/cutoff-subjects.ts';
import { authorizedAtOf } from '../grants/cutoffs.ts';
import { rememberedBrowsers as browsers } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';

/** Limit of remembered browsers of one user: the latest. */
const MAX_REMEMBERED_BROWSERS = 10;

export type RememberedBrowser = typeof browsers.$inferSelect;

const hashOf = (userId: UserId, secret: string): string => sha256(`${userId} ${secret}`);

/** The subjects whose cutoffs end the remembered browsers of a user. */
const subjectsOf = (id: UserId): Subject[] => [`user:${id}`, `password:${id}`];

/**
 * A condition: the browser is remembered. Its user has the second factor that was shown in it, is not disabled, and neither
 * set another password nor signed out everywhere since.
 * @param days the setting as it is now: a lower one ends what was remembered longer ago.
 */
const isRemembered = (now: number, days: number): SQL | undefined =>
  and(
    gt(browsers.expiresAt, now),
    gt(browsers.rememberedAt, now - days * DAY),
    sql`EXISTS (SELECT 1 FROM users WHERE users.id = ${browsers.userId} AND users.disabled_at IS NULL
      AND users.second_factor_at = ${browsers.factorAt} AND users.browsers_forgotten = ${browsers.forgotten})`,
    sql`NOT EXISTS (SELECT 1 FROM cutoffs WHERE at >= ${browsers.rememberedAt} AND subject IN (
      'user:' || ${browsers.userId}, 'password:' || ${browsers.userId}))`,
  );

type NewRememberedBrowser = {
  userId: UserId;
  /** The `second_factor_at` of the user, read before the code was verified. */
  factorAt: number;
  /** The `browsers_forgotten` of the user, read with it: who forgets every browser meanwhile forgets this one, too. */
  forgotten: number;
  secret: string;
  /** The secret that the browser had: what it stood for is replaced. */
  formerSecret: string | undefined;
  days: number;
  userAgent: string | null;
};

/** Remembers a browser in which the second factor was shown. The oldest ones beyond the limit are forgotten. */
export async function rememberBrowser(
  { global: db }: Databases,
  moment: RequestClock,
  { userId, factorAt, forgotten, secret, formerSecret, days, userAgent }: NewRememberedBrowser,
): Promise<void> {
  const { now } = moment;
  const isOwn = eq(browsers.userId, userId);
  const isReplaced = eq(browsers.hash, hashOf(userId, formerSecret ?? ''));
  const latest = db
    .select({ hash: browsers.hash })
    .from(browsers)
    .where(isOwn)
    .orderBy(desc(browsers.rememberedAt), desc(browsers.hash))
    .limit(MAX_REMEMBERED_BROWSERS);
  const row = {
    hash: hashOf(userId, secret),
    id: newRememberedBrowserId(),
    userId,
    factorAt,
    forgotten,
    rememberedAt: authorizedAtOf(subjectsOf(userId), now),
    expiresAt: now + days * DAY,
    lastUsedAt: null,
    userAgent,
  };
  await runBatch(() =>
    db.batch([
      db.delete(browsers).where(and(isOwn, or(isReplaced, not(isRemembered(now, days) as SQL)))),
      db.insert(browsers).values(row).onConflictDoNothing(),
      recordEvent(db, moment, { type: 'browser.remembered', subject: userId, actor: `user:${userId}` }),
      db.delete(browsers).where(and(isOwn, notInArray(browsers.hash, latest))),
    ]),
  );
}

/** Uses the secret of a browser in place of the second factor of its user. @returns false where it is not remembered. */
export async function useRememberedBrowser(
  { global: db }: Databases,
  { now }: RequestClock,
  { userId, secret, days }: { userId: UserId; secret: string; days: number },
): Promise<boolean> {
  const isThis = and(eq(browsers.hash, hashOf(userId, secret)), eq(browsers.userId, userId));
  const used = await runBatch(async () =>
    db
      .update(browsers)
      .set({ lastUsedAt: now })
      .where(and(isThis, isRemembered(now, days)))
      .returning({ id: browsers.id }),
  );
  return used.length === 1;
}

/**
 * The remembered browsers of a user, latest first.
 * @param secret of the browser that asks: the one of it has `isThis`.
 */
export async function listRememberedBrowsers(
  { global: db }: Databases,
  userId: UserId,
  { now, days, secret }: { now: number; days: number; secret: string | undefined },
): Promise<(RememberedBrowser & { isThis: boolean })[]> {
  const rows = await db
    .select()
    .from(browsers)
    .where(and(eq(browsers.userId, userId), isRemembered(now, days)))
    .orderBy(desc(browsers.rememberedAt));
  const own = secret === undefined ? undefined : hashOf(userId, secret);
  return rows.map((row) => ({ ...row, isThis: row.hash === own }));
}
