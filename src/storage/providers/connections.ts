/** The token cache: tokens of users' accounts at providers, sealed, bound to their row and issuer. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { ConnectionId, UserId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { connections, users } from '../schema/index.ts';
import { type AuditEvent, type RequestClock, recordEvent } from '../server/audit.ts';
import { isSubjectAllowed } from '../users/users.ts';
import { connectionSealContext, type GrantedTokens } from './connection-tokens.ts';
import { deleteDisconnectedApp, insertDisconnectedApp } from './disconnected-apps.ts';

export type ConnectionRow = typeof connections.$inferSelect;

/** The owner of a row: a user, or '' for the app itself. */
export type ConnectionOwner = { appId: string; userId: UserId | '' };

/** The id of the row of an app and a user: concurrent requests create the same row. */
export const connectionId = (app: string, user: UserId | ''): ConnectionId =>
  `n_${sha256(`${app} ${user}`).slice(0, 22)}`;

const belongsToOwner = ({ appId, userId }: ConnectionOwner) =>
  and(eq(connections.appId, appId), eq(connections.userId, userId));

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

/**
 * Stores a new connection, or replaces one: the result of an outstanding refresh is discarded.
 * @param owner with the actor, where another than the user stores it.
 * @param onlyIf the condition under which another than the user stores it; the user's own connection has none.
 * @returns whether it was stored.
 */
export async function putConnection(
  databases: Databases,
  root: RootSecrets,
  moment: RequestClock,
  owner: ConnectionOwner & { issuer: string; account: string | null; actor?: string },
  granted: GrantedTokens,
  onlyIf?: SQL,
): Promise<boolean> {
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
  const put = db
    .insert(connections)
    .select(insertWhere(connections, row, onlyIf ?? sql`true`))
    .onConflictDoUpdate({ target: connections.id, set: { ...fields, fence: later, settledFence: later } })
    .returning({ id: connections.id });
  const record = recordEvent(db, moment, event, previousChangedRow);
  const [stored] = await runBatch(() =>
    db.batch(onlyIf ? [put, record] : [put, record, deleteDisconnectedApp(db, owner)]),
  );
  return stored.length === 1;
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

/** Removes a connection: from now on only the user connects the app. @returns the deleted row. */
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
    insertDisconnectedApp(db, moment, owner),
  ]);
  return row;
}
