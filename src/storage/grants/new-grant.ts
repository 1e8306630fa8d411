/** The rows of a new grant: the grant, its first access token, and the event. One batch inserts them, once. */
import { type SQL, sql } from 'drizzle-orm';
import type { GrantId, SessionId, TokenId, UserId } from '../../protocol/credentials.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import type { Database } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { tokens } from '../schema/index.ts';
import { type EventValues, eventValues, insertEvent, type RequestClock } from '../server/audit.ts';
import { type ApprovalSnapshot, snapshotValues } from './approval-snapshot.ts';
import { subjectsOfNewGrant } from './cutoff-subjects.ts';
import { type GrantIdentityValues, insertGrant } from './insert-grant.ts';

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

/** The first token of a grant, and whether its record is kept (`record_user_tokens`). */
export type FirstToken = NewToken & { isRecorded: boolean };

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
 * The statements that make a grant, where the client and the user were not cut off since the snapshot.
 * @returns in the first result the grant of that id, made by this request or by an earlier one.
 */
export function insertNewGrant(
  db: Database,
  moment: RequestClock,
  grant: NewGrant,
  token: FirstToken,
  snapshot: ApprovalSnapshot,
) {
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
  const record = token.isRecorded ? [insertFirstToken(db, newToken)] : [];
  return [insertGrant(db, newGrant), ...record, recordGrant(db, { ...event, grantId: id })] as const;
}
