/** The registry of protected resources. */
import { asc, eq } from 'drizzle-orm';
import type { Registry, ResourceDescription } from '../protocol/resource.ts';
import { type Moment, recordEvent } from './audit.ts';
import { type Database, type Databases, decide } from './database.ts';
import { forgetEverything, Held } from './held.ts';
import { resources } from './schema/index.ts';

const held = new Held<Registry>(1);

/** The registry, from this isolate or the nearest replica. A refusal may not rest on it. */
export async function readRegistry(databases: Databases, now: number): Promise<Registry> {
  const known = held.get('', now);
  if (known) return known;
  const fresh = await readRows(databases.near);
  held.set('', fresh, now);
  return fresh;
}

/** The registry as the primary has it. */
export async function readLatestRegistry(databases: Databases, now: number): Promise<Registry> {
  const fresh = await readRows(databases.global);
  held.set('', fresh, now);
  return fresh;
}

async function readRows(db: Database): Promise<Registry> {
  const rows = await db.select().from(resources).orderBy(asc(resources.createdAt));
  return new Map(rows.map(({ id, description }) => [id, description]));
}

/** Registers a resource, or replaces what is said of it. */
export async function putResource(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: string,
  description: ResourceDescription,
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db
        .insert(resources)
        .values({ id, description, createdAt: moment.now })
        .onConflictDoUpdate({ target: resources.id, set: { description } }),
      recordEvent(db, moment, { type: 'resource.put', subject: id, actor }),
    ]),
  );
  forgetEverything();
}

/** From now on nobody gets a token for it; those that are out live their short lives. */
export async function deleteResource(databases: Databases, moment: Moment, actor: string, id: string): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.delete(resources).where(eq(resources.id, id)),
      recordEvent(db, moment, { type: 'resource.deleted', subject: id, actor }),
    ]),
  );
  forgetEverything();
}
