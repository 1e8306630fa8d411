/** The clients of issuers of workload JWTs, for a request that names no client. */
import { and, inArray, sql } from 'drizzle-orm';
import type { ClientMetadata } from '../../protocol/client-metadata.ts';
import type { WorkloadIdentity } from '../../protocol/workload-identity-schema.ts';
import type { Database, Databases } from '../database/database.ts';
import { IsolateCache } from '../database/isolate-cache.ts';
import { clients } from '../schema/index.ts';

export type WorkloadClient = { id: string; workload: WorkloadIdentity | null; metadata: ClientMetadata };

/** The most clients of one issuer that are considered. Beyond them a request names its client. */
const MAX_CLIENTS = 200;

const workloadsCache = new IsolateCache<WorkloadClient[]>(100);

/** The clients from the isolate cache or the nearest replica. An acceptance may rest on them, a refusal may not. */
export async function findWorkloadClientsFromReplica(databases: Databases, issuers: string[], now: number) {
  return workloadsCache.get(issuers.join(' '), now) ?? readClients(databases.nearestReplica, issuers, now);
}

/** The clients from the primary. */
export function findWorkloadClientsFromPrimary(databases: Databases, issuers: string[], now: number) {
  return readClients(databases.global, issuers, now);
}

/** An issuer without clients is not cached: anybody can invent one. */
async function readClients(db: Database, issuers: string[], now: number): Promise<WorkloadClient[]> {
  const { id, workload, metadata } = clients;
  const rows = await db
    .select({ id, workload, metadata })
    .from(clients)
    // As the index has it.
    .where(and(sql`workload IS NOT NULL`, inArray(sql`workload ->> '$.issuer'`, issuers)))
    .limit(MAX_CLIENTS);
  if (rows.length > 0) workloadsCache.set(issuers.join(' '), rows, now);
  return rows;
}
