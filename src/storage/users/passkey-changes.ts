/** Changes of a passkey by its user: a name, or its removal. */
import { and, eq, sql } from 'drizzle-orm';
import type { PasskeyId, UserId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { passkeys } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { administratorCanStillSignIn, hasSignInMethodWithout } from './sign-in-methods.ts';

export async function renamePasskey(
  databases: Databases,
  moment: RequestClock,
  userId: UserId,
  id: PasskeyId,
  name: string,
): Promise<void> {
  const db = databases.global;
  const isTheirs = and(eq(passkeys.id, id), eq(passkeys.userId, userId));
  const event = { type: 'passkey.renamed', subject: userId, actor: `user:${userId}` } as const;
  await runBatch(() =>
    db.batch([
      db.update(passkeys).set({ name }).where(isTheirs),
      recordEvent(
        db,
        moment,
        { ...event, detail: { passkey: id } },
        sql`EXISTS (SELECT 1 FROM passkeys WHERE ${isTheirs})`,
      ),
    ]),
  );
}

/**
 * Removes a passkey, unless it is the only sign-in method of its user.
 * @param actor the user, or an administrator, who may remove the only one, too, unless it is that of the last
 *   administrator.
 * @returns whether it is removed; and its name, where this request removed it.
 */
export async function removePasskey(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  userId: UserId,
  id: PasskeyId,
): Promise<{ isGone: boolean; removed: string | undefined }> {
  const db = databases.global;
  const isTheirs = and(eq(passkeys.id, id), eq(passkeys.userId, userId));
  const isOwn = actor === `user:${userId}`;
  const another = isOwn ? hasSignInMethodWithout(userId, { passkey: id }) : sql`true`;
  const mayGo = sql`${another} AND ${administratorCanStillSignIn({ passkey: id })}`;
  const [, removed, left] = await runBatch(() =>
    db.batch([
      recordEvent(
        db,
        moment,
        { type: 'passkey.removed', subject: userId, actor, detail: { passkey: id } },
        sql`EXISTS (SELECT 1 FROM passkeys WHERE ${isTheirs}) AND ${mayGo}`,
      ),
      db.delete(passkeys).where(and(isTheirs, mayGo)).returning({ name: passkeys.name }),
      db.select({ id: passkeys.id }).from(passkeys).where(isTheirs),
    ]),
  );
  return { isGone: left.length === 0, removed: removed[0]?.name };
}
