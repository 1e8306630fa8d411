/** Every test inside workerd begins with empty stores, and with nothing cached by the isolate. */
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import './own-log-lines.ts';
import { dropUnpersisted } from '../../src/oauth-client/unpersisted-tokens.ts';
import { clearIsolateCaches } from '../../src/storage/database/isolate-cache.ts';
import { clearCountedProblems } from '../../src/storage/server/recent-problems.ts';
import { databases, emptyStores } from './empty-stores.ts';
import { scansOfNewStatements } from './query-plans.ts';
import { settle } from './server.ts';

beforeAll(async () => {
  await Promise.all(databases.map((database) => applyD1Migrations(database, env.TEST_MIGRATIONS)));
});

beforeEach(async () => {
  await emptyStores();
  clearIsolateCaches();
  dropUnpersisted();
  clearCountedProblems();
});

afterEach(async () => {
  vi.useRealTimers();
  await settle();
  vi.restoreAllMocks();
});

afterAll(async () => {
  expect(await scansOfNewStatements(env.DB)).toEqual([]);
});
