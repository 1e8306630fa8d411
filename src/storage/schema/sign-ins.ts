/**
 * Tables of sign-ins, in the shard of the session. Their rows refer to users and clients by id, without a foreign key.
 */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { DeviceId, GrantId, PushedRequestId, SessionId, TokenId, UserId } from '../../protocol/credentials.ts';
import { jsonList } from './columns.ts';

export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the cookie; the cookie itself is not stored. */
    cookieHash: text('cookie_hash').primaryKey(),
    id: text('id').$type<SessionId>().notNull().unique(),
    userId: text('user_id').$type<UserId>().notNull(),
    /** Time of the last sign-in in this session: a cutoff at or after this ends it. */
    signedInAt: integer('signed_in_at').notNull(),
    /**
     * Time of the authentication (OpenID Connect Core §2, auth_time); null where an identity provider did not name it.
     */
    authTime: integer('auth_time'),
    /** Time at which the password used was set; null for other authentication methods. */
    passwordSetAt: integer('password_set_at'),
    /** Authentication method references (RFC 8176), such as `pwd`. */
    amr: jsonList('amr').default(['pwd']),
    /** SHA-256 of the `state` of the sign-in at an identity provider. */
    upstreamStateHash: text('upstream_state_hash'),
    /** The social login of the sign-in; null for others. */
    loginId: text('login_id'),
    /** The User-Agent header. */
    userAgent: text('user_agent'),
    lastSeenAt: integer('last_seen_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (table) => [
    index('sessions_by_expiry').on(table.expiresAt),
    index('sessions_by_user').on(table.userId, table.signedInAt),
    index('sessions_by_age').on(table.signedInAt),
  ],
);

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

/** Outstanding logout tokens (OpenID Connect Back-Channel Logout §2.5). */
export const logoutDeliveries = sqliteTable(
  'logout_deliveries',
  {
    sessionId: text('session_id').$type<SessionId>().notNull(),
    clientId: text('client_id').notNull(),
    userId: text('user_id').$type<UserId>().notNull(),
    createdAt: integer('created_at').notNull(),
    attempts: integer('attempts').notNull(),
    /** Time of the next attempt. */
    dueAt: integer('due_at').notNull(),
    /**
     * Time of delivery or of the last attempt. Until it is swept, the row prevents a second delivery for the session.
     */
    doneAt: integer('done_at'),
    /** Reason of the last failure. */
    problem: text('problem'),
  },
  (table) => [
    primaryKey({ columns: [table.sessionId, table.clientId] }),
    index('logout_deliveries_by_due').on(table.doneAt, table.dueAt),
    index('logout_deliveries_by_age').on(table.createdAt),
  ],
);

/** Device authorizations (RFC 8628), in the shard of the device's request. */
export const deviceCodes = sqliteTable(
  'device_codes',
  {
    id: text('id').$type<DeviceId>().primaryKey(),
    deviceCodeHash: text('device_code_hash').notNull().unique(),
    userCodeHash: text('user_code_hash').notNull().unique(),
    clientId: text('client_id').notNull(),
    scopes: jsonList('scopes'),
    resources: jsonList('resources'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** Minimum of seconds between two polls. */
    interval: integer('interval').notNull(),
    polledAt: integer('polled_at').notNull(),
    decision: text('decision').$type<'allowed' | 'denied'>(),
    decidedAt: integer('decided_at'),
    userId: text('user_id').$type<UserId>(),
    sessionId: text('session_id').$type<SessionId>(),
    authTime: integer('auth_time'),
    /** Authentication method references of the session that decided. */
    amr: jsonList('amr').default([]),
    /** The one grant that the device code can become. */
    grantId: text('grant_id').$type<GrantId>(),
  },
  (table) => [index('device_codes_by_expiry').on(table.expiresAt)],
);

/** Pushed authorization requests (RFC 9126), in the shard of the client's request. */
export const pushedRequests = sqliteTable(
  'pushed_requests',
  {
    id: text('id').$type<PushedRequestId>().primaryKey(),
    uriHash: text('uri_hash').notNull().unique(),
    clientId: text('client_id').notNull(),
    /** The request as a query string. */
    parameters: text('parameters').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** The consent form, or the authorization request without one, that answered it: once. */
    answeredBy: text('answered_by'),
    /** The part of the answer that has no room in the code. */
    codeOverflow: text('code_overflow', { mode: 'json' }).$type<Record<string, unknown>>(),
  },
  (table) => [index('pushed_requests_by_expiry').on(table.expiresAt)],
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
