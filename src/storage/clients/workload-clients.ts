/** The clients of issuers of workload JWTs, for a request that names no client. */
import { and, eq, sql } from 'drizzle-orm';
import { MAX_ISSUER_LENGTH } from '../../protocol/issuer-length.ts';
import type { WorkloadIdentity } from '../../protocol/workload-identity-schema.ts';
import type { Database, Databases } from '../database/database.ts';
import { IsolateCache } from '../database/isolate-cache.ts';
import { clients } from '../schema/index.ts';

/** The members that choose the client, and no more: an unsigned JWT of anybody has the clients of an issuer read. */
export type WorkloadClient = {
  id: string;
  workload: WorkloadIdentity | null;
  grantTypes: string[];
  authMethod: string;
};

/** The most clients of one issuer that are considered. Beyond them a request names its client. */
const MAX_CLIENTS = 200;

/** By the issuer alone, never by what one request names together: so nobody multiplies the entries of an issuer. */
const clientsCache = new IsolateCache<WorkloadClient[]>(100);

/** Issuers without clients. Anybody can invent one: so they are kept apart, as their names alone. */
const clientlessCache = new IsolateCache<readonly WorkloadClient[]>(200);
const NONE: readonly WorkloadClient[] = [];

const cached = (issuer: string, now: number) => clientsCache.get(issuer, now) ?? clientlessCache.get(issuer, now);

/** No client has a longer issuer. */
const possible = (issuers: readonly string[]) => [...new Set(issuers)].filter((one) => one.length <= MAX_ISSUER_LENGTH);

/** The clients from the isolate cache or the nearest replica. An acceptance may rest on them, a refusal may not. */
export async function findWorkloadClientsFromReplica(
  databases: Databases,
  issuers: readonly string[],
  now: number,
): Promise<WorkloadClient[]> {
  const sought = possible(issuers);
  const missing = sought.filter((issuer) => !cached(issuer, now));
  const read = missing.length > 0 ? await readClients(databases.nearestReplica, missing, now) : new Map();
  return sought.flatMap((issuer) => read.get(issuer) ?? cached(issuer, now) ?? NONE);
}

/** The clients from the primary. */
export async function findWorkloadClientsFromPrimary(
  databases: Databases,
  issuers: readonly string[],
  now: number,
): Promise<WorkloadClient[]> {
  return [...(await readClients(databases.global, possible(issuers), now)).values()].flat();
}

/** One round for all of them, each with its own limit. */
async function readClients(
  db: Database,
  issuers: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, WorkloadClient[]>> {
  const [first, ...rest] = issuers.map((issuer) => clientsOf(db, issuer));
  if (!first) return new Map();
  const lists: WorkloadClient[][] = await db.batch([first, ...rest]);
  const read = new Map(issuers.map((issuer, at) => [issuer, lists[at] ?? []]));
  for (const [issuer, found] of read) {
    if (found.length > 0) clientsCache.set(issuer, found, now);
    else clientlessCache.set(issuer, NONE, now);
  }
  return read;
}

const clientsOf = (db: Database, issuer: string) =>
  db
    .select({
      id: clients.id,
      workload: clients.workload,
      grantTypes: sql`metadata -> '$.grant_types'`.mapWith((json: string): string[] => JSON.parse(json)),
      authMethod: sql<string>`metadata ->> '$.token_endpoint_auth_method'`,
    })
    .from(clients)
    // As the index has it.
    .where(and(sql`workload IS NOT NULL`, eq(sql`workload ->> '$.issuer'`, issuer)))
    .limit(MAX_CLIENTS);
