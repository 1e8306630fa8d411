/** People: read from the primary, because a sign-in must know the latest. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { PersonId } from '../protocol/credentials.ts';
import { withSmallLetters } from '../protocol/email-address.ts';
import { type Moment, recordEvent } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { type Databases, decide } from './database.ts';
import { people } from './schema/index.ts';
import { hasWayWithout } from './ways-in.ts';

export type Person = Omit<typeof people.$inferSelect, 'searchName'>;
export type NewPerson = Pick<Person, 'id' | 'email' | 'name' | 'passwordHash' | 'roles'> & Partial<Person>;

export async function findPersonByEmail(databases: Databases, email: string): Promise<Person | undefined> {
  const [row] = await databases.global
    .select()
    .from(people)
    .where(eq(people.email, withSmallLetters(email)));
  return row;
}

export async function findPerson(databases: Databases, id: PersonId): Promise<Person | undefined> {
  const [row] = await databases.global.select().from(people).where(eq(people.id, id));
  return row;
}

/** The first administrator: one conditional statement, so that two sign-ins at once make one. */
export async function insertFirstAdministrator(databases: Databases, moment: Moment, person: NewPerson): Promise<void> {
  const db = databases.global;
  const row = personRow(person, moment.now);
  const nobodyYet = sql`NOT EXISTS (SELECT 1 FROM people, json_each(people.roles) AS role WHERE role.value = 'administrator')`;
  await decide(() =>
    db.batch([
      db
        .insert(people)
        .select(rowIf(people, row, nobodyYet))
        .onConflictDoNothing(),
      recordEvent(
        db,
        moment,
        { type: 'person.added', subject: person.id, actor: 'system', detail: { roles: person.roles } },
        sql`EXISTS (SELECT 1 FROM people WHERE id = ${person.id})`,
      ),
    ]),
  );
}

/** Whether an administrator can sign in although passwords do not. */
export async function administratorNeedsNoPassword(databases: Databases): Promise<boolean> {
  const hasWay = hasWayWithout(sql`${people.id}`, {}, { password_sign_in: false });
  const isAdministrator = sql`EXISTS (SELECT 1 FROM json_each(people.roles) AS role WHERE role.value = 'administrator')`;
  const rows = await databases.global
    .select({ id: people.id })
    .from(people)
    .where(and(isNull(people.disabledAt), isAdministrator, hasWay))
    .limit(1);
  return rows.length > 0;
}

/** The row of somebody new. */
export function personRow(person: NewPerson, now: number): Person {
  return {
    ...{ emailVerifiedAt: null, givenName: null, familyName: null, picture: null },
    ...person,
    email: withSmallLetters(person.email),
    passwordSetAt: person.passwordHash === null ? null : now,
    createdAt: now,
    disabledAt: null,
  };
}

/** @returns whether the person was added: false where the e-mail address has an account already. */
export async function addPerson(
  databases: Databases,
  moment: Moment,
  actor: string,
  person: NewPerson,
  type: 'person.added' | 'sign-up',
): Promise<boolean> {
  const db = databases.global;
  const row = personRow(person, moment.now);
  const isOurs = sql`EXISTS (SELECT 1 FROM people WHERE id = ${person.id})`;
  const [, , rows] = await decide(() =>
    db.batch([
      db.insert(people).values(row).onConflictDoNothing(),
      recordEvent(db, moment, { type, subject: person.id, actor, detail: { roles: person.roles } }, isOurs),
      db.select({ id: people.id }).from(people).where(eq(people.id, person.id)),
    ]),
  );
  return rows.length === 1;
}

export type ProfileChanges = Partial<Pick<Person, 'name' | 'givenName' | 'familyName' | 'picture' | 'emailVerifiedAt'>>;

/** Sets what applications may read of a person. */
export async function setProfile(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: PersonId,
  changes: ProfileChanges,
): Promise<void> {
  const db = databases.global;
  const detail = { fields: Object.keys(changes) };
  await decide(() =>
    db.batch([
      db.update(people).set(changes).where(eq(people.id, id)),
      recordEvent(db, moment, { type: 'person.changed', subject: id, actor, detail }),
    ]),
  );
}

/** Sets a new password, for somebody who is signed in. Every one-time link that was made before is dead with it. */
export async function setPassword(
  databases: Databases,
  moment: Moment,
  id: PersonId,
  passwordHash: string,
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.update(people).set({ passwordHash, passwordSetAt: moment.now }).where(eq(people.id, id)),
      recordEvent(db, moment, { type: 'person.password-set', subject: id, actor: `person:${id}` }),
    ]),
  );
}
