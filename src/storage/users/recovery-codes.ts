/** Recovery codes of users, in `DB`, as hashes. Each is single-use, by one conditional statement. */
import { and, count, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import type { UserId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { recoveryCodes } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';

/** The hash of a recovery code: it has 79 random bits, so that no guessing finds it. */
const hashOf = (id: UserId, code: string) => sha256(`${id} ${code}`);

/** The statements that replace the recovery codes of a user, where a condition holds. */
export function replaceCodesStatements(
  { global: db }: Databases,
  { now }: RequestClock,
  userId: UserId,
  codes: readonly string[],
  onlyIf: SQL,
) {
  const hashes = JSON.stringify(codes.map((code) => hashOf(userId, code)));
  const row = { hash: sql`value`, userId, createdAt: now, usedAt: null, usedBy: null };
  return [
    db.delete(recoveryCodes).where(and(eq(recoveryCodes.userId, userId), onlyIf)),
    db
      .insert(recoveryCodes)
      .select(insertWhere(recoveryCodes, row, onlyIf, sql`json_each(${hashes})`))
      .onConflictDoNothing(),
  ] as const;
}

/** Replaces the recovery codes of a user. @returns false for a user without a second factor. */
export async function replaceRecoveryCodes(
  databases: Databases,
  moment: RequestClock,
  userId: UserId,
  codes: readonly string[],
): Promise<boolean> {
  const db = databases.global;
  const event = { type: 'recovery-codes.created', subject: userId, actor: `user:${userId}` } as const;
  const isOn = sql`EXISTS (SELECT 1 FROM second_factors WHERE user_id = ${userId})`;
  const results = await runBatch(() =>
    db.batch([
      ...replaceCodesStatements(databases, moment, userId, codes, isOn),
      recordEvent(db, moment, event, isOn),
      db.select({ is: sql<number>`${isOn}` }).from(sql`(SELECT 1)`),
    ]),
  );
  return results[3][0]?.is === 1;
}

/** Uses a recovery code. @returns false for an unknown or used one. */
export async function useRecoveryCode(
  databases: Databases,
  moment: RequestClock,
  userId: UserId,
  code: string,
): Promise<boolean> {
  const db = databases.global;
  const { now, requestId } = moment;
  const isThis = and(eq(recoveryCodes.hash, hashOf(userId, code)), eq(recoveryCodes.userId, userId));
  const isUnused = or(isNull(recoveryCodes.usedAt), eq(recoveryCodes.usedBy, requestId));
  const event = { type: 'recovery-code.used', subject: userId, actor: `user:${userId}` } as const;
  const [used] = await runBatch(() =>
    db.batch([
      db
        .update(recoveryCodes)
        .set({ usedAt: now, usedBy: requestId })
        .where(and(isThis, isUnused))
        .returning({ hash: recoveryCodes.hash }),
      recordEvent(db, moment, event, previousChangedRow),
    ]),
  );
  return used.length === 1;
}

/** The number of recovery codes that the user has left. */
export async function countRecoveryCodes({ global: db }: Databases, userId: UserId): Promise<number> {
  const isLeft = and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt));
  const [row] = await db.select({ left: count() }).from(recoveryCodes).where(isLeft);
  return row?.left ?? 0;
}
