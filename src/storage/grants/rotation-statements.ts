/** The statements of refresh token rotation: the conditional update of the grant, and the record of the access token. */
import { and, eq, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm';
import { MINUTE } from '../../protocol/lifetimes.ts';
import { OFFLINE_ACCESS } from '../../protocol/scope-names.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import { insertWhere } from '../database/insert-where.ts';
import { grants, tokens } from '../schema/index.ts';
import { snapshotIsCurrent } from './approval-snapshot.ts';
import { attributesCutoff } from './grant-conditions.ts';
import { type Grant, isActiveGrant, isSessionActive } from './grants.ts';
import type { AttemptValues } from './refresh-attempt.ts';
import { type AttemptSlots, isIn, issuedScopes, jsonMember, refreshedResource } from './refreshed-access.ts';

/** Of `grants`: the time until which it can be refreshed; without offline access the session limits it. */
const refreshableUntil = sql<number>`CASE WHEN EXISTS (SELECT 1 FROM json_each(grants.scopes) WHERE value = ${OFFLINE_ACCESS})
  THEN grants.expires_at
  ELSE MIN(grants.expires_at, COALESCE((SELECT expires_at FROM sessions WHERE id = grants.session_id), grants.expires_at))
  END`;

/** A condition on `grants`: the refresh token is used with its key, and the access token is bound where required. */
const isBoundAs = ({ thumbprint, boundResources }: AttemptSlots, target: SQL) =>
  and(
    or(isNull(grants.jkt), eq(grants.jkt, thumbprint)),
    sql`(${thumbprint} <> '' OR NOT ${isIn(target, boundResources)})`,
  );

const isActiveGrantOf = (
  slots: Pick<AttemptSlots, 'grant' | 'clientId' | 'now' | 'sessionIdleSince' | 'grantIdleSince'>,
) =>
  and(
    sql`${grants.id} = ${slots.grant}`,
    sql`${grants.clientId} = ${slots.clientId}`,
    isActiveGrant(slots.now, slots.grantIdleSince),
    isSessionActive(slots.now, slots.sessionIdleSince),
  );

/** The columns that tokens are made of. */
const ROTATED = {
  id: grants.id,
  userId: grants.userId,
  sessionId: grants.sessionId,
  scopes: grants.scopes,
  resources: grants.resources,
  expiresAt: grants.expiresAt,
  rotatedAt: grants.rotatedAt,
  idTokenClaims: grants.idTokenClaims,
  authTime: grants.authTime,
  amr: grants.amr,
  acr: grants.acr,
  refreshableUntil,
  attributesCutoff,
};

/** A grant as a rotation left it. */
export type RotatedGrant = Pick<Grant, keyof Grant & keyof typeof ROTATED> & {
  refreshableUntil: number;
  attributesCutoff: number | null;
};

export const rotateGrant = compiledStatement<AttemptValues>()((db, slots) => {
  const { generation, now, requestId, resource } = slots;
  const target = refreshedResource(slots);
  // A repeated request: within the grace period, or this very request sent again.
  const isRetry = sql`(generation = ${generation} + 1 AND (rotated_at >= ${slots.graceBegan} OR rotated_by = ${requestId}))`;
  return db
    .update(grants)
    .set({
      generation: sql`${generation} + 1`,
      rotatedAt: sql`CASE WHEN generation = ${generation} THEN ${now} ELSE rotated_at END`,
      previousRotatedAt: sql`CASE WHEN generation = ${generation} THEN rotated_at ELSE previous_rotated_at END`,
      // None reverts it after another request was given the same successor.
      rotatedBy: sql`CASE WHEN generation = ${generation} OR rotated_by = ${requestId} THEN ${requestId} ELSE '' END`,
    })
    .where(
      and(
        isActiveGrantOf(slots),
        or(eq(grants.generation, generation), isRetry),
        sql`(${resource} IS NULL OR ${isIn(resource, sql`grants.resources`)})`,
        sql`EXISTS (${issuedScopes(slots, target)})`,
        snapshotIsCurrent(slots),
        isNotNull(target),
        isBoundAs(slots, target),
      ),
    )
    .returning(ROTATED);
});

export const insertNextToken = compiledStatement<AttemptValues>()((db, slots) => {
  const { now } = slots;
  const target = refreshedResource(slots);
  const minutes = sql`COALESCE(${jsonMember(slots.tokenMinutesOf, target)}, ${slots.tokenMinutes})`;
  const row = {
    id: slots.token,
    grantId: slots.grant,
    clientId: slots.clientId,
    userId: sql`user_id`,
    scopes: sql`(SELECT json_group_array(value) FROM (${issuedScopes(slots, target)}))`,
    resource: target,
    issuedAt: sql`MAX(${now}, grants.authorized_at)`,
    expiresAt: sql`MIN(${now} + ${minutes} * ${MINUTE}, grants.expires_at)`,
    revokedAt: null,
  };
  return db
    .insert(tokens)
    .select(insertWhere(tokens, row, sql`changes() > 0 AND grants.id = ${slots.grant}`, sql`grants`))
    .onConflictDoNothing();
});

export const activeGrantOf = compiledStatement<
  Pick<AttemptValues, 'grant' | 'clientId' | 'now' | 'sessionIdleSince' | 'grantIdleSince'>
>()((db, slots) => db.select().from(grants).where(isActiveGrantOf(slots)));
