/** The use of access tokens, as far as resource servers ask this server: recorded once a day for each grant. */
import { and, eq, sql } from 'drizzle-orm';
import { type GrantId, shardOf } from '../../protocol/credentials.ts';
import { TOKEN_USED_INTERVAL } from '../../protocol/lifetimes.ts';
import type { Databases } from '../database/database.ts';
import { grants } from '../schema/index.ts';

/** Records that a token of the grant was used, unless another request recorded it. */
export async function writeTokenUse(databases: Databases, grant: GrantId, now: number): Promise<void> {
  const isDue = sql`COALESCE(token_last_used_at, 0) <= ${now - TOKEN_USED_INTERVAL}`;
  await databases
    .shard(shardOf(grant))
    ?.update(grants)
    .set({ tokenFirstUsedAt: sql`COALESCE(token_first_used_at, ${now})`, tokenLastUsedAt: now })
    .where(and(eq(grants.id, grant), isDue));
}
