/** What the cron does: cutoffs that a shard is owed, and deleting what has expired, in bounded chunks. */
import {
  DAY,
  GRANT_EVIDENCE,
  HOUR,
  LONGEST_WAIT,
  MINUTE,
  PUSHED_EVIDENCE,
  UNUSED_CLIENT,
} from '../protocol/lifetimes.ts';
import type { Settings } from '../protocol/settings.ts';
import { sweepApiKeys } from './api-keys.ts';
import { sweepEvents } from './audit.ts';
import { sweepClients } from './clients.ts';
import { deliverCutoff, listPendingCutoffs, type Subject, sweepCutoffs } from './cutoffs.ts';
import { sweepDailyCounts } from './daily-counts.ts';
import type { Database, Databases } from './database.ts';
import { sweepDeviceCodes } from './device-codes.ts';
import { sweepGrants } from './grants.ts';
import { sweepInitialAccessTokens } from './initial-access-tokens.ts';
import { sweepDeliveries } from './logout-deliveries.ts';
import { sweepPushedRequests } from './pushed-requests.ts';
import { sweepSessions } from './sessions.ts';
import { sweepFailures } from './sign-in-throttle.ts';
import { sweepSpent } from './spent.ts';
import { sweepTokens } from './tokens.ts';

/** Rows of one table at a time: a statement that is too long would hold the whole database. */
export const CHUNK = 1000;

/** In one run, of one table: what a busy server leaves behind in five minutes, and no run without end. */
export const MOST_CHUNKS = 50;

/** Nothing older than the longest grant can be born before a cutoff that old. */
const CUTOFF_EVIDENCE = 400 * DAY;

/** Sends every cutoff that is owed once more. */
export async function deliverPending(databases: Databases): Promise<void> {
  for (const { subject, at, writtenAt, owing } of await listPendingCutoffs(databases)) {
    await deliverCutoff(databases, { subject: subject as Subject, at, exact: true }, writtenAt, owing);
  }
}

/** Every table of every database, chunk by chunk. What is left then waits for the next run. */
export async function sweep(databases: Databases, now: number, settings: Settings): Promise<void> {
  const shards = databases.shardNames.flatMap((name) => databases.shard(name) ?? []);
  await Promise.all([
    sweepGlobal(databases.global, now, settings),
    ...shards.map((db) => sweepShard(db, now, settings)),
  ]);
}

type SweepChunk = (db: Database, before: number, most: number) => PromiseLike<D1Result>;

async function inChunks(db: Database, before: number, sweepChunk: SweepChunk): Promise<void> {
  for (let chunk = 0; chunk < MOST_CHUNKS; chunk++) {
    const { meta } = await sweepChunk(db, before, CHUNK);
    if (meta.changes < CHUNK) return;
  }
}

async function sweepGlobal(db: Database, now: number, settings: Settings): Promise<void> {
  await inChunks(db, now - UNUSED_CLIENT, sweepClients);
  await inChunks(db, now, sweepInitialAccessTokens);
  await inChunks(db, now, sweepApiKeys);
  await inChunks(db, now - settings.sign_in_window_minutes * MINUTE - LONGEST_WAIT, sweepFailures);
}

async function sweepShard(db: Database, now: number, settings: Settings): Promise<void> {
  await inChunks(db, now, sweepTokens);
  await inChunks(db, now - GRANT_EVIDENCE, sweepGrants);
  await inChunks(db, now, sweepSessions);
  await inChunks(db, now - HOUR, sweepDeviceCodes);
  await inChunks(db, now, sweepDeliveries);
  await inChunks(db, now - PUSHED_EVIDENCE, sweepPushedRequests);
  await inChunks(db, now, sweepSpent);
  await inChunks(db, now - CUTOFF_EVIDENCE, sweepCutoffs);
  await inChunks(db, now, sweepDailyCounts);
  await inChunks(db, now - settings.audit_days * DAY, sweepEvents);
}
