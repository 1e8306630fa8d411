/** Redeeming an authorization code or an approved device: one insert, in one batch with the record of its access token. */
import { and, eq, sql } from 'drizzle-orm';
import { type GrantId, shardOf, type UserId } from '../../protocol/credentials.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { grants, tokens } from '../schema/index.ts';
import { type AuditEvent, type RequestClock, recordEvent } from '../server/audit.ts';
import { keepCounting } from '../server/row-counts.ts';
import { type ShardDecision, userInBatch, userOfBatch, withAttributesBeside } from '../users/user-attributes.ts';
import { type ApprovalSnapshot, isSnapshotStale } from './approval-snapshot.ts';
import { revokeGrant } from './grants.ts';
import { type FirstToken, insertNewGrant, type NewGrant } from './new-grant.ts';
import { decideInShard, type SingleUse, useOnceStatement } from './single-use.ts';

export type Redemption =
  /** This request made the grant. */
  | 'granted'
  /** Another request redeemed the code within the time of a lost answer. */
  | 'refused'
  /** Another request redeemed it earlier: the grant is revoked (RFC 6749 §4.1.2). */
  | 'replayed'
  /** The user, the client or the consent was cut off meanwhile. */
  | 'cut off'
  /** Client or user changed since the approval was validated. Nothing was changed. */
  | 'client changed'
  /** The credential names a shard that never existed. */
  | 'unknown shard';

/** A validated code or device, and the grant that it becomes. */
export type GrantRedemption = {
  grant: NewGrant;
  token: FirstToken;
  /** Milliseconds after which a repeated redemption is a replay. */
  replayAfter: number;
  /** Single-use values of the request. */
  singleUses: SingleUse[];
  snapshot: ApprovalSnapshot;
  /** The user, if tokens need their attributes. */
  attributesOf: UserId | undefined;
};

/**
 * Redeems a validated code in the shard of its grant, and reads the user beside it. The primary key is the single use:
 * of any number of concurrent redemptions exactly one inserts. A repeated request recognises its own grant.
 */
export async function redeemGrant(databases: Databases, moment: RequestClock, redemption: GrantRedemption) {
  const { grant, token, singleUses, attributesOf } = redemption;
  const decision = decideInShard(
    databases,
    shardOf(grant.id),
    singleUses,
    (db) => makeGrant(db, moment, redemption, userInBatch(databases, db, attributesOf)),
    (db) => undoRedemption(db, moment, grant.id),
  ).then((decided) => decided ?? { outcome: 'unknown shard' as const, attributesCutoff: null });
  const { outcome, user } = await withAttributesBeside(
    databases,
    { id: attributesOf, shard: shardOf(grant.id) },
    decision,
  );
  return { outcome, grant, token, user };
}

async function makeGrant(
  db: Database,
  moment: RequestClock,
  { grant, token, replayAfter, singleUses, snapshot }: GrantRedemption,
  beside: ReturnType<typeof userInBatch>,
): Promise<{ outcome: Redemption } & ShardDecision> {
  const rowsOfGrant = insertNewGrant(db, moment, grant, token, snapshot);
  const uses = singleUses.map((spend) => useOnceStatement(db, moment, spend));
  const results = await runBatch(() => db.batch([...rowsOfGrant, ...uses, ...beside]));
  const [[found]] = results;
  if (!found) {
    return { outcome: (await isSnapshotStale(db, snapshot)) ? 'client changed' : 'cut off', attributesCutoff: null };
  }
  const outcome = redemptionOf(found, moment, replayAfter);
  if (outcome === 'replayed' && found.revokedAt === null) {
    await revokeGrant(db, moment, grant.id, `client:${grant.clientId}`, 'code replayed');
  }
  return { outcome, attributesCutoff: found.attributesCutoff, user: userOfBatch(results, beside) };
}

/** The outcome for a grant that exists: made by this request, or by another one. */
function redemptionOf(
  found: Pick<typeof grants.$inferSelect, 'redeemedBy' | 'createdAt' | 'revokedAt'>,
  { requestId, now }: RequestClock,
  replayAfter: number,
): Redemption {
  if (found.revokedAt !== null) return 'replayed';
  if (found.redeemedBy === requestId) return 'granted';
  return found.createdAt > now - replayAfter ? 'refused' : 'replayed';
}

/**
 * Reverts a redemption of this request that cannot be answered: the code can be redeemed again. No client has a token
 * of the grant, because only the request that made it is answered with tokens.
 */
async function undoRedemption(db: Database, moment: RequestClock, id: GrantId): Promise<void> {
  const { requestId } = moment;
  const isMade = sql`EXISTS (SELECT 1 FROM grants WHERE id = ${id} AND redeemed_by = ${requestId})`;
  const event: AuditEvent = {
    type: 'grant.revoked',
    subject: id,
    actor: 'system',
    detail: { because: 'the redemption could not be answered' },
  };
  await runBatch(() =>
    db.batch([
      recordEvent(db, moment, event, isMade),
      db.delete(tokens).where(sql`grant_id = ${id} AND ${isMade}`),
      db.delete(grants).where(and(eq(grants.id, id), eq(grants.redeemedBy, requestId))),
      keepCounting(db, 'tokens'),
    ]),
  );
}
