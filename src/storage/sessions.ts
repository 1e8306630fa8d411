/** Sessions: who is signed in, and what stands beside that when an application asks. */
import { and, desc, eq, gt, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../crypto/digest.ts';
import {
  formatSessionCookie,
  newSessionId,
  newSessionSecret,
  type PersonId,
  parseSessionCookie,
  type Shard,
} from '../protocol/credentials.ts';
import { DAY, HOUR, LAST_SEEN_STEP } from '../protocol/lifetimes.ts';
import type { Settings } from '../protocol/settings.ts';
import { type AuditType, type Moment, recordEvent } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { activeGrants } from './consents.ts';
import { uncut } from './cutoffs.ts';
import { countIfChanged } from './daily-counts.ts';
import { acrossShards, type Databases, decide } from './database.ts';
import type { Grant } from './grants.ts';
import type { Person } from './people.ts';
import { people, sessions } from './schema/index.ts';

export type Session = typeof sessions.$inferSelect & { shard: Shard };
export type NewSession = {
  personId: PersonId;
  shard: Shard;
  /** What the audit log calls it. */
  how: AuditType;
  /** How the person proved who they are (RFC 8176). */
  amr: string[];
  userAgent: string | null;
};
export type SignedIn = { session: Session; person: Person; grants: Grant[] };

/**
 * Begins a session and writes the sign-in into the audit log. A person who was signed in here already, and proves
 * again who they are, goes on in the same session under a new cookie: for applications it is the same sign-in.
 * @param former the cookie that this browser had.
 * @returns the cookie, or undefined where the person was disabled meanwhile.
 */
export async function createSession(
  databases: Databases,
  moment: Moment,
  settings: Settings,
  { personId, how, amr, userAgent, ...begun }: NewSession,
  former?: string,
): Promise<string | undefined> {
  const before = former === undefined ? undefined : parseSessionCookie(former);
  const goesOn = before?.person === personId && databases.shard(before.shard) !== undefined;
  const shard = goesOn ? before.shard : begun.shard;
  const db = databases.shard(shard);
  if (!db) return undefined;
  const cookie = formatSessionCookie(personId, shard, newSessionSecret());
  const cookieHash = sha256(cookie);
  const proof = { cookieHash, authTime: moment.now, amr, userAgent, lastSeenAt: moment.now };
  const id = newSessionId(shard);
  const row = { ...proof, id, personId, expiresAt: moment.now + settings.session_days * DAY, endedAt: null };
  const exists = sql`EXISTS (SELECT 1 FROM sessions WHERE cookie_hash = ${cookieHash})`;
  const mayBegin = sql`${uncut([`person:${personId}`], moment.now)} AND NOT ${exists}`;
  const event = { type: how, subject: personId, actor: `person:${personId}` };
  const [, , , , made] = await decide(() =>
    db.batch([
      db
        .update(sessions)
        .set({ ...proof, expiresAt: row.expiresAt })
        .where(goesOn && former ? alive(former, personId, moment.now, settings) : sql`false`),
      db
        .insert(sessions)
        .select(rowIf(sessions, row, mayBegin))
        .onConflictDoNothing(),
      recordEvent(db, moment, event, exists),
      countIfChanged(db, moment.now, 'sign-ins'),
      db.select({ id: sessions.id }).from(sessions).where(eq(sessions.cookieHash, cookieHash)),
    ]),
  );
  return made.length === 1 ? cookie : undefined;
}

/** The session of a cookie, unless it is over. */
function alive(cookie: string, personId: PersonId, now: number, settings: Settings): SQL | undefined {
  const isThis = and(eq(sessions.cookieHash, sha256(cookie)), eq(sessions.personId, personId));
  return and(isThis, lasts(now, settings));
}

/** A session that is neither over, nor idle too long, nor cut off. */
function lasts(now: number, settings: Settings): SQL | undefined {
  return and(
    isNull(sessions.endedAt),
    gt(sessions.expiresAt, now),
    gt(sessions.lastSeenAt, now - settings.session_idle_hours * HOUR),
    sql`NOT EXISTS (SELECT 1 FROM cutoffs WHERE at >= ${sessions.authTime}
      AND subject IN ('person:' || ${sessions.personId}, 'session:' || ${sessions.id}))`,
  );
}

/**
 * Who is signed in with this cookie, in one round: the session and, for a client, the grants that the person gave it,
 * from the shard; the person from `DB` beside them.
 */
export async function findSignedIn(
  databases: Databases,
  cookie: string | undefined,
  now: number,
  settings: Settings,
  clientId?: string,
): Promise<SignedIn | undefined> {
  const parsed = cookie === undefined ? undefined : parseSessionCookie(cookie);
  const db = parsed && databases.shard(parsed.shard);
  if (!cookie || !parsed || !db) return undefined;
  const [[found, grants], [person]] = await Promise.all([
    db.batch([
      db
        .select()
        .from(sessions)
        .where(alive(cookie, parsed.person, now, settings)),
      activeGrants(db, parsed.person, clientId ?? '', now, settings),
    ]),
    databases.global
      .select()
      .from(people)
      .where(and(eq(people.id, parsed.person), isNull(people.disabledAt))),
  ]);
  const session = found[0];
  return session && person && { session: { ...session, shard: parsed.shard }, person, grants };
}

/** Moves "last seen", at most every five minutes. Runs behind the response. */
export async function touchSession(databases: Databases, session: Session, now: number): Promise<void> {
  if (now - session.lastSeenAt < LAST_SEEN_STEP) return;
  await databases.shard(session.shard)?.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.id, session.id));
}

export type SessionList = { sessions: (typeof sessions.$inferSelect)[]; unreachable: string[] };

/** The sessions of a person that are not over, latest first, over all shards. */
export async function listSessionsOf(
  databases: Databases,
  personId: PersonId,
  now: number,
  settings: Settings,
  most: number,
): Promise<SessionList> {
  const { rows, unreachable } = await acrossShards(databases, (db) =>
    db
      .select()
      .from(sessions)
      .where(and(eq(sessions.personId, personId), lasts(now, settings)))
      .orderBy(desc(sessions.lastSeenAt))
      .limit(most),
  );
  return { sessions: rows.sort((a, b) => b.lastSeenAt - a.lastSeenAt).slice(0, most), unreachable };
}

export function sweepSessions(db: Databases['global'], now: number, most: number) {
  const over = db.select({ id: sessions.id }).from(sessions).where(lt(sessions.expiresAt, now)).limit(most);
  return db.delete(sessions).where(sql`${sessions.id} IN ${over}`);
}
