/**
 * Grants, and the two statements on which everything rests: redeeming a code is one insert, refreshing is one update.
 * Each is sent with its token's record in one batch.
 */
import { and, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import type { GrantId, PersonId, SessionId, TokenId } from '../protocol/credentials.ts';
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import type { Settings } from '../protocol/settings.ts';
import { type Moment, recordEvent } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { cutOff, grantIsUncut, subjectsOf, uncut } from './cutoffs.ts';
import { type Database, type Databases, decide } from './database.ts';
import { grants, tokens } from './schema.ts';

export type Grant = typeof grants.$inferSelect;

/** What a code was sealed for: the one grant it can become. */
export type NewGrant = {
  id: GrantId;
  clientId: string;
  personId: PersonId;
  sessionId: SessionId;
  scopes: string[];
  resources: string[];
  bornAt: number;
  expiresAt: number;
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
): Promise<Redemption> {
  const { requestId, now } = moment;
  const isOurs = sql`EXISTS (SELECT 1 FROM grants WHERE id = ${grant.id} AND made_by = ${requestId} AND revoked_at IS NULL)`;
  const actor = `person:${grant.personId}`;
  const { id, clientId, personId, sessionId, scopes, resources, bornAt, expiresAt } = grant;
  const row = {
    ...{ id, clientId, personId, sessionId, scopes, resources, bornAt, expiresAt },
    ...{ createdAt: now, madeBy: requestId, generation: 0, rotatedAt: now, rotatedBy: requestId, revokedAt: null },
  };
  const tokenRow = { ...token, grantId: id, clientId, personId, issuedAt: now, revokedAt: null };
  const detail = { client: grant.clientId, scopes: grant.scopes, resources: grant.resources };
  const [rows] = await decide(() =>
    db.batch([
      db
        .insert(grants)
        .select(rowIf(grants, row, uncut(subjectsOf(grant), grant.bornAt)))
        .onConflictDoUpdate({
          target: grants.id,
          set: {
            revokedAt: sql`COALESCE(revoked_at,
              CASE WHEN made_by <> excluded.made_by AND created_at <= ${now - replayAfter} THEN ${now} END)`,
          },
        })
        .returning({ madeBy: grants.madeBy, revokedAt: grants.revokedAt }),
      db
        .insert(tokens)
        .select(rowIf(tokens, tokenRow, isOurs))
        .onConflictDoNothing(),
      recordEvent(db, moment, { type: 'grant', subject: grant.id, actor, detail }, isOurs),
      recordEvent(
        db,
        moment,
        {
          type: 'grant.revoked',
          subject: grant.id,
          actor: `client:${grant.clientId}`,
          detail: { because: 'code replayed' },
        },
        sql`EXISTS (SELECT 1 FROM grants WHERE id = ${grant.id} AND made_by <> ${requestId} AND revoked_at = ${now})`,
      ),
    ]),
  );
  const found = rows[0];
  if (!found) return 'cut off';
  if (found.madeBy === requestId) return found.revokedAt === null ? 'granted' : 'replayed';
  return found.revokedAt === null ? 'refused' : 'replayed';
}

export type RefreshAttempt = {
  grant: GrantId;
  generation: number;
  clientId: string;
  /** What the access token is narrowed to; undefined for all. */
  scopes: string[] | undefined;
  resource: string | undefined;
  token: { id: TokenId; expiresAt: number };
  graceSeconds: number;
};

export type RefreshOutcome =
  | { is: 'refreshed'; generation: number; grant: Grant }
  /** A refresh token that was replaced before: the family is revoked. */
  | { is: 'reused' }
  | { is: 'scope not granted' | 'resource not granted' | 'over' };

/**
 * Moves the generation from g to g+1, in one statement that judges reuse first. A client that comes again with g
 * within the grace gets the same successor. Nothing moves unless everything asked for is within the grant.
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
  // Fresh enough to be the same client coming again: within the grace, or this very request sent again.
  const again = sql`(generation = ${generation + 1}
    AND (rotated_at >= ${now - attempt.graceSeconds * SECOND} OR rotated_by = ${requestId}))`;
  const isMoved = sql`changes() > 0 AND grants.id = ${attempt.grant} AND grants.revoked_at IS NULL`;
  const tokenRow = {
    ...{ id: attempt.token.id, grantId: attempt.grant, clientId: attempt.clientId, personId: sql`person_id` },
    ...{ scopes: sql`COALESCE(${scopes}, scopes)`, resource: sql`COALESCE(${resource}, resources ->> 0)` },
    ...{ issuedAt: now, expiresAt: attempt.token.expiresAt, revokedAt: null },
  };
  const [moved, , , found] = await decide(() =>
    db.batch([
      db
        .update(grants)
        .set({
          revokedAt: sql`CASE WHEN generation > ${generation} AND NOT ${again} THEN ${now} END`,
          generation: sql`MAX(generation, ${generation + 1})`,
          rotatedAt: sql`CASE WHEN generation = ${generation} THEN ${now} ELSE rotated_at END`,
          rotatedBy: sql`CASE WHEN generation = ${generation} THEN ${requestId} ELSE rotated_by END`,
        })
        .where(
          and(
            eq(grants.id, attempt.grant),
            eq(grants.clientId, attempt.clientId),
            isActive(now, settings),
            sql`generation >= ${generation}`,
            sql`NOT EXISTS (SELECT 1 FROM json_each(${scopes}) AS asked
              WHERE asked.value NOT IN (SELECT value FROM json_each(grants.scopes)))`,
            sql`(${resource} IS NULL OR ${resource} IN (SELECT value FROM json_each(grants.resources)))`,
          ),
        )
        .returning(),
      db
        .insert(tokens)
        .select(rowIf(tokens, tokenRow, isMoved, sql`grants`))
        .onConflictDoNothing(),
      recordEvent(
        db,
        moment,
        {
          type: 'grant.revoked',
          subject: attempt.grant,
          actor: `client:${attempt.clientId}`,
          detail: { because: 'refresh token reused', generation },
        },
        sql`EXISTS (SELECT 1 FROM grants WHERE id = ${attempt.grant} AND revoked_at = ${now})`,
      ),
      // Only to say what was wrong: it decides nothing.
      db
        .select()
        .from(grants)
        .where(and(eq(grants.id, attempt.grant), eq(grants.clientId, attempt.clientId), isActive(now, settings))),
    ]),
  );
  const grant = moved[0];
  if (grant)
    return grant.revokedAt === null ? { is: 'refreshed', generation: generation + 1, grant } : { is: 'reused' };
  return { is: whatWasNotGranted(found[0], attempt) };
}

function whatWasNotGranted(grant: Grant | undefined, attempt: RefreshAttempt) {
  if (!grant) return 'over';
  if (attempt.scopes?.some((scope) => !grant.scopes.includes(scope))) return 'scope not granted';
  if (attempt.resource !== undefined && !grant.resources.includes(attempt.resource)) return 'resource not granted';
  return 'over';
}

function isActive(now: number, settings: Settings) {
  return and(
    isNull(grants.revokedAt),
    gt(grants.expiresAt, now),
    gt(grants.rotatedAt, now - settings.refresh_idle_days * DAY),
    grantIsUncut,
  );
}

/** The grants that a person gave a client and that still hold, newest first. */
export function activeGrants(db: Database, personId: PersonId, clientId: string, now: number, settings: Settings) {
  return db
    .select()
    .from(grants)
    .where(and(eq(grants.personId, personId), eq(grants.clientId, clientId), isActive(now, settings)))
    .orderBy(desc(grants.createdAt))
    .limit(20);
}

/** Every grant of a person that still holds, over all shards; `unreachable` names the shards that did not answer. */
export async function listGrantsOfPerson(databases: Databases, personId: PersonId, now: number, settings: Settings) {
  const unreachable: string[] = [];
  const lists = await Promise.all(
    databases.shardNames.map(async (name) => {
      const db = databases.shard(name);
      if (!db) return [];
      try {
        return await db
          .select()
          .from(grants)
          .where(and(eq(grants.personId, personId), isActive(now, settings)))
          .orderBy(desc(grants.createdAt))
          .limit(200);
      } catch {
        unreachable.push(name);
        return [];
      }
    }),
  );
  return { grants: lists.flat().sort((a, b) => b.createdAt - a.createdAt), unreachable };
}

/** Ends all that a person ever let a client do, in every shard. */
export async function withdrawConsent(
  databases: Databases,
  moment: Moment,
  actor: string,
  personId: PersonId,
  clientId: string,
): Promise<void> {
  await cutOff(databases, { subject: `consent:${personId}:${clientId}`, at: moment.now }, moment.now, (db) => [
    recordEvent(db, moment, { type: 'consent.withdrawn', subject: personId, actor, detail: { client: clientId } }),
  ]);
}

/** Whether an access token still holds: its grant is not revoked and nothing cut it off. Part of one round. */
export async function tokenHolds(databases: Databases, token: { jti: TokenId; grant: GrantId }, shard: string) {
  const db = databases.shard(shard);
  if (!db) return false;
  const [grantRows, tokenRows] = await db.batch([
    db
      .select({ id: grants.id })
      .from(grants)
      .where(and(eq(grants.id, token.grant), isNull(grants.revokedAt), grantIsUncut)),
    db.select({ revokedAt: tokens.revokedAt }).from(tokens).where(eq(tokens.id, token.jti)),
  ]);
  // A missing record is not a revocation: it may be late.
  return grantRows.length === 1 && (tokenRows[0]?.revokedAt ?? null) === null;
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

export function sweepTokens(db: Database, now: number, most: number) {
  const over = db.select({ id: tokens.id }).from(tokens).where(lt(tokens.expiresAt, now)).limit(most);
  return db.delete(tokens).where(sql`${tokens.id} IN ${over}`);
}
