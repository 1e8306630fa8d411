/** The statements of refresh token rotation: the conditional update of the grant, and the record of the access token. */
import { and, eq, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { GrantId, TokenId } from '../../protocol/credentials.ts';
import { MINUTE, SECOND } from '../../protocol/lifetimes.ts';
import { OFFLINE_ACCESS } from '../../protocol/scope-names.ts';
import type { Settings } from '../../protocol/settings.ts';
import { compiledStatement, type Slots } from '../database/compiled-statement.ts';
import { insertWhere } from '../database/insert-where.ts';
import { grants, tokens } from '../schema/index.ts';
import type { RequestClock } from '../server/audit.ts';
import { type ApprovalSnapshot, type SnapshotValues, snapshotIsCurrent, snapshotValues } from './approval-snapshot.ts';
import { attributesCutoff } from './grant-conditions.ts';
import { type Grant, idleLimits, isActiveGrant, isSessionActive } from './grants.ts';

export type RefreshAttempt = {
  grant: GrantId;
  generation: number;
  clientId: string;
  /** Requested scopes; undefined for all granted ones. */
  scopes: string[] | undefined;
  /** Requested resource; undefined for the first of the grant that is registered. */
  resource: string | undefined;
  /** Registered resources; the issuer and URIs below it are resources, too. */
  registeredResources: string[];
  issuer: string;
  /** Scopes allowed for the client, by default and at single resources: others are dropped. */
  allowed: { default: readonly string[]; of: Record<string, readonly string[]> };
  snapshot: ApprovalSnapshot;
  /** Thumbprint of the key that the request proved to hold. */
  thumbprint: string | undefined;
  /** Resources that require DPoP-bound tokens. */
  boundResources: string[];
  /** Lifetime of access tokens. */
  tokenMinutes: { default: number; of: Record<string, number> };
  token: TokenId;
  graceSeconds: number;
};

/** Of `grants`: the time until which it can be refreshed; without offline access the session limits it. */
const refreshableUntil = sql<number>`CASE WHEN EXISTS (SELECT 1 FROM json_each(grants.scopes) WHERE value = ${OFFLINE_ACCESS})
  THEN grants.expires_at
  ELSE MIN(grants.expires_at, COALESCE((SELECT expires_at FROM sessions WHERE id = grants.session_id), grants.expires_at))
  END`;

/** The values of an attempt: lists and objects as JSON, null where nothing was requested. */
type AttemptValues = SnapshotValues & {
  grant: string;
  clientId: string;
  generation: number;
  requestId: string;
  now: number;
  graceBegan: number;
  sessionIdleSince: number;
  grantIdleSince: number;
  scopes: string | null;
  resource: string | null;
  resources: string;
  issuer: string;
  allowed: string;
  allowedOf: string;
  thumbprint: string;
  boundResources: string;
  token: string;
  tokenMinutes: number;
  tokenMinutesOf: string;
};

/** The values of the statements. */
export function attemptValues(
  { requestId, now }: RequestClock,
  attempt: RefreshAttempt,
  settings: Settings,
): AttemptValues {
  const { grant, clientId, generation, scopes, resource = null, registeredResources, issuer, allowed } = attempt;
  const { thumbprint = '', boundResources, token, tokenMinutes, graceSeconds, snapshot } = attempt;
  return {
    ...snapshotValues(snapshot),
    ...idleLimits(now, settings),
    grant,
    clientId,
    generation,
    requestId,
    now,
    graceBegan: now - graceSeconds * SECOND,
    scopes: scopes === undefined ? null : JSON.stringify(scopes),
    resource,
    resources: JSON.stringify([issuer, ...registeredResources]),
    issuer,
    allowed: JSON.stringify(allowed.default),
    allowedOf: JSON.stringify(allowed.of),
    thumbprint,
    boundResources: JSON.stringify(boundResources),
    token,
    tokenMinutes: tokenMinutes.default,
    tokenMinutesOf: JSON.stringify(tokenMinutes.of),
  };
}

type AttemptSlots = Slots<AttemptValues>;

const isIn = (value: SQL, list: SQL): SQL => sql`${value} IN (SELECT value FROM json_each(${list}))`;

/** The member of a JSON object with this name; NULL where it has none. */
const memberOf = (object: SQL, name: SQL): SQL =>
  sql`(SELECT own.value FROM json_each(${object}) AS own WHERE own.key = ${name})`;

/** Of `grants`: the resource of the access token; NULL where no resource of the grant is registered any more. */
const targetResource = ({ resource, resources, issuer }: AttemptSlots): SQL => sql`COALESCE(${resource}, (
  SELECT value FROM json_each(grants.resources)
  WHERE ${isIn(sql`value`, resources)}
    OR substr(value, 1, length(${issuer}) + 1) IN (${issuer} || '/', ${issuer} || '?')
  ORDER BY key LIMIT 1))`;

/** Of `grants`: the granted scopes that were requested and are allowed for the client. */
const issuedScopes = (slots: AttemptSlots, target: SQL): SQL => sql`SELECT granted.value AS value
  FROM json_each(grants.scopes) AS granted
  WHERE (${slots.scopes} IS NULL OR ${isIn(sql`granted.value`, slots.scopes)})
    AND ${isIn(sql`granted.value`, sql`COALESCE(${memberOf(slots.allowedOf, target)}, ${slots.allowed})`)}`;

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
  const target = targetResource(slots);
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
  const target = targetResource(slots);
  const minutes = sql`COALESCE(${memberOf(slots.tokenMinutesOf, target)}, ${slots.tokenMinutes})`;
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
