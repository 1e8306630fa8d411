/**
 * Dynamic Client Registration (RFC 7591): registrations are bounded in number until they complete an authorization. Those
 * without an active grant are swept (registration-sweep.ts).
 */
import { type SQL, sql } from 'drizzle-orm';
import { MIN_EVICTION_AGE } from '../../protocol/lifetimes.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { insertWhere } from '../database/insert-where.ts';
import { clients, registrationCounts } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { followTerms, forgetTerms } from '../server/search-terms.ts';
import { describeClient } from './client-changes.ts';
import { type NewClient, newClientRow } from './clients.ts';
import { consumeInitialAccessToken, isInitialAccessTokenValid } from './initial-access-tokens.ts';
import { deleteRegistrationEvents, isNotAdministered } from './unused-registrations.ts';

/**
 * Permission to register: an initial access token, or room among the unused registrations of the network and of all.
 */
export type RegistrationAdmission = { token: string } | { network: string; most: number };

/** The divisor of the limit of all unused registrations that gives the limit of one network. */
const NETWORK_SHARE = 20;

/** The network name of the row that counts all networks. */
export const ALL_NETWORKS = '';

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
