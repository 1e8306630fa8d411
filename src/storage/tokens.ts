/** The records of access tokens. The tokens themselves are nowhere. */
import { eq, lt, type SQL, sql } from 'drizzle-orm';
import type { GrantId, PersonId, TokenId } from '../protocol/credentials.ts';
import { shardOf } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { type Moment, recordEvent } from './audit.ts';
import { rowIf } from './conditional-insert.ts';
import { grantIsUncut, type Subject, sessionLasts, uncut } from './cutoffs.ts';
import { countIfChanged } from './daily-counts.ts';
import { type Database, type Databases, decide } from './database.ts';
import { tokens } from './schema/index.ts';
import { type Spend, spendStatement } from './spent.ts';

export type TokenRow = typeof tokens.$inferSelect;

/** What an access token says of itself, as far as storage can end it. `iat` is in seconds. */
export type IssuedToken = {
  jti: TokenId;
  sub: string;
  client_id: string;
  grant?: GrantId | undefined;
  resource: string;
  scopes: string[];
  iat: number;
  exp: number;
};

/** The person that a subject is, where it is one: a client that acts by itself is its own subject. */
export const personOf = (sub: string): PersonId | undefined => (sub.startsWith('u_') ? (sub as PersonId) : undefined);

/** A condition: nothing was taken away since then. Its grant, if it has one, is judged for itself. */
function isUncutSince({ sub, client_id }: Pick<IssuedToken, 'sub' | 'client_id'>, bornAt: number | SQL): SQL {
  const person = personOf(sub);
  return uncut([`client:${client_id}`, ...(person ? [`person:${person}` as const] : [])] satisfies Subject[], bornAt);
}

type Standing = Omit<IssuedToken, 'resource' | 'scopes' | 'exp'>;

/** A condition: neither the token nor its grant is revoked, and nothing cut it off. A missing record may be late. */
function holds(token: Standing): SQL {
  // To the millisecond where the record is there; else from the beginning of its second, to be safe.
  const bornAt = sql`COALESCE((SELECT issued_at FROM tokens WHERE id = ${token.jti}), ${token.iat * SECOND})`;
  const isRevoked = sql`EXISTS (SELECT 1 FROM tokens WHERE id = ${token.jti} AND revoked_at IS NOT NULL)`;
  const grantIsOn = sql`revoked_at IS NULL AND ${grantIsUncut} AND ${sessionLasts}`;
  const grantHolds =
    token.grant === undefined
      ? sql`true`
      : sql`EXISTS (SELECT 1 FROM grants WHERE id = ${token.grant} AND ${grantIsOn})`;
  return sql`(NOT ${isRevoked} AND ${isUncutSince(token, bornAt)} AND ${grantHolds})`;
}

const ask = (db: Database, condition: SQL) => db.select({ is: sql<number>`${condition}` }).from(sql`(SELECT 1)`);

/** Whether an access token still holds. One round. */
export async function tokenHolds(databases: Databases, token: Standing): Promise<boolean> {
  const db = databases.shard(shardOf(token.jti));
  return db !== undefined && (await ask(db, holds(token)))[0]?.is === 1;
}

/** The same, with the claims that the person let the client read beyond its scopes. One round. */
export async function standingOf(
  databases: Databases,
  token: Standing,
): Promise<{ holds: boolean; claims: readonly string[] }> {
  const db = databases.shard(shardOf(token.jti));
  if (!db) return { holds: false, claims: [] };
  const claims = sql<string | null>`(SELECT claims FROM grants WHERE id = ${token.grant ?? ''})`;
  const [row] = await db.select({ is: sql<number>`${holds(token)}`, claims }).from(sql`(SELECT 1)`);
  return { holds: row?.is === 1, claims: JSON.parse(row?.claims ?? '[]') as string[] };
}

/**
 * Records a token that no grant of its own stands behind, where nobody was cut off meanwhile; spends what its request
 * used up. The record never overwrites a revocation that came first.
 * @param from the token of the same shard that it is made from, which must hold at that moment.
 * @returns whether it may be issued.
 */
export async function recordToken(
  databases: Databases,
  moment: Moment,
  token: IssuedToken,
  spends: Spend[] = [],
  from?: Standing,
): Promise<boolean> {
  const db = databases.shard(shardOf(token.jti));
  if (!db) return false;
  const personId = personOf(token.sub);
  const row = {
    ...{ id: token.jti, grantId: token.grant ?? null, clientId: token.client_id, personId: personId ?? null },
    ...{ scopes: token.scopes, resource: token.resource, issuedAt: moment.now, revokedAt: null },
    expiresAt: token.exp * SECOND,
  };
  const uncutNow = isUncutSince(token, moment.now);
  const may = from ? sql`${uncutNow} AND ${holds(from)}` : uncutNow;
  const [standing] = await decide(() =>
    db.batch([
      ask(db, may),
      db
        .insert(tokens)
        .select(rowIf(tokens, row, may))
        .onConflictDoNothing(),
      countIfChanged(db, moment.now, 'tokens'),
      ...spends.map((spend) => spendStatement(db, moment, spend)),
    ]),
  );
  return standing[0]?.is === 1;
}

/** Revokes one access token. Its record may be late: then it is written here, revoked. */
export async function revokeToken(
  databases: Databases,
  moment: Moment,
  actor: string,
  token: IssuedToken,
  spends: Spend[] = [],
): Promise<void> {
  const db = databases.shard(shardOf(token.jti));
  if (!db) return;
  const row = {
    ...{
      id: token.jti,
      grantId: token.grant ?? null,
      clientId: token.client_id,
      personId: personOf(token.sub) ?? null,
    },
    ...{ scopes: token.scopes, resource: token.resource, issuedAt: token.iat * SECOND },
    ...{ expiresAt: token.exp * SECOND, revokedAt: moment.now },
  };
  await decide(() =>
    db.batch([
      db
        .insert(tokens)
        .values(row)
        .onConflictDoUpdate({ target: tokens.id, set: { revokedAt: sql`COALESCE(revoked_at, ${moment.now})` } }),
      recordEvent(db, moment, { type: 'token.revoked', subject: token.jti, actor }),
      ...spends.map((spend) => spendStatement(db, moment, spend)),
    ]),
  );
}

/** Revokes a token that is on record. @returns whether it is. */
export async function revokeTokenById(
  databases: Databases,
  moment: Moment,
  actor: string,
  id: TokenId,
): Promise<boolean> {
  const db = databases.shard(shardOf(id));
  if (!db) return false;
  const [rows] = await decide(() =>
    db.batch([
      db
        .update(tokens)
        .set({ revokedAt: sql`COALESCE(revoked_at, ${moment.now})` })
        .where(eq(tokens.id, id))
        .returning({ id: tokens.id }),
      recordEvent(
        db,
        moment,
        { type: 'token.revoked', subject: id, actor },
        sql`EXISTS (SELECT 1 FROM tokens WHERE id = ${id} AND revoked_at = ${moment.now})`,
      ),
    ]),
  );
  return rows.length === 1;
}

export function sweepTokens(db: Database, now: number, most: number) {
  const over = db.select({ id: tokens.id }).from(tokens).where(lt(tokens.expiresAt, now)).limit(most);
  return db.delete(tokens).where(sql`${tokens.id} IN ${over}`);
}
