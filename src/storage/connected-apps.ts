/** Connected apps. Their secrets are sealed here, bound to the app and to the issuer that they are for. */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { RootSecrets } from '../crypto/seal.ts';
import { type Moment, recordEvent } from './audit.ts';
import { type Databases, decide } from './database.ts';
import { forgetEverything, Held } from './held.ts';
import { connectedApps, connections } from './schema/index.ts';

export type ConnectedApp = typeof connectedApps.$inferSelect;

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

/** Tokens of another issuer than the app's are good for nothing: whoever is connected connects again. */
export async function updateConnectedApp(
  databases: Databases,
  moment: Moment,
  actor: string,
  { id, createdAt: _, ...changes }: ConnectedApp,
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.update(connectedApps).set(changes).where(eq(connectedApps.id, id)),
      db
        .update(connections)
        .set({ state: 'reconnect', reason: OTHER_ISSUER })
        .where(and(eq(connections.appId, id), sql`${connections.issuer} <> ${changes.issuer}`)),
      recordEvent(db, moment, { type: 'connected-app.changed', subject: id, actor }),
    ]),
  );
  forgetEverything();
}

export const OTHER_ISSUER = 'the application is connected through another server now';

/** With everything that was connected through it. */
export async function deleteConnectedApp(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: string,
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.delete(connections).where(eq(connections.appId, id)),
      db.delete(connectedApps).where(eq(connectedApps.id, id)),
      recordEvent(db, moment, { type: 'connected-app.deleted', subject: id, actor }),
    ]),
  );
  forgetEverything();
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
