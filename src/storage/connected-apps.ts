/** Connected apps. Their secrets are sealed here, bound to the app and to the issuer that they are for. */
import { and, asc, count, desc, eq, isNull, sql } from 'drizzle-orm';
import type { RootSecrets } from '../crypto/seal.ts';
import { type Moment, recordEvent } from './audit.ts';
import { type Databases, decide } from './database.ts';
import { forgetEverything, Held } from './held.ts';
import { connectedApps, connections } from './schema/index.ts';

export type ConnectedApp = typeof connectedApps.$inferSelect;
type ConnectionRow = typeof connections.$inferSelect;

const held = new Held<ConnectedApp>();

const boundTo = (app: Pick<ConnectedApp, 'id' | 'issuer'>) => `connected-app ${app.id} ${app.issuer}`;

/** What this isolate or the nearest replica knows; undefined only on the primary's word. */
export async function findConnectedApp(
  databases: Databases,
  id: string,
  now: number,
): Promise<ConnectedApp | undefined> {
  const known = held.get(id, now);
  if (known) return known;
  const [near] = await databases.near.select().from(connectedApps).where(eq(connectedApps.id, id));
  const row = near ?? (await findConnectedAppLatest(databases, id));
  if (row) held.set(id, row, now);
  return row;
}

export async function findConnectedAppLatest(databases: Databases, id: string): Promise<ConnectedApp | undefined> {
  const [row] = await databases.global.select().from(connectedApps).where(eq(connectedApps.id, id));
  return row;
}

export function listConnectedApps(databases: Databases): Promise<ConnectedApp[]> {
  return databases.global.select().from(connectedApps).orderBy(asc(connectedApps.createdAt)).limit(200);
}

/** The secret with which this server proves itself there. Undefined where there is none, or none that can be opened. */
export async function openAppSecret(root: RootSecrets, app: ConnectedApp): Promise<string | undefined> {
  const secret = app.sealedSecret && (await root.unseal('third-party', app.sealedSecret, boundTo(app)));
  return typeof secret === 'string' ? secret : undefined;
}

export function sealAppSecret(
  root: RootSecrets,
  app: Pick<ConnectedApp, 'id' | 'issuer'>,
  secret: string | undefined,
): Promise<string | null> {
  return secret === undefined ? Promise.resolve(null) : root.seal('third-party', secret, boundTo(app));
}

const managementOf = (app: Pick<ConnectedApp, 'id' | 'issuer'>) => `registration of ${boundTo(app)}`;

/** The token with which this server may end its registration there; undefined where there is none. */
export async function openManagementToken(root: RootSecrets, app: ConnectedApp): Promise<string | undefined> {
  const { management } = app.registration;
  const token = management && (await root.unseal('third-party', management.sealedToken, managementOf(app)));
  return typeof token === 'string' ? token : undefined;
}

export const sealManagementToken = (root: RootSecrets, app: Pick<ConnectedApp, 'id' | 'issuer'>, token: string) =>
  root.seal('third-party', token, managementOf(app));

/** @returns whether it was made: false where there is one with this id. */
export async function insertConnectedApp(
  databases: Databases,
  moment: Moment,
  actor: string,
  app: ConnectedApp,
): Promise<boolean> {
  const db = databases.global;
  const isOurs = sql`EXISTS (SELECT 1 FROM connected_apps WHERE id = ${app.id} AND created_at = ${moment.now})`;
  const [, , rows] = await decide(() =>
    db.batch([
      db.insert(connectedApps).values(app).onConflictDoNothing(),
      recordEvent(db, moment, { type: 'connected-app.created', subject: app.id, actor }, isOurs),
      db
        .select({ id: connectedApps.id })
        .from(connectedApps)
        .where(and(eq(connectedApps.id, app.id), eq(connectedApps.createdAt, moment.now))),
    ]),
  );
  forgetEverything();
  return rows.length === 1;
}

/**
 * Tokens of another issuer than the app's are good for nothing: whoever is connected connects again, whatever a refresh
 * that is under way brings; the app itself asks anew.
 * @param moved the issuer that it was at, where it is followed to another one: nothing changes where it is no longer there.
 */
export async function updateConnectedApp(
  databases: Databases,
  moment: Moment,
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
  await decide(() =>
    db.batch([
      db
        .update(connectedApps)
        .set(changes)
        .where(and(eq(connectedApps.id, id), isStill)),
      db.delete(connections).where(and(ofAnother, eq(connections.personId, ''))),
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
  forgetEverything();
}

/** A server names another one, and this one cannot follow. */
export async function recordMove(databases: Databases, moment: Moment, id: string, detail: Record<string, unknown>) {
  const event = { type: 'connected-app.moved', subject: id, actor: 'system', detail } as const;
  await recordEvent(databases.global, moment, event);
}

export const OTHER_ISSUER = 'the application is connected through another server now';

/**
 * With everything that was connected through it.
 * @returns connections that are gone, so that their tokens can be given back: `most` of them, the latest first.
 */
export async function deleteConnectedApp(
  databases: Databases,
  moment: Moment,
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
  await decide(() =>
    db.batch([
      db.delete(connections).where(eq(connections.appId, id)),
      db.delete(connectedApps).where(eq(connectedApps.id, id)),
      recordEvent(db, moment, { type: 'connected-app.deleted', subject: id, actor }),
    ]),
  );
  forgetEverything();
  return { rows, total: counted[0]?.total ?? 0 };
}

/** Those that people can be offered. */
export function listEnabledApps(databases: Databases): Promise<ConnectedApp[]> {
  const db = databases.global;
  return db.select().from(connectedApps).where(isNull(connectedApps.disabledAt)).orderBy(asc(connectedApps.createdAt));
}

/** Seals the secrets again that are not under the root secret in use. @returns how many, and how many cannot be read. */
export async function resealAppSecrets(databases: Databases, root: RootSecrets) {
  const counts = { resealed: 0, unreadable: 0 };
  for (const app of await listConnectedApps(databases)) {
    await resealManagement(databases, root, app, counts);
    if (!app.sealedSecret || root.isCurrent(app.sealedSecret)) continue;
    const secret = await openAppSecret(root, app);
    if (secret === undefined) counts.unreadable++;
    else {
      const sealedSecret = await sealAppSecret(root, app, secret);
      // Only what was read: a secret that was replaced meanwhile stays.
      await databases.global
        .update(connectedApps)
        .set({ sealedSecret })
        .where(and(eq(connectedApps.id, app.id), eq(connectedApps.sealedSecret, app.sealedSecret)));
      counts.resealed++;
    }
  }
  forgetEverything();
  return counts;
}

async function resealManagement(
  databases: Databases,
  root: RootSecrets,
  app: ConnectedApp,
  counts: { resealed: number; unreadable: number },
): Promise<void> {
  const { management } = app.registration;
  if (!management || root.isCurrent(management.sealedToken)) return;
  const token = await openManagementToken(root, app);
  if (token === undefined) {
    counts.unreadable++;
    return;
  }
  const sealedToken = await sealManagementToken(root, app, token);
  const isAsRead = sql`json_extract(registration, '$.management.sealedToken') = ${management.sealedToken}`;
  await databases.global
    .update(connectedApps)
    .set({ registration: sql`json_set(registration, '$.management.sealedToken', ${sealedToken})` })
    .where(and(eq(connectedApps.id, app.id), isAsRead));
  counts.resealed++;
}
