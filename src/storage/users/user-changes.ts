/** Changes of a user by administrators: one batch, which never leaves the server without an administrator. */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { ADMINISTRATOR_ROLE } from '../../protocol/scope.ts';
import type { Databases } from '../database/database.ts';
import { deliverCutoff } from '../grants/cutoff-delivery.ts';
import { users } from '../schema/index.ts';
import type { RequestClock } from '../server/audit.ts';
import { administers, administratorCanStillSignIn } from './sign-in-methods.ts';
import { runChange, type UserChanges } from './user-change-batch.ts';
import type { User } from './users.ts';

/** A condition on `users`: no other account has the address. */
const isFree = (email: string): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM users AS other WHERE other.email = ${email} AND other.id <> users.id)`;

/** A condition on `users`: the user is no administrator, or another administrator can sign in. */
export const anotherAdministers = sql`(NOT (${administers(sql`users`)})
  OR EXISTS (SELECT 1 FROM users AS other WHERE other.id <> users.id AND ${administers(sql`other`)})
    AND ${administratorCanStillSignIn({}, sql`users.id`)})`;

/**
 * Changes a user. Disabling ends every session and grant of theirs; enabling allows new ones.
 * @returns the user after the change.
 * @throws OAuthError conflict where no administrator would be left, where another account has the address, and for
 *   enabling a user whose deletion was requested: then nothing is changed.
 */
export async function changeUser(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: UserId,
  changes: UserChanges,
): Promise<User | undefined> {
  const { disabled, roles, email } = changes;
  const removesAdministrator = disabled === true || (roles !== undefined && !roles.includes(ADMINISTRATOR_ROLE));
  const onlyIf = and(
    removesAdministrator ? anotherAdministers : undefined,
    email === undefined ? undefined : isFree(email),
    // An account that a request for deletion disabled is enabled by cancelling it.
    disabled === false ? isNull(users.deletionDueAt) : undefined,
  );
  const { user, written } = await runChange(databases, moment, actor, id, changes, onlyIf);
  if (disabled === false && user && user.deletionDueAt !== null) {
    throw new OAuthError('conflict', 'the deletion of this user was requested: cancel that instead.');
  }
  if (email !== undefined && user && user.email !== email && (await isTaken(databases, email))) {
    throw new OAuthError('conflict', 'email: this e-mail address has an account already.');
  }
  const isDone =
    user &&
    (disabled !== true || user.disabledAt !== null) &&
    (roles === undefined || JSON.stringify(user.roles) === JSON.stringify(roles));
  if (removesAdministrator && user && !isDone) {
    const why =
      'this is the last administrator, or the last who can sign in: make another one first, else the server would have no administrator.';
    throw new OAuthError('conflict', why);
  }
  await Promise.all(written.map((cutoff) => deliverCutoff(databases, cutoff)));
  return user;
}

/** The roles of a mapping, and those of them that the user has at the provider. */
export type MappedRoles = { named: readonly string[]; granted: readonly string[] };

/** Limit of retries after concurrent changes of the roles. */
const MAX_TRIES = 5;

/**
 * Sets the roles of a mapping to those that an identity provider names for a user; roles outside the mapping stay, also
 * when they are changed concurrently. The last administrator stays one.
 * @returns the user after the change.
 */
export async function mapRoles(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  user: User,
  { named, granted }: MappedRoles,
): Promise<User> {
  let [current, kept]: [User, string[]] = [user, []];
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const others = current.roles.filter(
      (role) => !named.includes(role) || granted.includes(role) || kept.includes(role),
    );
    const roles = [...new Set([...others, ...granted])];
    if (isSame(roles, current.roles)) return current;
    const removesAdministrator = current.roles.includes(ADMINISTRATOR_ROLE) && !roles.includes(ADMINISTRATOR_ROLE);
    const onlyIf = and(eq(users.roles, current.roles), removesAdministrator ? anotherAdministers : undefined);
    const { user: now, written } = await runChange(databases, moment, actor, user.id, { roles }, onlyIf);
    await Promise.all(written.map((cutoff) => deliverCutoff(databases, cutoff)));
    if (!now || isSame(now.roles, roles)) return now ?? current;
    if (isSame(now.roles, current.roles)) kept = [ADMINISTRATOR_ROLE];
    current = now;
  }
  return current;
}

const isSame = (a: readonly string[], b: readonly string[]) => JSON.stringify(a) === JSON.stringify(b);

async function isTaken({ global: db }: Databases, email: string): Promise<boolean> {
  return (await db.select({ id: users.id }).from(users).where(eq(users.email, email))).length > 0;
}
