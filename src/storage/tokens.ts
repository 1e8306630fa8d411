/** The records of access tokens. The tokens themselves are nowhere. */
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { GrantId, TokenId } from '../protocol/credentials.ts';
import { grantIsUncut } from './cutoffs.ts';
import type { Database, Databases } from './database.ts';
import { grants, tokens } from './schema.ts';

/** Whether an access token still holds: its grant is not revoked and nothing cut it off. Part of one round. */
export async function tokenHolds(databases: Databases, token: { jti: TokenId; grant: GrantId }, shard: string) {
  const db = databases.shard(shard);
  if (!db) return false;
  const [grantRows, tokenRows] = await db.batch([
    db
      .select({ id: grants.id })
      .from(grants)
      .where(and(eq(grants.id, token.grant), isNull(grants.revokedAt), grantIsUncut)),
    db.select({ revokedAt: tokens.revokedAt }).from(tokens).where(eq(tokens.id, token.jti)),
  ]);
  // A missing record is not a revocation: it may be late.
  return grantRows.length === 1 && (tokenRows[0]?.revokedAt ?? null) === null;
}

export function sweepTokens(db: Database, now: number, most: number) {
  const over = db.select({ id: tokens.id }).from(tokens).where(lt(tokens.expiresAt, now)).limit(most);
  return db.delete(tokens).where(sql`${tokens.id} IN ${over}`);
}
