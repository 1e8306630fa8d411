/**
 * Dynamic Client Registration (RFC 7591): registrations are bounded in number until they complete an authorization, and
 * deleted when they have no active grant.
 */
import { and, eq, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { HOUR, LAST_USED_INTERVAL, MIN_EVICTION_AGE, UNUSED_CLIENT_RETENTION } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { acrossShards } from '../database/across-shards.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { clearIsolateCaches } from '../database/isolate-cache.ts';
import { CHUNK } from '../database/sweep-steps.ts';
import { isActive } from '../grants/grants.ts';
import { auditEvents, type ClientOrigin, clients, grants, registrationCounts } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { followTerms, forgetTerms } from '../server/search-terms.ts';
import { approvalCutoff } from './client-approvals.ts';
import { describeClient } from './client-changes.ts';
import { type NewClient, newClientRow } from './clients.ts';
import { consumeInitialAccessToken, isInitialAccessTokenValid } from './initial-access-tokens.ts';

/**
 * Permission to register: an initial access token, or room among the unused registrations of the network and of all.
 */
export type RegistrationAdmission = { token: string } | { network: string; most: number };

/** The divisor of the limit of all unused registrations that gives the limit of one network. */
const NETWORK_SHARE = 20;

/** The network name of the row that counts all networks. */
const ALL_NETWORKS = '';

/**
 * A condition on `clients`: dynamically registered, with nothing set by an administrator. A client that an administrator
 * trusted, disabled or limited is kept, because registering again would reset that.
 */
const isNotAdministeredOf = (origin: ClientOrigin): SQL =>
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
const isNotAdministered = isNotAdministeredOf('registration');

/**
 * Registers a client. An identical public registration has the same id and finds the existing row. Where the limit is
 * reached, the oldest unused registration is evicted: of this network where that has reached its limit, else of the
 * network with most; never one younger than an hour.
 * @returns the time of the first registration; undefined where it was not admitted.
 */
export async function registerClient(
  databases: Databases,
  moment: RequestClock,
  client: NewClient,
  admission: RegistrationAdmission,
): Promise<number | undefined> {
  const { batch, inserted } =
    'token' in admission
      ? registerByToken(databases.global, moment, client, admission.token)
      : registerByNetwork(databases.global, moment, client, admission.network, admission.most);
  const results: readonly unknown[] = await runBatch(() => databases.global.batch(batch));
  return (results[inserted] as { createdAt: number }[])[0]?.createdAt;
}

type Batch = Parameters<Database['batch']>[0];
type RegistrationBatch = { batch: Batch; inserted: number };

function registerByToken(db: Database, moment: RequestClock, client: NewClient, token: string): RegistrationBatch {
  const insert = insertClient(db, moment, client, isInitialAccessTokenValid(token, moment));
  return {
    batch: [
      insert,
      recordRegistration(db, moment, client),
      consumeInitialAccessToken(db, token, moment),
      ...followTerms(db, 'client', client.id),
    ],
    inserted: 0,
  };
}

function registerByNetwork(
  db: Database,
  moment: RequestClock,
  client: NewClient,
  network: string,
  most: number,
): RegistrationBatch {
  const share = Math.max(1, Math.floor(most / NETWORK_SHARE));
  const exists = sql`EXISTS (SELECT 1 FROM clients WHERE id = ${client.id})`;
  const hasRoom = sql`(${unusedOf(network)} < ${share} AND ${unusedOf(ALL_NETWORKS)} < ${most})`;
  const crowded = sql`CASE WHEN ${unusedOf(network)} >= ${share} THEN ${network} WHEN ${unusedOf(ALL_NETWORKS)} >= ${most} THEN
    (SELECT network FROM registration_counts WHERE network <> ${ALL_NETWORKS} ORDER BY unused DESC, network LIMIT 1) END`;
  const evicted = sql`(SELECT id FROM clients WHERE NOT ${exists} AND registered_from = ${crowded}
    AND last_used_at <= ${moment.now - MIN_EVICTION_AGE} AND approval_requested_at IS NULL AND ${isNotAdministered} ORDER BY last_used_at, id LIMIT 1)`;
  const row = { ...client, registeredFrom: network };
  return {
    batch: [
      forgetTerms(db, 'client', evicted),
      deleteRegistrationEvents(db, evicted),
      db.delete(clients).where(sql`id = ${evicted}`),
      db
        .update(registrationCounts)
        .set({ unused: sql`unused - 1` })
        .where(sql`changes() > 0 AND network IN (${ALL_NETWORKS}, ${crowded})`),
      insertClient(db, moment, row, sql`(${exists} OR ${hasRoom})`),
      recordRegistration(db, moment, client),
      db
        .insert(registrationCounts)
        .select(sql`SELECT value, 1 FROM json_each(${JSON.stringify([ALL_NETWORKS, network])}) WHERE changes() > 0`)
        .onConflictDoUpdate({ target: registrationCounts.network, set: { unused: sql`unused + 1` } }),
      ...followTerms(db, 'client', client.id),
    ],
    inserted: 4,
  };
}

const unusedOf = (network: string) =>
  sql`COALESCE((SELECT unused FROM registration_counts WHERE network = ${network}), 0)`;

function insertClient(db: Database, moment: RequestClock, client: NewClient, onlyIf: SQL) {
  return db
    .insert(clients)
    .select(insertWhere(clients, newClientRow(client, moment.now), onlyIf))
    .onConflictDoUpdate({ target: clients.id, set: { lastUsedAt: moment.now } })
    .returning({ createdAt: clients.createdAt });
}

function recordRegistration(db: Database, moment: RequestClock, client: NewClient) {
  return recordEvent(
    db,
    moment,
    { type: 'client.registered', subject: client.id, actor: `client:${client.id}`, detail: describeClient(client) },
    sql`EXISTS (SELECT 1 FROM clients WHERE id = ${client.id} AND created_at = ${moment.now})`,
  );
}

/** Deletes the audit events of unused registrations together with them. */
function deleteRegistrationEvents(db: Database, ids: SQL) {
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
