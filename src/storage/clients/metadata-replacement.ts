/** The replacement of a registered client's metadata by the client itself (RFC 7592 §2.2). */
import { eq, sql } from 'drizzle-orm';
import { NO_AUTHENTICATION } from '../../protocol/authentication-method.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches } from '../database/isolate-cache.ts';
import { deliverCutoffOf } from '../grants/cutoff-delivery.ts';
import { type Cutoff, writeCutoffIf } from '../grants/write-cutoff.ts';
import { clients } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { followTerms } from '../server/search-terms.ts';
import { redirectsDiffer } from './client-redirects.ts';
import type { ClientRow } from './clients.ts';

/**
 * Replaces the metadata of a registered client (RFC 7592 §2.2) in one statement with its consequences: an existing
 * secret stays; changed redirect URIs end the trust of an administrator and the exemption from PKCE, which a public
 * client never has.
 * @param secretHash of the new secret, for a client that begins to use one; null for a client without secret.
 * @returns the client after the change; undefined where it was deleted meanwhile.
 */
export async function replaceMetadata(
  databases: Databases,
  moment: RequestClock,
  id: string,
  { metadata, secretHash }: Pick<ClientRow, 'metadata' | 'secretHash'>,
): Promise<ClientRow | undefined> {
  const db = databases.global;
  const actor = `client:${id}`;
  const redirectsChanged = redirectsDiffer(metadata);
  const needsPkce = metadata.token_endpoint_auth_method === NO_AUTHENTICATION ? sql`true` : redirectsChanged;
  const lostExemption = sql`EXISTS (SELECT 1 FROM clients WHERE id = ${id} AND require_pkce = 0 AND ${needsPkce})`;
  const lostTrust = sql`EXISTS (SELECT 1 FROM clients WHERE id = ${id} AND trusted = 1 AND ${redirectsChanged})`;
  const isThere = sql`EXISTS (SELECT 1 FROM clients WHERE id = ${id})`;
  const secrets =
    secretHash === null
      ? { secretHash, previousSecrets: [] }
      : { secretHash: sql`coalesce(${clients.secretHash}, ${secretHash})` };
  // Allowed scopes or redirect URIs may be fewer than before: copies in isolate caches are stale.
  const cutoff: Cutoff = { subject: `approval:${id}`, at: moment.now };
  const [, , , , rows] = await runBatch(() =>
    db.batch([
      recordEvent(db, moment, { type: 'client.trust-ended', subject: id, actor }, lostTrust),
      recordEvent(db, moment, { type: 'client.pkce-exemption-ended', subject: id, actor }, lostExemption),
      recordEvent(
        db,
        moment,
        { type: 'client.changed', subject: id, actor, detail: { fields: ['metadata'] } },
        isThere,
      ),
      db
        .update(clients)
        .set({
          metadata,
          ...secrets,
          trusted: sql`${clients.trusted} AND NOT ${redirectsChanged}`,
          requirePkce: sql`${clients.requirePkce} OR ${needsPkce}`,
          approval: sql`CASE WHEN ${clients.approval} = 'approved' AND ${redirectsChanged} THEN NULL ELSE ${clients.approval} END`,
        })
        .where(eq(clients.id, id)),
      db.select().from(clients).where(eq(clients.id, id)),
      writeCutoffIf(db, cutoff, moment.now, sql`true`),
      ...followTerms(db, 'client', id),
    ]),
  );
  clearIsolateCaches();
  return rows[0];
}

/** Delivers the cutoff of replaced metadata to the shards. Runs behind the response; the cron repeats what fails. */
export const deliverApprovalCutoff = (databases: Databases, id: string): Promise<void> =>
  deliverCutoffOf(databases, `approval:${id}`);
