/** Taking leave of a server whose app is deleted: what it gave us is given back, behind the response and within bounds. */
import { SECOND } from '../protocol/lifetimes.ts';
import { recordEvent } from '../storage/audit.ts';
import type { ConnectedApp } from '../storage/connected-apps.ts';
import type { ConnectionRow } from '../storage/connections.ts';
import type { AppDeps } from './connected-apps.ts';
import { giveBack } from './connections.ts';
import { deregister } from './registration.ts';

/** The tokens that are given back one by one; a request may make no more calls than this beside its others. */
export const MOST_GIVEN_BACK = 40;

/** Together shorter than what goes on behind a response. */
const PATIENCE = 20 * SECOND;

/**
 * Gives the tokens back, then ends the registration, with which the server ends what is left. What could not be done
 * stands in the audit log.
 */
export async function takeLeave(
  deps: AppDeps,
  actor: string,
  app: ConnectedApp,
  { rows, total }: { rows: ConnectionRow[]; total: number },
): Promise<void> {
  const until = Date.now() + PATIENCE;
  let [given, why]: [number, string | undefined] = [0, undefined];
  for (let at = 0; at < rows.length && Date.now() < until; at += 4) {
    const failures = await Promise.all(rows.slice(at, at + 4).map((row) => giveBack(deps, app, row)));
    given += failures.filter((failure) => failure === undefined).length;
    const failure = failures.find((one) => one !== undefined);
    why ??= failure?.message;
    // Who does not answer will not answer forty times.
    if (failure && failure.kind !== 'refused') break;
  }
  const registration = await deregister(deps, app);
  const detail = {
    connections: total,
    given_back: given,
    ...(why !== undefined && { why }),
    ...(registration !== undefined && { registration }),
  };
  const event = { type: 'connected-app.given-back', subject: app.id, actor, detail } as const;
  await recordEvent(deps.databases.global, deps.moment, event);
}
