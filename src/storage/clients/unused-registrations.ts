/** Registrations that no administrator changed, and the deletion of those that never completed an authorization. */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches } from '../database/isolate-cache.ts';
import { auditEvents, type ClientOrigin, clients } from '../schema/index.ts';
import { forgetTerms } from '../server/search-terms.ts';

/**
 * A condition on `clients`: dynamically registered, with nothing set by an administrator. A client that an administrator
 * trusted, disabled or limited is kept, because registering again would reset that.
 */
export const isNotAdministeredOf = (origin: ClientOrigin): SQL =>
  and(
    eq(clients.origin, origin),
    eq(clients.trusted, false),
    eq(clients.requirePkce, true),
    eq(clients.omitIss, false),
    eq(clients.requireSecondFactor, false),
    isNull(clients.disabledAt),
    eq(clients.roles, []),
    eq(clients.allowedOrigins, []),
    isNull(clients.actsAs),
    isNull(clients.exchange),
    isNull(clients.workload),
    isNull(clients.idJag),
    isNull(clients.refreshGraceSeconds),
    isNull(clients.claimsInIdToken),
    isNull(clients.claimMapping),
    isNull(clients.approval),
  ) as SQL;

export const isNotAdministered = isNotAdministeredOf('registration');

/** Deletes the audit events of unused registrations together with them. */
export function deleteRegistrationEvents(db: Database, ids: SQL) {
  return db.delete(auditEvents).where(sql`subject IN ${ids} AND actor = 'client:' || subject`);
}

/** Deletes a registration that never completed an authorization: no cutoff is needed. */
export async function deleteUnusedRegistration(databases: Databases, id: string): Promise<void> {
  const db = databases.global;
  const unused = sql`(SELECT id FROM clients WHERE id = ${id} AND registered_from IS NOT NULL)`;
  await runBatch(() =>
    db.batch([
      forgetTerms(db, 'client', unused),
      deleteRegistrationEvents(db, unused),
      db.delete(clients).where(sql`id IN ${unused}`),
    ]),
  );
  clearIsolateCaches();
}
