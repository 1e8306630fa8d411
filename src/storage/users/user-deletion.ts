/**
 * Deletion of a user: requested, cancelled within the grace period, then purged by the cron
 * (user-purge.ts).
 */
import { and, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { deliverCutoffOf } from '../grants/cutoff-delivery.ts';
import { DISABLED } from '../grants/cutoff-subjects.ts';
import { type Cutoff, writeCutoffIf } from '../grants/write-cutoff.ts';
import { users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { anotherAdministers } from './user-changes.ts';
import type { User } from './users.ts';

/** The requester. An administrator's request disables the account, too, so that signing in does not cancel it. */
export type Requester = 'user' | 'administrator';

/**
 * Schedules the deletion. Every session, grant, API key and code of the user is revoked at once, in every shard.
 * @returns the user after the change; a scheduled deletion is left as it is.
 * @throws OAuthError conflict where no administrator would be left: then nothing is changed.
 */
export async function requestDeletion(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: UserId,
  { dueAt, by }: { dueAt: number; by: Requester },
): Promise<User | undefined> {
  const db = databases.global;
  const { now } = moment;
  const disables = by === 'administrator';
  const cutoff: Cutoff = { subject: `user:${id}`, at: disables ? DISABLED : now, exact: disables };
  const values = {
    deletionRequestedAt: now,
    deletionDueAt: dueAt,
    ...(disables && { disabledAt: sql`COALESCE(disabled_at, ${now})` }),
  };
  const results = await runBatch(() =>
    db.batch([
      db
        .update(users)
        .set(values)
        .where(and(eq(users.id, id), isNull(users.deletionDueAt), anotherAdministers)),
      recordEvent(db, moment, { type: 'user.deletion-requested', subject: id, actor }, previousChangedRow),
      writeCutoffIf(db, cutoff, now, previousChangedRow),
      db.select().from(users).where(eq(users.id, id)),
    ]),
  );
  const [user] = results[3];
  if (user && user.deletionDueAt === null) {
    const why = 'this is the last administrator: make another one first, else the server would have no administrator.';
    throw new OAuthError('conflict', why);
  }
  if (user?.deletionRequestedAt === now) await deliverCutoffOf(databases, `user:${id}`);
  return user;
}

const unscheduled = { deletionRequestedAt: null, deletionDueAt: null };

/** A condition on `users`: the deletion is scheduled, and the purge has not begun. */
const mayBeCancelled = (id: UserId): SQL | undefined =>
  and(eq(users.id, id), isNotNull(users.deletionDueAt), isNull(users.purgeStartedAt));

/**
 * Cancels the deletion of a user who signs in, except one that an administrator requested, or of a disabled user.
 * @returns whether it was cancelled.
 */
export async function cancelDeletionBySignIn(databases: Databases, moment: RequestClock, id: UserId): Promise<boolean> {
  const db = databases.global;
  const event = { type: 'user.deletion-cancelled', subject: id, actor: `user:${id}` } as const;
  const [, , rows] = await runBatch(() =>
    db.batch([
      db
        .update(users)
        .set(unscheduled)
        .where(and(mayBeCancelled(id), isNull(users.disabledAt))),
      recordEvent(db, moment, event, previousChangedRow),
      db.select({ dueAt: users.deletionDueAt }).from(users).where(eq(users.id, id)),
    ]),
  );
  return rows[0]?.dueAt === null;
}

/**
 * Cancels the deletion for an administrator. A user whom the request disabled is enabled again; one who was disabled
 * otherwise stays disabled.
 * @returns the user after the change; still scheduled where the purge has begun.
 */
export async function cancelDeletion(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  user: User,
): Promise<User | undefined> {
  const db = databases.global;
  const { now } = moment;
  const { id } = user;
  const cutoff: Cutoff = { subject: `user:${id}`, at: now, exact: true };
  const isEnabledAgain = sql`${previousChangedRow} AND EXISTS (SELECT 1 FROM users WHERE id = ${id} AND disabled_at IS NULL)`;
  const disabledAt = sql`CASE WHEN disabled_at = deletion_requested_at THEN NULL ELSE disabled_at END`;
  const results = await runBatch(() =>
    db.batch([
      db
        .update(users)
        .set({ ...unscheduled, disabledAt })
        .where(mayBeCancelled(id)),
      recordEvent(db, moment, { type: 'user.deletion-cancelled', subject: id, actor }, previousChangedRow),
      writeCutoffIf(db, cutoff, now, isEnabledAgain),
      db.select().from(users).where(eq(users.id, id)),
    ]),
  );
  const [after] = results[3];
  const isEnabled = after?.deletionDueAt === null && after.disabledAt === null;
  if (isEnabled && user.deletionDueAt !== null) await deliverCutoffOf(databases, `user:${id}`);
  return after;
}
