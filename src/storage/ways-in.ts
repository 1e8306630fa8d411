/** Whether a person has another way to sign in: nobody may take away their last one by accident. */
import { type SQL, sql } from 'drizzle-orm';
import type { PersonId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';

/** What is to go: a passkey, an account elsewhere, or every account at one provider. */
type Without = { passkey?: string; identity?: string; login?: string };

/**
 * Whether somebody could still sign in without that.
 * @param person their id, or the column that has it.
 */
export function hasWayWithout(
  person: PersonId | SQL,
  { passkey = '', identity = '', login = '' }: Without,
  { password_sign_in }: Pick<Settings, 'password_sign_in'>,
): SQL {
  const byPassword = sql`EXISTS (SELECT 1 FROM people WHERE people.id = ${person} AND password_hash IS NOT NULL)`;
  return sql`(
    ${password_sign_in ? byPassword : sql`false`}
    OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.person_id = ${person} AND passkeys.id <> ${passkey})
    OR EXISTS (SELECT 1 FROM person_identities AS other JOIN social_logins ON social_logins.id = other.login_id
      WHERE other.person_id = ${person} AND other.id <> ${identity} AND other.login_id <> ${login}
        AND social_logins.disabled_at IS NULL))`;
}
