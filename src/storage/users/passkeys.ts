/** Passkeys: the public keys of users, in `DB`. Nothing in a row is secret. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { type SingleUse, useOnceStatement } from '../grants/single-use.ts';
import { passkeys, users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import type { User } from './users.ts';

export type Passkey = typeof passkeys.$inferSelect;

/** Limit of passkeys of a user; lists read all of them at once. */
export const MAX_PASSKEYS = 20;

/** The passkey of a browser's answer, and its user; one round. Undefined for a disabled user. */
export async function findPasskey(
  databases: Databases,
  credentialId: string,
): Promise<{ passkey: Passkey; user: User } | undefined> {
  const [row] = await databases.global
    .select({ passkey: passkeys, user: users })
    .from(passkeys)
    .innerJoin(users, eq(users.id, passkeys.userId))
    .where(and(eq(passkeys.credentialId, credentialId), isNull(users.disabledAt)));
  return row;
}

export function listPasskeys(databases: Databases, userId: UserId): Promise<Passkey[]> {
  return databases.global
    .select()
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(asc(passkeys.createdAt), asc(passkeys.id))
    .limit(MAX_PASSKEYS);
}

/**
 * Adds a passkey; the challenge is used in the same batch.
 * @returns whether it was added: false where it exists, or the user is at the limit.
 */
export async function addPasskey(
  databases: Databases,
  moment: RequestClock,
  challenge: SingleUse,
  passkey: Omit<Passkey, 'createdAt' | 'lastUsedAt'>,
): Promise<boolean> {
  const db = databases.global;
  const { id, userId } = passkey;
  const row = { ...passkey, createdAt: moment.now, lastUsedAt: null };
  const hasRoom = sql`(SELECT COUNT(*) FROM passkeys WHERE user_id = ${userId}) < ${MAX_PASSKEYS}`;
  const [, , , rows] = await runBatch(() =>
    db.batch([
      useOnceStatement(db, moment, challenge),
      db
        .insert(passkeys)
        .select(insertWhere(passkeys, row, hasRoom))
        .onConflictDoNothing(),
      recordEvent(
        db,
        moment,
        { type: 'passkey.added', subject: userId, actor: `user:${userId}`, detail: { passkey: id } },
        sql`EXISTS (SELECT 1 FROM passkeys WHERE id = ${id})`,
      ),
      db.select({ id: passkeys.id }).from(passkeys).where(eq(passkeys.id, id)),
    ]),
  );
  return rows.length === 1;
}

/** Uses the challenge that a passkey answered, and records the use of the passkey. */
export async function usePasskey(
  databases: Databases,
  moment: RequestClock,
  challenge: SingleUse,
  { id, counter }: Pick<Passkey, 'id' | 'counter'>,
): Promise<void> {
  const db = databases.global;
  await runBatch(() =>
    db.batch([
      useOnceStatement(db, moment, challenge),
      db.update(passkeys).set({ counter, lastUsedAt: moment.now }).where(eq(passkeys.id, id)),
    ]),
  );
}
