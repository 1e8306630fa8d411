/** Refresh token rotation: one conditional update, in one batch with the record of the access token. */
import { and, eq, sql } from 'drizzle-orm';
import { shardOf, type UserId } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { isOwnResource } from '../../protocol/resource.ts';
import type { Settings } from '../../protocol/settings.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { grants } from '../schema/index.ts';
import type { RequestClock } from '../server/audit.ts';
import { type ShardDecision, userInBatch, userOfBatch, withAttributesBeside } from '../users/user-attributes.ts';
import { isSnapshotStale } from './approval-snapshot.ts';
import { type Grant, idleLimits, revokeGrant } from './grants.ts';
import { attemptValues, type RefreshAttempt } from './refresh-attempt.ts';
import { activeGrantOf, insertNextToken, type RotatedGrant, rotateGrant } from './rotation-statements.ts';
import { decideInShard, type SingleUse, useOnceStatement } from './single-use.ts';

/** A refresh attempt, and what is decided or read with it. */
export type RefreshRequest = RefreshAttempt & {
  /** Single-use values of the client authentication. */
  singleUses: SingleUse[];
  /** The user, if tokens need their attributes. */
  attributesOf: UserId | undefined;
};

export type RefreshOutcome =
  | {
      is: 'refreshed';
      generation: number;
      grant: RotatedGrant;
    }
  /** A replaced refresh token: the grant is revoked. */
  | { is: 'reused' }
  /** Replaced two generations back within the grace period: a late request, which revokes nothing. */
  | { is: 'late' }
  | { is: 'no scope left' | 'client changed' }
  | { is: 'resource not granted' | 'no resource' | 'of another key' | 'not bound' | 'over' | 'unknown shard' };

/**
 * Rotates the generation from g to g+1 in the shard of the grant, and reads the user beside it. A client that repeats g
 * within the grace period gets the same successor. Nothing changes unless the whole request is within the grant; only
 * then the reason is read, and reuse of a replaced token revokes the grant.
 */
export async function refreshGrant(
  databases: Databases,
  moment: RequestClock,
  request: RefreshRequest,
  settings: Settings,
) {
  const { attributesOf: id } = request;
  const shard = shardOf(request.grant);
  const decision = decideInShard(
    databases,
    shard,
    request.singleUses,
    (db) => rotate(db, moment, request, settings, userInBatch(databases, db, id)),
    (db) => undoRefresh(db, moment, request),
  ).then((decided) => decided ?? { outcome: { is: 'unknown shard' as const }, attributesCutoff: null });
  const { outcome, user } = await withAttributesBeside(databases, { id, shard }, decision);
  return { outcome, user };
}

async function rotate(
  db: Database,
  moment: RequestClock,
  attempt: RefreshRequest,
  settings: Settings,
  beside: ReturnType<typeof userInBatch>,
): Promise<{ outcome: RefreshOutcome } & ShardDecision> {
  const { generation } = attempt;
  const values = attemptValues(moment, attempt, settings);
  const uses = attempt.singleUses.map((spend) => useOnceStatement(db, moment, spend));
  // A token without a record is valid while its grant is (tokenIsValid).
  const record = settings.record_user_tokens ? [insertNextToken(db, values)] : [];
  const results = await runBatch(() => db.batch([rotateGrant(db, values), ...record, ...uses, ...beside]));
  const [[grant]] = results;
  if (!grant) return { outcome: await explainFailure(db, moment, attempt, settings), attributesCutoff: null };
  const outcome = { is: 'refreshed' as const, generation: generation + 1, grant };
  return { outcome, attributesCutoff: grant.attributesCutoff, user: userOfBatch(results, beside) };
}

/**
 * Reverts a refresh of this request that cannot be answered: the presented generation is the latest again. Not where
 * another request with the same refresh token was given the successor meanwhile.
 */
async function undoRefresh(
  db: Database,
  { requestId }: RequestClock,
  { grant, generation }: Pick<RefreshAttempt, 'grant' | 'generation'>,
): Promise<void> {
  const isOurs = and(eq(grants.id, grant), eq(grants.generation, generation + 1), eq(grants.rotatedBy, requestId));
  await runBatch(async () =>
    db
      .update(grants)
      // The time of the rotation before that is lost: the generation before is then never a late request.
      .set({ generation, rotatedAt: sql`previous_rotated_at`, previousRotatedAt: 0, rotatedBy: '' })
      .where(isOurs),
  );
}

/** The reason why nothing was rotated. Reuse stays reuse whatever happens meanwhile: a generation never decreases. */
async function explainFailure(
  db: Database,
  moment: RequestClock,
  attempt: RefreshAttempt,
  settings: Settings,
): Promise<RefreshOutcome> {
  const { now } = moment;
  const limits = idleLimits(now, settings);
  const [grant] = await activeGrantOf(db, { ...limits, grant: attempt.grant, clientId: attempt.clientId, now }).run();
  if (await isSnapshotStale(db, attempt.snapshot)) return { is: 'client changed' };
  if (!grant) return { is: 'over' };
  if (attempt.resource !== undefined && !grant.resources.includes(attempt.resource)) {
    return { is: 'resource not granted' };
  }
  const target = attempt.resource ?? grant.resources.find((resource) => exists(attempt, resource));
  if (target === undefined) return { is: 'no resource' };
  const requested = grant.scopes.filter((scope) => attempt.scopes?.includes(scope) ?? true);
  const allowed = attempt.allowed.of[target] ?? attempt.allowed.default;
  if (!requested.some((scope) => allowed.includes(scope))) return { is: 'no scope left' };
  if (grant.jkt !== null && grant.jkt !== attempt.thumbprint) return { is: 'of another key' };
  if (attempt.thumbprint === undefined && attempt.boundResources.includes(target)) return { is: 'not bound' };
  if (grant.generation <= attempt.generation) return { is: 'over' };
  if (isLate(grant, attempt, moment.now)) return { is: 'late' };
  await revokeGrant(db, moment, grant.id, `client:${attempt.clientId}`, 'refresh token reused');
  return { is: 'reused' };
}

/**
 * True where the presented generation and its successor were replaced within the grace period: a client with two tabs
 * does so.
 */
const isLate = (grant: Grant, { generation, graceSeconds }: RefreshAttempt, now: number): boolean =>
  grant.generation === generation + 2 && grant.previousRotatedAt > now - graceSeconds * SECOND;

const exists = ({ registeredResources, issuer }: RefreshAttempt, resource: string): boolean =>
  registeredResources.includes(resource) || isOwnResource(resource, issuer);

/**
 * True where a refresh token of this generation can be used now: the latest, or the one before within the grace period.
 */
export function isRefreshable(grant: Grant, generation: number, graceSeconds: number, now: number): boolean {
  const inGrace = grant.generation === generation + 1 && grant.rotatedAt > now - graceSeconds * SECOND;
  return grant.generation === generation || inGrace;
}
