/** Sign-in methods of users: no user removes their last one by accident, and the last administrator's stays. */
import { type SQL, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { ADMINISTRATOR_ROLE } from '../../protocol/scope.ts';
import type { Databases } from '../database/database.ts';

/** The method to remove: a passkey, a linked account, or all accounts at one identity provider. */
type RemovedMethod = { passkey?: string; identity?: string; login?: string };

/** A condition: passwords are enabled for sign-in. */
export const PASSWORDS_SIGN_IN = sql`NOT EXISTS (SELECT 1 FROM settings WHERE name = 'password_sign_in' AND value = 'false')`;

/**
 * A condition: the user has another sign-in method.
 * @param user their id, or the column that has it.
 * @param passwords whether passwords can be used; the setting's value where omitted.
 */
export function hasSignInMethodWithout(
  user: UserId | SQL,
  { passkey = '', identity = '', login = '' }: RemovedMethod,
  passwords: SQL = PASSWORDS_SIGN_IN,
): SQL {
  return sql`(
    (${passwords} AND EXISTS (SELECT 1 FROM users AS own WHERE own.id = ${user} AND own.password_hash IS NOT NULL))
    OR EXISTS (SELECT 1 FROM passkeys AS key WHERE key.user_id = ${user} AND key.id <> ${passkey})
    OR EXISTS (SELECT 1 FROM user_identities AS linked JOIN social_logins AS login ON login.id = linked.login_id
      WHERE linked.user_id = ${user} AND linked.id <> ${identity} AND linked.login_id <> ${login}
        AND login.disabled_at IS NULL))`;
}

/** True where the user has any sign-in method, and so may have sessions. */
export async function hasSignInMethod({ global: db }: Databases, id: UserId): Promise<boolean> {
  const [row] = await db
    .select({ is: sql<number>`${hasSignInMethodWithout(id, {}, sql`true`)}` })
    .from(sql`(SELECT 1)`);
  return row?.is === 1;
}

/** A condition on a row of `users` with this name or alias: it has the role. The first half is written as in the index. */
export const isAdministrator = (row: SQL): SQL =>
  sql`(${row}.roles LIKE '%"administrator"%' AND EXISTS (SELECT 1 FROM json_each(${row}.roles) WHERE value = ${ADMINISTRATOR_ROLE}))`;

/** A condition on a row of `users` with this name or alias: it is an administrator who may sign in. */
export const administers = (row: SQL): SQL =>
  sql`${row}.disabled_at IS NULL AND ${row}.deletion_due_at IS NULL AND ${isAdministrator(row)}`;

/** A condition: an administrator, except the one named, can sign in without the method. */
export const administratorCanSignIn = (
  without: RemovedMethod = {},
  passwords = PASSWORDS_SIGN_IN,
  except: SQL = sql`''`,
): SQL =>
  sql`EXISTS (SELECT 1 FROM users AS admin WHERE admin.id <> ${except} AND ${administers(sql`admin`)}
    AND ${hasSignInMethodWithout(sql`admin.id`, without, passwords)})`;

/**
 * A condition for removing a sign-in method: an administrator keeps one, or none had any. With passwords enabled, each
 * of them can choose one by a link.
 */
export const administratorCanStillSignIn = (without: RemovedMethod = {}, except?: SQL): SQL =>
  sql`(${PASSWORDS_SIGN_IN} OR ${administratorCanSignIn(without, PASSWORDS_SIGN_IN, except)} OR NOT ${administratorCanSignIn()})`;

/** 409: the change was refused. */
export const lastSignInMethod = (what: string): OAuthError =>
  new OAuthError(
    'conflict',
    `${what} is the only sign-in method of the last administrator who can sign in: give an administrator another one first.`,
  );
