/** Device authorization (RFC 8628). A device code becomes one grant, by the grant's primary key. */
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import { type DeviceId, type Shard, shardOf, shardOfDeviceCode } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { deviceCodes } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { decideInShard, type SingleUse, useOnceStatement } from './single-use.ts';

export type DeviceCode = typeof deviceCodes.$inferSelect;

export type NewDevice = {
  id: DeviceId;
  deviceCode: string;
  userCode: string;
  clientId: string;
  scopes: string[];
  resources: string[];
  expiresAt: number;
  /** Seconds. */
  interval: number;
};

export async function createDeviceCode(databases: Databases, shard: Shard, moment: RequestClock, device: NewDevice) {
  const { deviceCode, userCode, ...rest } = device;
  const row = {
    ...rest,
    deviceCodeHash: sha256(deviceCode),
    userCodeHash: sha256(userCode),
    createdAt: moment.now,
    // Not polled yet: the first poll may come at once.
    polledAt: 0,
  };
  const db = await databases.resolveShard(shard);
  await runBatch(async () => db?.insert(deviceCodes).values(row).onConflictDoNothing());
}

/**
 * One poll: reads the state of the device and records the poll. One that comes too early makes the interval five
 * seconds longer (RFC 8628 §3.5).
 * @returns null for a code that is unknown or of another client; undefined for one that this server never issued.
 */
export async function pollDevice(
  databases: Databases,
  moment: RequestClock,
  deviceCode: string,
  clientId: string,
  singleUses: SingleUse[],
): Promise<{ device: DeviceCode; tooSoon: boolean } | null | undefined> {
  const { now } = moment;
  const is = and(eq(deviceCodes.deviceCodeHash, sha256(deviceCode)), eq(deviceCodes.clientId, clientId));
  const shard = shardOfDeviceCode(deviceCode);
  if (shard === undefined) return undefined;
  const polled = await decideInShard(databases, shard, singleUses, (db) =>
    db.batch([
      db.select().from(deviceCodes).where(is),
      db
        .update(deviceCodes)
        .set({
          interval: sql`CASE WHEN ${now} - polled_at < interval * ${SECOND} THEN interval + 5 ELSE interval END`,
          polledAt: now,
        })
        .where(and(is, isNull(deviceCodes.decision))),
      ...singleUses.map((spend) => useOnceStatement(db, moment, spend)),
    ]),
  );
  if (!polled) return undefined;
  const device = polled[0][0];
  if (!device) return null;
  return { device, tooSoon: device.decision === null && now - device.polledAt < device.interval * SECOND };
}

/** A device whose codes have not expired. */
export async function findDeviceById(databases: Databases, id: DeviceId, now: number): Promise<DeviceCode | undefined> {
  const db = await databases.resolveShard(shardOf(id));
  const rows = await db
    ?.select()
    .from(deviceCodes)
    .where(and(eq(deviceCodes.id, id), gt(deviceCodes.expiresAt, now)));
  return rows?.[0];
}

/** Deletes the codes of a device. @returns whether there were any. */
export async function deleteDeviceCode(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: DeviceId,
): Promise<boolean> {
  const db = await databases.resolveShard(shardOf(id));
  if (!db) return false;
  const isThere = sql`EXISTS (SELECT 1 FROM device_codes WHERE id = ${id})`;
  const [, rows] = await db.batch([
    recordEvent(db, moment, { type: 'device.ended', subject: id, actor }, isThere),
    db.delete(deviceCodes).where(eq(deviceCodes.id, id)).returning({ id: deviceCodes.id }),
  ]);
  return rows.length > 0;
}

export function sweepDeviceCodes(db: Database, before: number, most: number) {
  return deleteRows(db, deviceCodes, lt(deviceCodes.expiresAt, before), most);
}
