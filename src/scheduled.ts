/** The cron: delivers cutoffs and logout tokens, checks issuers, deletes users whose grace period has ended, sweeps. */
import { fingerprintsOfSecrets } from './config/keys.ts';
import type { Bindings } from './config.ts';
import { makeDeps } from './http/build-deps.ts';
import type { Deps } from './http/context.ts';
import { checkDueIssuers } from './oauth-client/issuer-migration.ts';
import { revokeDeletedConnections } from './oauth-client/revoke-deleted.ts';
import { HOOKS } from './request-chain.ts';
import { prepareShards } from './storage/database/choose-shard.ts';
import { deliverPending, sweep } from './storage/database/sweep.ts';
import { countNewRows } from './storage/server/row-counts.ts';
import { recordSecretFingerprints } from './storage/server/secret-fingerprints.ts';
import { readSettingsFromPrimary } from './storage/server/settings.ts';
import { purgeUsers, startPurges } from './storage/users/user-purge.ts';

export async function runScheduled(
  { scheduledTime: now }: ScheduledController,
  env: Bindings,
  context: ExecutionContext,
) {
  const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
  const deps = makeDeps(env, { ...HOOKS, network: 'cron', site: 'cron', place: {}, now, waitUntil });
  const { databases } = deps;
  // A shard is on record in DB from the first run on, though nothing began in it.
  await prepareShards(databases, now);
  deps.waitUntil(
    'record fingerprints of secrets',
    recordSecretFingerprints(databases, now, fingerprintsOfSecrets(deps.config)),
  );
  await deliverPending(databases);
  deps.waitUntil('send logout tokens', HOOKS.notifySessionsEnded(deps, undefined));
  deps.waitUntil('check issuers of connected apps', checkDueIssuers(deps));
  deps.waitUntil('delete users', deleteUsers(deps));
  // Before rows are deleted.
  await countNewRows(databases);
  await sweep(databases, now, await readSettingsFromPrimary(databases));
}

/** One run's part of deleting users whose grace period has ended: each step continues where the last run stopped. */
async function deleteUsers(deps: Deps): Promise<void> {
  await startPurges(deps.databases, deps.moment.now);
  await revokeDeletedConnections(deps);
  await purgeUsers(deps.databases, deps.moment);
}
