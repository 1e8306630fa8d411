/** The statement that inserts a grant, where nothing that it stands on was cut off. */
import { sql } from 'drizzle-orm';
import { compiledStatement } from '../database/compiled-statement.ts';
import { insertWhere } from '../database/insert-where.ts';
import { grants } from '../schema/index.ts';
import { type SnapshotValues, snapshotIsCurrent } from './approval-snapshot.ts';
import { notCutOff } from './cutoffs.ts';
import { attributesCutoff } from './grant-conditions.ts';

export type GrantIdentityValues = { grantId: string; clientId: string; userId: string; requestId: string };

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

export const insertGrant = compiledStatement<NewGrantValues>()((db, slots) => {
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
    tokenFirstUsedAt: null,
    tokenLastUsedAt: null,
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
