/**
 * Tables of what belongs to sign-ins: in the shard of the session. Their rows refer to people and clients by id, without
 * a foreign key.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { DeviceId, GrantId, PersonId, PushedId, SessionId, TokenId } from '../../protocol/credentials.ts';
import { names } from './columns.ts';

export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the cookie: the cookie itself is nowhere. */
    cookieHash: text('cookie_hash').primaryKey(),
    id: text('id').$type<SessionId>().notNull().unique(),
    personId: text('person_id').$type<PersonId>().notNull(),
    /** When the person proved who they are. */
    authTime: integer('auth_time').notNull(),
    /** How they did (RFC 8176): `pwd`, … */
    amr: names('amr').default(['pwd']),
    /** What the browser says that it is. */
    userAgent: text('user_agent'),
    lastSeenAt: integer('last_seen_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (table) => [
    index('sessions_by_expiry').on(table.expiresAt),
    index('sessions_by_person').on(table.personId, table.authTime),
    index('sessions_by_age').on(table.authTime),
  ],
);

/** One row per authorization: the remembered consent, the refresh token family, an application with access. */
export const grants = sqliteTable(
  'grants',
  {
    id: text('id').$type<GrantId>().primaryKey(),
    clientId: text('client_id').notNull(),
    personId: text('person_id').$type<PersonId>().notNull(),
    sessionId: text('session_id').$type<SessionId>().notNull(),
    scopes: names('scopes'),
    resources: names('resources'),
    /** When the person agreed: a cutoff at or after this ends it. */
    bornAt: integer('born_at').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** The request that redeemed the code: with its answer lost, it recognises its own grant. */
    madeBy: text('made_by').notNull(),
    generation: integer('generation').notNull(),
    rotatedAt: integer('rotated_at').notNull(),
    /** The request that moved the generation, recognised in the same way. */
    rotatedBy: text('rotated_by').notNull(),
    revokedAt: integer('revoked_at'),
    /** Claims that the person let the client read at /userinfo beyond its scopes (OpenID Connect Core §5.5). */
    claims: names('claims').default([]),
    /** The key that its refresh token is bound to (RFC 9449 §5); none for a client that authenticates. */
    jkt: text('jkt'),
  },
  (table) => [
    index('grants_by_consent').on(table.personId, table.clientId, table.createdAt),
    index('grants_by_person').on(table.personId, table.createdAt),
    index('grants_by_session').on(table.sessionId),
    index('grants_by_client').on(table.clientId, table.createdAt),
    index('grants_by_age').on(table.createdAt),
    index('grants_by_expiry').on(table.expiresAt),
    index('grants_by_revocation').on(table.revokedAt),
  ],
);

/** What a client is still to be told: that a session is over (OpenID Connect Back-Channel Logout §2.5). */
export const logoutDeliveries = sqliteTable(
  'logout_deliveries',
  {
    sessionId: text('session_id').$type<SessionId>().notNull(),
    clientId: text('client_id').notNull(),
    personId: text('person_id').$type<PersonId>().notNull(),
    createdAt: integer('created_at').notNull(),
    attempts: integer('attempts').notNull(),
    /** When it is tried next. */
    dueAt: integer('due_at').notNull(),
    /** Told, or given up. Until it is swept, the row keeps the session from being told of twice. */
    doneAt: integer('done_at'),
    /** Why the last try failed. */
    problem: text('problem'),
  },
  (table) => [
    primaryKey({ columns: [table.sessionId, table.clientId] }),
    index('logout_deliveries_by_due').on(table.doneAt, table.dueAt),
    index('logout_deliveries_by_age').on(table.createdAt),
  ],
);

/** Devices that wait for a person (RFC 8628), in the shard of the request that made them. */
export const deviceCodes = sqliteTable(
  'device_codes',
  {
    id: text('id').$type<DeviceId>().primaryKey(),
    deviceCodeHash: text('device_code_hash').notNull().unique(),
    userCodeHash: text('user_code_hash').notNull().unique(),
    clientId: text('client_id').notNull(),
    scopes: names('scopes'),
    resources: names('resources'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** Seconds between two polls. */
    interval: integer('interval').notNull(),
    polledAt: integer('polled_at').notNull(),
    decision: text('decision').$type<'allowed' | 'denied'>(),
    decidedAt: integer('decided_at'),
    personId: text('person_id').$type<PersonId>(),
    sessionId: text('session_id').$type<SessionId>(),
    authTime: integer('auth_time'),
    /** The one grant that it can become. */
    grantId: text('grant_id').$type<GrantId>(),
  },
  (table) => [index('device_codes_by_expiry').on(table.expiresAt)],
);

/** Authorization requests that clients pushed (RFC 9126), in the shard of the request that made them. */
export const pushedRequests = sqliteTable(
  'pushed_requests',
  {
    id: text('id').$type<PushedId>().primaryKey(),
    uriHash: text('uri_hash').notNull().unique(),
    clientId: text('client_id').notNull(),
    /** The request, as a query. */
    parameters: text('parameters').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** The consent form, or the request without one, that answered it: once. */
    answeredBy: text('answered_by'),
    /** What of the answer is too long for the code. */
    rest: text('rest', { mode: 'json' }).$type<Record<string, unknown>>(),
  },
  (table) => [index('pushed_requests_by_expiry').on(table.expiresAt)],
);

/** A record of each access token; the token itself is nowhere. */
export const tokens = sqliteTable(
  'tokens',
  {
    id: text('id').$type<TokenId>().primaryKey(),
    /** None where a client acts by itself. */
    grantId: text('grant_id').$type<GrantId>(),
    clientId: text('client_id').notNull(),
    personId: text('person_id').$type<PersonId>(),
    scopes: names('scopes'),
    resource: text('resource').notNull(),
    issuedAt: integer('issued_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
  },
  (table) => [
    index('tokens_by_expiry').on(table.expiresAt),
    index('tokens_by_grant').on(table.grantId, table.expiresAt),
    index('tokens_by_client').on(table.clientId, table.expiresAt),
    index('tokens_by_person').on(table.personId, table.expiresAt),
  ],
);
