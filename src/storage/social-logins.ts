/** Social logins. Their secrets are sealed here, bound to the record and to the issuer that they are for. */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { RootSecrets } from '../crypto/seal.ts';
import type { Settings } from '../protocol/settings.ts';
import { type Moment, recordEvent } from './audit.ts';
import { type Databases, decide } from './database.ts';
import { forgetEverything, Held } from './held.ts';
import { personIdentities, socialLogins } from './schema/index.ts';
import { hasWayWithout } from './ways-in.ts';

export type SocialLogin = typeof socialLogins.$inferSelect;

/** There are few, and the sign-in page shows them all: so they are held together. */
const held = new Held<SocialLogin[]>(1);

/** Nobody shows more buttons than this. */
const MOST = 50;

/** In the order in which they were made, as this isolate or the nearest replica knows them. */
export async function listNearLogins(databases: Databases, now: number): Promise<SocialLogin[]> {
  const known = held.get('all', now);
  if (known) return known;
  const rows = await databases.near.select().from(socialLogins).orderBy(asc(socialLogins.createdAt)).limit(MOST);
  held.set('all', rows, now);
  return rows;
}

export function listSocialLogins(databases: Databases): Promise<SocialLogin[]> {
  return databases.global.select().from(socialLogins).orderBy(asc(socialLogins.createdAt)).limit(MOST);
}

/** Undefined only on the primary's word. */
export async function findSocialLogin(databases: Databases, id: string, now: number): Promise<SocialLogin | undefined> {
  const near = (await listNearLogins(databases, now)).find((login) => login.id === id);
  return near ?? findSocialLoginLatest(databases, id);
}

export async function findSocialLoginLatest(databases: Databases, id: string): Promise<SocialLogin | undefined> {
  const [row] = await databases.global.select().from(socialLogins).where(eq(socialLogins.id, id));
  return row;
}

const boundTo = ({ id, issuer }: Pick<SocialLogin, 'id' | 'issuer'>) => `social-login ${id} ${issuer ?? ''}`;

/** What the provider gave this server to prove itself with. Undefined where there is none, or none that can be read. */
export async function openLoginSecret(root: RootSecrets, login: SocialLogin): Promise<string | undefined> {
  const secret = login.sealedSecret && (await root.unseal('third-party', login.sealedSecret, boundTo(login)));
  return typeof secret === 'string' ? secret : undefined;
}

export function sealLoginSecret(
  root: RootSecrets,
  login: Pick<SocialLogin, 'id' | 'issuer'>,
  secret: string | undefined,
): Promise<string | null> {
  return secret === undefined ? Promise.resolve(null) : root.seal('third-party', secret, boundTo(login));
}

/** @returns whether it was made: false where there is one with this id. */
export async function insertSocialLogin(databases: Databases, moment: Moment, actor: string, login: SocialLogin) {
  const db = databases.global;
  const isOurs = sql`EXISTS (SELECT 1 FROM social_logins WHERE id = ${login.id} AND created_at = ${moment.now})`;
  const [, , rows] = await decide(() =>
    db.batch([
      db.insert(socialLogins).values(login).onConflictDoNothing(),
      recordEvent(db, moment, { type: 'social-login.created', subject: login.id, actor }, isOurs),
      db
        .select({ id: socialLogins.id })
        .from(socialLogins)
        .where(and(eq(socialLogins.id, login.id), eq(socialLogins.createdAt, moment.now))),
    ]),
  );
  forgetEverything();
  return rows.length === 1;
}

export async function updateSocialLogin(
  databases: Databases,
  moment: Moment,
  actor: string,
  { id, createdAt: _, ...changes }: SocialLogin,
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.update(socialLogins).set(changes).where(eq(socialLogins.id, id)),
      recordEvent(db, moment, { type: 'social-login.changed', subject: id, actor }),
    ]),
  );
  forgetEverything();
}

/** Whom a social login signs in, and who of them has no other way. */
export type Users = { people: number; without_another_way: number };

export async function countUsersOf(databases: Databases, id: string, settings: Settings): Promise<Users> {
  const [row] = await usersOf(databases, id, settings);
  return row ?? { people: 0, without_another_way: 0 };
}

function usersOf({ global: db }: Databases, id: string, settings: Settings) {
  const another = hasWayWithout(sql`${personIdentities.personId}`, { login: id }, settings);
  return db
    .select({
      people: sql<number>`COUNT(DISTINCT ${personIdentities.personId})`,
      without_another_way: sql<number>`COUNT(DISTINCT CASE WHEN NOT ${another} THEN ${personIdentities.personId} END)`,
    })
    .from(personIdentities)
    .where(eq(personIdentities.loginId, id));
}

/** With every link to it. @returns whom that concerned. */
export async function deleteSocialLogin(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: string,
  settings: Settings,
): Promise<Users> {
  const users = await countUsersOf(databases, id, settings);
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.delete(personIdentities).where(eq(personIdentities.loginId, id)),
      db.delete(socialLogins).where(eq(socialLogins.id, id)),
      recordEvent(db, moment, { type: 'social-login.deleted', subject: id, actor, detail: users }),
    ]),
  );
  forgetEverything();
  return users;
}

/** Seals the secrets again that are not under the root secret in use. @returns how many, and how many cannot be read. */
export async function resealLoginSecrets(databases: Databases, root: RootSecrets) {
  const counts = { resealed: 0, unreadable: 0 };
  for (const login of await listSocialLogins(databases)) {
    if (!login.sealedSecret || root.isCurrent(login.sealedSecret)) continue;
    const secret = await openLoginSecret(root, login);
    if (secret === undefined) counts.unreadable++;
    else {
      const sealedSecret = await sealLoginSecret(root, login, secret);
      await databases.global
        .update(socialLogins)
        .set({ sealedSecret })
        .where(and(eq(socialLogins.id, login.id), eq(socialLogins.sealedSecret, login.sealedSecret)));
      counts.resealed++;
    }
  }
  forgetEverything();
  return counts;
}
