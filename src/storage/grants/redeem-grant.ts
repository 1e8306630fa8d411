/** Redeeming an authorization code: one insert, in one batch with the record of its access token. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import {
  type GrantId,
  newSessionId,
  type SessionId,
  shardOf,
  type TokenId,
  type UserId,
} from '../../protocol/credentials.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import { type Database, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { grants, tokens } from '../schema/index.ts';
import {
  type AuditEvent,
  type EventValues,
  eventValues,
  insertEvent,
  type RequestClock,
  recordEvent,
} from '../server/audit.ts';
import { keepCounting } from '../server/row-counts.ts';
import {
  type ApprovalSnapshot,
  attributesCutoff,
  isSnapshotStale,
  notCutOff,
  type SnapshotValues,
  snapshotIsCurrent,
  snapshotValues,
  subjectsOfNewGrant,
} from './cutoffs.ts';
import { revokeGrant } from './grants.ts';
import { type SingleUse, useOnceStatement } from './single-use.ts';

/** The one grant that a code or an approved device can become. */
export type NewGrant = {
  id: GrantId;
  clientId: string;
  userId: UserId;
  sessionId: SessionId;
  scopes: string[];
  resources: string[];
  /** Claims allowed at /userinfo beyond the scopes. */
  claims: string[];
  /** The same in the id_token. */
  idTokenClaims: string[];
  /** Time of the user's authentication, where known. */
  authTime: number | null;
  amr: string[];
  acr: string | undefined;
  authorizedAt: number;
  expiresAt: number;
  /** Hash of the client's display on the consent page, where the consent depends on it. */
  displayHash?: string | undefined;
  /** Thumbprint of the key that its refresh token is bound to. */
  jkt: string | null;
};

export type NewToken = { id: TokenId; scopes: string[]; resource: string; expiresAt: number };

export type Redemption =
  /** This request made the grant. */
  | 'granted'
  /** Another request redeemed the code within the time of a lost answer. */
  | 'refused'
  /** Another request redeemed it earlier: the grant is revoked (RFC 6749 §4.1.2). */
  | 'replayed'
  /** The user, the client or the consent was cut off meanwhile. */
  | 'cut off'
  /** Client or user changed since the approval was judged. Nothing was changed. */
  | 'client changed';

type GrantIdentityValues = { grantId: string; clientId: string; userId: string; requestId: string };

type NewGrantValues = GrantIdentityValues &
  SnapshotValues & {
    /** JSON, as every list. */
    subjects: string;
    sessionId: string;
    scopes: string;
    resources: string;
    claims: string;
    idTokenClaims: string;
    amr: string;
    authorizedAt: number;
    expiresAt: number;
    jkt: string | null;
    now: number;
    authTime: number | null;
    acr: string | null;
    displayHash: string | null;
  };

const insertGrant = compiledStatement<NewGrantValues>()((db, slots) => {
  const row = {
    id: slots.grantId,
    clientId: slots.clientId,
    userId: slots.userId,
    sessionId: slots.sessionId,
    scopes: slots.scopes,
    resources: slots.resources,
    claims: slots.claims,
    authorizedAt: slots.authorizedAt,
    expiresAt: slots.expiresAt,
    jkt: slots.jkt,
    createdAt: slots.now,
    redeemedBy: slots.requestId,
    generation: 0,
    rotatedAt: slots.now,
    rotatedBy: slots.requestId,
    revokedAt: null,
    previousRotatedAt: slots.now,
    idTokenClaims: slots.idTokenClaims,
    authTime: slots.authTime,
    amr: slots.amr,
    acr: slots.acr,
    displayHash: slots.displayHash,
  };
  const isAllowed = sql`${notCutOff(slots.subjects, slots.authorizedAt)} AND ${snapshotIsCurrent(slots)}`;
  return (
    db
      .insert(grants)
      .select(insertWhere(grants, row, isAllowed))
      // Changes nothing; RETURNING needs an update to tell which request was first.
      .onConflictDoUpdate({ target: grants.id, set: { redeemedBy: sql`redeemed_by` } })
      .returning({
        redeemedBy: grants.redeemedBy,
        createdAt: grants.createdAt,
        revokedAt: grants.revokedAt,
        attributesCutoff,
      })
  );
});

