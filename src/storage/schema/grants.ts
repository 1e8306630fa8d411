/** Grants, and the records of their access tokens, in the shard of the session. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { GrantId, SessionId, TokenId, UserId } from '../../protocol/credentials.ts';
import { jsonList } from './columns.ts';

/** One row per authorization: the remembered consent, the refresh token family, an application with access. */
export const grants = sqliteTable(
  'grants',
  {
    id: text('id').$type<GrantId>().primaryKey(),
    clientId: text('client_id').notNull(),
    userId: text('user_id').$type<UserId>().notNull(),
    sessionId: text('session_id').$type<SessionId>().notNull(),
    scopes: jsonList('scopes'),
    resources: jsonList('resources'),
    /** Time of the consent: a cutoff at or after this revokes the grant. */
    authorizedAt: integer('authorized_at').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** The request that redeemed the code: repeated after a lost answer, it recognises its own grant. */
    redeemedBy: text('redeemed_by').notNull(),
    generation: integer('generation').notNull(),
    rotatedAt: integer('rotated_at').notNull(),
    /** Time of the rotation before the last one: restored where that is reverted. */
    previousRotatedAt: integer('previous_rotated_at').notNull().default(0),
    /** The request of the last rotation, recognised in the same way. */
    rotatedBy: text('rotated_by').notNull(),
    revokedAt: integer('revoked_at'),
    /** Claims allowed at /userinfo beyond the scopes (OpenID Connect Core §5.5). */
    claims: jsonList('claims').default([]),
    /** The same in the id_token. */
    idTokenClaims: jsonList('id_token_claims').default([]),
    /** Time of the authentication: an id_token of a refresh repeats it (OpenID Connect Core §12.2). */
    authTime: integer('auth_time'),
    amr: jsonList('amr').default([]),
    acr: text('acr'),
    /** Hash of the display of an unverified client on the consent page: when it changes, consent is required again. */
    displayHash: text('display_hash'),
    /** Thumbprint of the key that its refresh token is bound to (RFC 9449 §5); null for a confidential client. */
    jkt: text('jkt'),
    /** Time of the first and of a recent online validation of its access tokens, the latter to the day; null before. */
    tokenFirstUsedAt: integer('token_first_used_at'),
    tokenLastUsedAt: integer('token_last_used_at'),
  },
  (table) => [
    index('grants_by_consent').on(table.userId, table.clientId, table.createdAt),
    index('grants_by_user').on(table.userId, table.createdAt),
    index('grants_by_session').on(table.sessionId),
    index('grants_by_client').on(table.clientId, table.createdAt),
    index('grants_by_age').on(table.createdAt),
    index('grants_by_expiry').on(table.expiresAt),
    index('grants_by_revocation').on(table.revokedAt).where(sql`revoked_at IS NOT NULL`),
  ],
);

/** Records of access tokens; the tokens themselves are not stored. */
export const tokens = sqliteTable(
  'tokens',
  {
    id: text('id').$type<TokenId>().primaryKey(),
    /** Null where a client acts on its own behalf. */
    grantId: text('grant_id').$type<GrantId>(),
    clientId: text('client_id').notNull(),
    userId: text('user_id').$type<UserId>(),
    scopes: jsonList('scopes'),
    resource: text('resource').notNull(),
    issuedAt: integer('issued_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
  },
  (table) => [
    index('tokens_by_expiry').on(table.expiresAt),
    index('tokens_by_grant').on(table.grantId, table.expiresAt).where(sql`grant_id IS NOT NULL`),
    index('tokens_by_client').on(table.clientId, table.expiresAt),
    index('tokens_by_user').on(table.userId, table.expiresAt).where(sql`user_id IS NOT NULL`),
  ],
);
