/** Secrets of this server as a client of connected apps: sealed, bound to the app and its issuer. */
import { and, eq, sql } from 'drizzle-orm';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { Databases } from '../database/database.ts';
import { clearIsolateCaches } from '../database/isolate-cache.ts';
import { connectedApps } from '../schema/index.ts';
import { type ConnectedApp, listConnectedApps } from './connected-apps.ts';
import { type ResealCounts, resealText, sealText, unsealText } from './sealed-text.ts';

type BoundTo = Pick<ConnectedApp, 'id' | 'issuer'>;

const sealContextOf = ({ id, issuer }: BoundTo) => `connected-app ${id} ${issuer}`;
const managementOf = (app: BoundTo) => `registration of ${sealContextOf(app)}`;

/** The client secret of this server at the provider; undefined where there is none, or none that can be opened. */
export const openAppSecret = (root: RootSecrets, app: ConnectedApp): Promise<string | undefined> =>
  unsealText(root, app.sealedSecret, sealContextOf(app));

export async function sealAppSecret(
  root: RootSecrets,
  app: BoundTo,
  secret: string | undefined,
): Promise<string | null> {
  return secret === undefined ? null : sealText(root, secret, sealContextOf(app));
}

/** The registration access token of this server at the provider (RFC 7592); undefined where there is none. */
export const openManagementToken = (root: RootSecrets, app: ConnectedApp): Promise<string | undefined> =>
  unsealText(root, app.registration.management?.sealedToken, managementOf(app));

export const sealManagementToken = (root: RootSecrets, app: BoundTo, token: string): Promise<string> =>
  sealText(root, token, managementOf(app));

/**
 * Seals secrets again that are not under the current root secret. @returns the numbers of resealed and unreadable ones.
 */
export async function resealAppSecrets(databases: Databases, root: RootSecrets): Promise<ResealCounts> {
  const counts = { resealed: 0, unreadable: 0 };
  for (const app of await listConnectedApps(databases)) {
    await resealManagement(databases, root, app, counts);
    await resealText(root, app.sealedSecret, sealContextOf(app), counts, (sealedSecret) =>
      databases.global
        .update(connectedApps)
        .set({ sealedSecret })
        .where(and(eq(connectedApps.id, app.id), eq(connectedApps.sealedSecret, app.sealedSecret ?? ''))),
    );
  }
  clearIsolateCaches();
  return counts;
}

async function resealManagement(
  databases: Databases,
  root: RootSecrets,
  app: ConnectedApp,
  counts: ResealCounts,
): Promise<void> {
  const read = app.registration.management?.sealedToken;
  const isAsRead = sql`json_extract(registration, '$.management.sealedToken') = ${read}`;
  await resealText(root, read, managementOf(app), counts, (sealedToken) =>
    databases.global
      .update(connectedApps)
      .set({ registration: sql`json_set(registration, '$.management.sealedToken', ${sealedToken})` })
      .where(and(eq(connectedApps.id, app.id), isAsRead)),
  );
}
