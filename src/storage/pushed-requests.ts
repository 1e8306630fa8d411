/** Authorization requests that clients pushed (RFC 9126). One is answered once, by one conditional update. */
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { sha256 } from '../crypto/digest.ts';
import { type PushedId, shardOf, shardOfRequestUri } from '../protocol/credentials.ts';
import { type Database, type Databases, decide } from './database.ts';
import { pushedRequests } from './schema/index.ts';

export type PushedRequest = typeof pushedRequests.$inferSelect;

export type NewPushedRequest = Pick<PushedRequest, 'id' | 'clientId' | 'parameters' | 'expiresAt'> & {
  requestUri: string;
};

export async function createPushedRequest(databases: Databases, request: NewPushedRequest): Promise<void> {
  const { requestUri, ...rest } = request;
  const row = { ...rest, uriHash: sha256(requestUri) };
  const db = databases.shard(shardOf(request.id));
  await decide(async () => db?.insert(pushedRequests).values(row).onConflictDoNothing());
}

/** What the `request_uri` stands for, whether it has expired or not. */
export async function findPushedRequest(databases: Databases, requestUri: string): Promise<PushedRequest | undefined> {
  const db = databases.shard(shardOfRequestUri(requestUri) ?? '');
  const rows = await db
    ?.select()
    .from(pushedRequests)
    .where(eq(pushedRequests.uriHash, sha256(requestUri)));
  return rows?.[0];
}

/**
 * Answers the request: of any number of answers one is the first, and the others come too late.
 * @param by what answers; the same one, coming again, finds its own answer.
 * @param rest what of the code is kept here, because the code has no room for it.
 * @returns whether the answer holds.
 */
export async function answerPushedRequest(
  databases: Databases,
  id: PushedId,
  by: string,
  rest?: Record<string, unknown>,
): Promise<boolean> {
  const db = databases.shard(shardOf(id));
  const isOpen = or(isNull(pushedRequests.answeredBy), eq(pushedRequests.answeredBy, by));
  const rows = await decide(async () =>
    db
      ?.update(pushedRequests)
      .set({ answeredBy: by, ...(rest && { rest }) })
      .where(and(eq(pushedRequests.id, id), isOpen))
      .returning({ id: pushedRequests.id }),
  );
  return rows?.length === 1;
}

/** What a code left here that had no room for it. */
export async function readRestOfCode(databases: Databases, id: PushedId): Promise<Record<string, unknown> | undefined> {
  const db = databases.shard(shardOf(id));
  const rows = await db?.select({ rest: pushedRequests.rest }).from(pushedRequests).where(eq(pushedRequests.id, id));
  return rows?.[0]?.rest ?? undefined;
}

export function sweepPushedRequests(db: Database, before: number, most: number) {
  const over = db
    .select({ id: pushedRequests.id })
    .from(pushedRequests)
    .where(lt(pushedRequests.expiresAt, before))
    .limit(most);
  return db.delete(pushedRequests).where(sql`${pushedRequests.id} IN ${over}`);
}
