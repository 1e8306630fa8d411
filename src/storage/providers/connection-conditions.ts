/**
 * Conditions of a connection that another than the user stores, in the statement that stores it: what was read before
 * the requests to the provider may have changed since.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { ConnectedApp } from './connected-apps.ts';
import { type ConnectionOwner, type ConnectionRow, connectionId } from './connections.ts';
import { isNotDisconnected } from './disconnected-apps.ts';

const isActive = (userId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM users WHERE id = ${userId} AND disabled_at IS NULL AND deletion_due_at IS NULL)`;

const isAsRead = ({ id, issuer }: Pick<ConnectedApp, 'id' | 'issuer'>): SQL =>
  sql`EXISTS (SELECT 1 FROM connected_apps WHERE id = ${id} AND issuer = ${issuer} AND disabled_at IS NULL)`;

/** In SQL what `mayConnect` is. */
const hasRole = ({ appId, userId }: ConnectionOwner): SQL =>
  sql`EXISTS (SELECT 1 FROM connected_apps, users WHERE connected_apps.id = ${appId} AND users.id = ${userId}
    AND (coalesce(json_array_length(description, '$.roles'), 0) = 0 OR EXISTS (SELECT 1
      FROM json_each(description, '$.roles') AS needed JOIN json_each(users.roles) AS had ON had.value = needed.value)))`;

/**
 * The connection may be stored for the user in their absence: the user may connect the app, and did not disconnect it
 * since `seen` was read. A refresh or another assertion meanwhile does not matter: the later one is kept.
 */
export function mayConnectInAbsence(app: ConnectedApp, userId: ConnectionOwner['userId'], seen?: ConnectionRow): SQL {
  if (userId === '') return isAsRead(app);
  const owner = { appId: app.id, userId };
  const conditions = [isAsRead(app), isActive(userId), hasRole(owner), isNotDisconnected(owner)];
  // One that the user disconnected and connected again is newer than the assertion.
  if (seen)
    conditions.push(sql`EXISTS (SELECT 1 FROM connections WHERE id = ${seen.id} AND created_at = ${seen.createdAt})`);
  return sql.join(conditions, sql` AND `);
}

/** The connection may be imported: the user has none, but for that of this request, and did not disconnect the app. */
export const mayBeImported = (app: ConnectedApp, owner: ConnectionOwner, now: number): SQL =>
  sql.join(
    [
      isAsRead(app),
      isActive(owner.userId),
      isNotDisconnected(owner),
      sql`NOT EXISTS (SELECT 1 FROM connections WHERE id = ${connectionId(owner.appId, owner.userId)}
        AND created_at <> ${now})`,
    ],
    sql` AND `,
  );
