/** Social logins. Their secrets are sealed here, bound to the record and its issuer. */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { ClientAuthMethod } from '../../protocol/authentication-method.ts';
import type { Settings } from '../../protocol/settings.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches, IsolateCache } from '../database/isolate-cache.ts';
import { socialLogins, userIdentities } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { deleteProblemsOf, PROBLEMS_OF } from '../server/recent-problems.ts';
import {
  administratorCanStillSignIn,
  hasSignInMethodWithout,
  lastSignInMethod,
  PASSWORDS_SIGN_IN,
} from '../users/sign-in-methods.ts';

export type SocialLogin = typeof socialLogins.$inferSelect;

/** One entry for all of them: they are few, and the sign-in page lists them all. */
const loginsCache = new IsolateCache<SocialLogin[]>(1);

/** Limit of the list. */
const MAX_SOCIAL_LOGINS = 50;

/** All social logins, oldest first, from the isolate cache or the nearest replica. */
export async function listSocialLoginsFromReplica(databases: Databases, now: number): Promise<SocialLogin[]> {
  const known = loginsCache.get('all', now);
  if (known) return known;
  const rows = await databases.nearestReplica
    .select()
    .from(socialLogins)
    .orderBy(asc(socialLogins.createdAt))
    .limit(MAX_SOCIAL_LOGINS);
  loginsCache.set('all', rows, now);
  return rows;
}

export function listSocialLogins(databases: Databases): Promise<SocialLogin[]> {
  return databases.global.select().from(socialLogins).orderBy(asc(socialLogins.createdAt)).limit(MAX_SOCIAL_LOGINS);
}

/** Undefined only after reading the primary. */
export async function findSocialLogin(databases: Databases, id: string, now: number): Promise<SocialLogin | undefined> {
  const near = (await listSocialLoginsFromReplica(databases, now)).find((login) => login.id === id);
  return near ?? findSocialLoginFromPrimary(databases, id);
}

export async function findSocialLoginFromPrimary(databases: Databases, id: string): Promise<SocialLogin | undefined> {
  const [row] = await databases.global.select().from(socialLogins).where(eq(socialLogins.id, id));
  return row;
}

const sealContextOf = ({ id, issuer }: Pick<SocialLogin, 'id' | 'issuer'>) => `social-login ${id} ${issuer ?? ''}`;

/** The client secret of this server at the provider; undefined where there is none, or none that can be opened. */
export async function openLoginSecret(root: RootSecrets, login: SocialLogin): Promise<string | undefined> {
  const secret = login.sealedSecret && (await root.unseal('third-party', login.sealedSecret, sealContextOf(login)));
  return typeof secret === 'string' ? secret : undefined;
}

export function sealLoginSecret(
  root: RootSecrets,
  login: Pick<SocialLogin, 'id' | 'issuer'>,
  secret: string | undefined,
): Promise<string | null> {
  return secret === undefined ? Promise.resolve(null) : root.seal('third-party', secret, sealContextOf(login));
}

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

/** The number of users of a social login, and of those without another sign-in method. */
export type SocialLoginUsers = { users: number; without_another_way: number };

export async function countUsersOf(databases: Databases, id: string, settings: Settings): Promise<SocialLoginUsers> {
  const [row] = await usersOf(databases, id, settings);
  return row ?? { users: 0, without_another_way: 0 };
}

function usersOf({ global: db }: Databases, id: string, settings: Settings) {
  const another = hasSignInMethodWithout(
    sql`${userIdentities.userId}`,
    { login: id },
    settings.password_sign_in ? sql`true` : sql`false`,
  );
  return db
    .select({
      users: sql<number>`COUNT(DISTINCT ${userIdentities.userId})`,
      without_another_way: sql<number>`COUNT(DISTINCT CASE WHEN NOT ${another} THEN ${userIdentities.userId} END)`,
    })
    .from(userIdentities)
    .where(eq(userIdentities.loginId, id));
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

/**
 * Seals secrets again that are not under the current root secret. @returns the numbers of resealed and unreadable ones.
 */
export async function resealLoginSecrets(databases: Databases, root: RootSecrets) {
  const counts = { resealed: 0, unreadable: 0 };
  for (const login of await listSocialLogins(databases)) {
    if (!login.sealedSecret) continue;
    const secret = await openLoginSecret(root, login);
    if (secret === undefined) counts.unreadable++;
    else if (!root.isCurrent(login.sealedSecret)) {
      const sealedSecret = await sealLoginSecret(root, login, secret);
      await databases.global
        .update(socialLogins)
        .set({ sealedSecret })
        .where(and(eq(socialLogins.id, login.id), eq(socialLogins.sealedSecret, login.sealedSecret)));
      counts.resealed++;
    }
  }
  clearIsolateCaches();
  return counts;
}
