/** Fingerprints of the secrets that the server runs with: recorded by the cron, read by `npm run deploy`. */
import { sql } from 'drizzle-orm';
import type { Databases } from '../database/database.ts';
import { secretFingerprints } from '../schema/index.ts';

/** Records new and changed ones; those of removed secrets stay. */
export async function recordSecretFingerprints(
  { global: db }: Databases,
  now: number,
  found: Record<string, string>,
): Promise<void> {
  const rows = Object.entries(found).map(([name, fingerprint]) => ({ name, fingerprint, firstSeenAt: now }));
  await db
    .insert(secretFingerprints)
    .values(rows)
    .onConflictDoUpdate({
      target: secretFingerprints.name,
      set: { fingerprint: sql`excluded.fingerprint`, firstSeenAt: now },
      setWhere: sql`${secretFingerprints.fingerprint} <> excluded.fingerprint`,
    });
}
