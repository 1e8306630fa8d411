/** The decisions of a user about a client, by the audit log of every shard. */
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { acrossShards } from '../database/across-shards.ts';
import type { Databases } from '../database/database.ts';
import { auditEvents } from '../schema/index.ts';
import type { AuditType } from './audit-types.ts';

const DECISIONS = [
  'consent',
  'consent.denied',
  'consent.withdrawn',
  'device.allowed',
  'device.denied',
  'grant',
] as const satisfies AuditType[];

/** An event of a user about a client; `grant` is the redemption of a code or device code. */
export type UserDecision = { type: (typeof DECISIONS)[number]; at: number };

/** The latest events of one shard that are read. */
const MOST = 20;

/** The decisions of the user about the client, the latest first. */
export async function listUserDecisions(databases: Databases, user: UserId, client: string) {
  const { rows, unreachable } = await acrossShards(databases, (db) =>
    db
      .select({ type: sql<UserDecision['type']>`${auditEvents.type}`, at: auditEvents.at })
      .from(auditEvents)
      .where(
        and(
          eq(auditEvents.actor, `user:${user}`),
          inArray(auditEvents.type, [...DECISIONS]),
          sql`${auditEvents.detail} ->> '$.client' = ${client}`,
        ),
      )
      .orderBy(desc(auditEvents.at))
      .limit(MOST),
  );
  return { decisions: rows.sort((a, b) => b.at - a.at), unreachable };
}
