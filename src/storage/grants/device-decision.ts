/** The decision of a user about a device (RFC 8628 §3.3). */
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import type { GrantId, SessionId, Shard, UserId } from '../../protocol/credentials.ts';
import { acrossShards } from '../database/across-shards.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { deviceCodes } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import type { Subject } from './cutoff-subjects.ts';
import { authorizedAtOf } from './cutoffs.ts';
import type { DeviceCode } from './device-codes.ts';

/** The device with this user code, in any shard; undefined where it has expired or was decided. */
export async function findByUserCode(
  databases: Databases,
  userCode: string,
  now: number,
): Promise<DeviceCode | undefined> {
  const { rows } = await acrossShards(databases, (db) =>
    db
      .select()
      .from(deviceCodes)
      .where(
        and(
          eq(deviceCodes.userCodeHash, sha256(userCode)),
          gt(deviceCodes.expiresAt, now),
          isNull(deviceCodes.decision),
        ),
      ),
  );
  return rows[0];
}

export type DeviceDecision = {
  user: { id: UserId };
  session: { id: SessionId; authTime: number | null; amr: string[] };
  /** The approved access; undefined where the user denied. */
  allowed: { scopes: string[]; grantId: GrantId } | undefined;
};

/** Records the decision of the user, once. @returns whether it was the first. */
export async function decideDevice(
  databases: Databases,
  shard: Shard,
  moment: RequestClock,
  device: Pick<DeviceCode, 'id' | 'clientId'>,
  { user, session, allowed }: DeviceDecision,
): Promise<boolean> {
  const db = await databases.resolveShard(shard);
  if (!db) return false;
  const ofBoth = `${user.id}:${device.clientId}` as const;
  const subjects: Subject[] = [
    `user:${user.id}`,
    `client:${device.clientId}`,
    `consent:${ofBoth}`,
    ...(allowed?.scopes ?? []).map((scope): Subject => `scope:${ofBoth} ${scope}`),
  ];
  const answer = {
    decision: allowed ? ('allowed' as const) : ('denied' as const),
    decidedAt: allowed ? authorizedAtOf(subjects, moment.now) : moment.now,
    userId: user.id,
    sessionId: session.id,
    authTime: session.authTime,
    amr: session.amr,
    ...(allowed ? { scopes: allowed.scopes, grantId: allowed.grantId } : {}),
  };
  // Once; a repeated request finds its own decision.
  const isThis = allowed
    ? sql`grant_id = ${allowed.grantId}`
    : sql`(decided_at = ${moment.now} AND user_id = ${user.id})`;
  const isOurs = sql`EXISTS (SELECT 1 FROM device_codes WHERE id = ${device.id} AND ${isThis})`;
  const [rows] = await runBatch(() =>
    db.batch([
      db
        .update(deviceCodes)
        .set(answer)
        .where(
          and(
            eq(deviceCodes.id, device.id),
            gt(deviceCodes.expiresAt, moment.now),
            sql`(decision IS NULL OR ${isThis})`,
          ),
        )
        .returning({ id: deviceCodes.id }),
      recordEvent(
        db,
        moment,
        {
          type: allowed ? 'device.allowed' : 'device.denied',
          subject: user.id,
          actor: `user:${user.id}`,
          detail: { client: device.clientId, scopes: allowed?.scopes ?? [] },
        },
        isOurs,
      ),
    ]),
  );
  return rows.length === 1;
}
