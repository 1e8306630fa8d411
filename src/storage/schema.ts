/**
 * The tables. Every database has all of them: `DB` uses those that are global, a shard those of sign-ins. Rows of a
 * shard refer to people and clients by id, without a foreign key. Times are milliseconds.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ClientMetadata } from '../protocol/client-metadata.ts';
import type { GrantId, PersonId, SessionId, Shard, TokenId } from '../protocol/credentials.ts';

const names = (column: string) => text(column, { mode: 'json' }).$type<string[]>().notNull();

// Global, in DB ----------------------------------------------------------------------------------------------------

export const settings = sqliteTable('settings', {
  name: text('name').primaryKey(),
  value: text('value', { mode: 'json' }).$type<unknown>().notNull(),
});

export const people = sqliteTable('people', {
  id: text('id').$type<PersonId>().primaryKey(),
  /** Lower case: one account per address, however it is typed. */
  email: text('email').notNull().unique(),
  name: text('name').notNull(),
  passwordHash: text('password_hash'),
  passwordSetAt: integer('password_set_at'),
  roles: names('roles'),
  createdAt: integer('created_at').notNull(),
  disabledAt: integer('disabled_at'),
});

export const clients = sqliteTable(
  'clients',
  {
    id: text('id').primaryKey(),
    /** Who made it: itself (RFC 7591) or an administrator. */
    origin: text('origin').$type<'registration' | 'administrator'>().notNull(),
    metadata: text('metadata', { mode: 'json' }).$type<ClientMetadata>().notNull(),
    secretHash: text('secret_hash'),
    /** Consent is never asked for. */
    trusted: integer('trusted', { mode: 'boolean' }).notNull().default(false),
    /** Who may authorise it; nobody named means everybody. */
    roles: names('roles'),
    allowedOrigins: names('allowed_origins'),
    refreshGraceSeconds: integer('refresh_grace_seconds'),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at').notNull(),
    disabledAt: integer('disabled_at'),
  },
  (table) => [index('clients_by_use').on(table.origin, table.lastUsedAt), index('clients_by_age').on(table.createdAt)],
);

/** Tries to sign in, for an account, a known browser or an address. */
export const signInFailures = sqliteTable(
  'sign_in_failures',
  {
    key: text('key').primaryKey(),
    failures: integer('failures').notNull(),
    windowStartedAt: integer('window_started_at').notNull(),
    blockedUntil: integer('blocked_until').notNull(),
  },
  (table) => [index('sign_in_failures_by_window').on(table.windowStartedAt)],
);

// In the shard of the session ---------------------------------------------------------------------------------------

export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the cookie: the cookie itself is nowhere. */
    cookieHash: text('cookie_hash').primaryKey(),
    id: text('id').$type<SessionId>().notNull().unique(),
    personId: text('person_id').$type<PersonId>().notNull(),
    /** When the person proved who they are. */
    authTime: integer('auth_time').notNull(),
    lastSeenAt: integer('last_seen_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (table) => [index('sessions_by_expiry').on(table.expiresAt), index('sessions_by_person').on(table.personId)],
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
  },
  (table) => [
    index('grants_by_person').on(table.personId, table.clientId),
    index('grants_by_expiry').on(table.expiresAt),
    index('grants_by_revocation').on(table.revokedAt),
  ],
);

/** A record of each access token; the token itself is nowhere. */
export const tokens = sqliteTable(
  'tokens',
  {
    id: text('id').$type<TokenId>().primaryKey(),
    grantId: text('grant_id').$type<GrantId>().notNull(),
    clientId: text('client_id').notNull(),
    personId: text('person_id').$type<PersonId>().notNull(),
    scopes: names('scopes'),
    resource: text('resource').notNull(),
    issuedAt: integer('issued_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
  },
  (table) => [index('tokens_by_expiry').on(table.expiresAt), index('tokens_by_grant').on(table.grantId)],
);

// In every database ------------------------------------------------------------------------------------------------

/** Rights taken away: whatever of the subject was born at or before `at` is dead. */
export const cutoffs = sqliteTable('cutoffs', {
  subject: text('subject').primaryKey(),
  at: integer('at').notNull(),
  /** The last word wins, in whatever order it arrives. */
  writtenAt: integer('written_at').notNull(),
  /** In DB only: the shards that do not have it yet. */
  owing: text('owing', { mode: 'json' }).$type<Shard[]>().notNull(),
});

/** Everything that may be used once. The insert is the use. */
export const spent = sqliteTable(
  'spent',
  { hash: text('hash').primaryKey(), expiresAt: integer('expires_at').notNull() },
  (table) => [index('spent_by_expiry').on(table.expiresAt)],
);

/** What happened, append-only, in the database that decided it. */
export const auditEvents = sqliteTable(
  'audit_events',
  {
    /** The request and the type: an event that is sent again is the same row. */
    requestId: text('request_id').notNull(),
    type: text('type').notNull(),
    subject: text('subject').notNull(),
    at: integer('at').notNull(),
    /** Who did it: a person, a client, or the local command. */
    actor: text('actor').notNull(),
    detail: text('detail', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.requestId, table.type, table.subject] }),
    index('audit_events_by_time').on(table.at),
  ],
);
