/** Every test inside workerd begins with empty stores, and with nothing held by the isolate. */
import { applyD1Migrations, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, vi } from 'vitest';
import { forgetUnsaved } from '../../src/client/unsaved.ts';
import { forgetEverything } from '../../src/storage/held.ts';
import { settle } from './server.ts';

beforeEach(async () => {
  const databases = [env.DB, env.SHARD_WEUR, env.SHARD_APAC].filter((database) => database !== undefined);
  do await reset();
  while (await anythingLeft(databases));
  forgetEverything();
  forgetUnsaved();
  await Promise.all(databases.map((database) => applyD1Migrations(database, env.TEST_MIGRATIONS)));
});

afterEach(async () => {
  vi.useRealTimers();
  await settle();
  vi.restoreAllMocks();
});

/** On a busy machine a reset may come too early for what the last test left under way, and leave its rows. */
async function anythingLeft(databases: D1Database[]): Promise<boolean> {
  const tables = await Promise.all(
    databases.map((database) => database.prepare("SELECT name FROM sqlite_master WHERE name = 'people'").first()),
  );
  return tables.some((table) => table !== null);
}
