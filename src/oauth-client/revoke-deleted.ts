/**
 * Revokes, at their providers, the tokens of users who are being deleted (RFC 7009), and removes the connections. Called
 * by the cron; what is left waits for the next run.
 */
import { PURGE_DELAY } from '../protocol/lifetimes.ts';
import { findConnectedAppFromPrimary } from '../storage/providers/connected-apps.ts';
import { type ConnectionRow, listConnectionsOf, removeConnection } from '../storage/providers/connections.ts';
import { recordEvent } from '../storage/server/audit.ts';
import { listPurges } from '../storage/users/user-purge.ts';
import type { User } from '../storage/users/users.ts';
import type { AppDeps } from './connected-apps.ts';
import { revokeAtProvider } from './connection-revocation.ts';

/** Revocations in one run of the cron, bounded by its subrequests. */
const MAX_REVOCATIONS = 20;

/** Revokes the connections of users who are being deleted. */
export async function revokeDeletedConnections(deps: AppDeps): Promise<void> {
  let left = MAX_REVOCATIONS;
  for (const user of await listPurges(deps.databases, deps.moment.now)) {
    const rows = (await listConnectionsOf(deps.databases, user.id)).slice(0, left);
    left -= rows.length;
    await Promise.all(rows.map((row) => revokeOne(deps, user, row)));
    if (left === 0) return;
  }
}

/** Revokes one connection; an unreachable provider is retried by the next run, until the user's rows are due for deletion. */
async function revokeOne(deps: AppDeps, { id, purgeStartedAt }: User, row: ConnectionRow): Promise<void> {
  const { databases, moment } = deps;
  const app = await findConnectedAppFromPrimary(databases, row.appId);
  const failure = app && (await revokeAtProvider(deps, app, row));
  const isLate = moment.now - (purgeStartedAt ?? 0) >= PURGE_DELAY;
  if (failure?.kind === 'unreachable' && !isLate) return;
  await removeConnection(databases, moment, 'system', { appId: row.appId, userId: id });
  if (!failure) return;
  // The provider's message may identify the user: only the kind of failure is recorded.
  const detail = { revocation: failure.kind };
  const subject = `${row.appId}:${id}`;
  await recordEvent(databases.global, moment, { type: 'connection.failed', subject, actor: 'system', detail });
}
