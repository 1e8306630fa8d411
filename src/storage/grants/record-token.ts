/** The record of an access token: made where nothing revoked it meanwhile, and its revocation (RFC 7009). */
import { isNull, type SQL, sql } from 'drizzle-orm';
import { shardOf } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { compiledStatement, type Slots } from '../database/compiled-statement.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { FIRST_SHARD } from '../database/shard-names.ts';
import { tokens } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { type ApprovalSnapshot, type SnapshotValues, snapshotIsCurrent, snapshotValues } from './approval-snapshot.ts';
import { authorizedAtOf, notCutOff } from './cutoffs.ts';
import { decideInShard, type SingleUse, useOnceStatement } from './single-use.ts';
import {
  type IssuedToken,
  subjectsOfToken,
  type TokenReference,
  type TokenValues,
  tokenIsValid,
  tokenValues,
  userOf,
} from './tokens.ts';

/** The result of recording a token; `client changed` where the approval was validated by a stale copy. */
export type RecordOutcome = 'recorded' | 'cut off' | 'client changed';

/** A token to be recorded; the members of `TokenValues` are those of its subject token. */
type TokenRecordValues = SnapshotValues &
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
function isRecordable(slots: Slots<TokenRecordValues>): SQL {
  const isNotDeleted = sql`(${slots.checkedUser} IS NULL
    OR EXISTS (SELECT 1 FROM users WHERE id = ${slots.checkedUser} AND deletion_due_at IS NULL))`;
  const isNotCutOff = notCutOff(slots.ownSubjects, authorizedAtOf(slots.ownSubjects, slots.now));
  const isSubjectValid = sql`(${slots.jti} IS NULL OR ${tokenIsValid(slots)})`;
  return sql`(${isNotCutOff} AND ${isNotDeleted} AND ${isSubjectValid} AND ${snapshotIsCurrent(slots)})`;
}

const readOutcome = compiledStatement<TokenRecordValues>()((db, slots) =>
  db
    .select({
      exists: sql<number>`EXISTS (SELECT 1 FROM tokens WHERE id = ${slots.id}) AND ${isRecordable(slots)}`,
      isCurrent: sql<number>`${snapshotIsCurrent(slots)}`,
    })
    .from(sql`(SELECT 1)`),
);

const insertToken = compiledStatement<TokenRecordValues>()((db, slots) => {
  const { id, grantId, clientId, userId, scopes, resource, expiresAt } = slots;
  const issuedAt = authorizedAtOf(slots.ownSubjects, slots.now);
  const row = { id, grantId, clientId, userId, scopes, resource, issuedAt, expiresAt, revokedAt: null };
  return db
    .insert(tokens)
    .select(insertWhere(tokens, row, isRecordable(slots)))
    .onConflictDoNothing()
    .returning({ id: tokens.id });
});

/** The outcome where no row was inserted: a repeated request finds its own, and a revocation may have come first. */
async function explainOutcome(db: Database, values: TokenRecordValues): Promise<RecordOutcome> {
  const [found] = await readOutcome(db, values).run();
  if (found?.exists === 1) return 'recorded';
  return found?.isCurrent === 0 ? 'client changed' : 'cut off';
}

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
  const outcome = await decideInShard(databases, shardOf(token.jti), singleUses, async (db) => {
    const uses = singleUses.map((spend) => useOnceStatement(db, moment, spend));
    const [inserted] = await runBatch(() => db.batch([insertToken(db, values), ...uses]));
    return inserted.length > 0 ? ('recorded' as const) : explainOutcome(db, values);
  });
  return outcome ?? 'cut off';
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
        recordEvent(db, moment, { type: 'token.revoked', subject: token.jti, actor }, previousChangedRow),
        ...singleUses.map((spend) => useOnceStatement(db, moment, spend)),
      ]),
    ),
  );
}
