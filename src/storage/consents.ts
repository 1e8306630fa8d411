/** Grants as what a person agreed to: what is remembered, what may use their account, and taking that away. */
import { and, desc, eq, sql } from 'drizzle-orm';
import type { GrantId, PersonId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';
import { type Moment, recordEvent } from './audit.ts';
import { cutOff, type Subject } from './cutoffs.ts';
import { acrossShards, type Database, type Databases, decide } from './database.ts';
import { isActive } from './grants.ts';
import { grants } from './schema/index.ts';

/** What one page shows a person. */
const MOST_APPLICATIONS = 200;

/** The grants that a person gave a client and that still hold, newest first. */
export function activeGrants(db: Database, personId: PersonId, clientId: string, now: number, settings: Settings) {
  return db
    .select()
    .from(grants)
    .where(and(eq(grants.personId, personId), eq(grants.clientId, clientId), isActive(now, settings)))
    .orderBy(desc(grants.createdAt))
    .limit(20);
}

/** The grants of a person that still hold, latest first, over all shards; `unreachable` names those that did not answer. */
export async function listGrantsOfPerson(databases: Databases, person: PersonId, now: number, settings: Settings) {
  const { rows, unreachable } = await acrossShards(databases, (db) =>
    db
      .select()
      .from(grants)
      .where(and(eq(grants.personId, person), isActive(now, settings)))
      .orderBy(desc(grants.createdAt))
      .limit(MOST_APPLICATIONS),
  );
  return { grants: rows.sort((a, b) => b.createdAt - a.createdAt).slice(0, MOST_APPLICATIONS), unreachable };
}

/** A person ends one grant of theirs. @returns whether it is theirs. */
export async function endOwnGrant(
  db: Database,
  moment: Moment,
  actor: string,
  { id, personId }: { id: GrantId; personId: PersonId },
): Promise<boolean> {
  const isEnded = sql`EXISTS (SELECT 1 FROM grants WHERE id = ${id} AND person_id = ${personId}
    AND revoked_at = ${moment.now})`;
  const [rows] = await decide(() =>
    db.batch([
      db
        .update(grants)
        .set({ revokedAt: sql`COALESCE(revoked_at, ${moment.now})` })
        .where(and(eq(grants.id, id), eq(grants.personId, personId)))
        .returning({ id: grants.id }),
      recordEvent(
        db,
        moment,
        { type: 'grant.revoked', subject: id, actor, detail: { because: 'the person ended it' } },
        isEnded,
      ),
    ]),
  );
  return rows.length === 1;
}

/** Ends all that a client has, all that a person gave, or all that a person gave a client, in every shard. */
export async function endEverythingOf(
  databases: Databases,
  moment: Moment,
  actor: string,
  { client, person }: { client: string | undefined; person: PersonId | undefined },
): Promise<void> {
  if (client !== undefined && person !== undefined) return withdrawConsent(databases, moment, actor, person, client);
  const subject: Subject = client === undefined ? `person:${person as PersonId}` : `client:${client}`;
  await cutOff(databases, { subject, at: moment.now }, moment.now, (db) => [
    recordEvent(db, moment, {
      ...{ type: 'grant.revoked', subject: person ?? client ?? '', actor },
      detail: { because: 'an administrator ended all' },
    }),
  ]);
}

/** Ends all that a person ever let a client do, in every shard. */
export async function withdrawConsent(
  databases: Databases,
  moment: Moment,
  actor: string,
  personId: PersonId,
  clientId: string,
): Promise<void> {
  await cutOff(databases, { subject: `consent:${personId}:${clientId}`, at: moment.now }, moment.now, (db) => [
    recordEvent(db, moment, { type: 'consent.withdrawn', subject: personId, actor, detail: { client: clientId } }),
  ]);
}

/**
 * Takes one scope out of everything that a person lets a client do: refreshing gives it no more, and consent is asked
 * for again where it is wanted. Access tokens live out their short lives.
 */
export async function withdrawScope(
  databases: Databases,
  moment: Moment,
  actor: string,
  personId: PersonId,
  clientId: string,
  scope: string,
): Promise<void> {
  const detail = { client: clientId, scope };
  await Promise.all(
    databases.shardNames.map(async (name) => {
      const db = databases.shard(name);
      if (!db) return;
      const theirs = and(eq(grants.personId, personId), eq(grants.clientId, clientId));
      await decide(() =>
        db.batch([
          db
            .update(grants)
            .set({
              scopes: sql`(SELECT json_group_array(value) FROM json_each(grants.scopes) WHERE value <> ${scope})`,
            })
            .where(and(theirs, sql`EXISTS (SELECT 1 FROM json_each(grants.scopes) WHERE value = ${scope})`)),
          recordEvent(
            db,
            moment,
            { type: 'consent.withdrawn', subject: personId, actor, detail },
            sql`EXISTS (SELECT 1 FROM grants WHERE ${theirs})`,
          ),
        ]),
      );
    }),
  );
}
