/** Passkeys: the public keys of people, in `DB`. Nothing in a row is secret. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { PasskeyId, PersonId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';
import { type Moment, recordEvent } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { type Databases, decide } from './database.ts';
import type { Person } from './people.ts';
import { passkeys, people } from './schema/index.ts';
import { type Spend, spendStatement } from './spent.ts';
import { hasWayWithout } from './ways-in.ts';

export type Passkey = typeof passkeys.$inferSelect;

/** Nobody needs more, and a list of them is read at once. */
export const MOST_PASSKEYS = 20;

/** The passkey that a browser answers with, and whose it is; one round. Disabled people have none. */
export async function findPasskey(
  databases: Databases,
  credentialId: string,
): Promise<{ passkey: Passkey; person: Person } | undefined> {
  const [row] = await databases.global
    .select({ passkey: passkeys, person: people })
    .from(passkeys)
    .innerJoin(people, eq(people.id, passkeys.personId))
    .where(and(eq(passkeys.credentialId, credentialId), isNull(people.disabledAt)));
  return row;
}

export function listPasskeys(databases: Databases, personId: PersonId): Promise<Passkey[]> {
  return databases.global
    .select()
    .from(passkeys)
    .where(eq(passkeys.personId, personId))
    .orderBy(asc(passkeys.createdAt), asc(passkeys.id))
    .limit(MOST_PASSKEYS);
}

/**
 * Adds a passkey; the challenge that it answered is spent in the same batch.
 * @returns whether it was added: false where it exists, or the person has as many as they may.
 */
export async function addPasskey(
  databases: Databases,
  moment: Moment,
  challenge: Spend,
  passkey: Omit<Passkey, 'createdAt' | 'lastUsedAt'>,
): Promise<boolean> {
  const db = databases.global;
  const { id, personId, name } = passkey;
  const row = { ...passkey, createdAt: moment.now, lastUsedAt: null };
  const hasRoom = sql`(SELECT COUNT(*) FROM passkeys WHERE person_id = ${personId}) < ${MOST_PASSKEYS}`;
  const [, , , rows] = await decide(() =>
    db.batch([
      spendStatement(db, moment, challenge),
      db
        .insert(passkeys)
        .select(rowIf(passkeys, row, hasRoom))
        .onConflictDoNothing(),
      recordEvent(
        db,
        moment,
        { type: 'passkey.added', subject: personId, actor: `person:${personId}`, detail: { passkey: id, name } },
        sql`EXISTS (SELECT 1 FROM passkeys WHERE id = ${id})`,
      ),
      db.select({ id: passkeys.id }).from(passkeys).where(eq(passkeys.id, id)),
    ]),
  );
  return rows.length === 1;
}

/** Spends the challenge that a passkey answered, and notes its use. */
export async function usePasskey(
  databases: Databases,
  moment: Moment,
  challenge: Spend,
  { id, counter }: Pick<Passkey, 'id' | 'counter'>,
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      spendStatement(db, moment, challenge),
      db.update(passkeys).set({ counter, lastUsedAt: moment.now }).where(eq(passkeys.id, id)),
    ]),
  );
}

export async function renamePasskey(
  databases: Databases,
  moment: Moment,
  personId: PersonId,
  id: PasskeyId,
  name: string,
): Promise<void> {
  const db = databases.global;
  const isTheirs = and(eq(passkeys.id, id), eq(passkeys.personId, personId));
  const event = { type: 'passkey.renamed', subject: personId, actor: `person:${personId}` } as const;
  await decide(() =>
    db.batch([
      db.update(passkeys).set({ name }).where(isTheirs),
      recordEvent(
        db,
        moment,
        { ...event, detail: { passkey: id, name } },
        sql`EXISTS (SELECT 1 FROM passkeys WHERE ${isTheirs})`,
      ),
    ]),
  );
}

/**
 * Removes a passkey, unless it is the only way in that its person has.
 * @param actor the person, or an administrator who helps them: that one may remove the last, too.
 * @returns whether it is gone; and what it was called, where this is what removed it.
 */
export async function removePasskey(
  databases: Databases,
  moment: Moment,
  actor: string,
  personId: PersonId,
  id: PasskeyId,
  settings: Settings,
): Promise<{ isGone: boolean; removed: string | undefined }> {
  const db = databases.global;
  const isTheirs = and(eq(passkeys.id, id), eq(passkeys.personId, personId));
  const isOwnDeed = actor === `person:${personId}`;
  const another = hasWayWithout(personId, { passkey: id }, settings);
  const [, removed, left] = await decide(() =>
    db.batch([
      recordEvent(
        db,
        moment,
        { type: 'passkey.removed', subject: personId, actor, detail: { passkey: id } },
        sql`EXISTS (SELECT 1 FROM passkeys WHERE ${isTheirs}) AND ${isOwnDeed ? another : sql`true`}`,
      ),
      db
        .delete(passkeys)
        .where(and(isTheirs, isOwnDeed ? another : undefined))
        .returning({ name: passkeys.name }),
      db.select({ id: passkeys.id }).from(passkeys).where(isTheirs),
    ]),
  );
  return { isGone: left.length === 0, removed: removed[0]?.name };
}
