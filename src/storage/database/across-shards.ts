/** Queries of administration and of accounts, over every shard. */
import type { Shard } from '../../protocol/credentials.ts';
import type { Database, Databases } from './database.ts';

/** Queries every shard, or those named; one that does not answer or is not bound is listed as unreachable. */
export async function acrossShards<T>(
  databases: Databases,
  query: (db: Database, shard: Shard) => Promise<T[]>,
  shards?: readonly Shard[],
) {
  const unreachable: Shard[] = [];
  const [missing, ...lists] = await Promise.all([
    shards ? [] : databases.unboundShards(),
    ...(shards ?? databases.shardNames).map(async (name) => {
      const db = databases.shard(name);
      if (!db) return [];
      try {
        return await query(db, name);
      } catch {
        unreachable.push(name);
        return [];
      }
    }),
  ]);
  return { rows: (lists as T[][]).flat(), unreachable: [...unreachable, ...missing] };
}
