/**
 * The shard of new sessions and requests. One that is bound for the first time is on record in `DB` before any credential
 * names it, and has every cutoff of before: a replica that lags may still have what they revoked.
 */
import { and, eq, isNull } from 'drizzle-orm';
import type { Shard } from '../../protocol/credentials.ts';
import { copyAllCutoffs } from '../grants/cutoff-delivery.ts';
import { shards } from '../schema/index.ts';
import { type Databases, runBatch } from './database.ts';
import { type ClientLocation, FIRST_SHARD } from './shard-names.ts';

/** A request copies so many pages of cutoffs to a new shard; the cron copies all. */
const PAGES_OF_REQUEST = 4;

/** The nearest shard for new sessions of a user at this location: ready, and not draining. */
export async function chooseShard(databases: Databases, place: ClientLocation, now: number): Promise<Shard> {
  let known = await databases.knownShards('near');
  const unknown = databases.shardNames.filter((name) => name !== FIRST_SHARD && !known.has(name));
  if (unknown.length > 0) {
    for (const name of unknown) await prepareShard(databases, name, now, PAGES_OF_REQUEST);
    known = await databases.knownShards('latest');
  }
  return databases.nearestShard(place, (name) => {
    const { readyAt = null, drainingSince = null } = known.get(name) ?? {};
    return readyAt !== null && drainingSince === null;
  });
}

/**
 * For the cron: prepares every bound shard that is not ready, such as one that did not answer.
 * @returns the shards on record after it.
 */
export async function prepareShards(databases: Databases, now: number) {
  const known = await databases.knownShards('latest');
  const isUnready = (name: Shard) => {
    const { readyAt = null, removedAt = null } = known.get(name) ?? {};
    return readyAt === null && removedAt === null;
  };
  const unready = databases.shardNames.filter((name) => name !== FIRST_SHARD && isUnready(name));
  for (const name of unready) await prepareShard(databases, name, now, Number.POSITIVE_INFINITY);
  // The isolate has read them before.
  return unready.length > 0 ? databases.knownShards('latest') : known;
}

/**
 * Records a shard: from then on each new cutoff is pending for it. Then copies those of before, after which it is ready.
 * One that does not answer, or has more cutoffs than the pages, stays unready.
 */
async function prepareShard(databases: Databases, name: Shard, now: number, mostPages: number): Promise<void> {
  const db = databases.global;
  const row = { name, createdAt: now, readyAt: null, drainingSince: null, removedAt: null };
  await runBatch(async () => db.insert(shards).values(row).onConflictDoNothing());
  const isComplete = await copyAllCutoffs(databases, name, mostPages).catch(() => false);
  if (!isComplete) return;
  const isUnready = and(eq(shards.name, name), isNull(shards.readyAt), isNull(shards.removedAt));
  await runBatch(async () => db.update(shards).set({ readyAt: now }).where(isUnready));
}
