/** Changes of social logins, which never leave the last administrator without a sign-in method. */
import { and, eq, sql } from 'drizzle-orm';
import type { ClientAuthMethod } from '../../protocol/authentication-method.ts';
import type { Settings } from '../../protocol/settings.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches } from '../database/isolate-cache.ts';
import { socialLogins, userIdentities } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { deleteProblemsOf, PROBLEMS_OF } from '../server/recent-problems.ts';
import { administratorCanStillSignIn, lastSignInMethod, PASSWORDS_SIGN_IN } from '../users/sign-in-methods.ts';
import { countUsersOf, type SocialLogin, type SocialLoginUsers } from './social-logins.ts';

/** @returns whether it was inserted: false where one has this id. */
export async function insertSocialLogin(databases: Databases, moment: RequestClock, actor: string, login: SocialLogin) {
  const db = databases.global;
  const isOurs = sql`EXISTS (SELECT 1 FROM social_logins WHERE id = ${login.id} AND created_at = ${moment.now})`;
  const [, , rows] = await runBatch(() =>
    db.batch([
      db.insert(socialLogins).values(login).onConflictDoNothing(),
      recordEvent(db, moment, { type: 'social-login.created', subject: login.id, actor }, isOurs),
      db
        .select({ id: socialLogins.id })
        .from(socialLogins)
        .where(and(eq(socialLogins.id, login.id), eq(socialLogins.createdAt, moment.now))),
    ]),
  );
  clearIsolateCaches();
  return rows.length === 1;
}

/**
 * A condition for removing or disabling: with passwords disabled another social login exists, and an administrator can
 * still sign in.
 */
const canBeRemoved = (id: string) => sql`(${PASSWORDS_SIGN_IN}
    OR EXISTS (SELECT 1 FROM social_logins AS other WHERE other.id <> ${id} AND other.disabled_at IS NULL))
  AND ${administratorCanStillSignIn({ login: id })}`;

/**
 * Updates a social login.
 * @param isOff whether it can no longer be used to sign in.
 * @throws OAuthError conflict where it is the last, or the only sign-in method of the last administrator: then nothing
 *   changes.
 */
export async function updateSocialLogin(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  { id, createdAt: _, ...changes }: SocialLogin,
  isOff: boolean,
): Promise<void> {
  const db = databases.global;
  const may = isOff ? canBeRemoved(id) : sql`true`;
  const [asked] = await runBatch(() =>
    db.batch([
      db.select({ may: sql<number>`${may}` }).from(sql`(SELECT 1)`),
      recordEvent(db, moment, { type: 'social-login.changed', subject: id, actor }, may),
      db
        .update(socialLogins)
        .set(changes)
        .where(and(eq(socialLogins.id, id), may)),
    ]),
  );
  clearIsolateCaches();
  if (asked[0]?.may !== 1) throw lastSignInMethod('this social login');
}

/**
 * Stores the client authentication method that the provider accepted, where no administrator has chosen one meanwhile.
 */
export async function saveLoginAuthMethod(
  databases: Databases,
  moment: RequestClock,
  { id, issuer, authMethod: before }: SocialLogin,
  authMethod: ClientAuthMethod,
): Promise<void> {
  const db = databases.global;
  const isAsRead = sql`id = ${id} AND issuer = ${issuer} AND auth_method = ${before}
    AND json_extract(description, '$.auth_method') IS NULL`;
  const detail = { auth_method: authMethod };
  const event = { type: 'social-login.changed', subject: id, actor: 'system', detail } as const;
  await runBatch(() =>
    db.batch([
      recordEvent(db, moment, event, sql`EXISTS (SELECT 1 FROM social_logins WHERE ${isAsRead})`),
      db.update(socialLogins).set({ authMethod }).where(isAsRead),
    ]),
  );
  clearIsolateCaches();
}

/** Deletes a social login with all links to it. @returns the users concerned. @throws OAuthError conflict, as above. */
export async function deleteSocialLogin(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: string,
  settings: Settings,
): Promise<SocialLoginUsers> {
  const users = await countUsersOf(databases, id, settings);
  const db = databases.global;
  const isGone = sql`NOT EXISTS (SELECT 1 FROM social_logins WHERE id = ${id})`;
  const [, , , , left] = await runBatch(() =>
    db.batch([
      db.delete(socialLogins).where(and(eq(socialLogins.id, id), canBeRemoved(id))),
      db.delete(userIdentities).where(and(eq(userIdentities.loginId, id), isGone)),
      deleteProblemsOf(db, PROBLEMS_OF.socialLogin + id, isGone),
      recordEvent(db, moment, { type: 'social-login.deleted', subject: id, actor, detail: users }, isGone),
      db.select({ id: socialLogins.id }).from(socialLogins).where(eq(socialLogins.id, id)),
    ]),
  );
  clearIsolateCaches();
  if (left.length > 0) throw lastSignInMethod('this social login');
  return users;
}
