/** Connected apps: lookup and lists. */
import { asc, eq, isNull } from 'drizzle-orm';
import type { Databases } from '../database/database.ts';
import { IsolateCache } from '../database/isolate-cache.ts';
import { connectedApps } from '../schema/index.ts';

export type ConnectedApp = typeof connectedApps.$inferSelect;

const appsCache = new IsolateCache<ConnectedApp>();

/** The app from the isolate cache or the nearest replica; undefined only after reading the primary. */
export async function findConnectedApp(
  databases: Databases,
  id: string,
  now: number,
): Promise<ConnectedApp | undefined> {
  const known = appsCache.get(id, now);
  if (known) return known;
  const [near] = await databases.nearestReplica.select().from(connectedApps).where(eq(connectedApps.id, id));
  const row = near ?? (await findConnectedAppFromPrimary(databases, id));
  if (row) appsCache.set(id, row, now);
  return row;
}

export async function findConnectedAppFromPrimary(databases: Databases, id: string): Promise<ConnectedApp | undefined> {
  const [row] = await databases.global.select().from(connectedApps).where(eq(connectedApps.id, id));
  return row;
}

export function listConnectedApps(databases: Databases): Promise<ConnectedApp[]> {
  return databases.global.select().from(connectedApps).orderBy(asc(connectedApps.createdAt)).limit(200);
}

/** The apps that users can connect. */
export function listEnabledApps(databases: Databases): Promise<ConnectedApp[]> {
  const db = databases.global;
  return db.select().from(connectedApps).where(isNull(connectedApps.disabledAt)).orderBy(asc(connectedApps.createdAt));
}
