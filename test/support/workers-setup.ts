/** Every test inside workerd begins with empty stores, and with nothing cached by the isolate. */
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import './own-log-lines.ts';
import { dropUnpersisted } from '../../src/oauth-client/unpersisted-tokens.ts';
import { clearIsolateCaches } from '../../src/storage/database/isolate-cache.ts';
import { clearCountedProblems } from '../../src/storage/server/recent-problems.ts';
import { scansOfNewStatements } from './query-plans.ts';
import { settle } from './server.ts';

const databases = [env.DB, env.SHARD_WEUR, env.SHARD_APAC].filter((database) => database !== undefined);
const namespaces = [env.CODES, env.CACHE];

/** Tables of the schema, but those that SQLite and D1 keep for themselves. */
const TABLES =
  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*' AND name <> 'd1_migrations'";

beforeAll(async () => {
  await Promise.all(databases.map((database) => applyD1Migrations(database, env.TEST_MIGRATIONS)));
});

// Rows are deleted rather than the schema made anew: migrating takes longer than most tests.
beforeEach(async () => {
  await Promise.all([...databases.map(empty), ...namespaces.map(clear)]);
  clearIsolateCaches();
  dropUnpersisted();
  clearCountedProblems();
});

afterEach(async () => {
  vi.useRealTimers();
  await settle();
  vi.restoreAllMocks();
});

/** The statement that tells of each table if it has rows; the schema is the same in each test and in each database. */
let filled: string | undefined;

/** Most tests leave most tables empty, and a shard altogether: one statement finds what is to be deleted. */
async function empty(database: D1Database): Promise<void> {
  filled ??= await statementOfFilled(database);
  const tables = Object.entries((await database.prepare(filled).first<Record<string, number>>()) ?? {});
  const deletions = tables
    .filter(([, hasRows]) => hasRows === 1)
    .map(([name]) => database.prepare(`DELETE FROM "${name}"`));
  if (deletions.length === 0) return;
  await database.batch([database.prepare('PRAGMA defer_foreign_keys = on'), ...deletions]);
}

async function statementOfFilled(database: D1Database): Promise<string> {
  const { results } = await database.prepare(TABLES).all<{ name: string }>();
  return `SELECT ${results.map(({ name }) => `EXISTS (SELECT 1 FROM "${name}") AS "${name}"`).join(', ')}`;
}

async function clear(namespace: KVNamespace): Promise<void> {
  const { keys } = await namespace.list();
  await Promise.all(keys.map(({ name }) => namespace.delete(name)));
}

afterAll(async () => {
  expect(await scansOfNewStatements(env.DB)).toEqual([]);
});
