/** Pushed authorization requests (RFC 9126). Each is answered once, by one conditional update. */
import { and, eq, isNull, lt, or } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import { type PushedRequestId, shardOf, shardOfRequestUri } from '../../protocol/credentials.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { pushedRequests } from '../schema/index.ts';

export type PushedRequest = typeof pushedRequests.$inferSelect;

export type NewPushedRequest = Pick<PushedRequest, 'id' | 'clientId' | 'parameters' | 'expiresAt'> & {
  requestUri: string;
};

export async function createPushedRequest(databases: Databases, request: NewPushedRequest): Promise<void> {
  const { requestUri, ...rest } = request;
  const row = { ...rest, uriHash: sha256(requestUri) };
  const db = await databases.resolveShard(shardOf(request.id));
  await runBatch(async () => db?.insert(pushedRequests).values(row).onConflictDoNothing());
}

/** The request of a `request_uri`, expired or not. */
export async function findPushedRequest(databases: Databases, requestUri: string): Promise<PushedRequest | undefined> {
  const db = await databases.resolveShard(shardOfRequestUri(requestUri) ?? '');
  const rows = await db
    ?.select()
    .from(pushedRequests)
    .where(eq(pushedRequests.uriHash, sha256(requestUri)));
  return rows?.[0];
}

/**
 * Answers the request: of any number of answers the first one counts.
 * @param by the id of the answer; a repeated one finds itself.
 * @param overflow the part of the code that has no room in it.
 * @returns whether this answer is the first.
 */
export async function answerPushedRequest(
  databases: Databases,
  id: PushedRequestId,
  by: string,
  overflow?: Record<string, unknown>,
): Promise<boolean> {
  const db = await databases.resolveShard(shardOf(id));
  const isOpen = or(isNull(pushedRequests.answeredBy), eq(pushedRequests.answeredBy, by));
  const rows = await runBatch(async () =>
    db
      ?.update(pushedRequests)
      .set({ answeredBy: by, ...(overflow && { codeOverflow: overflow }) })
      .where(and(eq(pushedRequests.id, id), isOpen))
      .returning({ id: pushedRequests.id }),
  );
  return rows?.length === 1;
}

/** The part of a code that had no room in it. */
export async function readCodeOverflow(
  databases: Databases,
  id: PushedRequestId,
): Promise<Record<string, unknown> | undefined> {
  const db = await databases.resolveShard(shardOf(id));
  const rows = await db
    ?.select({ overflow: pushedRequests.codeOverflow })
    .from(pushedRequests)
    .where(eq(pushedRequests.id, id));
  return rows?.[0]?.overflow ?? undefined;
}

export function sweepPushedRequests(db: Database, before: number, most: number) {
  return deleteRows(db, pushedRequests, lt(pushedRequests.expiresAt, before), most);
}
