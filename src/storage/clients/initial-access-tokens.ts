/** Initial access tokens: authorization to register a managed client (RFC 7591 §3). */
import { and, asc, eq, gt, lt, ne, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { insertWhere } from '../database/insert-where.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { initialAccessTokens } from '../schema/index.ts';
import { hasNoEvent, type RequestClock, recordEvent } from '../server/audit.ts';

export type InitialAccessToken = typeof initialAccessTokens.$inferSelect;

/** Creates a token unless one with its id exists. @returns the stored token; undefined where it was deleted before. */
export async function createInitialAccessToken(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  token: { id: string; text: string; name: string; uses: number; expiresAt: number },
): Promise<InitialAccessToken | undefined> {
  const db = databases.global;
  const { id, text, name, uses, expiresAt } = token;
  const row = { id, hash: sha256(text), name, usesLeft: uses, expiresAt, lastUsedBy: '', createdAt: moment.now };
  const event = { type: 'initial-access-token.created', subject: id, actor, detail: { name, uses } } as const;
  const mayBe = hasNoEvent(id, 'initial-access-token.deleted');
  const [, , [made]] = await runBatch(() =>
    db.batch([
      db
        .insert(initialAccessTokens)
        .select(insertWhere(initialAccessTokens, row, mayBe))
        .onConflictDoNothing(),
      recordEvent(db, moment, event, previousChangedRow),
      db.select().from(initialAccessTokens).where(eq(initialAccessTokens.id, id)),
    ]),
  );
  return made;
}

export function listInitialAccessTokens(databases: Databases) {
  return databases.global.select().from(initialAccessTokens).orderBy(asc(initialAccessTokens.createdAt)).limit(200);
}

export async function findInitialAccessToken(
  databases: Databases,
  id: string,
): Promise<InitialAccessToken | undefined> {
  const [row] = await databases.global.select().from(initialAccessTokens).where(eq(initialAccessTokens.id, id));
  return row;
}

export type InitialAccessTokenChanges = Partial<Pick<InitialAccessToken, 'name' | 'usesLeft' | 'expiresAt'>>;

export async function changeInitialAccessToken(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: string,
  changes: InitialAccessTokenChanges,
): Promise<void> {
  const db = databases.global;
  const event = { type: 'initial-access-token.changed', subject: id, actor, detail: changes } as const;
  await runBatch(() =>
    db.batch([
      db.update(initialAccessTokens).set(changes).where(eq(initialAccessTokens.id, id)),
      recordEvent(db, moment, event),
    ]),
  );
}

export async function deleteInitialAccessToken(databases: Databases, moment: RequestClock, actor: string, id: string) {
  const db = databases.global;
  await runBatch(() =>
    db.batch([
      db.delete(initialAccessTokens).where(eq(initialAccessTokens.id, id)),
      recordEvent(db, moment, { type: 'initial-access-token.deleted', subject: id, actor }),
    ]),
  );
}

/** A condition: the token has a use left, or this request took one before. */
export function isInitialAccessTokenValid(hash: SQL, { at, requestId }: { at: SQL; requestId: SQL }): SQL {
  return sql`EXISTS (SELECT 1 FROM initial_access_tokens WHERE hash = ${hash} AND expires_at > ${at}
    AND (uses_left > 0 OR last_used_by = ${requestId}))`;
}

/** Takes one use, once for each request; runs in the batch of the registration, after it. */
export function consumeInitialAccessToken(db: Database, text: string, { now, requestId }: RequestClock) {
  return db
    .update(initialAccessTokens)
    .set({ usesLeft: sql`uses_left - 1`, lastUsedBy: requestId })
    .where(
      and(
        eq(initialAccessTokens.hash, sha256(text)),
        gt(initialAccessTokens.expiresAt, now),
        gt(initialAccessTokens.usesLeft, 0),
        ne(initialAccessTokens.lastUsedBy, requestId),
      ),
    );
}

export function sweepInitialAccessTokens(db: Database, now: number, most: number) {
  return deleteRows(db, initialAccessTokens, lt(initialAccessTokens.expiresAt, now), most);
}