/** A condition: this request made the grant, and it is not revoked. */
const isMadeBy = (grantId: SQL, requestId: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM grants WHERE id = ${grantId} AND redeemed_by = ${requestId} AND revoked_at IS NULL)`;

type NewTokenValues = GrantIdentityValues & {
  id: string;
  scopes: string;
  resource: string;
  issuedAt: number;
  expiresAt: number;
};

const insertFirstToken = compiledStatement<NewTokenValues>()((db, slots) => {
  const { id, grantId, clientId, userId, scopes, resource, issuedAt, expiresAt, requestId } = slots;
  const row = { id, grantId, clientId, userId, scopes, resource, issuedAt, expiresAt, revokedAt: null };
  return db
    .insert(tokens)
    .select(insertWhere(tokens, row, isMadeBy(grantId, requestId)))
    .onConflictDoNothing();
});

const recordGrant = compiledStatement<EventValues & { grantId: string }>()((db, slots) =>
  insertEvent(db, slots, isMadeBy(slots.grantId, slots.requestId)),
);

/**
 * Redeems a validated code. The primary key is the single use: of any number of concurrent redemptions exactly one
 * inserts. A repeated request recognises its own grant.
 */
export async function redeemGrant(
  db: Database,
  moment: RequestClock,
  grant: NewGrant,
  token: NewToken,
  replayAfter: number,
  singleUses: SingleUse[],
  snapshot: ApprovalSnapshot,
): Promise<{ outcome: Redemption; attributesCutoff: number | null }> {
  const { requestId, now } = moment;
  const { id, clientId, userId, sessionId, scopes, resources, claims, authorizedAt, expiresAt, jkt } = grant;
  const { idTokenClaims, authTime, amr, acr = null, displayHash = null } = grant;
  const identity = { grantId: id, clientId, userId, requestId };
  const newGrant = {
    ...identity,
    ...snapshotValues(snapshot),
    subjects: JSON.stringify(subjectsOfNewGrant(grant)),
    sessionId,
    scopes: JSON.stringify(scopes),
    resources: JSON.stringify(resources),
    claims: JSON.stringify(claims),
    idTokenClaims: JSON.stringify(idTokenClaims),
    amr: JSON.stringify(amr),
    authorizedAt,
    expiresAt,
    jkt,
    now,
    authTime,
    acr,
    displayHash,
  };
  const newToken = {
    ...identity,
    id: token.id,
    scopes: JSON.stringify(token.scopes),
    resource: token.resource,
    // A cutoff before the grant does not cover its token.
    issuedAt: Math.max(now, authorizedAt),
    expiresAt: token.expiresAt,
  };
  const detail = { client: clientId, scopes, resources };
  const event = eventValues(moment, { type: 'grant', subject: id, actor: `user:${userId}`, detail });
  const [rows] = await runBatch(() =>
    db.batch([
      insertGrant(db, newGrant),
      insertFirstToken(db, newToken),
      recordGrant(db, { ...event, grantId: id }),
      ...singleUses.map((spend) => useOnceStatement(db, moment, spend)),
    ]),
  );
  const found = rows[0];
  if (!found) {
    return { outcome: (await isSnapshotStale(db, snapshot)) ? 'client changed' : 'cut off', attributesCutoff: null };
  }
  const outcome = redemptionOf(found, moment, replayAfter);
  if (outcome === 'replayed' && found.revokedAt === null) {
    await revokeGrant(db, moment, id, `client:${clientId}`, 'code replayed');
  }
  return { outcome, attributesCutoff: found.attributesCutoff };
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
export async function undoRedemption(db: Database, moment: RequestClock, id: GrantId): Promise<void> {
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

/** Revokes the grant of an outstanding code in advance: its row exists before the code is redeemed. */
export async function preventGrant(
  db: Database,
  moment: RequestClock,
  actor: string,
  { id, clientId, userId }: Pick<NewGrant, 'id' | 'clientId' | 'userId'>,
): Promise<void> {
  const row = {
    id,
    clientId,
    userId,
    sessionId: newSessionId(shardOf(id)),
    scopes: [],
    resources: [],
    claims: [],
    authorizedAt: moment.now,
    createdAt: moment.now,
    expiresAt: moment.now,
    redeemedBy: moment.requestId,
    generation: 0,
    rotatedAt: moment.now,
    rotatedBy: moment.requestId,
    revokedAt: moment.now,
    jkt: null,
    previousRotatedAt: moment.now,
  };
  await runBatch(() =>
    db.batch([
      db
        .insert(grants)
        .values(row)
        .onConflictDoUpdate({ target: grants.id, set: { revokedAt: sql`COALESCE(revoked_at, ${moment.now})` } }),
      recordEvent(db, moment, { type: 'code.revoked', subject: id, actor, detail: { client: clientId } }),
    ]),
  );
}
