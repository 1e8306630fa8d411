/** Changes of a user by administrators: one batch, which never leaves the server without an administrator. */
import { and, eq, gte, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { ADMINISTRATOR_ROLE } from '../../protocol/scope.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { deliverCutoff } from '../grants/cutoff-delivery.ts';
import { attributesSubject, DISABLED } from '../grants/cutoff-subjects.ts';
import {
  allShardNames,
  type Cutoff,
  cutoffTime,
  LATER_CUTOFF,
  readCutoff,
  writeCutoffIf,
} from '../grants/write-cutoff.ts';
import { cutoffs, users } from '../schema/index.ts';
import { type AuditType, type RequestClock, recordEvent } from '../server/audit.ts';
import { followTerms } from '../server/search-terms.ts';
import { administers, administratorCanStillSignIn } from './sign-in-methods.ts';
import { nextAttributesNumber, writeAttributesCutoff } from './user-attributes.ts';
import type { ProfileChanges, User } from './users.ts';

export type UserChanges = ProfileChanges & {
  roles?: string[];
  disabled?: boolean;
  email?: string;
  emailChangedAt?: number;
};

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

/**
 * The statement that cuts off consent to clients that require a role which the user loses; it stands before the change.
 */
function cutOffLostAccess(databases: Databases, now: number, id: UserId, roles: readonly string[], onlyIf: SQL) {
  const subject = sql<string>`'consent:' || users.id || ':' || clients.id`;
  const row = { subject, at: cutoffTime(now), writtenAt: now, pendingShards: allShardNames };
  const required = sql`EXISTS (SELECT 1 FROM json_each(clients.roles) WHERE value IN`;
  const losesAccess = sql`users.id = ${id} AND clients.roles <> '[]' AND ${onlyIf}
    AND ${required} (SELECT value FROM json_each(users.roles)))
    AND NOT ${required} (SELECT value FROM json_each(${JSON.stringify(roles)})))`;
  return databases.global
    .insert(cutoffs)
    .select(insertWhere(cutoffs, row, losesAccess, sql`users, clients`))
    .onConflictDoUpdate({
      target: cutoffs.subject,
      set: LATER_CUTOFF,
    });
}

/** The cutoffs of a user's consent and attributes that are pending for some shard. */
function selectPendingCutoffs({ global }: Databases, id: UserId) {
  const ofUser = and(gte(cutoffs.subject, `consent:${id}:`), lt(cutoffs.subject, `consent:${id};`));
  return global
    .select()
    .from(cutoffs)
    .where(and(or(ofUser, eq(cutoffs.subject, attributesSubject(id))), ne(cutoffs.pendingShards, [])));
}

async function runChange(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: UserId,
  { disabled, ...shown }: UserChanges,
  onlyIf: SQL | undefined,
): Promise<{ user: User | undefined; written: (typeof cutoffs.$inferSelect)[] }> {
  const db = databases.global;
  const { roles, emailChangedAt: _, ...profile } = shown;
  const fields = Object.keys(profile);
  const detail = { ...(fields.length > 0 && { fields }), ...(roles && { roles }) };
  const values = {
    ...shown,
    ...(fields.length > 0 && { updatedAt: moment.now }),
    ...(Object.keys(detail).length > 0 && { attributesChangedAt: nextAttributesNumber(moment.now) }),
    ...(disabled !== undefined && { disabledAt: disabled ? moment.now : null }),
  };
  // Each statement follows the previous one directly: where the change was not made, its consequences are not, either.
  const event = (type: AuditType, more = {}) =>
    recordEvent(db, moment, { type, subject: id, actor, ...more }, previousChangedRow);
  const ofDisabling = (value: boolean) => [
    event(value ? 'user.disabled' : 'user.enabled'),
    writeCutoffIf(db, cutoffOf(id, value, moment.now), moment.now, previousChangedRow),
  ];
  const results = await runBatch(() =>
    db.batch([
      cutOffLostAccess(databases, moment.now, id, roles ?? [], roles ? (onlyIf ?? sql`true`) : sql`false`),
      db
        .update(users)
        .set(values)
        .where(and(eq(users.id, id), onlyIf)),
      ...(Object.keys(detail).length > 0 ? [event('user.changed', { detail })] : []),
      ...(disabled === undefined ? [] : ofDisabling(disabled)),
      ...(fields.length > 0 ? followTerms(db, 'user', id) : []),
      writeAttributesCutoff(databases, id),
      selectPendingCutoffs(databases, id),
      db.select().from(users).where(eq(users.id, id)),
      readCutoff(db, `user:${id}`),
    ]),
  );
  type Written = (typeof cutoffs.$inferSelect)[];
  const [lost, [user], ofUser] = results.slice(-3) as [Written, User[], Written];
  return { user, written: disabled === undefined ? lost : [...lost, ...ofUser] };
}

const cutoffOf = (id: UserId, disabled: boolean, now: number): Cutoff => ({
  subject: `user:${id}`,
  at: disabled ? DISABLED : now,
  exact: true,
});
