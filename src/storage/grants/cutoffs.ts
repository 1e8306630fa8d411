/**
 * Cutoffs: one row revokes everything of a subject that was authorized at or before a time, in every shard, outstanding
 * codes included.
 */
import { and, eq, gt, gte, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import type { SessionId, UserId } from '../../protocol/credentials.ts';
import { LOCATION_SKEW } from '../../protocol/lifetimes.ts';
import { OFFLINE_ACCESS } from '../../protocol/scope-names.ts';
import { scopesOfClaims } from '../../protocol/user-claims.ts';
import { compiledStatement, type Slots } from '../database/compiled-statement.ts';
import { type Database, type Databases, DISABLED } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { insertWhere } from '../database/insert-where.ts';
import { cutoffs } from '../schema/index.ts';

export { DISABLED };

/**
 * The subject of a cutoff: a user, a client, a user with a client, one scope of a user with a client, a session, or the
 * passwords of a user, which are identified by the time they were set. `approval` revokes nothing: copies of the client
 * that were read before are stale. `sessions` is compared by no statement: it is pending for the shards in which the
 * sessions of a user could not be ended, and ends them when it is delivered (cutoff-delivery.ts).
 */
export type Subject =
  | `user:${UserId}`
  | `client:${string}`
  | `consent:${UserId}:${string}`
  | `scope:${UserId}:${string} ${string}`
  | `approval:${string}`
  | `session:${SessionId}`
  | `sessions:${UserId}`
  | `password:${UserId}`
  | `attributes:${UserId}`;

/** The subject of the cutoff that makes copies of a user's row stale. It revokes nothing. */
export const attributesSubject = (id: UserId): Subject => `attributes:${id}`;

export type Cutoff = {
  subject: Subject;
  at: number;
  /** True where it may also move the time back, as enabling does. Other cutoffs keep a later time. */
  exact?: boolean;
};

type GrantIdentity = { userId: UserId; clientId: string; sessionId: SessionId; scopes: readonly string[] };

/** All subjects whose cutoffs revoke a grant of this user, client and session. */
export function subjectsOfGrant({ userId, clientId, sessionId, scopes }: GrantIdentity): Subject[] {
  const subjects: Subject[] = [`user:${userId}`, `client:${clientId}`, `consent:${userId}:${clientId}`];
  // OpenID Connect Core §11: offline access is for when the user is not present (not logged in).
  return scopes.includes(OFFLINE_ACCESS) ? subjects : [...subjects, `session:${sessionId}`];
}

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
 * The time of a cutoff, in the statement that writes it: after everything authorized before it, by the clock of any
 * location, and after every earlier cutoff, so that it also covers what was authorized after one of those.
 */
export const cutoffTime = (at: number): SQL =>
  at === DISABLED
    ? sql`${DISABLED}`
    : sql`MAX(${at + LOCATION_SKEW}, 1 + COALESCE((SELECT MAX(at) FROM cutoffs WHERE at < ${DISABLED}), 0))`;

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

/** The subjects of a new grant: those above, and the scopes that the user may have withdrawn, those of claims among them. */
export function subjectsOfNewGrant(
  grant: GrantIdentity & { claims: readonly string[]; idTokenClaims: readonly string[] },
): Subject[] {
  const { userId, clientId, scopes, claims, idTokenClaims } = grant;
  const withdrawable = new Set([...scopes, ...scopesOfClaims([...claims, ...idTokenClaims])]);
  return [
    ...subjectsOfGrant(grant),
    ...[...withdrawable].map((scope) => `scope:${userId}:${clientId} ${scope}` as const),
  ];
}

/**
 * The versions of client and user that an approval was judged with: the time at which the client was read, and the number
 * of the last change of the user's attributes that the row has. A replica's lag is not limited, so no time stands for it.
 */
export type ApprovalSnapshot = {
  clientId: string;
  clientReadAt: number;
  user?: { id: UserId; attributesChangedAt: number | null } | undefined;
};

/** A snapshot as the values of a statement: the subjects as JSON, none where nothing was read. */
export type SnapshotValues = {
  clientSubjects: string;
  clientReadAt: number;
  userSubjects: string;
  nextChange: number;
};

export function snapshotValues(snapshot: ApprovalSnapshot | undefined): SnapshotValues {
  const { clientId, clientReadAt = 0, user } = snapshot ?? {};
  const ofClient: Subject[] = clientId === undefined ? [] : [`client:${clientId}`, `approval:${clientId}`];
  const ofUser: Subject[] = user ? [attributesSubject(user.id)] : [];
  return {
    clientSubjects: JSON.stringify(ofClient),
    clientReadAt,
    userSubjects: JSON.stringify(ofUser),
    nextChange: (user?.attributesChangedAt ?? 0) + 1,
  };
}

/** A condition: no cutoff of the client since it was read, and no change of the user that its row has not. */
export const snapshotIsCurrent = (slots: Slots<SnapshotValues>): SQL =>
  sql`(${notCutOff(slots.clientSubjects, slots.clientReadAt)} AND ${notCutOff(slots.userSubjects, slots.nextChange)})`;

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

/** The same for a row of `grants`, whose columns name its subjects, except for the end of its session. */
export const grantIsNotCutOff = sql`NOT EXISTS (SELECT 1 FROM cutoffs WHERE at >= grants.authorized_at AND subject IN (
  'user:' || grants.user_id, 'client:' || grants.client_id, 'consent:' || grants.user_id || ':' || grants.client_id))`;

/** A condition on `grants`: its session was not ended, or it has offline access, which outlives the session. */
export const sessionIsNotEnded = sql`(EXISTS (SELECT 1 FROM json_each(grants.scopes) WHERE value = ${OFFLINE_ACCESS})
  OR NOT EXISTS (SELECT 1 FROM cutoffs WHERE subject = 'session:' || grants.session_id AND at >= grants.authorized_at))`;

/** Of `grants`, in RETURNING: the number of the last change of the user's roles or e-mail address; NULL without one. */
export const attributesCutoff = sql<
  number | null
>`(SELECT at FROM cutoffs WHERE subject = 'attributes:' || grants.user_id)`;

/** In `DB`: the names of every shard that exists, bound or not, as the pending shards of a new cutoff. */
export const allShardNames = sql`(SELECT json_group_array(name) FROM shards WHERE removed_at IS NULL)`;

/**
 * A condition on `grants`: its session has not expired, which counts as signing out. A grant of a device has no browser
 * session; offline access outlives it.
 */
export const sessionIsNotExpired = (
  now: number | SQL,
  idleSince: number | SQL,
) => sql`(EXISTS (SELECT 1 FROM json_each(grants.scopes)
    WHERE value = ${OFFLINE_ACCESS})
  OR NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.id = grants.session_id
    AND (sessions.expires_at <= ${now} OR sessions.last_seen_at <= ${idleSince}
      OR EXISTS (SELECT 1 FROM cutoffs WHERE subject = 'password:' || sessions.user_id
        AND at >= sessions.password_set_at))))`;

/**
 * Merges two cutoffs of one subject: the later time, written after the former, pending for the shards of the new one.
 */
export const LATER_CUTOFF = {
  at: sql`MAX(cutoffs.at, excluded.at)`,
  writtenAt: sql`MAX(excluded.written_at, cutoffs.written_at + 1)`,
  pendingShards: sql`excluded.pending_shards`,
};

/**
 * The statement that writes a cutoff in `DB` where a condition holds. Cutoffs of a subject take effect in the order in
 * which `DB` runs their statements, whatever the clocks of two locations say.
 */
export function writeCutoffIf(db: Database, cutoff: Cutoff, now: number, onlyIf: SQL) {
  const row = { subject: cutoff.subject, at: cutoffTime(cutoff.at), writtenAt: now, pendingShards: allShardNames };
  // Enabling covers everything from before it, also where its clock is behind that of the disabling.
  const clearedAt = sql`CASE WHEN cutoffs.at = ${DISABLED} THEN cutoffs.written_at ELSE cutoffs.at END`;
  return db
    .insert(cutoffs)
    .select(insertWhere(cutoffs, row, onlyIf))
    .onConflictDoUpdate({
      target: cutoffs.subject,
      set: { ...LATER_CUTOFF, ...(cutoff.exact && { at: sql`MAX(excluded.at, ${clearedAt})` }) },
    });
}

export const readCutoff = (db: Database, subject: Subject) =>
  db.select().from(cutoffs).where(eq(cutoffs.subject, subject));

/** A cutoff as a database has it. */
export type CutoffRow = typeof cutoffs.$inferSelect;

/** Cutoffs that are pending for some shard. */
export function listPendingCutoffs(databases: Databases) {
  return databases.global.select().from(cutoffs).where(ne(cutoffs.pendingShards, [])).limit(100);
}

/** All cutoffs, ordered by subject: exported beside a backup. */
export function listCutoffs(databases: Databases, after: string, most: number) {
  return databases.global.select().from(cutoffs).where(gt(cutoffs.subject, after)).orderBy(cutoffs.subject).limit(most);
}

/** Cutoffs that are pending for a bound shard: those pending only for others do not delay them. */
export function listDeliverableCutoffs(databases: Databases) {
  const bound = JSON.stringify(databases.shardNames);
  const isOwed = sql`EXISTS (SELECT 1 FROM json_each(cutoffs.pending_shards) AS owed
    WHERE owed.value IN (SELECT value FROM json_each(${bound})))`;
  return databases.global
    .select()
    .from(cutoffs)
    .where(and(ne(cutoffs.pendingShards, []), isOwed))
    .limit(100);
}

/** For the cron: no credential that old exists any more. */
export function sweepCutoffs(db: Database, before: number, most: number) {
  return deleteRows(db, cutoffs, and(lt(cutoffs.at, before), eq(cutoffs.pendingShards, [])), most);
}

/** True where the snapshot is stale, and the statement changed nothing because of it. */
export async function isSnapshotStale(db: Database, snapshot: ApprovalSnapshot): Promise<boolean> {
  const [row] = await currentSnapshot(db, snapshotValues(snapshot)).run();
  return row?.is === 0;
}

const currentSnapshot = compiledStatement<SnapshotValues>()((db, slots) =>
  db.select({ is: sql<number>`${snapshotIsCurrent(slots)}` }).from(sql`(SELECT 1)`),
);
