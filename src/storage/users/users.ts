/** Users, read from the primary where a decision needs the latest row. */
import { eq, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { lowercaseEmail } from '../../protocol/email-address.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { followTerms } from '../server/search-terms.ts';
import { administratorCanSignIn } from './sign-in-methods.ts';

export type User = Omit<typeof users.$inferSelect, 'searchName'>;

export const userById = compiledStatement<{ id: string }>()((db, { id }) =>
  db.select().from(users).where(eq(users.id, id)),
);

const userByEmail = compiledStatement<{ email: string }>()((db, { email }) =>
  db.select().from(users).where(eq(users.email, email)),
);

export async function findUserByEmail(databases: Databases, email: string): Promise<User | undefined> {
  const [row] = await userByEmail(databases.global, { email: lowercaseEmail(email) }).run();
  return row;
}

export async function findUser(databases: Databases, id: UserId): Promise<User | undefined> {
  const [row] = await userById(databases.global, { id }).run();
  return row;
}

/**
 * True where access to the user's account is allowed in their absence: neither disabled, nor scheduled for deletion.
 */
export const isSubjectAllowed = ({ disabledAt, deletionDueAt }: Pick<User, 'disabledAt' | 'deletionDueAt'>): boolean =>
  disabledAt === null && deletionDueAt === null;

/** The user from the nearest replica: for claims, and for no decision. */
export async function readUserFromReplica(databases: Databases, id: UserId): Promise<User | undefined> {
  const [row] = await userById(databases.nearestReplica, { id }).run();
  return row;
}

/** The roles of a user from the nearest replica, and the number of the last change that it has. */
export async function readRolesFromReplica(databases: Databases, id: UserId) {
  const [row] = await databases.nearestReplica
    .select({ id: users.id, roles: users.roles, attributesChangedAt: users.attributesChangedAt })
    .from(users)
    .where(eq(users.id, id));
  return row;
}

/** True where an administrator can sign in without a password. */
export async function administratorNeedsNoPassword(databases: Databases): Promise<boolean> {
  const has = sql<number>`${administratorCanSignIn({}, sql`false`)}`;
  const [row] = await databases.global.select({ is: has }).from(sql`(SELECT 1)`);
  return row?.is === 1;
}

export type ProfileChanges = Partial<
  Pick<User, 'name' | 'givenName' | 'familyName' | 'picture' | 'locale' | 'emailVerifiedAt'>
>;

/** Sets the profile claims of a user. */
export async function setProfile(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: UserId,
  changes: ProfileChanges,
): Promise<void> {
  const db = databases.global;
  const detail = { fields: Object.keys(changes) };
  await runBatch(() =>
    db.batch([
      db
        .update(users)
        .set({ ...changes, updatedAt: moment.now })
        .where(eq(users.id, id)),
      recordEvent(db, moment, { type: 'user.changed', subject: id, actor, detail }),
      ...followTerms(db, 'user', id),
    ]),
  );
}
