/** Grants as consent of users, which an authorization request is compared with. */
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Shard, UserId } from '../../protocol/credentials.ts';
import type { Settings } from '../../protocol/settings.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import type { Database, Databases } from '../database/database.ts';
import { grants } from '../schema/index.ts';
import { type Grant, idleLimits, isActive, isActiveGrant } from './grants.ts';

/** Number of newest grants that an authorization request is compared with first: most requests repeat a recent one. */
export const NEWEST_GRANTS = 20;

/** The newest active grants of a user to a client. */
export function selectActiveGrants(db: Database, userId: UserId, clientId: string, now: number, settings: Settings) {
  return newestActiveGrants(db, { userId, clientId, now, idleSince: idleLimits(now, settings).grantIdleSince });
}

const newestActiveGrants = compiledStatement<{ userId: string; clientId: string; now: number; idleSince: number }>()(
  (db, { userId, clientId, now, idleSince }) =>
    db
      .select()
      .from(grants)
      .where(and(sql`${grants.userId} = ${userId}`, eq(grants.clientId, clientId), isActiveGrant(now, idleSince)))
      .orderBy(desc(grants.createdAt))
      .limit(NEWEST_GRANTS),
);

/** The access of one grant. */
export type ConsentedAccess = Pick<Grant, 'scopes' | 'resources' | 'claims' | 'displayHash'>;

/** The distinct access of all active grants of a user to a client, whatever their age. */
export async function listConsentedAccess(
  databases: Databases,
  shard: Shard,
  { userId, clientId }: { userId: UserId; clientId: string },
  now: number,
  settings: Settings,
): Promise<ConsentedAccess[]> {
  const { scopes, resources, claims, displayHash } = grants;
  const rows = databases
    .shard(shard)
    ?.selectDistinct({ scopes, resources, claims, displayHash })
    .from(grants)
    .where(and(eq(grants.userId, userId), eq(grants.clientId, clientId), isActive(now, settings)));
  return (await rows) ?? [];
}
