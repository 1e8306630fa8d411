/** The cron: delivers pending cutoffs, and deletes expired rows of every table of every database. */
import {
  CRON_INTERVAL,
  DAY,
  GRANT_RETENTION,
  HOUR,
  MAX_THROTTLE_DELAY,
  MINUTE,
  PUSHED_REQUEST_RETENTION,
  SECOND_FACTOR_WINDOW,
} from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { sweepInitialAccessTokens } from '../clients/initial-access-tokens.ts';
import { sweepRegistrations } from '../clients/registration-sweep.ts';
import { deliverCutoff, listDeliverableCutoffs } from '../grants/cutoff-delivery.ts';
import { sweepCutoffs } from '../grants/cutoffs.ts';
import { sweepDeviceCodes } from '../grants/device-codes.ts';
import { sweepExpiredGrants, sweepRevokedGrants } from '../grants/grants.ts';
import { sweepIdleGrants } from '../grants/idle-grants.ts';
import { sweepPushedRequests } from '../grants/pushed-requests.ts';
import { sweepSingleUses } from '../grants/single-use.ts';
import { sweepTokens } from '../grants/token-records.ts';
import { sweepEvents } from '../server/audit.ts';
import { sweepDailyCounts } from '../server/daily-counts.ts';
import { sweepProblems, sweepProblemsBeyond } from '../server/problem-records.ts';
import { sweepApiKeys } from '../users/api-keys.ts';
import { sweepRememberedBrowsers } from '../users/forget-remembered-browsers.ts';
import { sweepDeliveries } from '../users/logout-deliveries.ts';
import { sweepSessions } from '../users/session-sweep.ts';
import { sweepFactorFailures, sweepFailures } from '../users/sign-in-throttle.ts';
import type { Database, Databases } from './database.ts';
import { FIRST_SHARD } from './shard-names.ts';
import { deleteStep, runSteps, type SweepBudget, type SweepStep } from './sweep-steps.ts';

/** Retention of cutoffs, longer than any grant. */
const CUTOFF_EVIDENCE = 400 * DAY;

/** Of all databases in one run. D1 accepts a thousand statements of one invocation. */
const SWEEP_BUDGET: SweepBudget = { time: CRON_INTERVAL - MINUTE, statements: 600 };

/** Delivers every pending cutoff again. */
export async function deliverPending(databases: Databases): Promise<void> {
  for (const row of await listDeliverableCutoffs(databases)) await deliverCutoff(databases, row);
}

/**
 * Sweeps all databases concurrently. The next run deletes what this one left.
 * @throws AggregateError after all others were swept, where a database did not answer.
 */
export async function sweep(
  databases: Databases,
  now: number,
  settings: Settings,
  { time, statements }: SweepBudget = SWEEP_BUDGET,
): Promise<void> {
  const names = databases.shardNames;
  const budget = { time, statements: Math.floor(statements / names.length) };
  const outcomes = await Promise.allSettled([
    sweepRegistrations(databases, now, settings),
    ...names.map(async (name) => {
      const db = databases.shard(name);
      const steps = db ? [...(name === FIRST_SHARD ? globalSteps : []), ...shardSteps] : [];
      if (db)
        await runSteps(
          steps.map((step) => step(db, now, settings)),
          budget,
        );
    }),
  ]);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (failures.length > 0) throw new AggregateError(failures, 'a database was not swept');
}

type NewStep = (db: Database, now: number, settings: Settings) => SweepStep;

type Sweep = (db: Database, before: number, most: number) => PromiseLike<D1Result>;

/** @param age the age of the rows that a sweep deletes, in milliseconds. */
const rowsOf =
  (deleteExpired: Sweep, age: (settings: Settings) => number = () => 0): NewStep =>
  (db, now, settings) =>
    deleteStep((most) => deleteExpired(db, now - age(settings), most));

/** Of `DB`. */
const globalSteps: readonly NewStep[] = [
  rowsOf(sweepFailures, (settings) => settings.sign_in_window_minutes * MINUTE + MAX_THROTTLE_DELAY),
  rowsOf(sweepFactorFailures, () => SECOND_FACTOR_WINDOW + MAX_THROTTLE_DELAY),
  rowsOf(sweepInitialAccessTokens),
  rowsOf(sweepApiKeys),
  rowsOf(sweepRememberedBrowsers),
  rowsOf(sweepProblems, (settings) => settings.problem_days * DAY),
  rowsOf(sweepProblemsBeyond),
];

/** Of every shard: tables with few indexes first, because deleting a row of them costs least. */
const shardSteps: readonly NewStep[] = [
  rowsOf(sweepSingleUses),
  rowsOf(sweepDeviceCodes, () => HOUR),
  rowsOf(sweepPushedRequests, () => PUSHED_REQUEST_RETENTION),
  rowsOf(sweepDeliveries),
  rowsOf(sweepCutoffs, () => CUTOFF_EVIDENCE),
  rowsOf(sweepDailyCounts),
  rowsOf(sweepSessions),
  rowsOf(sweepTokens),
  rowsOf(sweepEvents, (settings) => settings.audit_days * DAY),
  rowsOf(sweepRevokedGrants, () => GRANT_RETENTION),
  rowsOf(sweepExpiredGrants, () => GRANT_RETENTION),
  sweepIdleGrants,
];
