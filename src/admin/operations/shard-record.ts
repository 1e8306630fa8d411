/** The record of a shard: its definition with its operations. */
import { isEmpty, type ShardState } from '../../storage/database/shards.ts';
import { time } from '../query-parameters.ts';
import { SHARD } from '../records/shard.ts';
import { bindRecord } from './record.ts';
import { allShards, drainShard, removeShardRecord, requireShard } from './shards.ts';

export const SHARDS = bindRecord(SHARD, {
  find: requireShard,
  show: (shard: ShardState, { moment }) => ({
    name: shard.name,
    bound: shard.bound,
    since: time(shard.createdAt),
    draining_since: shard.drainingSince === null ? null : time(shard.drainingSince),
    last_credential_ends: typeof shard.lastExpiry === 'number' ? time(shard.lastExpiry) : null,
    may_be_unbound: isEmpty(shard, moment.now),
  }),
  list: async (deps) => ({ rows: await allShards(deps) }),
  change: ({ deps, actor }, shard, { draining }) => drainShard(deps, actor, shard, draining),
  actions: {
    remove: ({ deps, actor }, shard, { lost }) => removeShardRecord(deps, actor, shard, lost === 'true'),
  },
});
