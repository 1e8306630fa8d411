/** Social logins: lookup, lists and numbers of users. */
import { asc, eq, sql } from 'drizzle-orm';
import type { Settings } from '../../protocol/settings.ts';
import type { Databases } from '../database/database.ts';
import { IsolateCache } from '../database/isolate-cache.ts';
import { socialLogins, userIdentities } from '../schema/index.ts';
import { hasSignInMethodWithout } from '../users/sign-in-methods.ts';

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
