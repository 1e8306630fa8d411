/** Revocation of sessions: one by its cookie or id, or all of a user in every shard. */
import { and, eq, ne, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import { parseSessionCookie, type SessionId, type Shard, shardOf, type UserId } from '../../protocol/credentials.ts';
import { temporarilyUnavailable } from '../../protocol/oauth-error.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { FIRST_SHARD } from '../database/shard-names.ts';
import type { Subject } from '../grants/cutoff-subjects.ts';
import { cutoffTime, LATER_CUTOFF } from '../grants/write-cutoff.ts';
import { cutoffs, sessions } from '../schema/index.ts';
import type { AuditEvent, RequestClock } from '../server/audit.ts';
import { endSessions } from './end-sessions.ts';
import { forgetBrowsersOf } from './forget-remembered-browsers.ts';

/** Ends the session of a cookie: the user signs out. */
export async function endSession(databases: Databases, moment: RequestClock, cookie: string): Promise<SessionId[]> {
  const parsed = parseSessionCookie(cookie);
  const db = parsed && (await databases.resolveShard(parsed.shard));
  if (!parsed || !db) return [];
  const event: AuditEvent = { type: 'sign-out', subject: parsed.user, actor: `user:${parsed.user}` };
  return endSessions(db, moment, eq(sessions.cookieHash, sha256(cookie)), event);
}

/**
 * Ends one session by id.
 * @param userId its user; undefined where an administrator ends it.
 */
export async function endSessionById(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: SessionId,
  userId?: UserId,
): Promise<SessionId[]> {
  const db = await databases.resolveShard(shardOf(id));
  if (!db) return [];
  const which = and(eq(sessions.id, id), userId === undefined ? undefined : eq(sessions.userId, userId));
  return endSessions(db, moment, which, { type: 'session.ended', subject: id, actor });
}

/**
 * Ends every session of a user, except one to keep, and forgets every remembered browser.
 * @returns the ended ones, and the shards that did not answer or are not bound: sessions there end when the pending
 *   cutoff is delivered.
 * @throws OAuthError temporarily_unavailable where the shard of the kept session is among them.
 */
export async function endSessionsOf(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  userId: UserId,
  kept?: SessionId,
): Promise<{ ended: SessionId[]; pendingShards: Shard[] }> {
  const which = and(eq(sessions.userId, userId), kept === undefined ? undefined : ne(sessions.id, kept));
  const event: AuditEvent = { type: 'session.ended', subject: userId, actor, detail: { all: true } };
  const names = databases.shardNames;
  const missing = await databases.unboundShards();
  const outcomes = await Promise.allSettled(
    names.map(async (name) => {
      const db = databases.shard(name);
      const forgets = name === FIRST_SHARD && forgetBrowsersOf(databases, moment, actor, userId);
      const [ended] = await Promise.all([db ? endSessions(db, moment, which, event) : [], forgets]);
      return ended;
    }),
  );
  const failed = new Map(
    names.flatMap((name, index): [Shard, unknown][] => {
      const outcome = outcomes[index];
      return outcome?.status === 'rejected' ? [[name, outcome.reason]] : [];
    }),
  );
  // Without `DB` nothing can be pending, and a pending cutoff would end the kept session.
  for (const name of [FIRST_SHARD, ...(kept === undefined ? [] : [shardOf(kept)])])
    if (failed.has(name)) throw temporarilyUnavailable(failed.get(name));
  const pendingShards = [...failed.keys(), ...missing];
  if (pendingShards.length > 0) await queueSessionEnd(databases, moment, userId, pendingShards);
  return {
    ended: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [])),
    pendingShards,
  };
}

/** Writes to `DB` that the sessions of a user end in these shards. */
async function queueSessionEnd(
  databases: Databases,
  { now }: RequestClock,
  userId: UserId,
  pendingShards: Shard[],
): Promise<void> {
  const subject: Subject = `sessions:${userId}`;
  const row = { subject, at: cutoffTime(now), writtenAt: now, pendingShards };
  await runBatch(async () =>
    databases.global
      .insert(cutoffs)
      .select(insertWhere(cutoffs, row, sql`true`))
      .onConflictDoUpdate({
        target: cutoffs.subject,
        set: LATER_CUTOFF,
      }),
  );
}
