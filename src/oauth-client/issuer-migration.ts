/**
 * Migration of a connected app to another issuer: its resource names another authorization server (RFC 9728 §5.2), or the
 * endpoints changed. Checked once a day, and after failures that this could explain. Every result passes the checks of a
 * new app, and an invalid one changes nothing.
 */
import { sha256 } from '../crypto/digest.ts';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import { CRON_INTERVAL, DAY, ISSUER_CHECK_INTERVAL } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { templateOf } from '../providers/index.ts';
import { useAllOnce, wasUsed } from '../storage/grants/single-use.ts';
import { updateConnectedApp } from '../storage/providers/connected-app-changes.ts';
import { recordIssuerMigration } from '../storage/providers/connected-app-server.ts';
import {
  type ConnectedApp,
  findConnectedApp,
  findConnectedAppFromPrimary,
  listEnabledApps,
} from '../storage/providers/connected-apps.ts';
import { discoverAndRegisterApp } from './app-discovery.ts';
import { authorizationServersOf } from './app-server.ts';
import type { AppDeps } from './connected-apps.ts';
import { deregister } from './registered-client-management.ts';
import { readRecordedMetadata } from './server-metadata.ts';

/** Checks in one run of the cron. */
const MAX_CHECKS = 20;

/** Checks the apps that are due in this run of the cron: each has its minutes of the day, so no state is stored. */
export async function checkDueIssuers(deps: AppDeps): Promise<void> {
  const { now } = deps.moment;
  const due = (await listEnabledApps(deps.databases)).filter(({ id }) => (now + offsetOf(id)) % DAY < CRON_INTERVAL);
  for (const app of due.slice(0, MAX_CHECKS)) await checkIssuer(deps, app);
}

const offsetOf = (id: string) => Buffer.from(sha256(id), 'base64url').readUInt32BE(0) % DAY;

/** Runs an attempt at a provider, and schedules an issuer check where it fails. */
export async function withIssuerCheck<T>(deps: AppDeps, app: ConnectedApp, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    // A failure that only the user can resolve is no sign of a migration.
    if (error instanceof OAuthError && error.code === 'temporarily_unavailable') scheduleIssuerCheck(deps, app);
    throw error;
  }
}

/** Schedules a check after the response, at most once in ten minutes across the world. */
export function scheduleIssuerCheck(deps: AppDeps, app: ConnectedApp): void {
  deps.waitUntil('check the issuer of a connected app', checkIssuerOnce(deps, app));
}

/**
 * The app after a migration check, before a user connects again: an MCP server may name another authorization server.
 * @returns the current app.
 */
export async function migratedApp(deps: AppDeps, app: ConnectedApp): Promise<ConnectedApp> {
  if (!isIssuerDiscovered(app)) return app;
  await checkIssuerOnce(deps, app);
  return (await findConnectedApp(deps.databases, app.id, deps.moment.now)) ?? app;
}

async function checkIssuerOnce(deps: AppDeps, app: ConnectedApp): Promise<void> {
  const step = Math.floor(deps.moment.now / ISSUER_CHECK_INTERVAL);
  const use = { text: `issuer check ${app.id} ${step}`, expiresAt: (step + 1) * ISSUER_CHECK_INTERVAL };
  try {
    await useAllOnce(deps.databases.global, deps.moment, [use]);
  } catch (error) {
    if (wasUsed(error)) return;
    throw error;
  }
  await checkIssuer(deps, app);
}

async function checkIssuer(deps: AppDeps, app: ConnectedApp): Promise<void> {
  try {
    const to = await newIssuer(deps, app);
    if (to !== undefined) await migrate(deps, app, to);
    // The same issuer with other endpoints: its metadata is read anew.
    else if (app.metadataUrl !== null) {
      const { metadataUrl, completedBy, issuer } = app;
      await readRecordedMetadata(deps, { metadataUrl, completedBy }, issuer, 'latest');
    }
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
  }
}

/** The issuer to migrate to, where the resource names only others; an issuer set by an administrator stays. */
async function newIssuer(deps: AppDeps, app: ConnectedApp): Promise<string | undefined> {
  if (!isIssuerDiscovered(app)) return undefined;
  const servers = await authorizationServersOf(deps, app.description.resource);
  return servers.includes(app.issuer) ? undefined : servers[0];
}

/** True where the issuer was found through the resource. */
const isIssuerDiscovered = (
  app: ConnectedApp,
): app is ConnectedApp & { description: ConnectedApp['description'] & { resource: string } } =>
  Boolean(app.description.resource && templateOf(app.template).requiresPkce) && app.description.issuer === undefined;

/**
 * Migrates the app. MCP, authorization server binding: when the authorization server changes, clients MUST NOT reuse
 * credentials of the one before, and MUST register anew; an administrator repeats a manual registration.
 */
async function migrate(deps: AppDeps, { id, issuer: from }: ConnectedApp, to: string): Promise<void> {
  const { databases, moment } = deps;
  const app = await findConnectedAppFromPrimary(databases, id);
  if (app?.issuer !== from) return;
  if (app.registration.how === 'given') {
    const why = 'an administrator registered this server at the former one';
    return recordIssuerMigration(databases, moment, id, { from, to, followed: false, why });
  }
  try {
    const migrated = await discoverAndRegisterApp(deps, id, app, app, 'now');
    if (migrated.issuer !== to) return;
    await updateConnectedApp(databases, moment, 'system', migrated, { from });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return recordIssuerMigration(databases, moment, id, { from, to, followed: false, why: error.message });
  }
  await deregister(deps, app);
}
