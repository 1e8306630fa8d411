/** The connected apps that a user disconnected: only the user connects them again. It outlives the audit log. */
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Database, Databases } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { disconnectedApps } from '../schema/index.ts';
import type { RequestClock } from '../server/audit.ts';

/** An app and its user; '' for the app itself, which is never on record. */
type Disconnection = Pick<typeof disconnectedApps.$inferSelect, 'appId' | 'userId'>;

const ofOwner = ({ appId, userId }: Disconnection) =>
  sql`${eq(disconnectedApps.appId, appId)} AND ${eq(disconnectedApps.userId, userId)}`;

/** A condition: the connection was not ended here. */
export const isNotDisconnected = (owner: Disconnection): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM ${disconnectedApps} WHERE ${ofOwner(owner)})`;

/** True where the connection was ended here, by the user or an administrator. */
export async function wasDisconnected(databases: Databases, owner: Disconnection): Promise<boolean> {
  const rows = await databases.global.select().from(disconnectedApps).where(ofOwner(owner));
  return rows.length > 0;
}

/** The statement that records it: for an app and a user that exist, of whom nothing is being deleted. */
export function insertDisconnectedApp(db: Database, { now }: RequestClock, { appId, userId }: Disconnection) {
  const exist = sql`EXISTS (SELECT 1 FROM users WHERE id = ${userId} AND purge_started_at IS NULL)
    AND EXISTS (SELECT 1 FROM connected_apps WHERE id = ${appId})`;
  return db
    .insert(disconnectedApps)
    .select(insertWhere(disconnectedApps, { appId, userId, disconnectedAt: now }, exist))
    .onConflictDoUpdate({
      target: [disconnectedApps.appId, disconnectedApps.userId],
      set: { disconnectedAt: now },
    });
}

/** The statement that forgets it: the user connects the app again. */
export const deleteDisconnectedApp = (db: Database, owner: Disconnection) =>
  db.delete(disconnectedApps).where(ofOwner(owner));
