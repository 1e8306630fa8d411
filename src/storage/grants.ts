/**
 * Grants, and the two statements on which everything rests: redeeming a code is one insert, refreshing is one update.
 * Each is sent with its token's record in one batch.
 */
import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import {
  type GrantId,
  newSessionId,
  type PersonId,
  type SessionId,
  shardOf,
  type TokenId,
} from '../protocol/credentials.ts';
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import type { Settings } from '../protocol/settings.ts';
import { type AuditEvent, type Moment, recordEvent } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { grantIsUncut, sessionLasts, subjectsOf, uncut } from './cutoffs.ts';
import { countIfChanged } from './daily-counts.ts';
import { type Database, decide } from './database.ts';
import { grants, tokens } from './schema/index.ts';
import { type Spend, spendStatement } from './spent.ts';

export type Grant = typeof grants.$inferSelect;

/** What a code was sealed for, or a device allowed to do: the one grant it can become. */
export type NewGrant = {
  id: GrantId;
  clientId: string;
  personId: PersonId;
  sessionId: SessionId;
  scopes: string[];
  resources: string[];
  /** What it may read at /userinfo beyond its scopes. */
  claims: string[];
  bornAt: number;
  expiresAt: number;
  /** The key that its refresh token is bound to. */
  jkt: string | null;
};

export type NewToken = { id: TokenId; scopes: string[]; resource: string; expiresAt: number };

export type Redemption =
  /** This request made the grant. */
  | 'granted'
  /** Another request redeemed the code before: within the time of a lost answer. */
  | 'refused'
  /** Another request redeemed it long before: the grant is revoked (RFC 6749 §4.1.2). */
  | 'replayed'
  /** The person, the client or the consent was cut off meanwhile. */
  | 'cut off';

/**
 * Redeems a code that has been validated. The primary key is the single use: of any number of racing redemptions
 * exactly one inserts. Sent again, it recognises its own grant.
 */
export async function redeemGrant(
  db: Database,
  moment: Moment,
  grant: NewGrant,
  token: NewToken,
  replayAfter: number,
  spends: Spend[],
): Promise<Redemption> {
  const { requestId, now } = moment;
  const isOurs = sql`EXISTS (SELECT 1 FROM grants WHERE id = ${grant.id} AND made_by = ${requestId} AND revoked_at IS NULL)`;
  const { id, clientId, personId, sessionId, scopes, resources, claims, bornAt, expiresAt, jkt } = grant;
  const row = {
    ...{ id, clientId, personId, sessionId, scopes, resources, claims, bornAt, expiresAt, jkt },
    ...{ createdAt: now, madeBy: requestId, generation: 0, rotatedAt: now, rotatedBy: requestId, revokedAt: null },
  };
  const tokenRow = { ...token, grantId: id, clientId, personId, issuedAt: now, revokedAt: null };
  const detail = { client: clientId, scopes, resources };
  const [rows] = await decide(() =>
    db.batch([
      db
        .insert(grants)
        .select(rowIf(grants, row, uncut(subjectsOf(grant), bornAt)))
        // Changes nothing: it only tells who was first.
        .onConflictDoUpdate({ target: grants.id, set: { madeBy: sql`made_by` } })
        .returning({ madeBy: grants.madeBy, createdAt: grants.createdAt, revokedAt: grants.revokedAt }),
      db
        .insert(tokens)
        .select(rowIf(tokens, tokenRow, isOurs))
        .onConflictDoNothing(),
      countIfChanged(db, now, 'tokens'),
      recordEvent(db, moment, { type: 'grant', subject: id, actor: `person:${personId}`, detail }, isOurs),
      countIfChanged(db, now, 'grants'),
      ...spends.map((spend) => spendStatement(db, moment, spend)),
    ]),
  );
  const found = rows[0];
  if (!found) return 'cut off';
  if (found.revokedAt !== null) return 'replayed';
  if (found.madeBy === requestId) return 'granted';
  if (found.createdAt > now - replayAfter) return 'refused';
  await revokeGrant(db, moment, id, `client:${clientId}`, 'code replayed');
  return 'replayed';
}

/** Ends one grant, and with it its refresh token; its siblings live on. */
export async function revokeGrant(
  db: Database,
  moment: Moment,
  id: GrantId,
  actor: string,
  because: string,
): Promise<void> {
  const isEnded = sql`EXISTS (SELECT 1 FROM grants WHERE id = ${id} AND revoked_at = ${moment.now})`;
  await decide(() =>
    db.batch([
      db
        .update(grants)
        .set({ revokedAt: moment.now })
        .where(and(eq(grants.id, id), isNull(grants.revokedAt))),
      recordEvent(db, moment, { type: 'grant.revoked', subject: id, actor, detail: { because } }, isEnded),
    ]),
  );
}

