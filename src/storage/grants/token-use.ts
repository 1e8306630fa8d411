/** The use of access tokens, as far as resource servers ask this server: recorded once a day for each grant. */
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { type GrantId, shardOf } from '../../protocol/credentials.ts';
import { TOKEN_USED_INTERVAL } from '../../protocol/lifetimes.ts';
import type { Databases } from '../database/database.ts';
import { grants } from '../schema/index.ts';
import type { RequestClock } from '../server/audit.ts';

/** A grant with the recorded time of the last use of its tokens. */
type UsedGrant = { grant?: GrantId | undefined; lastUsedAt: number | null };

/** The dependencies of a record of use: `waitUntil` runs it after the response. */
export type TokenUseDeps = {
  databases: Databases;
  moment: RequestClock;
  waitUntil: (what: string, work: Promise<unknown>) => void;
};

/** Records, after the response, that a token of the grant was used, unless that is known of the last day. */
export function recordTokenUse({ databases, moment, waitUntil }: TokenUseDeps, { grant, lastUsedAt }: UsedGrant): void {
  if (grant === undefined || (lastUsedAt !== null && lastUsedAt > moment.now - TOKEN_USED_INTERVAL)) return;
  waitUntil('record token use', writeTokenUse(databases, grant, moment.now));
}

async function writeTokenUse(databases: Databases, grant: GrantId, now: number): Promise<void> {
  const { id, tokenFirstUsedAt, tokenLastUsedAt } = grants;
  const isDue = or(isNull(tokenLastUsedAt), lt(tokenLastUsedAt, now - TOKEN_USED_INTERVAL + 1));
  await databases
    .shard(shardOf(grant))
    ?.update(grants)
    .set({ tokenFirstUsedAt: sql`COALESCE(${tokenFirstUsedAt}, ${now})`, tokenLastUsedAt: now })
    .where(and(eq(id, grant), isDue));
}
