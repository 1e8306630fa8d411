/** Accounts elsewhere that sign in people here: matched by provider, issuer and subject, never by an address alone. */
import { and, asc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { IdentityId, PersonId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';
import { type AuditEvent, type Moment, recordEvent } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { type Databases, decide } from './database.ts';
import { type NewPerson, type Person, personRow } from './people.ts';
import { people, personIdentities } from './schema/index.ts';
import { hasWayWithout } from './ways-in.ts';

export type Identity = typeof personIdentities.$inferSelect;
export type NewIdentity = Omit<Identity, 'createdAt' | 'lastUsedAt'>;
type Subject = Pick<Identity, 'loginId' | 'issuer' | 'subject'>;

/** Nobody needs more, and a list of them is read at once. */
const MOST_IDENTITIES = 20;

const isSubject = ({ loginId, issuer, subject }: Subject) =>
  and(
    eq(personIdentities.loginId, loginId),
    eq(personIdentities.issuer, issuer),
    eq(personIdentities.subject, subject),
  ) as SQL;

/** An account elsewhere, and who that is here. */
export type Known = { identity: Identity; person: Person };

/**
 * Who somebody elsewhere is here, in two statements of a batch: in a batch, D1 answers columns of the same name in two
 * tables as one.
 */
function knownAs({ global: db }: Databases, subject: Subject) {
  const whose = db.select({ id: personIdentities.personId }).from(personIdentities).where(isSubject(subject));
  return [
    db.select().from(personIdentities).where(isSubject(subject)),
    db.select().from(people).where(inArray(people.id, whose)),
  ] as const;
}

const together = ([identity]: Identity[], [person]: Person[]): Known | undefined =>
  identity && person && { identity, person };

/** From the primary; one round. Disabled people are found, too: they are told so. */
export async function findByIdentity(databases: Databases, subject: Subject): Promise<Known | undefined> {
  const [identity, person] = await databases.global.batch(knownAs(databases, subject));
  return together(identity, person);
}

/** Runs behind the response of a sign-in. */
export async function noteUse(databases: Databases, { now }: Moment, id: IdentityId, account: string | null) {
  const db = databases.global;
  await db.update(personIdentities).set({ lastUsedAt: now, account }).where(eq(personIdentities.id, id));
}

/** What must be true of the person whom an account elsewhere is linked to, when it is linked. */
export type LinkOnlyIf = {
  /** They still have this address. */
  email?: string;
  /** They never chose a way to sign in: somebody invited them, and this is how they come. */
  isNew?: boolean;
  /** The provider vouches that they read mail at `email`: from now on, so does this server. */
  confirms?: boolean;
};

/**
 * Links an account elsewhere to a person. Of any number of requests at once, one links it.
 * @returns whose it is now; undefined where it was nobody's and could not be linked.
 */
export async function linkIdentity(
  databases: Databases,
  moment: Moment,
  actor: string,
  identity: NewIdentity,
  { email, isNew = false, confirms = false }: LinkOnlyIf = {},
): Promise<Known | undefined> {
  const db = databases.global;
  const { personId: person } = identity;
  const row = { ...identity, createdAt: moment.now, lastUsedAt: moment.now };
  const mayBe = sql`EXISTS (SELECT 1 FROM people WHERE id = ${person} AND disabled_at IS NULL
      ${email === undefined ? sql`` : sql`AND email = ${email}`} ${isNew ? sql`AND password_hash IS NULL` : sql``})
    AND (SELECT COUNT(*) FROM person_identities WHERE person_id = ${person}) < ${isNew ? 1 : MOST_IDENTITIES}
    ${isNew ? sql`AND NOT EXISTS (SELECT 1 FROM passkeys WHERE person_id = ${person})` : sql``}`;
  const isConfirmed = and(
    confirms ? isOurs(identity.id) : sql`false`,
    eq(people.id, person),
    eq(people.email, email ?? ''),
    isNull(people.emailVerifiedAt),
  );
  const [, , , identities, persons] = await decide(() =>
    db.batch([
      db
        .insert(personIdentities)
        .select(rowIf(personIdentities, row, mayBe))
        .onConflictDoNothing(),
      db.update(people).set({ emailVerifiedAt: moment.now }).where(isConfirmed),
      recordEvent(db, moment, linkedEvent(identity, actor), isOurs(identity.id)),
      ...knownAs(databases, identity),
    ]),
  );
  return together(identities, persons);
}

const isOurs = (id: IdentityId) => sql`EXISTS (SELECT 1 FROM person_identities WHERE id = ${id})`;

const linkedEvent = ({ id, personId, loginId }: NewIdentity, actor: string): AuditEvent => ({
  ...{ type: 'identity.linked', subject: personId, actor },
  detail: { login: loginId, identity: id },
});

/**
 * Makes an account for somebody elsewhere. Of any number of requests at once, for the same account elsewhere or for the
 * same address, one makes it.
 * @returns who that account elsewhere is now; undefined where somebody else has the address.
 */
export async function signUpWith(
  databases: Databases,
  moment: Moment,
  person: NewPerson,
  identity: NewIdentity,
): Promise<Known | undefined> {
  const db = databases.global;
  const actor = `person:${person.id}`;
  const isMade = sql`EXISTS (SELECT 1 FROM people WHERE id = ${person.id})`;
  const isNobody = sql`NOT EXISTS (SELECT 1 FROM person_identities WHERE ${isSubject(identity)})`;
  const row = { ...identity, createdAt: moment.now, lastUsedAt: moment.now };
  const detail = { roles: person.roles, login: identity.loginId };
  const [, , , , identities, persons] = await decide(() =>
    db.batch([
      db
        .insert(people)
        .select(rowIf(people, personRow(person, moment.now), isNobody))
        .onConflictDoNothing(),
      db
        .insert(personIdentities)
        .select(rowIf(personIdentities, row, isMade))
        .onConflictDoNothing(),
      recordEvent(db, moment, { type: 'sign-up', subject: person.id, actor, detail }, isMade),
      recordEvent(db, moment, linkedEvent(identity, actor), isOurs(identity.id)),
      ...knownAs(databases, identity),
    ]),
  );
  return together(identities, persons);
}

export function listIdentitiesOf(databases: Databases, personId: PersonId): Promise<Identity[]> {
  return databases.global
    .select()
    .from(personIdentities)
    .where(eq(personIdentities.personId, personId))
    .orderBy(asc(personIdentities.createdAt), asc(personIdentities.id))
    .limit(MOST_IDENTITIES);
}

export async function findIdentity(databases: Databases, id: string): Promise<Identity | undefined> {
  const [row] = await databases.global
    .select()
    .from(personIdentities)
    .where(eq(personIdentities.id, id as IdentityId));
  return row;
}

/**
 * Unlinks an account elsewhere, unless it is the only way in that its person has.
 * @param actor the person, or an administrator who helps them: that one may take the last, too.
 * @returns whether it is gone.
 */
export async function unlinkIdentity(
  databases: Databases,
  moment: Moment,
  actor: string,
  { id, personId, loginId }: Pick<Identity, 'id' | 'personId' | 'loginId'>,
  settings: Settings,
): Promise<boolean> {
  const db = databases.global;
  const isTheirs = and(eq(personIdentities.id, id), eq(personIdentities.personId, personId)) as SQL;
  const mayGo = actor === `person:${personId}` ? hasWayWithout(personId, { identity: id }, settings) : sql`true`;
  const event = {
    type: 'identity.unlinked',
    subject: personId,
    actor,
    detail: { login: loginId, identity: id },
  } as const;
  const [, , left] = await decide(() =>
    db.batch([
      recordEvent(db, moment, event, sql`EXISTS (SELECT 1 FROM person_identities WHERE ${isTheirs}) AND ${mayGo}`),
      db.delete(personIdentities).where(and(isTheirs, mayGo)),
      db.select({ id: personIdentities.id }).from(personIdentities).where(isTheirs),
    ]),
  );
  return left.length === 0;
}