/**
 * A client gives its refresh token back: the grant is over.
 * @returns whose grant it is, if there is one: another client's is left alone.
 */
export async function giveGrantBack(
  db: Database,
  moment: Moment,
  id: GrantId,
  clientId: string,
  spends: Spend[],
): Promise<string | undefined> {
  const isEnded = sql`EXISTS (SELECT 1 FROM grants WHERE id = ${id} AND client_id = ${clientId} AND revoked_at = ${moment.now})`;
  const event: AuditEvent = {
    ...{ type: 'grant.revoked', subject: id, actor: `client:${clientId}` },
    detail: { because: 'the client gave it back' },
  };
  const [owners] = await decide(() =>
    db.batch([
      db.select({ clientId: grants.clientId }).from(grants).where(eq(grants.id, id)),
      db
        .update(grants)
        .set({ revokedAt: moment.now })
        .where(and(eq(grants.id, id), eq(grants.clientId, clientId), isNull(grants.revokedAt))),
      recordEvent(db, moment, event, isEnded),
      ...spends.map((spend) => spendStatement(db, moment, spend)),
    ]),
  );
  return owners[0]?.clientId;
}

/** Ends the grant that a code could still become: its row is there before the code, and over. */
export async function preventGrant(
  db: Database,
  moment: Moment,
  actor: string,
  { id, clientId, personId }: Pick<NewGrant, 'id' | 'clientId' | 'personId'>,
): Promise<void> {
  const row = {
    ...{ id, clientId, personId, sessionId: newSessionId(shardOf(id)) },
    ...{ scopes: [], resources: [], claims: [] },
    ...{ bornAt: moment.now, createdAt: moment.now, expiresAt: moment.now, madeBy: moment.requestId },
    ...{ generation: 0, rotatedAt: moment.now, rotatedBy: moment.requestId, revokedAt: moment.now, jkt: null },
  };
  await decide(() =>
    db.batch([
      db
        .insert(grants)
        .values(row)
        .onConflictDoUpdate({ target: grants.id, set: { revokedAt: sql`COALESCE(revoked_at, ${moment.now})` } }),
      recordEvent(db, moment, { type: 'code.revoked', subject: id, actor, detail: { client: clientId } }),
    ]),
  );
}

export type RefreshAttempt = {
  grant: GrantId;
  generation: number;
  clientId: string;
  /** What the access token is narrowed to; undefined for all. */
  scopes: string[] | undefined;
  resource: string | undefined;
  /** The key that the request shows to hold. */
  thumbprint: string | undefined;
  /** Resources whose tokens are all bound to a key. */
  onlyBound: string[];
  token: { id: TokenId; expiresAt: number };
  graceSeconds: number;
  /** What the request used up to prove its client. */
  spends: Spend[];
};

export type RefreshOutcome =
  | { is: 'refreshed'; generation: number; grant: Grant }
  /** A refresh token that was replaced before: the family is revoked. */
  | { is: 'reused' }
  | { is: 'scope not granted' | 'resource not granted' | 'of another key' | 'not bound' | 'over' };

/**
 * Moves the generation from g to g+1 by one conditional update. A client that comes again with g within the grace
 * gets the same successor. Nothing moves unless everything asked for is within the grant; only when nothing moved is
 * it asked why, and a token that was replaced before ends the family.
 */
export async function refreshGrant(
  db: Database,
  moment: Moment,
  attempt: RefreshAttempt,
  settings: Settings,
): Promise<RefreshOutcome> {
  const { requestId, now } = moment;
  const { generation } = attempt;
  const scopes = attempt.scopes === undefined ? null : JSON.stringify(attempt.scopes);
  const resource = attempt.resource ?? null;
  // The same client coming again: within the grace, or this very request sent again.
  const again = sql`(generation = ${generation + 1}
    AND (rotated_at >= ${now - attempt.graceSeconds * SECOND} OR rotated_by = ${requestId}))`;
  const tokenRow = {
    ...{ id: attempt.token.id, grantId: attempt.grant, clientId: attempt.clientId, personId: sql`person_id` },
    ...{ scopes: sql`COALESCE(${scopes}, scopes)`, resource: sql`COALESCE(${resource}, resources ->> 0)` },
    ...{ issuedAt: now, expiresAt: attempt.token.expiresAt, revokedAt: null },
  };
  const [moved] = await decide(() =>
    db.batch([
      db
        .update(grants)
        .set({
          generation: generation + 1,
          rotatedAt: sql`CASE WHEN generation = ${generation} THEN ${now} ELSE rotated_at END`,
          rotatedBy: sql`CASE WHEN generation = ${generation} THEN ${requestId} ELSE rotated_by END`,
        })
        .where(
          and(
            isActiveGrantOf(attempt, now, settings),
            or(eq(grants.generation, generation), again),
            sql`NOT EXISTS (SELECT 1 FROM json_each(${scopes}) AS asked
              WHERE asked.value NOT IN (SELECT value FROM json_each(grants.scopes)))`,
            sql`(${resource} IS NULL OR ${resource} IN (SELECT value FROM json_each(grants.resources)))`,
            isBoundAs(attempt),
          ),
        )
        .returning(),
      db
        .insert(tokens)
        .select(rowIf(tokens, tokenRow, sql`changes() > 0 AND grants.id = ${attempt.grant}`, sql`grants`))
        .onConflictDoNothing(),
      countIfChanged(db, now, 'tokens'),
      ...attempt.spends.map((spend) => spendStatement(db, moment, spend)),
    ]),
  );
  const grant = moved[0];
  return grant ? { is: 'refreshed', generation: generation + 1, grant } : judgeFailure(db, moment, attempt, settings);
}

