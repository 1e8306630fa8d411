/** The shards for administrators: which exist, which are bound, and when their last credential expires. */
import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Shard } from '../../protocol/credentials.ts';
import { DAY, HOUR, MINUTE } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { isActive } from '../grants/grants.ts';
import { deviceCodes, grants, pushedRequests, sessions, shards, tokens } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import type { AuditType } from '../server/audit-types.ts';
import { prepareShards } from './choose-shard.ts';
import { type Database, type Databases, runBatch, type ShardRow } from './database.ts';
import { clearIsolateCaches } from './isolate-cache.ts';
import { FIRST_SHARD } from './shard-names.ts';

export type ShardState = ShardRow & {
  bound: boolean;
  /**
   * Expiry of its last credential, as far as known; null where it has none, undefined where the shard does not answer.
   */
  lastExpiry: number | null | undefined;
};

/** Isolates cache which shards are draining: until then sessions may begin there, and codes be outstanding. */
const DRAINING_SETTLED_AFTER = 10 * MINUTE;

/** Every shard that exists, beside `DB`. */
export async function listShards(
  databases: Databases,
  { now }: RequestClock,
  settings: Settings,
): Promise<ShardState[]> {
  const bound = databases.shardNames.filter((name) => name !== FIRST_SHARD);
  const expiryOf = async (name: Shard) => {
    const db = databases.shard(name);
    return [name, db && (await lastExpiryIn(db, now, settings).catch(() => undefined))] as const;
  };
  const [existing, ends] = await Promise.all([prepareShards(databases, now), Promise.all(bound.map(expiryOf))]);
  const lastExpiry = new Map(ends);
  return [...existing.values()]
    .filter(({ name, removedAt }) => removedAt === null || bound.includes(name))
    .map((row) => ({ ...row, bound: bound.includes(row.name), lastExpiry: lastExpiry.get(row.name) }));
}

/** True where no credential of the shard is valid, and none will be issued. */
export const isEmpty = ({ lastExpiry, drainingSince }: ShardState, now: number): boolean =>
  lastExpiry === null && drainingSince !== null && drainingSince + DRAINING_SETTLED_AFTER <= now;

/** Expiry of the last credential of a shard; null where it has none. */
async function lastExpiryIn(db: Database, now: number, settings: Settings): Promise<number | null> {
  const latest = (table: SQLiteTable, ends: SQL, where: SQL | undefined) =>
    db
      .select({ at: sql<number | null>`MAX(${ends})` })
      .from(table)
      .where(where);
  const idle = settings.session_idle_hours * HOUR;
  const results = await db.batch([
    latest(
      sessions,
      sql`MIN(expires_at, last_seen_at + ${idle})`,
      and(isNull(sessions.endedAt), gt(sessions.expiresAt, now), gt(sessions.lastSeenAt, now - idle)),
    ),
    latest(grants, sql`MIN(expires_at, rotated_at + ${settings.refresh_idle_days * DAY})`, isActive(now, settings)),
    latest(tokens, sql`expires_at`, and(gt(tokens.expiresAt, now), isNull(tokens.revokedAt))),
    latest(deviceCodes, sql`expires_at`, gt(deviceCodes.expiresAt, now)),
    latest(pushedRequests, sql`expires_at`, gt(pushedRequests.expiresAt, now)),
  ]);
  const ends = results.flatMap(([row]) => row?.at ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** Stops new sessions in the shard, or allows them again. Existing sessions stay. */
export const setDraining = (
  databases: Databases,
  moment: RequestClock,
  actor: string,
  name: Shard,
  draining: boolean,
) =>
  change(databases, moment, actor, name, draining ? 'shard.draining' : 'shard.resumed', {
    drainingSince: draining ? sql`COALESCE(draining_since, ${moment.now})` : null,
    // One that had been removed is prepared again.
    ...(!draining && { removedAt: null }),
  });

/** Removes a shard from the record: credentials that name it are invalid, and no cutoff is pending for it. */
export const removeShard = (databases: Databases, moment: RequestClock, actor: string, name: Shard) =>
  change(databases, moment, actor, name, 'shard.removed', {
    drainingSince: sql`COALESCE(draining_since, ${moment.now})`,
    removedAt: moment.now,
    readyAt: null,
  });

async function change(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  name: Shard,
  type: AuditType,
  values: { drainingSince: SQL | null; removedAt?: number | null; readyAt?: null },
): Promise<void> {
  const db = databases.global;
  const event = recordEvent(db, moment, { type, subject: `shard:${name}`, actor });
  const pay = sql`UPDATE cutoffs SET pending_shards = (SELECT json_group_array(value) FROM json_each(cutoffs.pending_shards) WHERE value <> ${name})
    WHERE pending_shards <> '[]' AND EXISTS (SELECT 1 FROM json_each(cutoffs.pending_shards) WHERE value = ${name})`;
  await runBatch(() => db.batch([db.update(shards).set(values).where(eq(shards.name, name)), event]));
  if (typeof values.removedAt === 'number') await db.run(pay);
  clearIsolateCaches();
}
