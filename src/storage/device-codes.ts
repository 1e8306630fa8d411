/** Devices that wait for a person (RFC 8628). A device code becomes one grant, by the grant's primary key. */
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { sha256 } from '../crypto/digest.ts';
import {
  type DeviceId,
  type GrantId,
  type PersonId,
  type SessionId,
  type Shard,
  shardOf,
} from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { type Moment, recordEvent } from './audit.ts';
import { acrossShards, type Database, type Databases, decide } from './database.ts';
import { deviceCodes } from './schema/index.ts';
import { type Spend, spendStatement } from './spent.ts';

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

export async function createDeviceCode(databases: Databases, shard: Shard, moment: Moment, device: NewDevice) {
  const { deviceCode, userCode, ...rest } = device;
  const row = {
    ...rest,
    deviceCodeHash: sha256(deviceCode),
    userCodeHash: sha256(userCode),
    createdAt: moment.now,
    // Nobody has polled yet: the first poll may come at once.
    polledAt: 0,
  };
  const db = databases.shard(shard);
  await decide(async () => db?.insert(deviceCodes).values(row).onConflictDoNothing());
}

/** The device that shows this user code, wherever it began; undefined where it has expired or was answered. */
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
  person: { id: PersonId };
  session: { id: SessionId; authTime: number };
  /** What was allowed; nothing where the person denied. */
  allowed: { scopes: string[]; grantId: GrantId } | undefined;
};

/** The person's answer, once. @returns whether it was the first. */
export async function decideDevice(
  databases: Databases,
  shard: Shard,
  moment: Moment,
  device: Pick<DeviceCode, 'id' | 'clientId'>,
  { person, session, allowed }: DeviceDecision,
): Promise<boolean> {
  const db = databases.shard(shard);
  if (!db) return false;
  const answer = {
    decision: allowed ? ('allowed' as const) : ('denied' as const),
    decidedAt: moment.now,
    personId: person.id,
    sessionId: session.id,
    authTime: session.authTime,
    ...(allowed ? { scopes: allowed.scopes, grantId: allowed.grantId } : {}),
  };
  const isOurs = sql`EXISTS (SELECT 1 FROM device_codes WHERE id = ${device.id} AND decided_at = ${moment.now} AND person_id = ${person.id})`;
  const [rows] = await decide(() =>
    db.batch([
      db
        .update(deviceCodes)
        .set(answer)
        .where(
          and(
            eq(deviceCodes.id, device.id),
            gt(deviceCodes.expiresAt, moment.now),
            // Once; the same request, sent again, finds its own answer.
            sql`(decision IS NULL OR (decided_at = ${moment.now} AND person_id = ${person.id}))`,
          ),
        )
        .returning({ id: deviceCodes.id }),
      recordEvent(
        db,
        moment,
        {
          type: allowed ? 'device.allowed' : 'device.denied',
          subject: person.id,
          actor: `person:${person.id}`,
          detail: { client: device.clientId, scopes: allowed?.scopes ?? [] },
        },
        isOurs,
      ),
    ]),
  );
  return rows.length === 1;
}

/**
 * One poll: reads where the device stands, and notes the poll. One that comes too soon makes the interval longer by
 * five seconds (RFC 8628 §3.5).
 */
export async function pollDevice(
  db: Database,
  moment: Moment,
  deviceCode: string,
  clientId: string,
  spends: Spend[],
): Promise<{ device: DeviceCode; tooSoon: boolean } | undefined> {
  const { now } = moment;
  const is = and(eq(deviceCodes.deviceCodeHash, sha256(deviceCode)), eq(deviceCodes.clientId, clientId));
  const [before] = await db.batch([
    db.select().from(deviceCodes).where(is),
    db
      .update(deviceCodes)
      .set({
        interval: sql`CASE WHEN ${now} - polled_at < interval * ${SECOND} THEN interval + 5 ELSE interval END`,
        polledAt: now,
      })
      .where(and(is, isNull(deviceCodes.decision))),
    ...spends.map((spend) => spendStatement(db, moment, spend)),
  ]);
  const device = before[0];
  return device && { device, tooSoon: device.decision === null && now - device.polledAt < device.interval * SECOND };
}

/** A device whose codes have not ended. */
export async function findDeviceById(databases: Databases, id: DeviceId, now: number): Promise<DeviceCode | undefined> {
  const db = databases.shard(shardOf(id));
  const rows = await db
    ?.select()
    .from(deviceCodes)
    .where(and(eq(deviceCodes.id, id), gt(deviceCodes.expiresAt, now)));
  return rows?.[0];
}

/** Ends the codes of a device. @returns whether there was one. */
export async function deleteDeviceCode(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: DeviceId,
): Promise<boolean> {
  const db = databases.shard(shardOf(id));
  if (!db) return false;
  const isThere = sql`EXISTS (SELECT 1 FROM device_codes WHERE id = ${id})`;
  const [, rows] = await db.batch([
    recordEvent(db, moment, { type: 'device.ended', subject: id, actor }, isThere),
    db.delete(deviceCodes).where(eq(deviceCodes.id, id)).returning({ id: deviceCodes.id }),
  ]);
  return rows.length > 0;
}

export function sweepDeviceCodes(db: Database, before: number, most: number) {
  const over = db.select({ id: deviceCodes.id }).from(deviceCodes).where(lt(deviceCodes.expiresAt, before)).limit(most);
  return db.delete(deviceCodes).where(sql`${deviceCodes.id} IN ${over}`);
}
