/** One-time links, handed over or mailed: choosing a password, confirming an address. Each is single-use. */
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { deliverCutoffOf } from '../grants/cutoff-delivery.ts';
import { useOnceStatement, wasUsed } from '../grants/single-use.ts';
import { type Cutoff, writeCutoffIf } from '../grants/write-cutoff.ts';
import { users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { cutOffOlderPasswords, hasPassword, newPassword } from './passwords.ts';

/**
 * Conditions on `users`: a link is older than the last password, or than a change of the address by an administrator.
 */
export const passwordIsOlderThan = (madeAt: number) => sql`COALESCE(${users.passwordSetAt}, 0) <= ${madeAt}`;

export const addressIsOlderThan = (madeAt: number) => sql`COALESCE(${users.emailChangedAt}, 0) <= ${madeAt}`;

/** Runs the batch that uses a link. @returns undefined where the link was used before: then nothing was changed. */
export async function batchUnlessUsed<T>(batch: () => Promise<T>): Promise<T | undefined> {
  try {
    return await runBatch(batch);
  } catch (error) {
    if (wasUsed(error)) return undefined;
    throw error;
  }
}

export type RedeemedLink = {
  userId: UserId;
  text: string;
  madeAt: number;
  expiresAt: number;
  mailedTo?: string | undefined;
  /** True to revoke all sessions, applications and API keys. */
  revokesAll?: boolean;
};

/**
 * Redeems a one-time link: signs its user in, and sets a password where one was chosen. The link is used in the same
 * batch, and only where no password was set after the link was created, and the address that it was mailed to is still
 * the user's, which confirms the address. A new password cuts off the older ones in that batch.
 * @returns true unless it was used before, or nothing could change.
 */
export async function redeemLink(
  databases: Databases,
  moment: RequestClock,
  link: RedeemedLink,
  passwordHash: string | undefined,
): Promise<boolean> {
  const { userId, mailedTo, revokesAll = false } = link;
  const { now } = moment;
  const db = databases.global;
  const all: Cutoff = { subject: `user:${userId}`, at: now };
  const isSet = passwordHash === undefined ? sql`false` : hasPassword(userId, passwordHash);
  const answers = await batchUnlessUsed(() =>
    db.batch([
      useOnceStatement(db, moment, link),
      db
        .update(users)
        .set({
          ...(passwordHash !== undefined && newPassword(passwordHash, now)),
          emailVerifiedAt: sql`COALESCE(email_verified_at, ${mailedTo === undefined ? null : now})`,
          ...(mailedTo !== undefined && { updatedAt: sql`IIF(email_verified_at IS NULL, ${now}, updated_at)` }),
        })
        .where(
          and(
            eq(users.id, userId),
            isNull(users.disabledAt),
            // A repeated request finds its own change.
            or(passwordIsOlderThan(link.madeAt), eq(users.passwordHash, passwordHash ?? '')),
            addressIsOlderThan(link.madeAt),
            // An address that is no longer the user's may belong to another user.
            mailedTo === undefined ? undefined : eq(users.email, mailedTo),
          ),
        )
        .returning({ passwordSetAt: users.passwordSetAt }),
      // Directly after the update: an invalid link revokes nothing.
      writeCutoffIf(db, all, now, sql`${revokesAll ? sql`true` : sql`false`} AND ${previousChangedRow}`),
      cutOffOlderPasswords(databases, userId, passwordHash ?? ''),
      recordEvent(db, moment, { type: 'user.password-set', subject: userId, actor: `user:${userId}` }, isSet),
      recordEvent(
        db,
        moment,
        {
          type: 'grant.revoked',
          subject: userId,
          actor: `user:${userId}`,
          detail: { because: 'revoked by a one-time link' },
        },
        sql`EXISTS (SELECT 1 FROM cutoffs WHERE subject = ${all.subject} AND at >= ${now})
          AND ${revokesAll ? sql`true` : sql`false`}`,
      ),
    ]),
  );
  const isGood = answers?.[1].length === 1;
  if (isGood && revokesAll) await deliverCutoffOf(databases, all.subject);
  return isGood;
}
