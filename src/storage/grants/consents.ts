/** Grants as consent of users: remembered consent, applications with access, and their revocation. */
import { and, asc, desc, eq, gt, sql } from 'drizzle-orm';
import type { GrantId, Shard, UserId } from '../../protocol/credentials.ts';
import type { Settings } from '../../protocol/settings.ts';
import { scopesOfClaims } from '../../protocol/user-claims.ts';
import { acrossShards } from '../database/across-shards.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { grants } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { cutOff } from './cutoff-delivery.ts';
import type { Subject } from './cutoff-subjects.ts';
import { type Grant, idleLimits, isActive, isActiveGrant } from './grants.ts';
import { narrowGrants } from './narrow-grants.ts';

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

/** Revokes a grant of the user. @returns whether the grant is theirs. */
export async function revokeOwnGrant(
  db: Database,
  moment: RequestClock,
  actor: string,
  { id, userId }: { id: GrantId; userId: UserId },
): Promise<boolean> {
  const isEnded = sql`EXISTS (SELECT 1 FROM grants WHERE id = ${id} AND user_id = ${userId}
    AND revoked_at = ${moment.now})`;
  const [rows] = await runBatch(() =>
    db.batch([
      db
        .update(grants)
        .set({ revokedAt: sql`COALESCE(revoked_at, ${moment.now})` })
        .where(and(eq(grants.id, id), eq(grants.userId, userId)))
        .returning({ id: grants.id }),
      recordEvent(
        db,
        moment,
        { type: 'grant.revoked', subject: id, actor, detail: { because: 'revoked by the user' } },
        isEnded,
      ),
    ]),
  );
  return rows.length === 1;
}

/** Revokes all grants of a client, of a user, or of a user to a client, in every shard. */
export async function revokeAllAccess(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  { client, user }: { client: string | undefined; user: UserId | undefined },
): Promise<void> {
  if (client !== undefined && user !== undefined) return withdrawConsent(databases, moment, actor, user, client);
  const subject: Subject | undefined = client !== undefined ? `client:${client}` : user && `user:${user}`;
  if (subject === undefined) return;
  await cutOff(databases, { subject, at: moment.now }, moment.now, (db) => [
    recordEvent(db, moment, {
      type: 'grant.revoked',
      subject: user ?? client ?? '',
      actor,
      detail: { because: 'revoked by an administrator' },
    }),
  ]);
}

/** Revokes all access of a client to a user's account, in every shard. */
export async function withdrawConsent(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  userId: UserId,
  clientId: string,
): Promise<void> {
  await cutOff(databases, { subject: `consent:${userId}:${clientId}`, at: moment.now }, moment.now, (db) => [
    recordEvent(db, moment, { type: 'consent.withdrawn', subject: userId, actor, detail: { client: clientId } }),
  ]);
}

/**
 * Withdraws one scope from all access of a client to a user's account: outstanding codes and devices with the scope
 * become no grant, refreshing omits it, and the consent page asks for it again. Access tokens stay valid until they
 * expire.
 */
export async function withdrawScope(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  userId: UserId,
  clientId: string,
  scope: string,
): Promise<void> {
  const subject: Subject = `scope:${userId}:${clientId} ${scope}`;
  const detail = { client: clientId, scope };
  await cutOff(databases, { subject, at: moment.now }, moment.now, (db) => [
    narrowGrants(db, subject),
    recordEvent(db, moment, { type: 'consent.withdrawn', subject: userId, actor, detail }),
  ]);
}
