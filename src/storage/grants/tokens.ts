/** Records of access tokens. The tokens themselves are not stored. */
import { isNull, type SQL, sql } from 'drizzle-orm';
import type { GrantId, TokenId, UserId } from '../../protocol/credentials.ts';
import { hasUserPrefix, shardOf } from '../../protocol/credentials.ts';
import { LOCATION_SKEW, SECOND } from '../../protocol/lifetimes.ts';
import { compiledStatement, type Slots } from '../database/compiled-statement.ts';
import { type Databases, FIRST_SHARD, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { tokens } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import {
  type ApprovalSnapshot,
  attributesSubject,
  authorizedAtOf,
  grantIsNotCutOff,
  notCutOff,
  type SnapshotValues,
  type Subject,
  sessionIsNotEnded,
  snapshotIsCurrent,
  snapshotValues,
} from './cutoffs.ts';
import { decideInShard, type SingleUse, useOnceStatement } from './single-use.ts';

export type TokenRow = typeof tokens.$inferSelect;

/** The claims of an access token by which storage can revoke it. `iat` is in seconds. */
export type IssuedToken = {
  jti: TokenId;
  sub: string;
  client_id: string;
  grant?: GrantId | undefined;
  resource: string;
  scopes: string[];
  iat: number;
  exp: number;
};

/** The user of a subject; undefined for a client that acts on its own behalf. */
export const userOf = (sub: string): UserId | undefined => (hasUserPrefix(sub) ? sub : undefined);

type TokenIdentity = Pick<IssuedToken, 'sub' | 'client_id'>;

/** All subjects whose cutoffs revoke a token, except those of its grant. */
export function subjectsOfToken({ sub, client_id }: TokenIdentity): Subject[] {
  const user = userOf(sub);
  const ofUser: Subject[] = user ? [`user:${user}`, `consent:${user}:${client_id}`] : [];
  return [`client:${client_id}`, ...ofUser];
}

/** A condition on `grants`: access tokens of the grant are valid. */
export const grantIsValid = sql`revoked_at IS NULL AND ${grantIsNotCutOff} AND ${sessionIsNotEnded}`;

type TokenReference = Omit<IssuedToken, 'resource' | 'scopes' | 'exp'>;

/** The values of a token; null where there is no token, or no grant. */
type TokenValues = {
  jti: string | null;
  subjects: string;
  unrecorded: number;
  grant: string | null;
  attributes: string | null;
};

function tokenValues(token: TokenReference | undefined): TokenValues {
  if (!token) return { jti: null, subjects: '[]', unrecorded: 0, grant: null, attributes: null };
  const user = userOf(token.sub);
  return {
    jti: token.jti,
    subjects: JSON.stringify(subjectsOfToken(token)),
    // To the millisecond where there is a record; else from the start of its second, plus the skew of clocks: a client
    // may get a token right after a cutoff, without a statement that knew of it.
    unrecorded: token.iat * SECOND + LOCATION_SKEW,
    grant: token.grant ?? null,
    attributes: user ? attributesSubject(user) : null,
  };
}

/** A condition: neither the token nor its grant is revoked or cut off. A missing record may be late. */
function tokenIsValid({ jti, subjects, unrecorded, grant }: Slots<TokenValues>): SQL {
  const authorizedAt = sql`COALESCE((SELECT issued_at FROM tokens WHERE id = ${jti}), ${unrecorded})`;
  const isRevoked = sql`EXISTS (SELECT 1 FROM tokens WHERE id = ${jti} AND revoked_at IS NOT NULL)`;
  const isGrantValid = sql`(${grant} IS NULL OR EXISTS (SELECT 1 FROM grants WHERE id = ${grant} AND ${grantIsValid}))`;
  return sql`(NOT ${isRevoked} AND ${notCutOff(subjects, authorizedAt)} AND ${isGrantValid})`;
}

const statusOf = compiledStatement<TokenValues>()((db, slots) =>
  db
    .select({
      is: sql<number>`${tokenIsValid(slots)}`,
      ofGrant: sql<
        string | null
      >`(SELECT json_array(json(claims), token_last_used_at) FROM grants WHERE id = ${slots.grant})`,
      attributesCutoff: sql<number | null>`(SELECT at FROM cutoffs WHERE subject = ${slots.attributes})`,
    })
    .from(sql`(SELECT 1)`),
);

/** True where an access token is valid. One round. */
export async function isTokenActive(databases: Databases, token: TokenReference): Promise<boolean> {
  return (await tokenStatus(databases, token)) !== undefined;
}

/** The status of an active access token. */
export type TokenStatus = {
  /** The claims that its user allowed beyond the scopes. */
  claims: readonly string[];
  /** The number of the last change of the user's attributes. */
  attributesCutoff: number | null;
  /** The recorded time of the last use of a token of its grant, to the day. */
  lastUsedAt: number | null;
};

/** The status of an access token; undefined for one that is not active. One round. */
export async function tokenStatus(databases: Databases, token: TokenReference): Promise<TokenStatus | undefined> {
  const db = await databases.resolveShard(shardOf(token.jti));
  if (!db) return undefined;
  const [row] = await statusOf(db, tokenValues(token)).run();
  if (row?.is !== 1) return undefined;
  const [claims, lastUsedAt] = JSON.parse(row.ofGrant ?? '[[],null]') as [string[], number | null];
  return { claims, attributesCutoff: row.attributesCutoff, lastUsedAt };
}

/** The result of recording a token; `client changed` where the approval was judged by a stale copy. */
export type RecordOutcome = 'recorded' | 'cut off' | 'client changed';

/** A token to be recorded; the members of `TokenValues` are those of its subject token. */
type RecordValues = SnapshotValues &
  TokenValues & {
    id: string;
    grantId: string | null;
    clientId: string;
    userId: string | null;
    checkedUser: string | null;
    scopes: string;
    resource: string;
    expiresAt: number;
    ownSubjects: string;
    now: number;
  };

/** A condition: no cutoff came, the deletion of the user, if any, was not requested, and the subject token is valid. */
function isRecordable(slots: Slots<RecordValues>): SQL {
  const isNotDeleted = sql`(${slots.checkedUser} IS NULL
    OR EXISTS (SELECT 1 FROM users WHERE id = ${slots.checkedUser} AND deletion_due_at IS NULL))`;
  const isNotCutOff = notCutOff(slots.ownSubjects, authorizedAtOf(slots.ownSubjects, slots.now));
  const isSubjectValid = sql`(${slots.jti} IS NULL OR ${tokenIsValid(slots)})`;
  return sql`(${isNotCutOff} AND ${isNotDeleted} AND ${isSubjectValid} AND ${snapshotIsCurrent(slots)})`;
}

const mayRecord = compiledStatement<RecordValues>()((db, slots) =>
  db
    .select({ may: sql<number>`${isRecordable(slots)}`, unchanged: sql<number>`${snapshotIsCurrent(slots)}` })
    .from(sql`(SELECT 1)`),
);

const insertToken = compiledStatement<RecordValues>()((db, slots) => {
  const { id, grantId, clientId, userId, scopes, resource, expiresAt } = slots;
  const issuedAt = authorizedAtOf(slots.ownSubjects, slots.now);
  const row = { id, grantId, clientId, userId, scopes, resource, issuedAt, expiresAt, revokedAt: null };
  return db
    .insert(tokens)
    .select(insertWhere(tokens, row, isRecordable(slots)))
    .onConflictDoNothing();
});

/**
 * Records a token without a grant of its own, where no cutoff came meanwhile, and uses the single-use values of its
 * request. The record never overwrites an earlier revocation.
 * @param snapshot of the approval, where there was one.
 * @param from the subject token in the same shard, which must be valid.
 */
export async function recordToken(
  databases: Databases,
  moment: RequestClock,
  token: IssuedToken,
  singleUses: SingleUse[] = [],
  snapshot?: ApprovalSnapshot,
  from?: TokenReference,
): Promise<RecordOutcome> {
  const userId = userOf(token.sub) ?? null;
  const values = {
    ...snapshotValues(snapshot),
    // Of the subject token.
    ...tokenValues(from),
    id: token.jti,
    grantId: token.grant ?? null,
    clientId: token.client_id,
    userId,
    // `DB` has the users.
    checkedUser: shardOf(token.jti) === FIRST_SHARD ? userId : null,
    scopes: JSON.stringify(token.scopes),
    resource: token.resource,
    expiresAt: token.exp * SECOND,
    ownSubjects: JSON.stringify(subjectsOfToken(token)),
    now: moment.now,
  };
  const recorded = await decideInShard(databases, shardOf(token.jti), singleUses, (db) =>
    runBatch(() =>
      db.batch([
        mayRecord(db, values),
        insertToken(db, values),
        ...singleUses.map((spend) => useOnceStatement(db, moment, spend)),
      ]),
    ),
  );
  const is = recorded?.[0][0];
  if (is?.may === 1) return 'recorded';
  return is?.unchanged === 0 ? 'client changed' : 'cut off';
}

/** Revokes one access token (RFC 7009). A late record is written here, revoked. */
export async function revokeToken(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  token: IssuedToken,
  singleUses: SingleUse[] = [],
): Promise<void> {
  const row = {
    id: token.jti,
    grantId: token.grant ?? null,
    clientId: token.client_id,
    userId: userOf(token.sub) ?? null,
    scopes: token.scopes,
    resource: token.resource,
    issuedAt: token.iat * SECOND,
    expiresAt: token.exp * SECOND,
    revokedAt: moment.now,
  };
  await decideInShard(databases, shardOf(token.jti), singleUses, (db) =>
    runBatch(() =>
      db.batch([
        db
          .insert(tokens)
          .values(row)
          .onConflictDoUpdate({
            target: tokens.id,
            set: { revokedAt: moment.now },
            setWhere: isNull(tokens.revokedAt),
          }),
        // A second revocation records no event.
        recordEvent(db, moment, { type: 'token.revoked', subject: token.jti, actor }, sql`changes() > 0`),
        ...singleUses.map((spend) => useOnceStatement(db, moment, spend)),
      ]),
    ),
  );
}
