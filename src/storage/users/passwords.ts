/**
 * Setting a password. Sessions that began with an older one end, in every shard, concurrent sign-ins included: a
 * session records when its password was set, and a cutoff invalidates older ones.
 */
import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm';
import { type SessionId, shardOf, type UserId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { deliverCutoffOf } from '../grants/cutoff-delivery.ts';
import { notCutOff } from '../grants/cutoffs.ts';
import { allShardNames } from '../grants/write-cutoff.ts';
import { cutoffs, sessions, users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { endSessionsOf } from './session-revocation.ts';

/**
 * The columns of a new password. Two changes within a millisecond get different times; a repeated request changes
 * nothing.
 */
export const newPassword = (passwordHash: string, now: number) => ({
  passwordHash,
  passwordSetAt: sql`CASE WHEN password_hash = ${passwordHash} THEN password_set_at
    ELSE MAX(${now}, COALESCE(password_set_at, 0) + 1) END`,
});

/** Stores the same password under another hash, unless another password was set meanwhile. No session ends. */
export async function replacePasswordHash(databases: Databases, id: UserId, hash: string, replacement: string) {
  const isStill = and(eq(users.id, id), eq(users.passwordHash, hash));
  await runBatch(async () => databases.global.update(users).set({ passwordHash: replacement }).where(isStill));
}

/** A condition: this is the password of the user. */
export const hasPassword = (id: UserId, passwordHash: string): SQL =>
  sql`EXISTS (SELECT 1 FROM users WHERE id = ${id} AND password_hash = ${passwordHash})`;

/** The statement that cuts off every older password where this one was set; it belongs to the batch that sets it. */
export function cutOffOlderPasswords(databases: Databases, id: UserId, passwordHash: string) {
  const row = {
    subject: sql`'password:' || users.id`,
    at: sql`users.password_set_at - 1`,
    writtenAt: sql`users.password_set_at`,
    pendingShards: allShardNames,
  };
  const isThis = sql`users.id = ${id} AND users.password_hash = ${passwordHash}`;
  return databases.global
    .insert(cutoffs)
    .select(insertWhere(cutoffs, row, isThis, sql`users`))
    .onConflictDoUpdate({
      target: cutoffs.subject,
      set: { at: sql`excluded.at`, writtenAt: sql`excluded.written_at`, pendingShards: sql`excluded.pending_shards` },
      setWhere: sql`excluded.at >= cutoffs.at`,
    });
}

/** A condition for the statement that creates a session: no newer password was set since this one was verified. */
export const passwordIsCurrent = (id: UserId, passwordSetAt: number | null): SQL =>
  passwordSetAt === null ? sql`true` : notCutOff([`password:${id}`], passwordSetAt);

/** Sets a new password for a signed-in user: every other session ends, and earlier one-time links are invalid. */
export async function setPassword(
  databases: Databases,
  moment: RequestClock,
  id: UserId,
  passwordHash: string,
  kept: SessionId,
) {
  const db = databases.global;
  const isSet = hasPassword(id, passwordHash);
  const [, , , rows] = await runBatch(() =>
    db.batch([
      db.update(users).set(newPassword(passwordHash, moment.now)).where(eq(users.id, id)),
      cutOffOlderPasswords(databases, id, passwordHash),
      recordEvent(db, moment, { type: 'user.password-set', subject: id, actor: `user:${id}` }, isSet),
      db.select({ passwordSetAt: users.passwordSetAt }).from(users).where(eq(users.id, id)),
    ]),
  );
  return endOlderSessions(databases, moment, id, rows[0]?.passwordSetAt ?? moment.now, kept);
}

/**
 * Ends the sessions of a user whose password was set, and delivers the cutoff to every shard.
 * @param kept the session in which it was set, which continues with the new password.
 */
export async function endOlderSessions(
  databases: Databases,
  moment: RequestClock,
  id: UserId,
  passwordSetAt: number,
  kept?: SessionId,
) {
  if (kept !== undefined) await updateKeptSession(databases, id, passwordSetAt, kept);
  const [{ ended }] = await Promise.all([
    endSessionsOf(databases, moment, `user:${id}`, id, kept),
    deliverCutoffOf(databases, `password:${id}`),
  ]);
  return { ended };
}

/** Sets the time of the password in the session that continues. */
async function updateKeptSession(databases: Databases, id: UserId, passwordSetAt: number, kept: SessionId) {
  const db = databases.shard(shardOf(kept));
  const isThis = and(eq(sessions.id, kept), eq(sessions.userId, id), isNotNull(sessions.passwordSetAt));
  if (db) await runBatch(async () => db.update(sessions).set({ passwordSetAt }).where(isThis));
}
