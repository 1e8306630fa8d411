/** The registry of protected resources. */
import { asc, eq } from 'drizzle-orm';
import type { ResourceRegistry } from '../../protocol/resource.ts';
import type { ResourceDescription } from '../../protocol/resource-description.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches, IsolateCache } from '../database/isolate-cache.ts';
import { resources } from '../schema/index.ts';
import { type RequestClock, recordEvent } from './audit.ts';

const registryCache = new IsolateCache<ResourceRegistry>(1);

/** The registry from the isolate cache or the nearest replica. A refusal may not rest on it. */
export async function readRegistry(databases: Databases, now: number): Promise<ResourceRegistry> {
  const known = registryCache.get('', now);
  if (known) return known;
  const fresh = await readRows(databases.nearestReplica);
  registryCache.set('', fresh, now);
  return fresh;
}

/** The registry in the isolate cache; undefined where there is none. */
export const cachedRegistry = (now: number): ResourceRegistry | undefined => registryCache.get('', now);

/** The time in milliseconds for which this isolate still uses the registry that it read. */
export const registryFreshFor = (now: number): number => registryCache.freshFor('', now);

/** The registry from the primary. */
export async function readRegistryFromPrimary(databases: Databases, now: number): Promise<ResourceRegistry> {
  const fresh = await readRows(databases.global);
  registryCache.set('', fresh, now);
  return fresh;
}

const allResources = compiledStatement()((db) => db.select().from(resources).orderBy(asc(resources.createdAt)));

async function readRows(db: Database): Promise<ResourceRegistry> {
  const rows = await allResources(db, {}).run();
  return new Map(rows.map(({ id, description }) => [id, description]));
}

/** Registers a resource, or replaces its description. */
export async function putResource(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: string,
  description: ResourceDescription,
): Promise<void> {
  const db = databases.global;
  await runBatch(() =>
    db.batch([
      db
        .insert(resources)
        .values({ id, description, createdAt: moment.now })
        .onConflictDoUpdate({ target: resources.id, set: { description } }),
      recordEvent(db, moment, { type: 'resource.put', subject: id, actor }),
    ]),
  );
  clearIsolateCaches();
}

/** Deletes a resource: no token is issued for it any more; existing ones stay valid until they expire. */
export async function deleteResource(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: string,
): Promise<void> {
  const db = databases.global;
  await runBatch(() =>
    db.batch([
      db.delete(resources).where(eq(resources.id, id)),
      recordEvent(db, moment, { type: 'resource.deleted', subject: id, actor }),
    ]),
  );
  clearIsolateCaches();
}
