/** Records that an identity assertion of a user was issued to a client for another server (ID-JAG). */
import { and, eq, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Settings } from '../../protocol/settings.ts';
import { acrossShards } from '../database/across-shards.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { grants } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import type { Subject } from './cutoff-subjects.ts';
import { notCutOff } from './cutoffs.ts';
import { idleLimits, isActive, isSessionActive } from './grants.ts';
import { type SingleUse, useOnceStatement } from './single-use.ts';

/** An assertion to be issued. */
type NewIdentityAssertion = {
  id: string;
  userId: UserId;
  clientId: string;
  /** The time of the authorization that it rests on, in milliseconds: a cutoff at or after this refuses it. */
  authorizedAt: number;
  audience: string;
  scopes: readonly string[];
};

/** Records the assertion and uses the single-use values of its request. @returns false where a cutoff came meanwhile. */
export async function recordIdentityAssertion(
  databases: Databases,
  moment: RequestClock,
  { id, userId, clientId, authorizedAt, audience, scopes }: NewIdentityAssertion,
  singleUses: readonly SingleUse[],
): Promise<boolean> {
  const db = databases.global;
  const subjects: Subject[] = [`user:${userId}`, `client:${clientId}`, `consent:${userId}:${clientId}`];
  const isAllowed = notCutOff(subjects, authorizedAt);
  const detail = { client: clientId, audience, scopes, id };
  const event = { type: 'id-jag.issued', subject: userId, actor: `client:${clientId}`, detail } as const;
  const [rows] = await runBatch(() =>
    db.batch([
      db.select({ may: sql<number>`${isAllowed}` }).from(sql`(SELECT 1)`),
      recordEvent(db, moment, event, isAllowed),
      ...singleUses.map((spend) => useOnceStatement(db, moment, spend)),
    ]),
  );
  return rows[0]?.may === 1;
}

/**
 * The time of the latest authorization of the client by the user that is active, with its session or with offline access.
 * @returns undefined where there is none.
 * @throws OAuthError temporarily_unavailable where a shard that may have one does not answer.
 */
export async function latestAuthorization(
  databases: Databases,
  { userId, clientId }: { userId: UserId; clientId: string },
  now: number,
  settings: Settings,
): Promise<number | undefined> {
  const { sessionIdleSince } = idleLimits(now, settings);
  const { rows, unreachable } = await acrossShards(databases, (db) =>
    db
      .select({ authorizedAt: sql<number | null>`MAX(${grants.authorizedAt})` })
      .from(grants)
      .where(
        and(
          eq(grants.userId, userId),
          eq(grants.clientId, clientId),
          isActive(now, settings),
          isSessionActive(now, sessionIdleSince),
        ),
      ),
  );
  const latest = Math.max(0, ...rows.map(({ authorizedAt }) => authorizedAt ?? 0));
  if (latest > 0) return latest;
  if (unreachable.length > 0) throw new OAuthError('temporarily_unavailable', 'a database does not answer.');
  return undefined;
}