/** Why nothing moved. Reuse stays reuse, whatever happens meanwhile: a generation never goes back. */
async function judgeFailure(
  db: Database,
  moment: Moment,
  attempt: RefreshAttempt,
  settings: Settings,
): Promise<RefreshOutcome> {
  const [grant] = await db
    .select()
    .from(grants)
    .where(isActiveGrantOf(attempt, moment.now, settings));
  if (!grant) return { is: 'over' };
  if (attempt.scopes?.some((scope) => !grant.scopes.includes(scope))) return { is: 'scope not granted' };
  if (attempt.resource !== undefined && !grant.resources.includes(attempt.resource)) {
    return { is: 'resource not granted' };
  }
  if (grant.jkt !== null && grant.jkt !== attempt.thumbprint) return { is: 'of another key' };
  if (attempt.thumbprint === undefined && attempt.onlyBound.includes(attempt.resource ?? grant.resources[0] ?? '')) {
    return { is: 'not bound' };
  }
  if (grant.generation <= attempt.generation) return { is: 'over' };
  await revokeGrant(db, moment, grant.id, `client:${attempt.clientId}`, 'refresh token reused');
  return { is: 'reused' };
}

/** A condition on `grants`: the refresh token is used with its key, and what comes of it is bound where it must be. */
function isBoundAs({ thumbprint, resource, onlyBound }: RefreshAttempt) {
  const ofKey = or(isNull(grants.jkt), eq(grants.jkt, thumbprint ?? ''));
  if (thumbprint !== undefined || onlyBound.length === 0) return ofKey;
  const target = sql`COALESCE(${resource ?? null}, resources ->> 0)`;
  return and(ofKey, sql`${target} NOT IN (SELECT value FROM json_each(${JSON.stringify(onlyBound)}))`);
}

function isActiveGrantOf(
  { grant, clientId }: Pick<RefreshAttempt, 'grant' | 'clientId'>,
  now: number,
  settings: Settings,
) {
  return and(eq(grants.id, grant), eq(grants.clientId, clientId), isActive(now, settings), sessionLasts);
}

/** A grant that neither ended, nor expired, nor was cut off. */
export async function findActiveGrant(
  db: Database,
  id: GrantId,
  now: number,
  settings: Settings,
): Promise<Grant | undefined> {
  const [row] = await db
    .select()
    .from(grants)
    .where(and(eq(grants.id, id), isActive(now, settings), sessionLasts));
  return row;
}

/** Whether the refresh token of this generation could be used now: it is the latest, or was until just now. */
export function isRefreshable(grant: Grant, generation: number, graceSeconds: number, now: number): boolean {
  const inGrace = grant.generation === generation + 1 && grant.rotatedAt > now - graceSeconds * SECOND;
  return grant.generation === generation || inGrace;
}

/**
 * A condition on `grants`: neither revoked, nor expired or idle too long, nor cut off. What a person agreed to holds
 * when they sign out; whether it can be used then, `sessionLasts` says.
 */
export function isActive(now: number, settings: Settings) {
  return and(
    isNull(grants.revokedAt),
    gt(grants.expiresAt, now),
    gt(grants.rotatedAt, now - settings.refresh_idle_days * DAY),
    grantIsUncut,
  );
}

/** Grants that ended long enough ago that no replay of theirs can come any more. */
export function sweepGrants(db: Database, before: number, most: number) {
  const over = db
    .select({ id: grants.id })
    .from(grants)
    .where(or(lt(grants.expiresAt, before), lt(grants.revokedAt, before)))
    .limit(most);
  return db.delete(grants).where(sql`${grants.id} IN ${over}`);
}
