/**
 * Refreshing one connection at a time, across the world: whoever does it holds a lease with a number, and what a later
 * number settled is not overwritten.
 */
import { and, eq, lte, or, type SQL, sql } from 'drizzle-orm';
import type { RootSecrets } from '../crypto/seal.ts';
import type { ConnectionId } from '../protocol/credentials.ts';
import { REFRESH_LEASE } from '../protocol/lifetimes.ts';
import { type Moment, recordEvent } from './audit.ts';
import { boundTo, type ConnectionRow, eventOf, type Granted } from './connections.ts';
import { countIfChanged } from './daily-counts.ts';
import { type Databases, decide } from './database.ts';
import { connections } from './schema/index.ts';

/** The right to refresh, by number. */
export type Lease = {
  row: ConnectionRow;
  fence: number;
  /** Whether the attempt before came to no end: its answer may be lost. */
  isSuccessor: boolean;
};

/**
 * Takes the lease where nobody has it: one statement, so that of any number exactly one does. The same holder, sent
 * again, recognises its own.
 * @param holder names this attempt and no other.
 */
export async function takeLease(
  databases: Databases,
  id: ConnectionId,
  holder: string,
  now: number,
): Promise<Lease | undefined> {
  const isOurs = sql`${connections.leasedBy} = ${holder}`;
  const [row] = await decide(() =>
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

/** Why a connection whose refreshed tokens nobody has must be made again. */
export const ANSWER_LOST = 'answer lost: the provider replaced the tokens, and its answer could not be kept';

/** The lease is over, if it is still this one. */
const released = (fence: number) => ({
  leaseUntil: sql`CASE WHEN ${connections.fence} = ${fence} THEN 0 ELSE ${connections.leaseUntil} END`,
  leasedBy: sql`CASE WHEN ${connections.fence} = ${fence} THEN '' ELSE ${connections.leasedBy} END`,
});

/** Tokens that were refreshed, sealed: may be sent again. */
export type Refreshed = Omit<Granted, 'tokens'> & { id: ConnectionId; fence: number; sealed: string };

export async function sealRefreshed(root: RootSecrets, { row, fence }: Lease, granted: Granted): Promise<Refreshed> {
  const { tokens, ...rest } = granted;
  return { ...rest, id: row.id, fence, sealed: await root.seal('third-party', tokens, boundTo(row)) };
}

/**
 * Saves them, unless a later attempt has settled: that one knows better.
 * @returns whether the row holds them now.
 */
export async function saveRefreshed(databases: Databases, refreshed: Refreshed, now: number): Promise<boolean> {
  const { id, fence, sealed, scopes, expiresAt } = refreshed;
  const isNews = or(
    sql`${connections.settledFence} < ${fence}`,
    eq(connections.sealed, sealed),
    // The row was given up for want of just this answer.
    eq(connections.reason, ANSWER_LOST),
  );
  const rows = await decide(() =>
    databases.global
      .update(connections)
      .set({
        ...{ sealed, scopes, expiresAt, refreshedAt: now, state: 'connected', reason: null, failedAt: null },
        settledFence: sql`MAX(${connections.settledFence}, ${fence})`,
        ...released(fence),
      })
      .where(and(eq(connections.id, id), isNews))
      .returning({ id: connections.id }),
  );
  return rows.length === 1;
}

export type Trouble = { reason: string; needsReconnect: boolean };

/** An attempt failed. Nothing is said of the row where an answer came in meanwhile after all. */
export async function settleFailure(
  databases: Databases,
  moment: Moment,
  { row, fence }: Lease,
  { reason, needsReconnect }: Trouble,
  now: number,
): Promise<void> {
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
  };
  await decide(() =>
    db.batch([
      db
        .update(connections)
        .set({ ...failure, ...released(fence) })
        .where(isLast),
      recordEvent(db, moment, eventOf('connection.failed', row, { reason })),
      countIfChanged(db, moment.now, 'connections.failed'),
    ]),
  );
}

/** Without a refresh token there is nothing that a refresh could be tried with. */
export async function markForReconnection(databases: Databases, row: ConnectionRow, reason: string): Promise<void> {
  await databases.global
    .update(connections)
    .set({ state: 'reconnect', reason })
    .where(and(eq(connections.id, row.id), eq(connections.fence, row.fence)));
}
