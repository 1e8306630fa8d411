/** Linked accounts at identity providers: matched by provider, issuer and subject, never by e-mail address alone. */
import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { type IdentityId, parseIdentityId, type UserId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { userIdentities, users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { administratorCanStillSignIn, hasSignInMethodWithout } from './sign-in-methods.ts';
import type { User } from './users.ts';

export type Identity = typeof userIdentities.$inferSelect;

export type NewIdentity = Omit<Identity, 'createdAt' | 'lastUsedAt'>;

type Subject = Pick<Identity, 'loginId' | 'issuer' | 'subject'>;

/** Limit of linked accounts of a user; lists read all of them at once. */
export const MAX_IDENTITIES = 20;

export const isSubject = ({ loginId, issuer, subject }: Subject) =>
  and(
    eq(userIdentities.loginId, loginId),
    eq(userIdentities.issuer, issuer),
    eq(userIdentities.subject, subject),
  ) as SQL;

/** A linked account and its user. */
export type IdentityWithUser = { identity: Identity; user: User };

/** The linked account and its user in two statements: in a batch, D1 merges columns of the same name in a join. */
export function selectIdentityWithUser({ global: db }: Databases, subject: Subject) {
  const whose = db.select({ id: userIdentities.userId }).from(userIdentities).where(isSubject(subject));
  return [
    db.select().from(userIdentities).where(isSubject(subject)),
    db.select().from(users).where(inArray(users.id, whose)),
  ] as const;
}

export const combine = ([identity]: Identity[], [user]: User[]): IdentityWithUser | undefined =>
  identity && user && { identity, user };

/** From the primary; one round. Disabled users are included, so that the response can say so. */
export async function findByIdentity(databases: Databases, subject: Subject): Promise<IdentityWithUser | undefined> {
  const [identity, user] = await databases.global.batch(selectIdentityWithUser(databases, subject));
  return combine(identity, user);
}

/** True where an account was linked under this id before, as far as the audit log reaches: it was unlinked since. */
export async function wasLinked(databases: Databases, { id, userId }: Pick<Identity, 'id' | 'userId'>) {
  const event = sql`type = 'identity.linked' AND subject = ${userId} AND detail ->> '$.identity' = ${id}`;
  const [row] = await databases.global
    .select({ is: sql<number>`EXISTS (SELECT 1 FROM audit_events WHERE ${event})` })
    .from(sql`(SELECT 1)`);
  return row?.is === 1;
}

/** Runs behind the response of a sign-in. */
export async function recordIdentityUse(
  databases: Databases,
  { now }: RequestClock,
  id: IdentityId,
  account: string | null,
) {
  const db = databases.global;
  await db.update(userIdentities).set({ lastUsedAt: now, account }).where(eq(userIdentities.id, id));
}

export function listIdentitiesOf(databases: Databases, userId: UserId): Promise<Identity[]> {
  return databases.global
    .select()
    .from(userIdentities)
    .where(eq(userIdentities.userId, userId))
    .orderBy(asc(userIdentities.createdAt), asc(userIdentities.id))
    .limit(MAX_IDENTITIES);
}

export async function findIdentity(databases: Databases, id: string): Promise<Identity | undefined> {
  const identity = parseIdentityId(id);
  if (!identity) return undefined;
  const [row] = await databases.global.select().from(userIdentities).where(eq(userIdentities.id, identity));
  return row;
}

/**
 * Unlinks an account, unless it is the only sign-in method of its user.
 * @param actor the user, or an administrator, who may unlink the only one, too, unless it is that of the last
 *   administrator.
 * @returns whether it is unlinked.
 */
export async function unlinkIdentity(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  { id, userId, loginId }: Pick<Identity, 'id' | 'userId' | 'loginId'>,
): Promise<boolean> {
  const db = databases.global;
  const isTheirs = and(eq(userIdentities.id, id), eq(userIdentities.userId, userId)) as SQL;
  const another = actor === `user:${userId}` ? hasSignInMethodWithout(userId, { identity: id }) : sql`true`;
  const mayGo = sql`${another} AND ${administratorCanStillSignIn({ identity: id })}`;
  const event = {
    type: 'identity.unlinked',
    subject: userId,
    actor,
    detail: { login: loginId, identity: id },
  } as const;
  const [, , left] = await runBatch(() =>
    db.batch([
      recordEvent(db, moment, event, sql`EXISTS (SELECT 1 FROM user_identities WHERE ${isTheirs}) AND ${mayGo}`),
      db.delete(userIdentities).where(and(isTheirs, mayGo)),
      db.select({ id: userIdentities.id }).from(userIdentities).where(isTheirs),
    ]),
  );
  return left.length === 0;
}
