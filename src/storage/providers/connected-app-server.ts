/** Facts about the authorization server of a connected app that a request to it shows, and that no administrator sets. */
import { sql } from 'drizzle-orm';
import type { ClientAuthMethod } from '../../protocol/authentication-method.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches } from '../database/isolate-cache.ts';
import { connectedApps } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import type { ConnectedApp } from './connected-apps.ts';

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
