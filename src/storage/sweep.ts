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

/** Nothing older than the longest grant can be born before a cutoff that old. */
const CUTOFF_EVIDENCE = 400 * DAY;

/** Sends every cutoff that is owed once more. */
export async function deliverPending(databases: Databases): Promise<void> {
  for (const { subject, at, writtenAt, owing } of await listPendingCutoffs(databases)) {
    await deliverCutoff(databases, { subject: subject as Subject, at, exact: true }, writtenAt, owing);
  }
}

/** One chunk of each table, in every database. What is left waits for the next run. */
export async function sweep(databases: Databases, now: number, settings: Settings): Promise<void> {
  const shards = databases.shardNames.flatMap((name) => databases.shard(name) ?? []);
  await Promise.all([
    sweepGlobal(databases.global, now, settings),
    ...shards.map((db) => sweepShard(db, now, settings)),
  ]);
}

async function sweepGlobal(db: Database, now: number, settings: Settings): Promise<void> {
  await sweepClients(db, now - UNUSED_CLIENT, CHUNK);
  await sweepInitialAccessTokens(db, now, CHUNK);
  await sweepApiKeys(db, now, CHUNK);
  await sweepFailures(db, now - settings.sign_in_window_minutes * MINUTE - LONGEST_WAIT, CHUNK);
}

async function sweepShard(db: Database, now: number, settings: Settings): Promise<void> {
  await sweepTokens(db, now, CHUNK);
  await sweepGrants(db, now - GRANT_EVIDENCE, CHUNK);
  await sweepSessions(db, now, CHUNK);
  await sweepDeviceCodes(db, now - HOUR, CHUNK);
  await sweepDeliveries(db, now, CHUNK);
  await sweepPushedRequests(db, now - PUSHED_EVIDENCE, CHUNK);
  await sweepSpent(db, now, CHUNK);
  await sweepCutoffs(db, now - CUTOFF_EVIDENCE, CHUNK);
  await sweepDailyCounts(db, now, CHUNK);
  await sweepEvents(db, now - settings.audit_days * DAY, CHUNK);
}
