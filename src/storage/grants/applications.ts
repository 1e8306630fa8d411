/** Applications with access to the account of a user: the grants of each client, over all shards. */
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import type { Settings } from '../../protocol/settings.ts';
import { scopesOfClaims } from '../../protocol/user-claims.ts';
import { acrossShards } from '../database/across-shards.ts';
import type { Databases } from '../database/database.ts';
import { grants } from '../schema/index.ts';
import { isActive } from './grants.ts';

/** The access of one client to a user's account, from all grants in all databases. */
export type Application = {
  clientId: string;
  /** Those of claims allowed by name among them. */
  scopes: string[];
  resources: string[];
  /** Creation of the oldest of the grants. */
  since: number;
  /** Latest refresh of any of them. */
  lastUsedAt: number;
};

/**
 * The applications with access to a user's account: one for each client, ordered by client id.
 * @param after the last client of the previous page.
 */
export async function listApplications(
  databases: Databases,
  userId: UserId,
  now: number,
  settings: Settings,
  { after = '', most }: { after?: string | undefined; most: number },
) {
  const { rows, unreachable } = await acrossShards(databases, (db) =>
    db
      .select({
        clientId: grants.clientId,
        // Grants differ in little: distinct values only.
        scopes: sql<string>`json_group_array(DISTINCT ${grants.scopes})`,
        resources: sql<string>`json_group_array(DISTINCT ${grants.resources})`,
        claims: sql<string>`json_group_array(DISTINCT ${grants.claims})`,
        idTokenClaims: sql<string>`json_group_array(DISTINCT ${grants.idTokenClaims})`,
        since: sql<number>`MIN(${grants.createdAt})`,
        lastUsedAt: sql<number>`MAX(${grants.rotatedAt})`,
      })
      .from(grants)
      .where(and(eq(grants.userId, userId), gt(grants.clientId, after), isActive(now, settings)))
      .groupBy(grants.clientId)
      .orderBy(asc(grants.clientId))
      .limit(most),
  );
  const byClient = [...Map.groupBy(rows, ({ clientId }) => clientId)];
  const all = byClient.map(([clientId, parts]): Application => {
    const union = (of: (part: (typeof parts)[number]) => string) => [
      ...new Set(parts.flatMap((part) => (JSON.parse(of(part)) as string[]).flatMap((one) => JSON.parse(one)))),
    ];
    const claims = [...union((part) => part.claims), ...union((part) => part.idTokenClaims)];
    return {
      clientId,
      scopes: [...new Set([...union(({ scopes }) => scopes), ...scopesOfClaims(claims)])],
      resources: union(({ resources }) => resources),
      since: Math.min(...parts.map(({ since }) => since)),
      lastUsedAt: Math.max(...parts.map(({ lastUsedAt }) => lastUsedAt)),
    };
  });
  // Sorted as SQLite sorts. Every database listed all clients up to the last of a full page.
  const applications = all.sort((a, b) => (a.clientId < b.clientId ? -1 : 1)).slice(0, most);
  const next = applications.length === most ? applications.at(-1)?.clientId : undefined;
  return { applications, next, unreachable };
}
