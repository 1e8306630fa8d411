/** Sessions, and the records beside them that an authorization request needs. */
import { and, desc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
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
import { compiledStatement } from '../database/compiled-statement.ts';
import { acrossShards, type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { selectActiveGrants } from '../grants/consents.ts';
import type { Subject } from '../grants/cutoff-subjects.ts';
import { authorizedAtOf, notCutOff, selectLatestCutoffs } from '../grants/cutoffs.ts';
import { type Grant, idleLimits } from '../grants/grants.ts';
import { cutoffs, sessions } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { passwordIsCurrent } from './passwords.ts';
import { type UserSource, withUserBeside } from './user-attributes.ts';
import type { User } from './users.ts';

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
export type SignedIn = {
  session: Session;
  user: User;
  grants: Grant[];
  /** Latest cutoff of the client, where one was named; 0 without one. */
  clientCutoffAt: number;
  /** Latest cutoff of the user's consent to it: a new approval is later. */
  consentCutoffAt: number;
};

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

/** A condition: the session of a cookie, while it is active. */
function isActiveSessionOfCookie(cookie: string, userId: UserId, now: number, settings: Settings): SQL | undefined {
  const isThis = and(eq(sessions.cookieHash, sha256(cookie)), eq(sessions.userId, userId));
  return and(isThis, isActiveSession(now, idleLimits(now, settings).sessionIdleSince));
}

/** A condition: a session that is neither ended, expired, idle too long nor cut off. */
function isActiveSession(now: number | SQL, idleSince: number | SQL): SQL | undefined {
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

const activeSession = compiledStatement<{ cookieHash: string; userId: string; now: number; idleSince: number }>()(
  (db, { cookieHash, userId, now, idleSince }) =>
    db
      .select()
      .from(sessions)
      .where(
        and(eq(sessions.cookieHash, cookieHash), sql`${sessions.userId} = ${userId}`, isActiveSession(now, idleSince)),
      ),
);

/**
 * The session of a cookie and its user, in one round: the session and, for a client, the user's grants to it from the
 * shard; the user from `DB` beside them, or from its nearest replica (`withUserBeside`).
 */
export async function findSignedIn(
  databases: Databases,
  cookie: string | undefined,
  now: number,
  settings: Settings,
  { clientId, source = 'primary' }: { clientId?: string | undefined; source?: UserSource } = {},
): Promise<SignedIn | undefined> {
  const parsed = cookie === undefined ? undefined : parseSessionCookie(cookie);
  const db = parsed && (await databases.resolveShard(parsed.shard));
  if (!cookie || !parsed || !db) return undefined;
  const { user: id, shard } = parsed;
  const idleSince = idleLimits(now, settings).sessionIdleSince;
  const reading = db
    .batch([
      activeSession(db, { cookieHash: sha256(cookie), userId: id, now, idleSince }),
      selectActiveGrants(db, id, clientId ?? '', now, settings),
      selectLatestCutoffs(db, id, clientId ?? ''),
    ])
    .then(([[session], grants, [cut]]) => {
      const { ofClient = null, ofConsent = null, attributesCutoff = null } = cut ?? {};
      return (
        session && { session, grants, clientCutoffAt: ofClient ?? 0, consentCutoffAt: ofConsent ?? 0, attributesCutoff }
      );
    });
  const [found, user] = await withUserBeside(databases, { id, shard, source }, reading);
  if (!found || !user || user.disabledAt !== null) return undefined;
  const { session, attributesCutoff: _, ...rest } = found;
  return { ...rest, session: { ...session, shard }, user };
}

/** Records that a session is in use, at most every five minutes. Runs behind the response. */
export async function touchSession(databases: Databases, session: Session, now: number): Promise<void> {
  if (now - session.lastSeenAt < LAST_SEEN_INTERVAL) return;
  await databases.shard(session.shard)?.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.id, session.id));
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

/** Deletes expired sessions. Their cutoffs keep ending what was authorized in them, as signing out does. */
export async function sweepSessions(db: Databases['global'], now: number, most: number): Promise<D1Result> {
  const over = sql`SELECT id FROM sessions WHERE expires_at < ${now} ORDER BY expires_at, id LIMIT ${most}`;
  const cutoff = {
    subject: sql`'session:' || sessions.id`,
    at: sql`sessions.expires_at`,
    writtenAt: now,
    pendingShards: [],
  };
  const hasGrants = sql`sessions.id IN (${over}) AND EXISTS (SELECT 1 FROM grants WHERE session_id = sessions.id)`;
  const [, deleted] = await db.batch([
    db
      .insert(cutoffs)
      .select(insertWhere(cutoffs, cutoff, hasGrants, sql`sessions`))
      .onConflictDoNothing(),
    db.delete(sessions).where(sql`${sessions.id} IN (${over})`),
  ]);
  return deleted;
}
