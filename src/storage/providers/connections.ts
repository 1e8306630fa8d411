/** The token cache: tokens of users' accounts at providers, sealed, bound to their row and issuer. */
import { and, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import { sha256 } from '../../crypto/digest.ts';
import { DpopKey } from '../../crypto/dpop-key.ts';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { ConnectionId, UserId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import type { Cursor } from '../database/list-page.ts';
import { connections, users } from '../schema/index.ts';
import { type AuditEvent, hasNoEvent, type RequestClock, recordEvent } from '../server/audit.ts';
import { OLDEST_FIRST } from '../server/list-query.ts';
import { listConnections } from '../server/lists.ts';
import { isSubjectAllowed } from '../users/users.ts';

export type ConnectionRow = typeof connections.$inferSelect;

const ConnectionTokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /**
   * The key of DPoP proofs (RFC 9449). It outlives the tokens: a refresh token may be bound to it where the access
   * token is not.
   */
  dpop: z.object({ key: DpopKey, isBound: z.boolean() }).optional(),
});
export type ConnectionTokens = z.infer<typeof ConnectionTokens>;

/** The tokens of a provider's token response. */
export type GrantedTokens = { tokens: ConnectionTokens; scopes: string[]; expiresAt: number | null };

/** The owner of a row: a user, or '' for the app itself. */
export type ConnectionOwner = { appId: string; userId: UserId | '' };

/** The id of the row of an app and a user: concurrent requests create the same row. */
export const connectionId = (app: string, user: UserId | ''): ConnectionId =>
  `n_${sha256(`${app} ${user}`).slice(0, 22)}`;

export const connectionSealContext = ({ id, issuer }: Pick<ConnectionRow, 'id' | 'issuer'>) =>
  `connection ${id} ${issuer}`;

const belongsToOwner = ({ appId, userId }: ConnectionOwner) =>
  and(eq(connections.appId, appId), eq(connections.userId, userId));

/** The tokens of a row; undefined where there are none, or none that can be opened. */
export async function openTokens(root: RootSecrets, row: ConnectionRow): Promise<ConnectionTokens | undefined> {
  const tokens = ConnectionTokens.safeParse(
    row.sealed && (await root.unseal('third-party', row.sealed, connectionSealContext(row))),
  );
  return tokens.success ? tokens.data : undefined;
}

/** The row from the primary; undefined also where the user is disabled or deleted. */
export async function findConnection(databases: Databases, owner: ConnectionOwner): Promise<ConnectionRow | undefined> {
  const db = databases.global;
  const row = db.select().from(connections).where(belongsToOwner(owner));
  const user = db
    .select({ disabledAt: users.disabledAt, deletionDueAt: users.deletionDueAt })
    .from(users)
    .where(eq(users.id, owner.userId as UserId));
  const [[found], [whose]] = await db.batch([row, user]);
  return owner.userId === '' || (whose && isSubjectAllowed(whose)) ? found : undefined;
}

export function listConnectionsOf(databases: Databases, userId: UserId): Promise<ConnectionRow[]> {
  return databases.global.select().from(connections).where(eq(connections.userId, userId)).limit(200);
}

/** True where the connection was ended here, as far as the audit log reaches. */
export async function wasDisconnected(databases: Databases, { appId, userId }: ConnectionOwner): Promise<boolean> {
  const hasNone = hasNoEvent(`${appId}:${userId}`, 'connection.disconnected');
  const [row] = await databases.global.select({ has: sql<number>`NOT (${hasNone})` }).from(sql`(SELECT 1)`);
  return row?.has === 1;
}

/**
 * Stores a new connection, or replaces one: the result of an outstanding refresh is discarded.
 * @param owner with the actor, where another than the user stores it.
 */
export async function putConnection(
  databases: Databases,
  root: RootSecrets,
  moment: RequestClock,
  owner: ConnectionOwner & { issuer: string; account: string | null; actor?: string },
  granted: GrantedTokens,
): Promise<void> {
  const db = databases.global;
  const { appId, userId, issuer, account, actor } = owner;
  const id = connectionId(appId, userId);
  const fields = {
    issuer,
    account,
    scopes: granted.scopes,
    expiresAt: granted.expiresAt,
    sealed: await root.seal('third-party', granted.tokens, connectionSealContext({ id, issuer })),
    state: 'connected' as const,
    reason: null,
    failedAt: null,
    leaseUntil: 0,
    leasedBy: '',
    refusedAt: [],
    refreshedAt: moment.now,
  };
  const row = { ...fields, id, appId, userId, fence: 1, settledFence: 1, createdAt: moment.now };
  const later = sql`${connections.fence} + 1`;
  const event = { ...connectionEvent('connection.connected', { appId, userId }), ...(actor && { actor }) };
  await runBatch(() =>
    db.batch([
      db
        .insert(connections)
        .values(row)
        .onConflictDoUpdate({ target: connections.id, set: { ...fields, fence: later, settledFence: later } }),
      recordEvent(db, moment, event),
    ]),
  );
}

export const connectionEvent = (
  type: AuditEvent['type'],
  { appId, userId }: ConnectionOwner,
  detail: Record<string, unknown> = {},
) => ({
  type,
  subject: `${appId}:${userId || 'itself'}`,
  detail,
  actor: userId === '' ? 'system' : `user:${userId}`,
});

/** Inserts the app's own row, without tokens. */
export async function ensureOwnConnection(databases: Databases, moment: RequestClock, appId: string, issuer: string) {
  const row = {
    id: connectionId(appId, ''),
    appId,
    userId: '' as const,
    issuer,
    sealed: null,
    scopes: [],
    expiresAt: null,
    account: null,
    state: 'connected' as const,
    reason: null,
    failedAt: null,
    fence: 0,
    settledFence: 0,
    leaseUntil: 0,
    leasedBy: '',
    createdAt: moment.now,
    refreshedAt: 0,
  };
  await databases.global.insert(connections).values(row).onConflictDoNothing();
}

/** @returns the deleted row. */
export async function removeConnection(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  owner: ConnectionOwner,
): Promise<ConnectionRow | undefined> {
  const db = databases.global;
  const [[row]] = await db.batch([
    db.delete(connections).where(belongsToOwner(owner)).returning(),
    recordEvent(db, moment, { ...connectionEvent('connection.disconnected', owner), actor }),
  ]);
  return row;
}

/** Number of sealed values that are opened to see that the current root secret sealed them. */
export const SEALED_SAMPLE = 20;

/**
 * Seals values again, a chunk at a time, that are not under the current root secret; of the others it opens a sample.
 */
export async function resealConnections(databases: Databases, root: RootSecrets, most = 200) {
  const counts = { resealed: 0, unreadable: 0 };
  let sampled = 0;
  for (let after: Cursor | undefined; ; ) {
    const { rows, next } = await listConnections(databases, OLDEST_FIRST, { after, most });
    for (const row of rows) {
      if (!row.sealed) continue;
      const isCurrent = root.isCurrent(row.sealed);
      if (isCurrent && ++sampled > SEALED_SAMPLE) continue;
      const tokens = await openTokens(root, row);
      if (!tokens) counts.unreadable++;
      else if (!isCurrent) {
        const sealed = await root.seal('third-party', tokens, connectionSealContext(row));
        // Compares with the value read: tokens that were refreshed meanwhile stay.
        await databases.global
          .update(connections)
          .set({ sealed })
          .where(and(eq(connections.id, row.id), eq(connections.sealed, row.sealed)));
        counts.resealed++;
      }
    }
    after = next;
    if (!after) return counts;
  }
}
