/** The row of a new user, and the statements that insert it. */
import { eq, sql } from 'drizzle-orm';
import { lowercaseEmail } from '../../protocol/email-address.ts';
import { columnDefaults } from '../database/column-defaults.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { followTerms } from '../server/search-terms.ts';
import { isAdministrator } from './sign-in-methods.ts';
import type { User } from './users.ts';

type IdentifiedUser = Pick<User, 'id' | 'email' | 'name' | 'passwordHash' | 'roles'>;

export type NewUser = IdentifiedUser & Partial<User>;

/** Inserts the first administrator: one conditional statement, so that two concurrent sign-ins create one. */
export async function insertFirstAdministrator(
  databases: Databases,
  moment: RequestClock,
  user: NewUser,
): Promise<void> {
  const db = databases.global;
  const row = userRow(user, moment.now);
  const hasNoAdministrator = sql`NOT EXISTS (SELECT 1 FROM users WHERE ${isAdministrator(sql`users`)})`;
  await runBatch(() =>
    db.batch([
      db
        .insert(users)
        .select(insertWhere(users, row, hasNoAdministrator))
        .onConflictDoNothing(),
      recordEvent(
        db,
        moment,
        { type: 'user.added', subject: user.id, actor: 'system', detail: { roles: user.roles } },
        sql`EXISTS (SELECT 1 FROM users WHERE id = ${user.id})`,
      ),
      ...followTerms(db, 'user', user.id),
    ]),
  );
}

/** The values of a new user that nobody set. */
export const USER_DEFAULTS = columnDefaults(users) as Omit<User, keyof IdentifiedUser>;

/** The row of a new user: columns that are not given have their defaults. */
export const userRow = (user: NewUser, now: number): User => ({
  ...USER_DEFAULTS,
  ...user,
  email: lowercaseEmail(user.email),
  passwordSetAt: user.passwordHash === null ? null : now,
  createdAt: now,
});

/** @returns whether the user was added: false where the e-mail address has an account already. */
export async function insertUser(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  user: NewUser,
  type: 'user.added' | 'sign-up',
): Promise<boolean> {
  const db = databases.global;
  const row = userRow(user, moment.now);
  const isOurs = sql`EXISTS (SELECT 1 FROM users WHERE id = ${user.id})`;
  const [, , rows] = await runBatch(() =>
    db.batch([
      db.insert(users).values(row).onConflictDoNothing(),
      recordEvent(db, moment, { type, subject: user.id, actor, detail: { roles: user.roles } }, isOurs),
      db.select({ id: users.id }).from(users).where(eq(users.id, user.id)),
      ...followTerms(db, 'user', user.id),
    ]),
  );
  return rows.length === 1;
}
