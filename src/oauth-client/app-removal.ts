/** Taking leave of a server whose app is deleted: what it gave us is revoked back, behind the response and within bounds. */
import { SECOND } from '../protocol/lifetimes.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import type { ConnectionRow } from '../storage/providers/connections.ts';
import { recordEvent } from '../storage/server/audit.ts';
import type { AppDeps } from './connected-apps.ts';
import { revokeAtProvider } from './connection-revocation.ts';
import { deregister } from './registered-client-management.ts';

/** The tokens that are revoked one by one, bounded by the subrequests of a request. */
export const MAX_REVOKED_TOKENS = 40;

/** The time for all of them, shorter than the platform's limit after a response. */
const TIME_BUDGET = 20 * SECOND;

/**
 * Revokes the tokens of a deleted app (RFC 7009), then deletes the registration (RFC 7592 §2.3), with which the server
 * revokes the rest. Failures are in the audit log.
 */
export async function removeAppAtProvider(
  deps: AppDeps,
  actor: string,
  app: ConnectedApp,
  { rows, total }: { rows: ConnectionRow[]; total: number },
): Promise<void> {
  const until = Date.now() + TIME_BUDGET;
  let revoked = 0;
  let problem: string | undefined;
  for (let at = 0; at < rows.length && Date.now() < until; at += 4) {
    const failures = await Promise.all(rows.slice(at, at + 4).map((row) => revokeAtProvider(deps, app, row)));
    revoked += failures.filter((failure) => failure === undefined).length;
    const failure = failures.find((one) => one !== undefined);
    problem ??= failure?.message;
    // A provider that does not answer is not asked forty times.
    if (failure && failure.kind !== 'refused') break;
  }
  const registration = await deregister(deps, app);
  const detail = {
    connections: total,
    revoked,
    ...(problem !== undefined && { why: problem }),
    ...(registration !== undefined && { registration }),
  };
  const event = { type: 'connected-app.revoked', subject: app.id, actor, detail } as const;
  await recordEvent(deps.databases.global, deps.moment, event);
}
