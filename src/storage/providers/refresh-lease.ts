/**
 * One refresh of a connection at a time, in all locations: a lease with a fencing token, whose result never overwrites
 * that of a later lease.
 */
import { and, eq, lte, or, sql } from 'drizzle-orm';
import type { ConnectionId } from '../../protocol/credentials.ts';
import { REFRESH_LEASE } from '../../protocol/lifetimes.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { connections } from '../schema/index.ts';
import type { ConnectionRow } from './connections.ts';

/** The exclusive right to refresh, with its fencing token. */
export type Lease = {
  row: ConnectionRow;
  fence: number;
  /** True where the previous attempt never ended: its response may be lost. */
  isSuccessor: boolean;
};

/**
 * Acquires the lease where it is free: one statement, so that of concurrent requests exactly one does. A repeated
 * request recognises its own lease.
 * @param holder unique id of this attempt.
 */
export async function acquireLease(
  databases: Databases,
  id: ConnectionId,
  holder: string,
  now: number,
): Promise<Lease | undefined> {
  const isOurs = sql`${connections.leasedBy} = ${holder}`;
  const [row] = await runBatch(() =>
    databases.global
      .update(connections)
      .set({
        fence: sql`CASE WHEN ${isOurs} THEN ${connections.fence} ELSE ${connections.fence} + 1 END`,
        leaseUntil: now + REFRESH_LEASE,
        leasedBy: holder,
      })
      .where(and(eq(connections.id, id), or(lte(connections.leaseUntil, now), isOurs)))
      .returning(),
  );
  return row && { row, fence: row.fence, isSuccessor: row.fence - 1 > row.settledFence };
}
