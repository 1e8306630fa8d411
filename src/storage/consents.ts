/** Grants as what a person agreed to: what is remembered, what may use their account, and taking that away. */
import { and, desc, eq } from 'drizzle-orm';
import type { PersonId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';
import { type Moment, recordEvent } from './audit.ts';
import { cutOff } from './cutoffs.ts';
import type { Database, Databases } from './database.ts';
import { isActive } from './grants.ts';
import { grants } from './schema.ts';

/** The grants that a person gave a client and that still hold, newest first. */
export function activeGrants(db: Database, personId: PersonId, clientId: string, now: number, settings: Settings) {
  return db
    .select()
    .from(grants)
    .where(and(eq(grants.personId, personId), eq(grants.clientId, clientId), isActive(now, settings)))
    .orderBy(desc(grants.createdAt))
    .limit(20);
}

/** Every grant of a person that still holds, over all shards; `unreachable` names the shards that did not answer. */
export async function listGrantsOfPerson(databases: Databases, personId: PersonId, now: number, settings: Settings) {
  const unreachable: string[] = [];
  const lists = await Promise.all(
    databases.shardNames.map(async (name) => {
      const db = databases.shard(name);
      if (!db) return [];
      try {
        return await db
          .select()
          .from(grants)
          .where(and(eq(grants.personId, personId), isActive(now, settings)))
          .orderBy(desc(grants.createdAt))
          .limit(200);
      } catch {
        unreachable.push(name);
        return [];
      }
    }),
  );
  return { grants: lists.flat().sort((a, b) => b.createdAt - a.createdAt), unreachable };
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
