/** One-time links that confirm an address, of a user or a new one of theirs. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import type { Databases } from '../database/database.ts';
import { deliverCutoff } from '../grants/cutoff-delivery.ts';
import { attributesSubject } from '../grants/cutoff-subjects.ts';
import { useOnceStatement } from '../grants/single-use.ts';
import { readCutoff } from '../grants/write-cutoff.ts';
import { users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { followTerms } from '../server/search-terms.ts';
import { addressIsOlderThan, batchUnlessUsed, passwordIsOlderThan } from './one-time-links.ts';
import { nextAttributesNumber, writeAttributesCutoff } from './user-attributes.ts';

/** A confirmed change of address: `from` is the user's address, `to` the confirmed one, which may be the same. */
export type EmailChangeLink = {
  userId: UserId;
  from: string;
  to: string;
  text: string;
  madeAt: number;
  expiresAt: number;
};

/**
 * Makes `to` the confirmed address of the user. The link is used in the same batch; nothing changes where the address
 * is no longer `from`, where a password was set since, or where another user has `to`.
 * @returns true unless it was used before, or nothing could change.
 */
export async function setEmailByLink(
  databases: Databases,
  moment: RequestClock,
  link: EmailChangeLink,
): Promise<boolean> {
  const { userId, from, to } = link;
  const db = databases.global;
  const isFree = sql`NOT EXISTS (SELECT 1 FROM users AS other WHERE other.email = ${to} AND other.id <> ${userId})`;
  const type = from === to ? 'user.email-verified' : 'user.email-changed';
  const answers = await batchUnlessUsed(() =>
    db.batch([
      useOnceStatement(db, moment, link),
      db
        .update(users)
        .set({
          email: to,
          emailVerifiedAt: moment.now,
          updatedAt: moment.now,
          attributesChangedAt: nextAttributesNumber(moment.now),
        })
        // A repeated request finds its own change.
        .where(
          and(
            eq(users.id, userId),
            sql`${users.email} IN (${from}, ${to})`,
            isNull(users.disabledAt),
            passwordIsOlderThan(link.madeAt),
            addressIsOlderThan(link.madeAt),
            isFree,
          ),
        )
        .returning({ id: users.id }),
      recordEvent(
        db,
        moment,
        { type, subject: userId, actor: `user:${userId}` },
        sql`EXISTS (SELECT 1 FROM users WHERE id = ${userId} AND email_verified_at = ${moment.now})`,
      ),
      writeAttributesCutoff(databases, userId),
      readCutoff(db, attributesSubject(userId)),
      ...followTerms(db, 'user', userId),
    ]),
  );
  await deliverCutoff(databases, answers?.[4][0]);
  return answers?.[1].length === 1;
}
