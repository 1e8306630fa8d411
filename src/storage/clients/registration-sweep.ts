/**
 * Sweeping dynamically registered clients and those of metadata documents (by the cron): those that were never used, or
 * not for long, and have no active grant.
 */
import { and, lt, type SQL, sql } from 'drizzle-orm';
import { HOUR, LAST_USED_INTERVAL, UNUSED_CLIENT_RETENTION } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { acrossShards } from '../database/across-shards.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { CHUNK } from '../database/sweep-steps.ts';
import { isActive } from '../grants/grants.ts';
import { clients, grants, registrationCounts } from '../schema/index.ts';
import { forgetTerms } from '../server/search-terms.ts';
import { approvalCutoff } from './client-approvals.ts';
import { ALL_NETWORKS } from './registration-statements.ts';
import { deleteRegistrationEvents, isNotAdministered, isNotAdministeredOf } from './unused-registrations.ts';

/** Chunks of one run. */
const MAX_CHUNKS = 50;

type Candidate = { id: string; lastUsedAt: number };

/**
 * Deletes registered clients: those that never completed an authorization after the setting's time, others after 30
 * days without use; none that has an active grant, or that an administrator changed. Nothing is deleted while a shard
 * does not answer, because it may hold a grant.
 */
export async function sweepRegistrations(databases: Databases, now: number, settings: Settings): Promise<void> {
  const unusedFor = settings.unused_registration_hours * HOUR;
  const expired = approvalCutoff(settings, now);
  const isUnused = and(
    isNotAdministered,
    sql`registered_from IS NOT NULL`,
    lt(clients.lastUsedAt, now - unusedFor),
    sql`coalesce(approval_requested_at, 0) < ${expired}`,
  ) as SQL;
  const isUnanswered = and(isNotAdministeredOf('document'), lt(clients.approvalRequestedAt, expired)) as SQL;
  // The time of last use is recorded at most once an hour.
  const isIdle = lt(clients.lastUsedAt, now - UNUSED_CLIENT_RETENTION - LAST_USED_INTERVAL);
  const idle = (['registration', 'document'] as const).map((origin) => and(isNotAdministeredOf(origin), isIdle) as SQL);
  for (const isOver of [isUnused, isUnanswered, ...idle]) await deleteOverdue(databases, now, settings, isOver);
  await recountUnused(databases.global);
}

async function deleteOverdue(databases: Databases, now: number, settings: Settings, isOver: SQL): Promise<void> {
  let last: Candidate | undefined;
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    const found = await listOverdue(databases.global, isOver, last, CHUNK);
    if (found.length === 0) return;
    const { rows, unreachable } = await listClientsWithGrants(databases, now, settings, found);
    if (unreachable.length > 0) return;
    const alive = new Set(rows.map(({ clientId }) => clientId));
    const dead = found.filter(({ id }) => !alive.has(id)).map(({ id }) => id);
    if (dead.length > 0) await deleteClients(databases.global, isOver, dead);
    last = found.at(-1);
    if (found.length < CHUNK) return;
  }
}

function listOverdue(db: Database, isOver: SQL, last: Candidate | undefined, most: number): Promise<Candidate[]> {
  const isNext = last && sql`(last_used_at, id) > (${last.lastUsedAt}, ${last.id})`;
  return db
    .select({ id: clients.id, lastUsedAt: clients.lastUsedAt })
    .from(clients)
    .where(and(isOver, isNext))
    .orderBy(clients.lastUsedAt, clients.id)
    .limit(most);
}

/** The clients of the list that have an active grant in some shard. */
function listClientsWithGrants(databases: Databases, now: number, settings: Settings, found: Candidate[]) {
  const ids = JSON.stringify(found.map(({ id }) => id));
  return acrossShards(databases, (db) =>
    db
      .selectDistinct({ clientId: grants.clientId })
      .from(grants)
      .where(and(sql`client_id IN (SELECT value FROM json_each(${ids}))`, isActive(now, settings))),
  );
}

/** Deletes those that are still overdue: one may have been used meanwhile. */
async function deleteClients(db: Database, isOver: SQL, dead: string[]): Promise<void> {
  const isDead = sql`id IN (SELECT value FROM json_each(${JSON.stringify(dead)})) AND ${isOver}`;
  const unused = sql`(SELECT id FROM clients WHERE registered_from IS NOT NULL AND ${isDead})`;
  await runBatch(() =>
    db.batch([
      forgetTerms(db, 'client', sql`(SELECT id FROM clients WHERE ${isDead})`),
      deleteRegistrationEvents(db, unused),
      db.delete(clients).where(isDead),
    ]),
  );
}

/** Recomputes the counters, which registrations and evictions update at once and other deletions do not. */
async function recountUnused(db: Database): Promise<void> {
  const counted = sql`FROM clients WHERE registered_from IS NOT NULL AND ${isNotAdministered}`;
  await runBatch(() =>
    db.batch([
      db.delete(registrationCounts),
      db.insert(registrationCounts).select(sql`SELECT registered_from, count(*) ${counted} GROUP BY registered_from`),
      db.insert(registrationCounts).select(sql`SELECT ${ALL_NETWORKS}, count(*) ${counted}`),
    ]),
  );
}
