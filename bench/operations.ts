/** The measured operations, and those that they are compared with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardOperations } from './guard-operations.ts';
import type { Operation } from './load.ts';
import { tokenOperations } from './token-operations.ts';
import type { Served } from './worker.ts';

/** Migrates as a deployment does. */
export async function migrate(postern: Served): Promise<void> {
  await migrateDatabase(await postern.miniflare.getD1Database('DB'));
}

export async function migrateDatabase(db: Pick<D1Database, 'prepare'>): Promise<void> {
  for (const file of readdirSync('drizzle')
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    const statements = readFileSync(join('drizzle', file), 'utf8').split('--> statement-breakpoint');
    for (const statement of statements) await db.prepare(statement).run();
  }
}

/** The two tables of the floor. */
export async function createFloorTables(floor: Served): Promise<void> {
  const db = await floor.miniflare.getD1Database('DB');
  await db.prepare('CREATE TABLE grants (id TEXT PRIMARY KEY, generation INTEGER, expires_at INTEGER)').run();
  await db.prepare('CREATE TABLE tokens (id TEXT PRIMARY KEY, grant_id TEXT, expires_at INTEGER)').run();
}

/** A document that is compared with one of the same path in an empty Worker. */
const document = (name: string, path: string): Operation => ({
  name,
  beside: 'empty',
  postern: async () => () => () => ({ path }),
  other: async () => () => () => ({ path }),
});

/**
 * Registers what the operations need.
 * @param seconds the length of a turn.
 */
export async function prepare(postern: Served, floor: Served, seconds: number): Promise<Operation[]> {
  await createFloorTables(floor);
  return [
    document('discovery', '/.well-known/oauth-authorization-server'),
    document('JWKS', '/.well-known/jwks.json'),
    ...(await tokenOperations(postern, floor, seconds)),
    ...guardOperations(seconds),
  ];
}
