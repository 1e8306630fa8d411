/** The records of access tokens, as an administrator revokes one and the cron deletes them. */
import { and, eq, isNull, lt } from 'drizzle-orm';
import { shardOf, type TokenId } from '../../protocol/credentials.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { deleteRows } from '../database/delete-rows.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { tokens } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { keepCounting } from '../server/row-counts.ts';

/** Revokes a recorded token. @returns whether there is a record. */
export async function revokeTokenById(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: TokenId,
): Promise<boolean> {
  const db = await databases.resolveShard(shardOf(id));
  if (!db) return false;
  const [rows] = await runBatch(() =>
    db.batch([
      db.select({ id: tokens.id }).from(tokens).where(eq(tokens.id, id)),
      db
        .update(tokens)
        .set({ revokedAt: moment.now })
        .where(and(eq(tokens.id, id), isNull(tokens.revokedAt))),
      recordEvent(db, moment, { type: 'token.revoked', subject: id, actor }, previousChangedRow),
    ]),
  );
  return rows.length === 1;
}

export async function sweepTokens(db: Database, now: number, most: number): Promise<D1Result> {
  const [deleted] = await db.batch([
    deleteRows(db, tokens, lt(tokens.expiresAt, now), most),
    keepCounting(db, 'tokens'),
  ]);
  return deleted;
}
