/** People: read from the primary, because a sign-in must know the latest. */
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { PersonId } from '../protocol/credentials.ts';
import { type Moment, recordEvent } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { type Cutoff, cutOff, DISABLED } from './cutoffs.ts';
import { type Databases, decide } from './database.ts';
import { people } from './schema/index.ts';
import { spendStatement } from './spent.ts';
import { hasWayWithout } from './ways-in.ts';

export type Person = Omit<typeof people.$inferSelect, 'searchName'>;
export type NewPerson = Pick<Person, 'id' | 'email' | 'name' | 'passwordHash' | 'roles'> & Partial<Person>;

export async function findPersonByEmail(databases: Databases, email: string): Promise<Person | undefined> {
  const [row] = await databases.global.select().from(people).where(eq(people.email, email.toLowerCase()));
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
    email: person.email.toLowerCase(),
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

export async function setPersonRoles(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: PersonId,
  roles: string[],
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.update(people).set({ roles }).where(eq(people.id, id)),
      recordEvent(db, moment, { type: 'person.changed', subject: id, actor, detail: { roles } }),
    ]),
  );
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

/** Disabling ends every session and grant of the person; enabling lets new ones begin. */
export async function setPersonDisabled(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: PersonId,
  disabled: boolean,
): Promise<void> {
  const cutoff: Cutoff = { subject: `person:${id}`, at: disabled ? DISABLED : moment.now, exact: true };
  await cutOff(databases, cutoff, moment.now, (db) => [
    db
      .update(people)
      .set({ disabledAt: disabled ? moment.now : null })
      .where(eq(people.id, id)),
    recordEvent(db, moment, { type: disabled ? 'person.disabled' : 'person.enabled', subject: id, actor }),
  ]);
}

/** A condition on `people`: what was asked for before a password was chosen is no longer to be had. */
const passwordIsOlderThan = (madeAt: number) => sql`COALESCE(${people.passwordSetAt}, 0) <= ${madeAt}`;

/**
 * Sets the password that a one-time link allows. The link is spent in the same batch, and only where no password was
 * set after the link was made, and the address that it was mailed to is still theirs: then the person reads mail there.
 * @returns whether it was set.
 */
export async function setPasswordByLink(
  databases: Databases,
  moment: Moment,
  link: { personId: PersonId; text: string; madeAt: number; expiresAt: number; mailedTo?: string | undefined },
  passwordHash: string,
): Promise<boolean> {
  const { mailedTo } = link;
  const db = databases.global;
  const [, changed] = await decide(() =>
    db.batch([
      spendStatement(db, moment, link),
      db
        .update(people)
        .set({
          passwordHash,
          passwordSetAt: moment.now,
          ...(mailedTo !== undefined && { emailVerifiedAt: sql`COALESCE(email_verified_at, ${moment.now})` }),
        })
        .where(
          and(
            eq(people.id, link.personId),
            isNull(people.disabledAt),
            // Sent again, it finds its own work.
            or(passwordIsOlderThan(link.madeAt), eq(people.passwordHash, passwordHash)),
            // Who reads mail at an address that is theirs no longer may be anybody.
            mailedTo === undefined ? undefined : eq(people.email, mailedTo),
          ),
        )
        .returning({ id: people.id }),
      recordEvent(
        db,
        moment,
        { type: 'person.password-set', subject: link.personId, actor: `person:${link.personId}` },
        sql`EXISTS (SELECT 1 FROM people WHERE id = ${link.personId} AND password_set_at = ${moment.now})`,
      ),
    ]),
  );
  return changed.length === 1;
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

/** A link that was opened by whoever reads mail at `to`: the person's own address (`from`), or the one to be theirs. */
export type EmailLink = {
  personId: PersonId;
  from: string;
  to: string;
  text: string;
  madeAt: number;
  expiresAt: number;
};

/**
 * Makes `to` the confirmed address of the person. The link is spent in the same batch; nothing changes where their
 * address is not `from` any more, where they chose a password since, or where somebody else has `to`.
 * @returns whether it was set.
 */
export async function setEmailByLink(databases: Databases, moment: Moment, link: EmailLink): Promise<boolean> {
  const { personId, from, to } = link;
  const db = databases.global;
  const isFree = sql`NOT EXISTS (SELECT 1 FROM people AS other WHERE other.email = ${to} AND other.id <> ${personId})`;
  const type = from === to ? 'person.email-verified' : 'person.email-changed';
  const [, changed] = await decide(() =>
    db.batch([
      spendStatement(db, moment, link),
      db
        .update(people)
        .set({ email: to, emailVerifiedAt: moment.now })
        // Sent again, it finds its own work.
        .where(
          and(
            eq(people.id, personId),
            sql`${people.email} IN (${from}, ${to})`,
            isNull(people.disabledAt),
            passwordIsOlderThan(link.madeAt),
            isFree,
          ),
        )
        .returning({ id: people.id }),
      recordEvent(
        db,
        moment,
        { type, subject: personId, actor: `person:${personId}` },
        sql`EXISTS (SELECT 1 FROM people WHERE id = ${personId} AND email_verified_at = ${moment.now})`,
      ),
    ]),
  );
  return changed.length === 1;
}
