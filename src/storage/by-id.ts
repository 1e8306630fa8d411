/** Records of a shard by their ids: what an administrator looks at, one at a time. */
import { eq } from 'drizzle-orm';
import { type GrantId, type SessionId, shardOf, type TokenId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Databases } from './database.ts';
import { grants, sessions, tokens } from './schema/index.ts';
import { type End, grantEnds, sessionEnds } from './standing.ts';

export async function findToken(databases: Databases, id: TokenId): Promise<typeof tokens.$inferSelect | undefined> {
  const rows = await databases.shard(shardOf(id))?.select().from(tokens).where(eq(tokens.id, id));
  return rows?.[0];
}

/** `over` says whether it is over, and why. */
export async function findGrant(databases: Databases, id: GrantId, now: number, settings: Settings) {
  const rows = await databases.shard(shardOf(id))?.select().from(grants).where(eq(grants.id, id));
  return withEnd(rows?.[0], (row) => grantEnds(databases, [row], now, settings));
}

/** The same for a session. */
export async function findSession(databases: Databases, id: SessionId, now: number, settings: Settings) {
  const rows = await databases.shard(shardOf(id))?.select().from(sessions).where(eq(sessions.id, id));
  return withEnd(rows?.[0], (row) => sessionEnds(databases, [row], now, settings));
}

async function withEnd<Row extends { id: string }>(
  row: Row | undefined,
  endsOf: (row: Row) => Promise<Map<string, End>>,
): Promise<{ row: Row; over: End | undefined } | undefined> {
  return row && { row, over: (await endsOf(row)).get(row.id) };
}
