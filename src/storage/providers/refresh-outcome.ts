/** The outcome of a refresh under its lease: new tokens, or a failure. */
import { and, eq, ne, or, type SQL, sql } from 'drizzle-orm';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { ConnectionId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { connections } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { countIfChanged } from '../server/daily-counts.ts';
import { connectionSealContext, type GrantedTokens } from './connection-tokens.ts';
import { type ConnectionRow, connectionEvent } from './connections.ts';
import type { Lease } from './refresh-lease.ts';

/** The reason for a new connection where the refreshed tokens were lost. */
export const ANSWER_LOST = 'answer lost: the provider replaced the tokens, and its answer could not be kept';

/** Releases the lease, where it is still this one. */
const released = (fence: number) => ({
  leaseUntil: sql`CASE WHEN ${connections.fence} = ${fence} THEN 0 ELSE ${connections.leaseUntil} END`,
  leasedBy: sql`CASE WHEN ${connections.fence} = ${fence} THEN '' ELSE ${connections.leasedBy} END`,
});

/** Refreshed tokens, sealed: saving them is idempotent. */
export type Refreshed = Omit<GrantedTokens, 'tokens'> & { id: ConnectionId; fence: number; sealed: string };

export async function sealRefreshed(
  root: RootSecrets,
  { row, fence }: Lease,
  granted: GrantedTokens,
): Promise<Refreshed> {
  const { tokens, ...rest } = granted;
  return { ...rest, id: row.id, fence, sealed: await root.seal('third-party', tokens, connectionSealContext(row)) };
}

/**
 * Saves refreshed tokens, unless a later attempt has ended.
 * @returns whether the row has these tokens now.
 */
export async function saveRefreshed(databases: Databases, refreshed: Refreshed, now: number): Promise<boolean> {
  const { id, fence, sealed, scopes, expiresAt } = refreshed;
  const isNews = or(
    sql`${connections.settledFence} < ${fence}`,
    eq(connections.sealed, sealed),
    // The row was marked because just this response was missing.
    eq(connections.reason, ANSWER_LOST),
  );
  const rows = await runBatch(() =>
    databases.global
      .update(connections)
      .set({
        sealed,
        scopes,
        expiresAt,
        refreshedAt: now,
        state: 'connected',
        reason: null,
        failedAt: null,
        refusedAt: [],
        settledFence: sql`MAX(${connections.settledFence}, ${fence})`,
        ...released(fence),
      })
      .where(and(eq(connections.id, id), isNews))
      .returning({ id: connections.id }),
  );
  return rows.length === 1;
}

export type RefreshFailure = {
  reason: string;
  needsReconnect: boolean;
  /** Times of refusals that may mean that the provider revoked the grant, this one included. */
  refusedAt?: number[];
};

/**
 * Records a failed attempt, unless another response was saved meanwhile.
 * @returns whether this marked the connection for reconnection.
 */
export async function recordRefreshFailure(
  databases: Databases,
  moment: RequestClock,
  { row, fence }: Lease,
  { reason, needsReconnect, refusedAt }: RefreshFailure,
  now: number,
): Promise<boolean> {
  const db = databases.global;
  const isLast: SQL | undefined = and(
    eq(connections.id, row.id),
    eq(connections.fence, fence),
    eq(connections.settledFence, row.settledFence),
  );
  const failure = {
    reason,
    failedAt: now,
    settledFence: fence,
    ...(needsReconnect && { state: 'reconnect' as const }),
    ...(refusedAt && { refusedAt }),
  };
  const [settled] = await runBatch(() =>
    db.batch([
      db
        .update(connections)
        .set({ ...failure, ...released(fence) })
        .where(isLast)
        .returning({ id: connections.id }),
      recordEvent(db, moment, connectionEvent('connection.failed', row, { reason })),
      countIfChanged(db, moment.now, 'connections.failed'),
    ]),
  );
  return needsReconnect && row.state !== 'reconnect' && settled.length === 1;
}

/**
 * Marks a connection without refresh token for reconnection.
 * @returns whether this marked it.
 */
export async function markForReconnection(databases: Databases, row: ConnectionRow, reason: string): Promise<boolean> {
  const isStill = and(eq(connections.id, row.id), eq(connections.fence, row.fence), ne(connections.state, 'reconnect'));
  const changed = await databases.global
    .update(connections)
    .set({ state: 'reconnect', reason })
    .where(isStill)
    .returning({ id: connections.id });
  return changed.length === 1;
}
