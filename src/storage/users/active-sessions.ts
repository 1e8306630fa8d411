/** The condition of an active session, and the lists of those that fulfil it. */
import { and, desc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import type { UserId } from '../../protocol/credentials.ts';
import type { Settings } from '../../protocol/settings.ts';
import { acrossShards } from '../database/across-shards.ts';
import type { Databases } from '../database/database.ts';
import { idleLimits } from '../grants/grants.ts';
import { sessions } from '../schema/index.ts';

/** A condition: the session of a cookie, while it is active. */
export function isActiveSessionOfCookie(
  cookie: string,
  userId: UserId,
  now: number,
  settings: Settings,
): SQL | undefined {
  const isThis = and(eq(sessions.cookieHash, sha256(cookie)), eq(sessions.userId, userId));
  return and(isThis, isActiveSession(now, idleLimits(now, settings).sessionIdleSince));
}

/** A condition: a session that is neither ended, expired, idle too long nor cut off. */
export function isActiveSession(now: number | SQL, idleSince: number | SQL): SQL | undefined {
  return and(
    isNull(sessions.endedAt),
    gt(sessions.expiresAt, now),
    gt(sessions.lastSeenAt, idleSince),
    sql`NOT EXISTS (SELECT 1 FROM cutoffs WHERE at >= ${sessions.signedInAt}
      AND subject IN ('user:' || ${sessions.userId}, 'session:' || ${sessions.id}))`,
    // NULL without a password: nothing is compared.
    sql`NOT EXISTS (SELECT 1 FROM cutoffs WHERE at >= ${sessions.passwordSetAt}
      AND subject = 'password:' || ${sessions.userId})`,
  );
}

export type SessionList = { sessions: (typeof sessions.$inferSelect)[]; unreachable: string[] };

/** The active sessions of a user, latest first, over all shards. */
export async function listSessionsOf(
  databases: Databases,
  userId: UserId,
  now: number,
  settings: Settings,
  most: number,
): Promise<SessionList> {
  const { rows, unreachable } = await acrossShards(databases, (db) =>
    db
      .select()
      .from(sessions)
      .where(and(eq(sessions.userId, userId), isActiveSession(now, idleLimits(now, settings).sessionIdleSince)))
      .orderBy(desc(sessions.lastSeenAt))
      .limit(most),
  );
  return { sessions: rows.sort((a, b) => b.lastSeenAt - a.lastSeenAt).slice(0, most), unreachable };
}
