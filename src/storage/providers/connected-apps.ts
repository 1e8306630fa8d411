/** Connected apps. Their secrets are sealed here, bound to the app and its issuer. */
import { and, asc, count, desc, eq, isNull, sql } from 'drizzle-orm';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { ClientAuthMethod } from '../../protocol/authentication-method.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches, IsolateCache } from '../database/isolate-cache.ts';
import { connectedApps, connections } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { deleteProblemsOf, PROBLEMS_OF } from '../server/recent-problems.ts';

export type ConnectedApp = typeof connectedApps.$inferSelect;
type ConnectionRow = typeof connections.$inferSelect;

const appsCache = new IsolateCache<ConnectedApp>();

const sealContextOf = (app: Pick<ConnectedApp, 'id' | 'issuer'>) => `connected-app ${app.id} ${app.issuer}`;

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

/** The client secret of this server at the provider; undefined where there is none, or none that can be opened. */
export async function openAppSecret(root: RootSecrets, app: ConnectedApp): Promise<string | undefined> {
  const secret = app.sealedSecret && (await root.unseal('third-party', app.sealedSecret, sealContextOf(app)));
  return typeof secret === 'string' ? secret : undefined;
}

export function sealAppSecret(
  root: RootSecrets,
  app: Pick<ConnectedApp, 'id' | 'issuer'>,
  secret: string | undefined,
): Promise<string | null> {
  return secret === undefined ? Promise.resolve(null) : root.seal('third-party', secret, sealContextOf(app));
}

const managementOf = (app: Pick<ConnectedApp, 'id' | 'issuer'>) => `registration of ${sealContextOf(app)}`;

/** The registration access token of this server at the provider (RFC 7592); undefined where there is none. */
export async function openManagementToken(root: RootSecrets, app: ConnectedApp): Promise<string | undefined> {
  const { management } = app.registration;
  const token = management && (await root.unseal('third-party', management.sealedToken, managementOf(app)));
  return typeof token === 'string' ? token : undefined;
}

export const sealManagementToken = (root: RootSecrets, app: Pick<ConnectedApp, 'id' | 'issuer'>, token: string) =>
  root.seal('third-party', token, managementOf(app));

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

/**
 * Stores the client authentication method that the server accepted, where no administrator has chosen one meanwhile.
 */
export async function saveAppAuthMethod(
  databases: Databases,
  moment: RequestClock,
  { id, issuer, registration }: ConnectedApp,
  authMethod: ClientAuthMethod,
): Promise<void> {
  const db = databases.global;
  const isAsRead = sql`id = ${id} AND issuer = ${issuer} AND json_extract(description, '$.auth_method') IS NULL
    AND json_extract(registration, '$.clientId') = ${registration.clientId}
    AND json_extract(registration, '$.authMethod') = ${registration.authMethod}`;
  const detail = { auth_method: authMethod };
  const event = { type: 'connected-app.changed', subject: id, actor: 'system', detail } as const;
  await runBatch(() =>
    db.batch([
      recordEvent(db, moment, event, sql`EXISTS (SELECT 1 FROM connected_apps WHERE ${isAsRead})`),
      db
        .update(connectedApps)
        .set({ registration: sql`json_set(registration, '$.authMethod', ${authMethod})` })
        .where(isAsRead),
    ]),
  );
  clearIsolateCaches();
}

/** Records that a server names another issuer, which cannot be followed. */
export async function recordIssuerMigration(
  databases: Databases,
  moment: RequestClock,
  id: string,
  detail: Record<string, unknown>,
) {
  const event = { type: 'connected-app.moved', subject: id, actor: 'system', detail } as const;
  await recordEvent(databases.global, moment, event);
}

export const OTHER_ISSUER = 'the application is connected through another server now';

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
      db.delete(connectedApps).where(eq(connectedApps.id, id)),
      deleteProblemsOf(db, PROBLEMS_OF.connectedApp + id),
      recordEvent(db, moment, { type: 'connected-app.deleted', subject: id, actor }),
    ]),
  );
  clearIsolateCaches();
  return { rows, total: counted[0]?.total ?? 0 };
}

/** The apps that users can connect. */
export function listEnabledApps(databases: Databases): Promise<ConnectedApp[]> {
  const db = databases.global;
  return db.select().from(connectedApps).where(isNull(connectedApps.disabledAt)).orderBy(asc(connectedApps.createdAt));
}

/**
 * Seals secrets again that are not under the current root secret. @returns the numbers of resealed and unreadable ones.
 */
export async function resealAppSecrets(databases: Databases, root: RootSecrets) {
  const counts = { resealed: 0, unreadable: 0 };
  for (const app of await listConnectedApps(databases)) {
    await resealManagement(databases, root, app, counts);
    if (!app.sealedSecret) continue;
    const secret = await openAppSecret(root, app);
    if (secret === undefined) counts.unreadable++;
    else if (!root.isCurrent(app.sealedSecret)) {
      const sealedSecret = await sealAppSecret(root, app, secret);
      // Compares with the value read: a secret that was replaced meanwhile stays.
      await databases.global
        .update(connectedApps)
        .set({ sealedSecret })
        .where(and(eq(connectedApps.id, app.id), eq(connectedApps.sealedSecret, app.sealedSecret)));
      counts.resealed++;
    }
  }
  clearIsolateCaches();
  return counts;
}

async function resealManagement(
  databases: Databases,
  root: RootSecrets,
  app: ConnectedApp,
  counts: { resealed: number; unreadable: number },
): Promise<void> {
  const { management } = app.registration;
  if (!management) return;
  const token = await openManagementToken(root, app);
  if (token === undefined) {
    counts.unreadable++;
    return;
  }
  if (root.isCurrent(management.sealedToken)) return;
  const sealedToken = await sealManagementToken(root, app, token);
  const isAsRead = sql`json_extract(registration, '$.management.sealedToken') = ${management.sealedToken}`;
  await databases.global
    .update(connectedApps)
    .set({ registration: sql`json_set(registration, '$.management.sealedToken', ${sealedToken})` })
    .where(and(eq(connectedApps.id, app.id), isAsRead));
  counts.resealed++;
}
