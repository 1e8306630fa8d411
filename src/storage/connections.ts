/**
 * The token cache: whose accounts elsewhere this server may use. Tokens are sealed here, bound to their row and issuer.
 * One request in the world refreshes a row at a time: it holds a lease with a number, and only the last number settles.
 */
import { and, asc, eq, gt, lte, or, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { RootSecrets } from '../crypto/seal.ts';
import { type ConnectionId, connectionId, type PersonId } from '../protocol/credentials.ts';
import { REFRESH_LEASE } from '../protocol/lifetimes.ts';
import { type AuditEvent, type Moment, recordEvent } from './audit.ts';
import { type Databases, decide } from './database.ts';
import { connections, people } from './schema/index.ts';

export type ConnectionRow = typeof connections.$inferSelect;

const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string().optional() });
export type Tokens = z.infer<typeof Tokens>;

/** What a provider granted. */
export type Granted = { tokens: Tokens; scopes: string[]; expiresAt: number | null };

/** Whose row: a person's, or '' for the app's own. */
export type Owner = { appId: string; personId: PersonId | '' };

const boundTo = ({ id, issuer }: Pick<ConnectionRow, 'id' | 'issuer'>) => `connection ${id} ${issuer}`;

const ofOwner = ({ appId, personId }: Owner) => and(eq(connections.appId, appId), eq(connections.personId, personId));

/** The tokens of a row; undefined where there are none, or none that can be opened. */
export async function openTokens(root: RootSecrets, row: ConnectionRow): Promise<Tokens | undefined> {
  const tokens = Tokens.safeParse(row.sealed && (await root.unseal('third-party', row.sealed, boundTo(row))));
  return tokens.success ? tokens.data : undefined;
}

/** The row, as the primary has it; undefined also where the person is disabled or gone. */
export async function findConnection(databases: Databases, owner: Owner): Promise<ConnectionRow | undefined> {
  const db = databases.global;
  const row = db.select().from(connections).where(ofOwner(owner));
  const person = db
    .select({ disabledAt: people.disabledAt })
    .from(people)
    .where(eq(people.id, owner.personId as PersonId));
  const [[found], [whose]] = await db.batch([row, person]);
  return owner.personId === '' || (whose && whose.disabledAt === null) ? found : undefined;
}

export function listConnectionsOf(databases: Databases, personId: PersonId): Promise<ConnectionRow[]> {
  return databases.global.select().from(connections).where(eq(connections.personId, personId)).limit(200);
}

export type Filter = { appId?: string | undefined; personId?: PersonId | '' | undefined };

/** A page of all rows, oldest first, after the one given. */
export function listConnections(
  databases: Databases,
  { appId, personId }: Filter,
  after: { createdAt: number; id: string } | undefined,
  most: number,
): Promise<ConnectionRow[]> {
  const beyond =
    after &&
    or(
      gt(connections.createdAt, after.createdAt),
      and(eq(connections.createdAt, after.createdAt), gt(connections.id, after.id as ConnectionId)),
    );
  const wanted = [
    appId === undefined ? undefined : eq(connections.appId, appId),
    personId === undefined ? undefined : eq(connections.personId, personId),
  ];
  return databases.global
    .select()
    .from(connections)
    .where(and(beyond, ...wanted))
    .orderBy(asc(connections.createdAt), asc(connections.id))
    .limit(most);
}

/**
 * A connection is made, or made again: whatever a refresh that is under way brings is too late.
 */
export async function putConnection(
  databases: Databases,
  root: RootSecrets,
  moment: Moment,
  owner: Owner & { issuer: string; account: string | null },
  granted: Granted,
): Promise<void> {
  const db = databases.global;
  const { appId, personId, issuer, account } = owner;
  const id = connectionId(appId, personId);
  const fields = {
    ...{ issuer, account, scopes: granted.scopes, expiresAt: granted.expiresAt },
    ...{ sealed: await root.seal('third-party', granted.tokens, boundTo({ id, issuer })) },
    ...{ state: 'connected' as const, reason: null, failedAt: null, leaseUntil: 0, leasedBy: '' },
    refreshedAt: moment.now,
  };
  const row = { ...fields, id, appId, personId, fence: 1, settledFence: 1, createdAt: moment.now };
  const later = sql`${connections.fence} + 1`;
  const event = eventOf('connection.connected', { appId, personId });
  await decide(() =>
    db.batch([
      db
        .insert(connections)
        .values(row)
        .onConflictDoUpdate({ target: connections.id, set: { ...fields, fence: later, settledFence: later } }),
      recordEvent(db, moment, event),
    ]),
  );
}

const eventOf = (type: AuditEvent['type'], { appId, personId }: Owner, detail: Record<string, unknown> = {}) => ({
  ...{ type, subject: `${appId}:${personId || 'itself'}`, detail },
  actor: personId === '' ? 'system' : `person:${personId}`,
});

/** The app's own row, without tokens yet. */
export async function ensureOwnConnection(databases: Databases, moment: Moment, appId: string, issuer: string) {
  const row = {
    ...{ id: connectionId(appId, ''), appId, personId: '' as const, issuer, sealed: null, scopes: [], expiresAt: null },
    ...{ account: null, state: 'connected' as const, reason: null, failedAt: null },
    ...{ fence: 0, settledFence: 0, leaseUntil: 0, leasedBy: '', createdAt: moment.now, refreshedAt: 0 },
  };
  await databases.global.insert(connections).values(row).onConflictDoNothing();
}

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

/** @returns the row that is gone. */
export async function removeConnection(
  databases: Databases,
  moment: Moment,
  actor: string,
  owner: Owner,
): Promise<ConnectionRow | undefined> {
  const db = databases.global;
  const [[row]] = await db.batch([
    db.delete(connections).where(ofOwner(owner)).returning(),
    recordEvent(db, moment, { ...eventOf('connection.disconnected', owner), actor }),
  ]);
  return row;
}

/** Seals again, a chunk at a time, what is not under the root secret in use. */
export async function resealConnections(databases: Databases, root: RootSecrets, most = 200) {
  const counts = { resealed: 0, unreadable: 0 };
  for (let after: { createdAt: number; id: string } | undefined; ; ) {
    const rows = await listConnections(databases, {}, after, most);
    for (const row of rows) {
      if (!row.sealed || root.isCurrent(row.sealed)) continue;
      const tokens = await openTokens(root, row);
      if (!tokens) counts.unreadable++;
      else {
        const sealed = await root.seal('third-party', tokens, boundTo(row));
        // Only what was read: tokens that were refreshed meanwhile stay.
        await databases.global
          .update(connections)
          .set({ sealed })
          .where(and(eq(connections.id, row.id), eq(connections.sealed, row.sealed)));
        counts.resealed++;
      }
    }
    after = rows.at(-1);
    if (rows.length < most) return counts;
  }
}
