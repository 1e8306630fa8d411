/** Sealing the tokens of connections again, under the current root secret. */
import { and, eq } from 'drizzle-orm';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { Databases } from '../database/database.ts';
import type { Cursor } from '../database/list-page.ts';
import { connections } from '../schema/index.ts';
import { OLDEST_FIRST } from '../server/list-query.ts';
import { listConnections } from '../server/lists.ts';
import { connectionSealContext, openTokens } from './connection-tokens.ts';

/** Number of sealed values that are opened to see that the current root secret sealed them. */
export const SEALED_SAMPLE = 20;

/**
 * Seals values again, a chunk at a time, that are not under the current root secret; of the others it opens a sample.
 */
export async function resealConnections(databases: Databases, root: RootSecrets, most = 200) {
  const counts = { resealed: 0, unreadable: 0 };
  let sampled = 0;
  for (let after: Cursor | undefined; ; ) {
    const { rows, next } = await listConnections(databases, OLDEST_FIRST, { after, most });
    for (const row of rows) {
      if (!row.sealed) continue;
      const isCurrent = root.isCurrent(row.sealed);
      if (isCurrent && ++sampled > SEALED_SAMPLE) continue;
      const tokens = await openTokens(root, row);
      if (!tokens) counts.unreadable++;
      else if (!isCurrent) {
        const sealed = await root.seal('third-party', tokens, connectionSealContext(row));
        // Compares with the value read: tokens that were refreshed meanwhile stay.
        await databases.global
          .update(connections)
          .set({ sealed })
          .where(and(eq(connections.id, row.id), eq(connections.sealed, row.sealed)));
        counts.resealed++;
      }
    }
    after = next;
    if (!after) return counts;
  }
}
