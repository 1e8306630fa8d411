/** Access tokens that are invalid before they expire, among those of a list. */
import { sql } from 'drizzle-orm';
import { type GrantId, type Shard, shardOf } from '../../protocol/credentials.ts';
import type { Databases } from '../database/database.ts';
import type { tokens } from '../schema/index.ts';
import { readEndReasons } from './record-status.ts';
import { grantIsValid, subjectsOfToken } from './tokens.ts';

/**
 * The access tokens of the list that are invalid before their expiry: revoked, or cut off with their grant, client,
 * user or session. Reads one row for each grant, in its shard.
 */
export async function readRevokedTokens(
  databases: Databases,
  rows: readonly (typeof tokens.$inferSelect)[],
): Promise<Set<string>> {
  const byShard = [...Map.groupBy(rows, ({ id }) => shardOf(id))];
  const [cut, ...valid] = await Promise.all([
    readEndReasons(
      databases,
      rows.map(({ id, clientId, userId, issuedAt, revokedAt }) => ({
        id,
        authorizedAt: issuedAt,
        subjects: subjectsOfToken({ client_id: clientId, sub: userId ?? clientId }),
        ownReason: revokedAt === null ? undefined : 'ended',
      })),
    ),
    ...byShard.map(([shard, those]) => validGrants(databases, shard, those)),
  ]);
  const grantIsValid = new Set(valid.flat());
  const isOver = ({ id, grantId }: (typeof rows)[number]) =>
    cut.has(id) || (grantId !== null && !grantIsValid.has(grantId));
  return new Set(rows.filter(isOver).map(({ id }) => id));
}

/** The grants of these tokens that are valid, by the same condition as in token validation. */
async function validGrants(
  databases: Databases,
  shard: Shard,
  rows: readonly (typeof tokens.$inferSelect)[],
): Promise<GrantId[]> {
  const ids = JSON.stringify([
    ...new Set(rows.flatMap(({ grantId, revokedAt }) => (revokedAt === null ? (grantId ?? []) : []))),
  ]);
  const found = await databases
    .shard(shard)
    ?.select({ id: sql<GrantId>`grants.id` })
    // In this order each grant is found by its key.
    .from(sql`json_each(${ids}) CROSS JOIN grants ON grants.id = json_each.value`)
    .where(grantIsValid);
  return (found ?? []).map(({ id }) => id);
}
