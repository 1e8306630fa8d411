/** Sessions: created by a sign-in, and marked as used. */
import { and, eq, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import {
  formatSessionCookie,
  newSessionId,
  newSessionSecret,
  parseSessionCookie,
  type Shard,
  type UserId,
} from '../../protocol/credentials.ts';
import { DAY, LAST_SEEN_INTERVAL, LOCATION_SKEW } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import type { Subject } from '../grants/cutoff-subjects.ts';
import { authorizedAtOf, notCutOff } from '../grants/cutoffs.ts';
import { sessions } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { isActiveSessionOfCookie } from './active-sessions.ts';
import { passwordIsCurrent } from './passwords.ts';

export type Session = typeof sessions.$inferSelect & { shard: Shard };

/** Methods and time of an authentication. */
export type Authentication = {
  /** Authentication method references (RFC 8176). */
  amr: string[];
  /** Milliseconds; null where an identity provider did not name it. */
  authTime: number | null;
  /** Time at which the password used was set. */
  passwordSetAt: number | null;
  /** SHA-256 of the `state` of the sign-in at an identity provider. */
  upstreamStateHash: string | null;
  /** The social login of the sign-in; null for others. */
  loginId: string | null;
};

export type NewSession = {
  userId: UserId;
  shard: Shard;
  userAgent: string | null;
  /** A cutoff of this very request, which does not end the session. */
  afterCutoff?: number | undefined;
} & Authentication;

/**
 * Creates a session and records the sign-in. A user who was signed in here and authenticates again continues the same
 * session under a new cookie: for applications it is the same sign-in.
 * @param previousCookie the session cookie of the request.
 * @returns the cookie, or undefined where the user was disabled, or their password changed, meanwhile.
 */
export async function createSession(
  databases: Databases,
  moment: RequestClock,
  settings: Settings,
  { userId, userAgent, afterCutoff, amr, authTime, passwordSetAt, upstreamStateHash, loginId, ...begun }: NewSession,
  previousCookie?: string,
): Promise<string | undefined> {
  const before = previousCookie === undefined ? undefined : parseSessionCookie(previousCookie);
  // A draining shard gets no new session, and none is extended.
  const isDraining = (await databases.knownShards('near')).get(before?.shard ?? '')?.drainingSince;
  const isThere = before?.user === userId && databases.shard(before.shard) !== undefined;
  const continues = isThere && typeof isDraining !== 'number';
  const shard = continues ? before.shard : begun.shard;
  const db = databases.shard(shard);
  if (!db) return undefined;
  const cookie = formatSessionCookie(userId, shard, newSessionSecret());
  const cookieHash = sha256(cookie);
  const { now } = moment;
  const subjects: Subject[] = [`user:${userId}`];
  const signedInAt = authorizedAtOf(
    subjects,
    afterCutoff === undefined ? now : Math.max(now, afterCutoff + LOCATION_SKEW + 1),
  );
  const proof = { cookieHash, signedInAt, authTime, passwordSetAt, amr, upstreamStateHash, userAgent, lastSeenAt: now };
  const id = newSessionId(shard);
  const row = { ...proof, loginId, id, userId, expiresAt: moment.now + settings.session_days * DAY, endedAt: null };
  const exists = sql`EXISTS (SELECT 1 FROM sessions WHERE cookie_hash = ${cookieHash})`;
  // The password may have changed since it was verified, and the user may be cut off.
  const isOn = sql`${notCutOff(subjects, signedInAt)} AND ${passwordIsCurrent(userId, passwordSetAt)}`;
  const mayBegin = sql`${isOn} AND NOT ${exists}`;
  const event = { type: 'sign-in', subject: userId, actor: `user:${userId}` } as const;
  const [, , , made] = await runBatch(() =>
    db.batch([
      db
        .update(sessions)
        .set({ ...proof, expiresAt: row.expiresAt, ...(loginId !== null && { loginId }) })
        .where(
          continues && previousCookie
            ? and(isActiveSessionOfCookie(previousCookie, userId, now, settings), isOn)
            : sql`false`,
        ),
      db
        .insert(sessions)
        .select(insertWhere(sessions, row, mayBegin))
        .onConflictDoNothing(),
      recordEvent(db, moment, event, exists),
      db.select({ id: sessions.id }).from(sessions).where(eq(sessions.cookieHash, cookieHash)),
    ]),
  );
  return made.length === 1 ? cookie : undefined;
}

/** Records that a session is in use, at most every five minutes. Runs behind the response. */
export async function touchSession(databases: Databases, session: Session, now: number): Promise<void> {
  if (now - session.lastSeenAt < LAST_SEEN_INTERVAL) return;
  await databases.shard(session.shard)?.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.id, session.id));
}
