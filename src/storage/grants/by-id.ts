/** Records of a shard by id, for administrators. */
import { eq } from 'drizzle-orm';
import { type GrantId, type SessionId, shardOf, type TokenId } from '../../protocol/credentials.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { Databases } from '../database/database.ts';
import { grants, sessions, tokens } from '../schema/index.ts';
import { type EndReason, readGrantEndReasons, readSessionEndReasons } from './record-status.ts';
import { readRevokedTokens } from './revoked-tokens.ts';

/** An access token; `revoked` where it is invalid before its expiry. */
export async function findToken(databases: Databases, id: TokenId) {
  const rows = await (await databases.resolveShard(shardOf(id)))?.select().from(tokens).where(eq(tokens.id, id));
  const [row] = rows ?? [];
  return row && { row, revoked: (await readRevokedTokens(databases, [row])).has(id) };
}

/** A grant, with the reason of its end where it has ended. */
export async function findGrant(databases: Databases, id: GrantId, now: number, settings: Settings) {
  const rows = await (await databases.resolveShard(shardOf(id)))?.select().from(grants).where(eq(grants.id, id));
  return withEndReason(rows?.[0], (row) => readGrantEndReasons(databases, [row], now, settings));
}

/** A session, with the reason of its end where it has ended. */
export async function findSession(databases: Databases, id: SessionId, now: number, settings: Settings) {
  const rows = await (await databases.resolveShard(shardOf(id)))?.select().from(sessions).where(eq(sessions.id, id));
  return withEndReason(rows?.[0], (row) => readSessionEndReasons(databases, [row], now, settings));
}

async function withEndReason<Row extends { id: string }>(
  row: Row | undefined,
  readEndReasons: (row: Row) => Promise<Map<string, EndReason>>,
): Promise<{ row: Row; endReason: EndReason | undefined } | undefined> {
  return row && { row, endReason: (await readEndReasons(row)).get(row.id) };
}
