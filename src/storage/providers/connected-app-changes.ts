/** Changes of connected apps, each in one batch with its audit event. */
import { and, count, desc, eq, sql } from 'drizzle-orm';
import { type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches } from '../database/isolate-cache.ts';
import { connectedApps, connections, disconnectedApps } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { deleteProblemsOf, PROBLEMS_OF } from '../server/recent-problems.ts';
import type { ConnectedApp } from './connected-apps.ts';
import type { ConnectionRow } from './connections.ts';

/** @returns whether it was inserted: false where one has this id. */
export async function insertConnectedApp(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  app: ConnectedApp,
): Promise<boolean> {
  const db = databases.global;
  const isOurs = sql`EXISTS (SELECT 1 FROM connected_apps WHERE id = ${app.id} AND created_at = ${moment.now})`;
  const [, , rows] = await runBatch(() =>
    db.batch([
      db.insert(connectedApps).values(app).onConflictDoNothing(),
      recordEvent(db, moment, { type: 'connected-app.created', subject: app.id, actor }, isOurs),
      db
        .select({ id: connectedApps.id })
        .from(connectedApps)
        .where(and(eq(connectedApps.id, app.id), eq(connectedApps.createdAt, moment.now))),
    ]),
  );
  clearIsolateCaches();
  return rows.length === 1;
}

/**
 * Updates an app. Tokens of another issuer than the app's are invalid: users must connect again, whatever an
 * outstanding refresh returns; the app's own row is deleted.
 * @param moved the previous issuer, where the app follows it to another one: nothing changes where the app no longer
 *   has it.
 */
export async function updateConnectedApp(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  { id, createdAt: _, ...changes }: ConnectedApp,
  moved?: { from: string },
): Promise<void> {
  const db = databases.global;
  const isStill = moved && eq(connectedApps.issuer, moved.from);
  const isNow = sql`EXISTS (SELECT 1 FROM connected_apps WHERE id = ${id} AND issuer = ${changes.issuer})`;
  const ofAnother = sql`${connections.appId} = ${id} AND ${connections.issuer} <> ${changes.issuer} AND ${isNow}`;
  const later = sql`${connections.fence} + 1`;
  const detail = moved && { ...moved, to: changes.issuer, followed: true };
  const type = moved ? 'connected-app.moved' : 'connected-app.changed';
  await runBatch(() =>
    db.batch([
      db
        .update(connectedApps)
        .set(changes)
        .where(and(eq(connectedApps.id, id), isStill)),
      db.delete(connections).where(and(ofAnother, eq(connections.userId, ''))),
      db
        .update(connections)
        .set({
          state: 'reconnect',
          reason: OTHER_ISSUER,
          fence: later,
          settledFence: later,
          leaseUntil: 0,
          leasedBy: '',
        })
        .where(ofAnother),
      recordEvent(db, moment, { type, subject: id, actor, ...(detail && { detail }) }, isNow),
    ]),
  );
  clearIsolateCaches();
}

const OTHER_ISSUER = 'the application is connected through another server now';

/**
 * Deletes an app with all its connections.
 * @returns deleted connections, so that their tokens can be revoked: `most` of them, the latest first.
 */
export async function deleteConnectedApp(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: string,
  most: number,
): Promise<{ rows: ConnectionRow[]; total: number }> {
  const db = databases.global;
  const ofApp = eq(connections.appId, id);
  const [rows, counted] = await db.batch([
    db.select().from(connections).where(ofApp).orderBy(desc(connections.createdAt)).limit(most),
    db.select({ total: count() }).from(connections).where(ofApp),
  ]);
  await runBatch(() =>
    db.batch([
      db.delete(connections).where(eq(connections.appId, id)),
      db.delete(disconnectedApps).where(eq(disconnectedApps.appId, id)),
      db.delete(connectedApps).where(eq(connectedApps.id, id)),
      deleteProblemsOf(db, PROBLEMS_OF.connectedApp + id),
      recordEvent(db, moment, { type: 'connected-app.deleted', subject: id, actor }),
    ]),
  );
  clearIsolateCaches();
  return { rows, total: counted[0]?.total ?? 0 };
}
