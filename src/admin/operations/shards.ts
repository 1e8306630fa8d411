/** Operations of administrators on shards: no session begins in one that is draining; one that is empty may be unbound. */

import type { Deps } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { isEmpty, listShards, removeShard, type ShardState, setDraining } from '../../storage/database/shards.ts';

export const allShards = async ({ databases, moment, settings }: Deps) =>
  listShards(databases, moment, await settings());

/** @throws OAuthError not_found */
export async function requireShard(deps: Deps, name: string): Promise<ShardState> {
  const found = (await allShards(deps)).find((shard) => shard.name === name);
  if (!found) throw new OAuthError('not_found', 'there is no such shard.');
  return found;
}

export async function drainShard(deps: Deps, actor: string, { name }: ShardState, draining: boolean) {
  await setDraining(deps.databases, deps.moment, actor, name, draining);
  return requireShard(deps, name);
}

/**
 * @param lost true where its database is lost: what was issued there is given up.
 * @throws OAuthError conflict where credentials of it live, or may.
 */
export async function removeShardRecord(deps: Deps, actor: string, shard: ShardState, lost: boolean): Promise<void> {
  const mayGo = isEmpty(shard, deps.moment.now) || (lost && !shard.bound);
  if (!mayGo) {
    const why = shard.bound
      ? 'drain it first, and wait until no credential of it lives (10 minutes at least).'
      : 'it is not bound, so that nobody can tell whether credentials of it live: bind it, or say that it is lost.';
    throw new OAuthError('conflict', why);
  }
  await removeShard(deps.databases, deps.moment, actor, shard.name);
}
