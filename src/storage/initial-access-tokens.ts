/** Initial access tokens: what lets a stranger register a client that is managed (RFC 7591 §3). */
import { and, asc, eq, gt, lt, ne, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../crypto/digest.ts';
import { type Moment, recordEvent, wasNeverEnded } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { type Database, type Databases, decide } from './database.ts';
import { initialAccessTokens } from './schema/index.ts';

export type InitialAccessToken = typeof initialAccessTokens.$inferSelect;

/** Makes it, unless one with its id is there. @returns what is there then: nothing where one was and has been deleted. */
export async function createInitialAccessToken(
  databases: Databases,
  moment: Moment,
  actor: string,
  token: { id: string; text: string; name: string; uses: number; expiresAt: number },
): Promise<InitialAccessToken | undefined> {
  const db = databases.global;
  const { id, text, name, uses, expiresAt } = token;
  const row = { id, hash: sha256(text), name, usesLeft: uses, expiresAt, takenBy: '', createdAt: moment.now };
  const event = { type: 'initial-access-token.created', subject: id, actor, detail: { name, uses } } as const;
  const mayBe = wasNeverEnded(id, 'initial-access-token.deleted');
  const [, , [made]] = await decide(() =>
    db.batch([
      db
        .insert(initialAccessTokens)
        .select(rowIf(initialAccessTokens, row, mayBe))
        .onConflictDoNothing(),
      recordEvent(db, moment, event, sql`changes() > 0`),
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
  moment: Moment,
  actor: string,
  id: string,
  changes: InitialAccessTokenChanges,
): Promise<void> {
  const db = databases.global;
  const event = { type: 'initial-access-token.changed', subject: id, actor, detail: changes } as const;
  await decide(() =>
    db.batch([
      db.update(initialAccessTokens).set(changes).where(eq(initialAccessTokens.id, id)),
      recordEvent(db, moment, event),
    ]),
  );
}

export async function deleteInitialAccessToken(databases: Databases, moment: Moment, actor: string, id: string) {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.delete(initialAccessTokens).where(eq(initialAccessTokens.id, id)),
      recordEvent(db, moment, { type: 'initial-access-token.deleted', subject: id, actor }),
    ]),
  );
}

/** A condition: the token may be used once more, or was taken by this very request before. */
export function tokenIsGood(text: string, { now, requestId }: Moment): SQL {
  return sql`EXISTS (SELECT 1 FROM initial_access_tokens WHERE hash = ${sha256(text)} AND expires_at > ${now}
    AND (uses_left > 0 OR taken_by = ${requestId}))`;
}

/** Takes one use, once for each request; runs in the batch of the registration, behind it. */
export function takeUse(db: Database, text: string, { now, requestId }: Moment) {
  return db
    .update(initialAccessTokens)
    .set({ usesLeft: sql`uses_left - 1`, takenBy: requestId })
    .where(
      and(
        eq(initialAccessTokens.hash, sha256(text)),
        gt(initialAccessTokens.expiresAt, now),
        gt(initialAccessTokens.usesLeft, 0),
        ne(initialAccessTokens.takenBy, requestId),
      ),
    );
}

export function sweepInitialAccessTokens(db: Database, now: number, most: number) {
  const expired = db
    .select({ id: initialAccessTokens.id })
    .from(initialAccessTokens)
    .where(lt(initialAccessTokens.expiresAt, now))
    .limit(most);
  return db.delete(initialAccessTokens).where(sql`${initialAccessTokens.id} IN ${expired}`);
}
