/** What an administrator changes of a person: all of it in one batch, and never so that nobody can administer any more. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { PersonId } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { ADMINISTRATOR } from '../protocol/scope.ts';
import { type AuditType, type Moment, recordEvent } from './audit.ts';
import { type Cutoff, DISABLED, deliverCutoff, otherShards, writeCutoffIf } from './cutoffs.ts';
import { type Databases, decide } from './database.ts';
import type { Person, ProfileChanges } from './people.ts';
import { people } from './schema/index.ts';

export type PersonChanges = ProfileChanges & { roles?: string[]; disabled?: boolean };

const administers = (row: SQL): SQL =>
  sql`${row}.disabled_at IS NULL AND EXISTS (SELECT 1 FROM json_each(${row}.roles) WHERE value = ${ADMINISTRATOR})`;

/** A condition on `people`: the person does not administer, or somebody else does, too. */
const anotherAdministers = sql`(NOT (${administers(sql`people`)})
  OR EXISTS (SELECT 1 FROM people AS other WHERE other.id <> people.id AND ${administers(sql`other`)}))`;

/**
 * Changes a person. Disabling ends every session and grant of theirs; enabling lets new ones begin.
 * @returns the person as they are then.
 * @throws OAuthError conflict where nobody could administer any more: then nothing is changed.
 */
export async function changePerson(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: PersonId,
  changes: PersonChanges,
): Promise<Person | undefined> {
  const { disabled, roles } = changes;
  const takesAway = disabled === true || (roles !== undefined && !roles.includes(ADMINISTRATOR));
  const [person] = await batchOf(databases, moment, actor, id, changes, takesAway ? anotherAdministers : sql`true`);
  const isDone =
    person &&
    (disabled !== true || person.disabledAt !== null) &&
    (roles === undefined || JSON.stringify(person.roles) === JSON.stringify(roles));
  if (takesAway && person && !isDone) {
    const why = 'this is the last administrator: make another one first, else nobody could administer any more.';
    throw new OAuthError('conflict', why);
  }
  if (disabled !== undefined) {
    const owing = otherShards(databases);
    if (owing.length > 0) await deliverCutoff(databases, cutoffOf(id, disabled, moment.now), moment.now, owing);
  }
  return person;
}

async function batchOf(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: PersonId,
  { disabled, ...shown }: PersonChanges,
  onlyIf: SQL,
): Promise<Person[]> {
  const db = databases.global;
  const { roles, ...profile } = shown;
  const fields = Object.keys(profile);
  const detail = { ...(fields.length > 0 && { fields }), ...(roles && { roles }) };
  const values = { ...shown, ...(disabled !== undefined && { disabledAt: disabled ? moment.now : null }) };
  // Each stands right behind the one before it: where the change was not made, neither is what follows from it.
  const wasDone = sql`changes() > 0`;
  const event = (type: AuditType, more = {}) => recordEvent(db, moment, { type, subject: id, actor, ...more }, wasDone);
  const ofDisabling = (value: boolean) => [
    event(value ? 'person.disabled' : 'person.enabled'),
    writeCutoffIf(db, cutoffOf(id, value, moment.now), moment.now, otherShards(databases), wasDone),
  ];
  const results = await decide(() =>
    db.batch([
      db
        .update(people)
        .set(values)
        .where(and(eq(people.id, id), onlyIf)),
      ...(Object.keys(detail).length > 0 ? [event('person.changed', { detail })] : []),
      ...(disabled === undefined ? [] : ofDisabling(disabled)),
      db.select().from(people).where(eq(people.id, id)),
    ]),
  );
  return results.at(-1) as Person[];
}

const cutoffOf = (id: PersonId, disabled: boolean, now: number): Cutoff => ({
  ...{ subject: `person:${id}`, at: disabled ? DISABLED : now, exact: true },
});
