/**
 * Cutoffs: one row revokes everything of a subject that was authorized at or before a time, in every shard, outstanding
 * codes included.
 */
import { and, eq, gt, gte, lt, or, type SQL, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { LOCATION_SKEW } from '../../protocol/lifetimes.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import type { Database, Databases } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { cutoffs } from '../schema/index.ts';
import { attributesSubject, DISABLED, type Subject } from './cutoff-subjects.ts';

/** A condition: no cutoff of the subjects is at or after that time. @param subjects or an expression for a JSON array. */
export function notCutOff(subjects: Subject[] | SQL, authorizedAt: number | SQL): SQL {
  const list = Array.isArray(subjects) ? listOf(subjects) : sql`SELECT value FROM json_each(${subjects})`;
  return sql`NOT EXISTS (SELECT 1 FROM cutoffs WHERE subject IN (${list}) AND at >= ${authorizedAt})`;
}

const listOf = (subjects: readonly Subject[]): SQL =>
  sql.join(
    subjects.map((subject) => sql`${subject}`),
    sql`, `,
  );

/**
 * The authorization time of what a request of `now` creates in this statement: after the cutoffs that existed before
 * the request. A cutoff that is written during the request covers it, as far as the two clocks tell.
 * @param subjects or an expression for a JSON array of them.
 */
export function authorizedAtOf(subjects: readonly Subject[] | SQL, now: number | SQL): SQL {
  const list = Array.isArray(subjects) ? sql`${JSON.stringify(subjects)}` : subjects;
  return sql`MAX(${now}, MIN(${now} + ${LOCATION_SKEW}, 1 + COALESCE((SELECT MAX(+at) FROM cutoffs
    WHERE subject IN (SELECT value FROM json_each(${list})) AND +at < ${DISABLED}), 0)))`;
}

/**
 * The latest cutoff of a client (`ofClient`), and of the consent of a user to it (`ofConsent`), as far as this database
 * knows: a new approval is authorized after them. Disabled subjects are not among the latter. `attributesCutoff` is the
 * number of the last change of the user's roles or e-mail address.
 */
export function selectLatestCutoffs(db: Database, userId: UserId, clientId: string) {
  const ofClient: Subject[] = [`client:${clientId}`, `approval:${clientId}`];
  const ofBoth: Subject[] = [`user:${userId}`, `consent:${userId}:${clientId}`];
  const attributes = attributesSubject(userId);
  const scopes = `scope:${userId}:${clientId}`;
  return latestCutoffs(db, {
    ofClient: JSON.stringify(ofClient),
    subjects: JSON.stringify([...ofClient, ...ofBoth, attributes]),
    attributes,
    // Every scope: a space sorts before an exclamation mark.
    firstScope: `${scopes} `,
    afterScopes: `${scopes}!`,
  });
}

type LatestCutoffs = {
  ofClient: string;
  subjects: string;
  attributes: string;
  firstScope: string;
  afterScopes: string;
};

const isInJson = (list: SQL): SQL => sql`subject IN (SELECT value FROM json_each(${list}))`;

const latestCutoffs = compiledStatement<LatestCutoffs>()((db, slots) =>
  db
    .select({
      ofClient: sql<number | null>`MAX(CASE WHEN ${isInJson(slots.ofClient)} THEN at END)`,
      ofConsent: sql<number | null>`MAX(CASE WHEN at < ${DISABLED} AND subject <> ${slots.attributes} THEN at END)`,
      attributesCutoff: sql<number | null>`MAX(CASE WHEN subject = ${slots.attributes} THEN at END)`,
    })
    .from(cutoffs)
    .where(
      or(isInJson(slots.subjects), and(gte(cutoffs.subject, slots.firstScope), lt(cutoffs.subject, slots.afterScopes))),
    ),
);

/** All cutoffs, ordered by subject: exported beside a backup. */
export function listCutoffs(databases: Databases, after: string, most: number) {
  return databases.global.select().from(cutoffs).where(gt(cutoffs.subject, after)).orderBy(cutoffs.subject).limit(most);
}

/** For the cron: no credential that old exists any more. */
export function sweepCutoffs(db: Database, before: number, most: number) {
  return deleteRows(db, cutoffs, and(lt(cutoffs.at, before), eq(cutoffs.pendingShards, [])), most);
}
