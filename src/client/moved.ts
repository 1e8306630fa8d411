/**
 * Noticing that a server moved: its resource names another authorization server (RFC 9728 §5.2), or it has other
 * endpoints. It is looked at once a day, and when something goes wrong that this could explain. Whatever is found goes
 * through every check of a new app, and an answer that makes no sense changes nothing.
 */
import { sha256 } from '../crypto/digest.ts';
import { CRON_STEP, DAY, LOOK_STEP } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import {
  type ConnectedApp,
  findConnectedAppLatest,
  listEnabledApps,
  recordMove,
  updateConnectedApp,
} from '../storage/connected-apps.ts';
import { spendAll, wasSpent } from '../storage/spent.ts';
import { OutboundFailure } from '../web/outbound.ts';
import { type AppDeps, establishApp, serversNamedBy } from './connected-apps.ts';
import { providerOf } from './providers/index.ts';
import { deregister } from './registration.ts';
import { serverAt } from './server-metadata.ts';

/** In one run of the cron. */
const MOST_LOOKS = 20;

/** A run of the cron: the servers whose minutes these are. Nothing need be remembered for that. */
export async function lookAtSome(deps: AppDeps): Promise<void> {
  const { now } = deps.moment;
  const due = (await listEnabledApps(deps.databases)).filter(({ id }) => (now + offsetOf(id)) % DAY < CRON_STEP);
  for (const app of due.slice(0, MOST_LOOKS)) await lookAgain(deps, app);
}

const offsetOf = (id: string) => Buffer.from(sha256(id), 'base64url').readUInt32BE(0) % DAY;

/** Tries something at a server that may have moved. */
export async function watched<T>(deps: AppDeps, app: ConnectedApp, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    // What only the person can do something about is no sign of it.
    if (error instanceof OAuthError && error.code === 'temporarily_unavailable') noticeTrouble(deps, app);
    throw error;
  }
}

/** Something went wrong there: looks again behind the response, at most once in ten minutes across the world. */
export function noticeTrouble(deps: AppDeps, app: ConnectedApp): void {
  deps.later('look at a server again', lookOnce(deps, app));
}

async function lookOnce(deps: AppDeps, app: ConnectedApp): Promise<void> {
  const step = Math.floor(deps.moment.now / LOOK_STEP);
  const look = { text: `look ${app.id} ${step}`, expiresAt: (step + 1) * LOOK_STEP };
  try {
    await spendAll(deps.databases.global, deps.moment, [look]);
  } catch (error) {
    if (wasSpent(error)) return;
    throw error;
  }
  await lookAgain(deps, app);
}

async function lookAgain(deps: AppDeps, app: ConnectedApp): Promise<void> {
  try {
    const to = await whereTo(deps, app);
    if (to !== undefined) await follow(deps, app, to);
    // Other endpoints of the same issuer: from now on, its metadata is what it says now.
    else if (app.metadataUrl !== null) await serverAt(deps, app.metadataUrl, app.issuer, 'latest');
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
  }
}

/** Another issuer, where the resource names others only; what an administrator typed holds. */
async function whereTo(deps: AppDeps, { template, description, issuer }: ConnectedApp): Promise<string | undefined> {
  const { resource } = description;
  if (!resource || description.issuer !== undefined || !providerOf(template).demandsPkce) return undefined;
  const servers = await serversNamedBy(deps, resource);
  return servers.includes(issuer) ? undefined : servers[0];
}

/**
 * MCP, authorization server binding: when the authorization server changes, clients MUST NOT reuse credentials of the
 * one before, and MUST register anew. Where an administrator did that by hand, they must do it again.
 */
async function follow(deps: AppDeps, { id, issuer: from }: ConnectedApp, to: string): Promise<void> {
  const { databases, moment } = deps;
  const app = await findConnectedAppLatest(databases, id);
  if (app?.issuer !== from) return;
  if (app.registration.how === 'given') {
    const why = 'an administrator registered this server at the former one';
    return recordMove(databases, moment, id, { from, to, followed: false, why });
  }
  try {
    const moved = await establishApp(deps, id, app, app);
    if (moved.issuer !== to) return;
    await updateConnectedApp(databases, moment, 'system', moved, { from });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return recordMove(databases, moment, id, { from, to, followed: false, why: error.message });
  }
  await deregister(deps, app);
}
