/**
 * Cutoffs: taking a right away is one row. Whatever of the subject was born at or before it is dead, in every shard,
 * a code in flight included.
 */
import { and, eq, lt, ne, type SQL, sql } from 'drizzle-orm';
import type { PersonId, SessionId, Shard } from '../protocol/credentials.ts';
import { OFFLINE_ACCESS } from '../protocol/scope.ts';
import { rowIf } from './conditional-insert.ts';
import { type Database, type Databases, decide } from './database.ts';
import { cutoffs } from './schema/index.ts';

/** A person, a client, a person with a client, or a session. */
export type Subject =
  | `person:${PersonId}`
  | `client:${string}`
  | `consent:${PersonId}:${string}`
  | `session:${SessionId}`;

/** Later than anything: the subject is disabled until a later cutoff says otherwise. */
export const DISABLED = Number.MAX_SAFE_INTEGER;

export type Cutoff = {
  subject: Subject;
  at: number;
  /** Whether it may also give back: enabling does. Any other cutoff leaves what was cut off later as it is. */
  exact?: boolean;
};

type Made = { personId: PersonId; clientId: string; sessionId: SessionId; scopes: readonly string[] };

/** Every subject that can end what this person, client and session make together. */
export function subjectsOf({ personId, clientId, sessionId, scopes }: Made): Subject[] {
  const subjects: Subject[] = [`person:${personId}`, `client:${clientId}`, `consent:${personId}:${clientId}`];
  // OpenID Connect Core §11: offline access is for when the person is not present (not logged in).
  return scopes.includes(OFFLINE_ACCESS) ? subjects : [...subjects, `session:${sessionId}`];
}

/** A condition for any statement: no cutoff ends what was born then. */
export function uncut(subjects: Subject[], bornAt: number | SQL): SQL {
  const list = sql.join(
    subjects.map((subject) => sql`${subject}`),
    sql`, `,
  );
  return sql`NOT EXISTS (SELECT 1 FROM cutoffs WHERE subject IN (${list}) AND at >= ${bornAt})`;
}

/** The same for a row of `grants`, whose columns name its subjects: but for the end of its session. */
export const grantIsUncut = sql`NOT EXISTS (SELECT 1 FROM cutoffs WHERE at >= grants.born_at AND subject IN (
  'person:' || grants.person_id, 'client:' || grants.client_id, 'consent:' || grants.person_id || ':' || grants.client_id))`;

/** A condition on `grants`: its session is not over, or it has offline access, which outlives the session. */
export const sessionLasts = sql`(EXISTS (SELECT 1 FROM json_each(grants.scopes) WHERE value = ${OFFLINE_ACCESS})
  OR NOT EXISTS (SELECT 1 FROM cutoffs WHERE subject = 'session:' || grants.session_id AND at >= grants.born_at))`;

/** The statement that writes a cutoff. The last word wins, whichever arrives last. */
export const writeCutoff = (db: Database, cutoff: Cutoff, now: number, owing: Shard[]) =>
  writeCutoffIf(db, cutoff, now, owing, sql`true`);

/** The same, where a condition holds. */
export function writeCutoffIf(db: Database, cutoff: Cutoff, now: number, owing: Shard[], onlyIf: SQL) {
  const row = { subject: cutoff.subject, at: cutoff.at, writtenAt: now, owing };
  return db
    .insert(cutoffs)
    .select(rowIf(cutoffs, row, onlyIf))
    .onConflictDoUpdate({
      target: cutoffs.subject,
      set: {
        at: cutoff.exact ? row.at : sql`MAX(cutoffs.at, excluded.at)`,
        writtenAt: row.writtenAt,
        owing: row.owing,
      },
      setWhere: sql`excluded.written_at >= cutoffs.written_at`,
    });
}

/** The shards beside `DB`: each gets its own copy, and is owed it until then. */
export const otherShards = (databases: Databases): Shard[] => databases.shardNames.slice(1);

/** Brings a cutoff that stands in `DB` to the shards. One that does not answer is owed, and the cron comes again. */
export async function deliverCutoff(
  databases: Databases,
  cutoff: Cutoff,
  writtenAt: number,
  owing: Shard[],
): Promise<void> {
  const outcomes = await Promise.allSettled(
    owing.map(async (name) => {
      const db = databases.shard(name);
      if (db) await decide(() => writeCutoff(db, cutoff, writtenAt, []));
    }),
  );
  const left = owing.filter((_, index) => outcomes[index]?.status === 'rejected');
  await databases.global
    .update(cutoffs)
    .set({ owing: left })
    .where(and(eq(cutoffs.subject, cutoff.subject), eq(cutoffs.writtenAt, writtenAt)));
}

/** Cutoffs that some shard does not have yet. */
export function listPendingCutoffs(databases: Databases) {
  return databases.global.select().from(cutoffs).where(ne(cutoffs.owing, [])).limit(100);
}

/** Ends what is older than `at`: the statement that says so runs together with `alongside` in `DB`, then the shards follow. */
export async function cutOff(
  databases: Databases,
  cutoff: Cutoff,
  now: number,
  alongside: (db: Database) => Parameters<Database['batch']>[0][number][],
): Promise<void> {
  const owing = otherShards(databases);
  const db = databases.global;
  await decide(() => db.batch([writeCutoff(db, cutoff, now, owing), ...alongside(db)]));
  if (owing.length > 0) await deliverCutoff(databases, cutoff, now, owing);
}

/** For the cron: nothing that old can be born before it any more. */
export function sweepCutoffs(db: Database, before: number, most: number) {
  const old = db
    .select({ subject: cutoffs.subject })
    .from(cutoffs)
    .where(and(lt(cutoffs.at, before), eq(cutoffs.owing, [])))
    .limit(most);
  return db.delete(cutoffs).where(sql`${cutoffs.subject} IN ${old}`);
}
