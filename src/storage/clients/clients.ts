/** Clients: looked up in the isolate or the nearest replica, refused only after reading the primary. */
import { and, eq, sql } from 'drizzle-orm';
import { READ_MARGIN, REPLICA_LAG } from '../../protocol/lifetimes.ts';
import { columnDefaults } from '../database/column-defaults.ts';
import type { Databases } from '../database/database.ts';
import { IsolateCache } from '../database/isolate-cache.ts';
import { clients } from '../schema/index.ts';

export type ClientRow = Omit<typeof clients.$inferSelect, 'searchName' | 'searchAddress'>;
/**
 * `readAt` is the time from which on the row is known to have had these values; a client described by a metadata
 * document may have no row.
 */
export type ClientSnapshot = ClientRow & { readAt: number; isStored?: false };
export type NewClient = Pick<ClientRow, 'id' | 'origin' | 'metadata'> & Partial<ClientRow>;

/** The values of a new client that nobody set. */
export const CLIENT_DEFAULTS = columnDefaults(clients) as Omit<ClientRow, 'id' | 'origin' | 'metadata'>;

/** The row of a new client: columns that neither an administrator nor the client set have their defaults. */
export const newClientRow = (client: NewClient, now: number): ClientRow => ({
  ...CLIENT_DEFAULTS,
  createdAt: now,
  lastUsedAt: now,
  ...client,
});

const clientsCache = new IsolateCache<ClientSnapshot>();
const originsCache = new IsolateCache<string[]>(1);

/** The client from the isolate cache or the nearest replica. An acceptance may rest on it, a refusal may not. */
export async function findClientFromReplica(
  databases: Databases,
  id: string,
  now: number,
): Promise<ClientSnapshot | undefined> {
  const known = clientsCache.get(id, now);
  if (known) return known;
  const [row] = await databases.nearestReplica.select().from(clients).where(eq(clients.id, id));
  return row && cacheClient({ ...row, readAt: now - REPLICA_LAG }, now);
}

/** Caches a client as this isolate knows it. @returns the same client. */
export function cacheClient(client: ClientSnapshot, now: number): ClientSnapshot {
  clientsCache.set(client.id, client, now);
  return client;
}

/** The client from the primary. */
export async function findClientFromPrimary(
  databases: Databases,
  id: string,
  now: number,
): Promise<ClientSnapshot | undefined> {
  const [row] = await databases.global.select().from(clients).where(eq(clients.id, id));
  return row && cacheClient({ ...row, readAt: now - READ_MARGIN }, now);
}

/** Clients that are exempted from PKCE, oldest first. */
export function listClientsWithoutPkce(databases: Databases, most: number): Promise<ClientRow[]> {
  // A literal, so that the partial index of these few rows is used.
  const isExempted = sql`require_pkce = 0`;
  return databases.global.select().from(clients).where(isExempted).orderBy(clients.createdAt).limit(most);
}

/** Every origin that an administrator allowed for a client: a CORS preflight names no client. */
export async function listClientOrigins(databases: Databases, now: number): Promise<string[]> {
  const known = originsCache.get('', now);
  if (known) return known;
  const rows = await databases.nearestReplica
    .select({ allowedOrigins: clients.allowedOrigins })
    .from(clients)
    .where(and(eq(clients.origin, 'administrator'), sql`${clients.allowedOrigins} <> '[]'`));
  const origins = [...new Set(rows.flatMap((row) => row.allowedOrigins))];
  originsCache.set('', origins, now);
  return origins;
}
