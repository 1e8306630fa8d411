/** The record that a client is in use, and the row that a client with a metadata document gets by it. */
import { eq, sql } from 'drizzle-orm';
import { LAST_USED_INTERVAL } from '../../protocol/lifetimes.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { clients } from '../schema/index.ts';
import { followTerms } from '../server/search-terms.ts';
import { type ClientSnapshot, cacheClient, newClientRow } from './clients.ts';

/**
 * Records that a client is in use, at most once an hour: unused ones are swept. A registration is no longer unused
 * after its first completed authorization; a client with a metadata document gets its row then. Runs behind the
 * response.
 */
export async function touchClient(databases: Databases, client: ClientSnapshot, now: number): Promise<void> {
  const { isStored = true, ...row } = client;
  if (isStored && row.registeredFrom === null && now - row.lastUsedAt < LAST_USED_INTERVAL) return;
  const changes = { lastUsedAt: now, registeredFrom: null };
  if (row.origin === 'document') await upsertDocumentClient(databases.global, row, now);
  else await databases.global.update(clients).set(changes).where(eq(clients.id, row.id));
  cacheClient({ ...row, ...changes }, now);
}

/**
 * Stores the metadata document of a client as it was last read: for lists, never for a decision. The redirect URIs of a
 * trusted client stay those that the administrator saw.
 */
function upsertDocumentClient(db: Database, { id, origin, metadata }: ClientSnapshot, now: number) {
  const { client_name = null, logo_uri = null } = metadata;
  const shown = JSON.stringify({ client_name, logo_uri });
  const seen = sql`CASE WHEN ${clients.trusted} THEN json_patch(${clients.metadata}, ${shown})
    ELSE ${JSON.stringify(metadata)} END`;
  const row = newClientRow({ id, origin, metadata }, now);
  return runBatch(() =>
    db.batch([
      db
        .insert(clients)
        .values(row)
        .onConflictDoUpdate({ target: clients.id, set: { lastUsedAt: now, metadata: seen } }),
      ...followTerms(db, 'client', id),
    ]),
  );
}
