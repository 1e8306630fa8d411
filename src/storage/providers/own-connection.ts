/** The row of an app that has tokens of its own, of no user. */
import type { Databases } from '../database/database.ts';
import { connections } from '../schema/index.ts';
import type { RequestClock } from '../server/audit.ts';
import { connectionId } from './connections.ts';

/** Inserts the app's own row, without tokens. */
export async function ensureOwnConnection(databases: Databases, moment: RequestClock, appId: string, issuer: string) {
  const row = {
    id: connectionId(appId, ''),
    appId,
    userId: '' as const,
    issuer,
    sealed: null,
    scopes: [],
    expiresAt: null,
    account: null,
    state: 'connected' as const,
    reason: null,
    failedAt: null,
    fence: 0,
    settledFence: 0,
    leaseUntil: 0,
    leasedBy: '',
    createdAt: moment.now,
    refreshedAt: 0,
  };
  await databases.global.insert(connections).values(row).onConflictDoNothing();
}
