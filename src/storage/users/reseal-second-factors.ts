/** Sealing the secrets of second factors again, after a rotation of the root secret. */
import { and, eq, sql } from 'drizzle-orm';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { Databases } from '../database/database.ts';
import { secondFactors } from '../schema/index.ts';
import { openFactorSecret, type SecondFactor } from './second-factors.ts';

/** The number of rows that one statement of `resealFactorSecrets` reads. */
const RESEAL_CHUNK = 200;

/** Seals secrets again that are not under the current root secret. */
export async function resealFactorSecrets(databases: Databases, root: RootSecrets) {
  const counts = { resealed: 0, unreadable: 0 };
  const db = databases.global;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const rows: SecondFactor[] = await db
      .select()
      .from(secondFactors)
      .where(sql`${secondFactors.userId} > ${after}`)
      .orderBy(secondFactors.userId)
      .limit(RESEAL_CHUNK);
    for (const row of rows) {
      const secret = root.isCurrent(row.sealedSecret) ? undefined : await openFactorSecret(root, row);
      if (root.isCurrent(row.sealedSecret)) continue;
      if (secret === undefined) counts.unreadable++;
      else {
        const sealedSecret = await root.seal('second-factor', secret, row.userId);
        // Compares with the value read: a second factor that was replaced meanwhile stays.
        const isAsRead = and(eq(secondFactors.userId, row.userId), eq(secondFactors.sealedSecret, row.sealedSecret));
        await db.update(secondFactors).set({ sealedSecret }).where(isAsRead);
        counts.resealed++;
      }
    }
    after = rows.length < RESEAL_CHUNK ? undefined : rows.at(-1)?.userId;
  }
  return counts;
}
