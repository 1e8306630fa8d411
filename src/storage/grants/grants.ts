/** Grants: one authorization of a client by a user each; active ones, and revocation. */
import { and, eq, gt, isNull, lt, type SQL } from 'drizzle-orm';
import { type GrantId, shardOf } from '../../protocol/credentials.ts';
import { DAY, HOUR } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { grants } from '../schema/index.ts';
import { type AuditEvent, type RequestClock, recordEvent } from '../server/audit.ts';
import { grantIsNotCutOff, sessionIsNotEnded, sessionIsNotExpired } from './grant-conditions.ts';
import { decideInShard, type SingleUse, useOnceStatement } from './single-use.ts';

export type Grant = typeof grants.$inferSelect;

/** Revokes one grant with its refresh token; other grants of the client stay. */
export async function revokeGrant(
  db: Database,
  moment: RequestClock,
  id: GrantId,
  actor: string,
  because: string,
): Promise<void> {
  await runBatch(() =>
    db.batch([
      db
        .update(grants)
        .set({ revokedAt: moment.now })
        .where(and(eq(grants.id, id), isNull(grants.revokedAt))),
      recordEvent(db, moment, { type: 'grant.revoked', subject: id, actor, detail: { because } }, previousChangedRow),
    ]),
  );
}

/**
 * Revokes the grant of a refresh token for its client (RFC 7009).
 * @returns the client that has the grant, if there is one: a grant of another client stays.
 */
export async function revokeGrantOfClient(
  databases: Databases,
  moment: RequestClock,
  id: GrantId,
  clientId: string,
  singleUses: SingleUse[],
): Promise<string | undefined> {
  const event: AuditEvent = {
    type: 'grant.revoked',
    subject: id,
    actor: `client:${clientId}`,
    detail: { because: 'revoked by the client' },
  };
  const revoked = await decideInShard(databases, shardOf(id), singleUses, (db) =>
    runBatch(() =>
      db.batch([
        db.select({ clientId: grants.clientId }).from(grants).where(eq(grants.id, id)),
        db
          .update(grants)
          .set({ revokedAt: moment.now })
          .where(and(eq(grants.id, id), eq(grants.clientId, clientId), isNull(grants.revokedAt))),
        recordEvent(db, moment, event, previousChangedRow),
        ...singleUses.map((spend) => useOnceStatement(db, moment, spend)),
      ]),
    ),
  );
  return revoked?.[0][0]?.clientId;
}

/** A grant that is neither revoked, expired nor cut off. */
export async function findActiveGrant(
  db: Database,
  id: GrantId,
  now: number,
  settings: Settings,
): Promise<Grant | undefined> {
  const [row] = await db
    .select()
    .from(grants)
    .where(
      and(eq(grants.id, id), isActive(now, settings), isSessionActive(now, idleLimits(now, settings).sessionIdleSince)),
    );
  return row;
}

/** A condition: with offline access, or in a session that has neither ended nor expired. */
export const isSessionActive = (now: number | SQL, idleSince: number | SQL) =>
  and(sessionIsNotEnded, sessionIsNotExpired(now, idleSince));

/** The times since which a session or a grant that was not used is idle too long. */
export const idleLimits = (now: number, settings: Settings) => ({
  sessionIdleSince: now - settings.session_idle_hours * HOUR,
  grantIdleSince: now - settings.refresh_idle_days * DAY,
});

/**
 * A condition on `grants`: neither revoked, expired, idle too long nor cut off. Consent outlives signing out; whether
 * the grant can be used then, `sessionIsNotEnded` says.
 */
export const isActive = (now: number, settings: Settings) =>
  isActiveGrant(now, idleLimits(now, settings).grantIdleSince);

/** The same, by the time since which a grant is idle too long. */
export function isActiveGrant(now: number | SQL, idleSince: number | SQL) {
  return and(isNull(grants.revokedAt), gt(grants.expiresAt, now), gt(grants.rotatedAt, idleSince), grantIsNotCutOff);
}

/** Deletes grants that expired so long ago that no replay can come any more. */
export function sweepExpiredGrants(db: Database, before: number, most: number) {
  return deleteRows(db, grants, lt(grants.expiresAt, before), most);
}

/** Deletes grants that were revoked so long ago that no replay can come any more. */
export function sweepRevokedGrants(db: Database, before: number, most: number) {
  return deleteRows(db, grants, lt(grants.revokedAt, before), most);
}

/** The authentication that a grant was approved with; undefined where there is none. */
export async function readGrantAmr(databases: Databases, id: GrantId): Promise<string[] | undefined> {
  const db = await databases.resolveShard(shardOf(id));
  const rows = await db?.select({ amr: grants.amr }).from(grants).where(eq(grants.id, id));
  return rows?.[0]?.amr;
}
