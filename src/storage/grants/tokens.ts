/** Access tokens: the subjects whose cutoffs revoke them, and their status. The tokens themselves are not stored. */
import { type SQL, sql } from 'drizzle-orm';
import { type GrantId, hasUserPrefix, shardOf, type TokenId, type UserId } from '../../protocol/credentials.ts';
import { LOCATION_SKEW, SECOND } from '../../protocol/lifetimes.ts';
import { compiledStatement, type Slots } from '../database/compiled-statement.ts';
import type { Databases } from '../database/database.ts';
import type { tokens } from '../schema/index.ts';
import { type ShardDecision, userInBatch, userOfBatch } from '../users/user-attributes.ts';
import { attributesSubject, type Subject } from './cutoff-subjects.ts';
import { notCutOff } from './cutoffs.ts';
import { grantIsNotCutOff, sessionIsNotEnded } from './grant-conditions.ts';

export type TokenRow = typeof tokens.$inferSelect;

/** The claims of an access token by which storage can revoke it. `iat` is in seconds. */
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

/** The user of a subject; undefined for a client that acts on its own behalf. */
export const userOf = (sub: string): UserId | undefined => (hasUserPrefix(sub) ? sub : undefined);

type TokenIdentity = Pick<IssuedToken, 'sub' | 'client_id'>;

/** All subjects whose cutoffs revoke a token, except those of its grant. */
export function subjectsOfToken({ sub, client_id }: TokenIdentity): Subject[] {
  const user = userOf(sub);
  const ofUser: Subject[] = user ? [`user:${user}`, `consent:${user}:${client_id}`] : [];
  return [`client:${client_id}`, ...ofUser];
}

/** A condition on `grants`: access tokens of the grant are valid. */
export const grantIsValid = sql`revoked_at IS NULL AND ${grantIsNotCutOff} AND ${sessionIsNotEnded}`;

export type TokenReference = Omit<IssuedToken, 'resource' | 'scopes' | 'exp'>;

/** The values of a token; null where there is no token, or no grant. */
export type TokenValues = {
  jti: string | null;
  subjects: string;
  unrecorded: number;
  grant: string | null;
  attributes: string | null;
};

/** The values of a statement about a token; those of none where it is undefined. */
export function tokenValues(token: TokenReference | undefined): TokenValues {
  if (!token) return { jti: null, subjects: '[]', unrecorded: 0, grant: null, attributes: null };
  const user = userOf(token.sub);
  return {
    jti: token.jti,
    subjects: JSON.stringify(subjectsOfToken(token)),
    // To the millisecond where there is a record; else from the start of its second, plus the skew of clocks: a client
    // may get a token right after a cutoff, without a statement that knew of it.
    unrecorded: token.iat * SECOND + LOCATION_SKEW,
    grant: token.grant ?? null,
    attributes: user ? attributesSubject(user) : null,
  };
}

/** A condition: neither the token nor its grant is revoked or cut off. A missing record may be late. */
export function tokenIsValid({ jti, subjects, unrecorded, grant }: Slots<TokenValues>): SQL {
  // A token without a record is as late as its grant, which a cutoff before it does not cover.
  const grantedAt = sql`COALESCE((SELECT authorized_at FROM grants WHERE id = ${grant}), 0)`;
  const authorizedAt = sql`COALESCE((SELECT issued_at FROM tokens WHERE id = ${jti}), MAX(${unrecorded}, ${grantedAt}))`;
  const isRevoked = sql`EXISTS (SELECT 1 FROM tokens WHERE id = ${jti} AND revoked_at IS NOT NULL)`;
  const isGrantValid = sql`(${grant} IS NULL OR EXISTS (SELECT 1 FROM grants WHERE id = ${grant} AND ${grantIsValid}))`;
  return sql`(NOT ${isRevoked} AND ${notCutOff(subjects, authorizedAt)} AND ${isGrantValid})`;
}

const statusOf = compiledStatement<TokenValues>()((db, slots) =>
  db
    .select({
      is: sql<number>`${tokenIsValid(slots)}`,
      ofGrant: sql<
        string | null
      >`(SELECT json_array(json(claims), token_last_used_at) FROM grants WHERE id = ${slots.grant})`,
      attributesCutoff: sql<number | null>`(SELECT at FROM cutoffs WHERE subject = ${slots.attributes})`,
    })
    .from(sql`(SELECT 1)`),
);

/** The status of an active access token. */
export type TokenStatus = {
  /** The claims that its user allowed beyond the scopes. */
  claims: readonly string[];
  /** The number of the last change of the user's attributes. */
  attributesCutoff: number | null;
  /** The recorded time of the last use of a token of its grant, to the day. */
  lastUsedAt: number | null;
};

/**
 * The status of an access token; undefined for one that is not active. One round.
 * @param userId the user to read in the same batch, where the token is of `DB`.
 */
export async function tokenStatus(
  databases: Databases,
  token: TokenReference,
  userId?: UserId,
): Promise<(TokenStatus & ShardDecision) | undefined> {
  const db = await databases.resolveShard(shardOf(token.jti));
  if (!db) return undefined;
  const beside = userInBatch(databases, db, userId);
  const results = await db.batch([statusOf(db, tokenValues(token)), ...beside]);
  const [[row]] = results;
  if (row?.is !== 1) return undefined;
  const [claims, lastUsedAt] = JSON.parse(row.ofGrant ?? '[[],null]') as [string[], number | null];
  return { claims, attributesCutoff: row.attributesCutoff, lastUsedAt, user: userOfBatch(results, beside) };
}

/** True where an access token is valid. One round. */
export async function isTokenActive(databases: Databases, token: TokenReference): Promise<boolean> {
  return (await tokenStatus(databases, token)) !== undefined;
}
