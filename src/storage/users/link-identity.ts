/** Linking an account at an identity provider to a user who exists, or who signs up with it. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { IdentityId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { userIdentities, users } from '../schema/index.ts';
import { type AuditEvent, type RequestClock, recordEvent } from '../server/audit.ts';
import { followTerms } from '../server/search-terms.ts';
import { type NewUser, userRow } from './new-user.ts';
import {
  combine,
  type IdentityWithUser,
  isSubject,
  MAX_IDENTITIES,
  type NewIdentity,
  selectIdentityWithUser,
} from './user-identities.ts';

/** Conditions on the user when an account is linked. */
export type LinkConditions = {
  /** The user still has this address. */
  email?: string;
  /** The user is invited and has no sign-in method yet. */
  isNew?: boolean;
  /** The provider has verified `email`, which confirms it here. */
  confirms?: boolean;
};

/**
 * Links an account at an identity provider to a user. Of concurrent requests one links it.
 * @returns the linked account; undefined where it could not be linked.
 */
export async function linkIdentity(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  identity: NewIdentity,
  { email, isNew = false, confirms = false }: LinkConditions = {},
): Promise<IdentityWithUser | undefined> {
  const db = databases.global;
  const { userId: user } = identity;
  const row = { ...identity, createdAt: moment.now, lastUsedAt: moment.now };
  const mayBe = sql`EXISTS (SELECT 1 FROM users WHERE id = ${user} AND disabled_at IS NULL
      ${email === undefined ? sql`` : sql`AND email = ${email}`} ${isNew ? sql`AND password_hash IS NULL` : sql``})
    AND (SELECT COUNT(*) FROM user_identities WHERE user_id = ${user}) < ${isNew ? 1 : MAX_IDENTITIES}
    ${isNew ? sql`AND NOT EXISTS (SELECT 1 FROM passkeys WHERE user_id = ${user})` : sql``}`;
  const isConfirmed = and(
    confirms ? isOurs(identity.id) : sql`false`,
    eq(users.id, user),
    eq(users.email, email ?? ''),
    isNull(users.emailVerifiedAt),
  );
  const [, , , identities, matched] = await runBatch(() =>
    db.batch([
      db
        .insert(userIdentities)
        .select(insertWhere(userIdentities, row, mayBe))
        .onConflictDoNothing(),
      db.update(users).set({ emailVerifiedAt: moment.now, updatedAt: moment.now }).where(isConfirmed),
      recordEvent(db, moment, linkedEvent(identity, actor), isOurs(identity.id)),
      ...selectIdentityWithUser(databases, identity),
    ]),
  );
  return combine(identities, matched);
}

const isOurs = (id: IdentityId) => sql`EXISTS (SELECT 1 FROM user_identities WHERE id = ${id})`;

const linkedEvent = ({ id, userId, loginId }: NewIdentity, actor: string): AuditEvent => ({
  type: 'identity.linked',
  subject: userId,
  actor,
  detail: { login: loginId, identity: id },
});

/**
 * Creates a user for an account at an identity provider. Of concurrent requests, for the same account or the same
 * address, one creates it.
 * @returns the user of the account; undefined where another user has the address.
 */
export async function signUpWithIdentity(
  databases: Databases,
  moment: RequestClock,
  user: NewUser,
  identity: NewIdentity,
): Promise<IdentityWithUser | undefined> {
  const db = databases.global;
  const actor = `user:${user.id}`;
  const isMade = sql`EXISTS (SELECT 1 FROM users WHERE id = ${user.id})`;
  const isNobody = sql`NOT EXISTS (SELECT 1 FROM user_identities WHERE ${isSubject(identity)})`;
  const row = { ...identity, createdAt: moment.now, lastUsedAt: moment.now };
  const detail = { roles: user.roles, login: identity.loginId };
  const [, , , , identities, matched] = await runBatch(() =>
    db.batch([
      db
        .insert(users)
        .select(insertWhere(users, userRow(user, moment.now), isNobody))
        .onConflictDoNothing(),
      db
        .insert(userIdentities)
        .select(insertWhere(userIdentities, row, isMade))
        .onConflictDoNothing(),
      recordEvent(db, moment, { type: 'sign-up', subject: user.id, actor, detail }, isMade),
      recordEvent(db, moment, linkedEvent(identity, actor), isOurs(identity.id)),
      ...selectIdentityWithUser(databases, identity),
      ...followTerms(db, 'user', user.id),
    ]),
  );
  return combine(identities, matched);
}
