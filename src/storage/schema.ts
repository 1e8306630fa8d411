/**
 * The tables. Every database has all of them: `DB` uses those that are global, a shard those of sign-ins. Rows of a
 * shard refer to people and clients by id, without a foreign key. Times are milliseconds.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ClientMetadata } from '../protocol/client-metadata.ts';
import type { DeviceId, GrantId, PersonId, SessionId, Shard, TokenId } from '../protocol/credentials.ts';
import type { ExchangePolicy } from '../protocol/exchange-policy.ts';
import type { IssuerTrust } from '../protocol/issuer-trust.ts';
import type { ResourceDescription } from '../protocol/resource.ts';

export type ClientOrigin = 'registration' | 'administrator' | 'document';

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
    /** Who made it: itself (RFC 7591), an administrator, or nobody: then a document at its own address describes it. */
    origin: text('origin').$type<ClientOrigin>().notNull(),
    metadata: text('metadata', { mode: 'json' }).$type<ClientMetadata>().notNull(),
    secretHash: text('secret_hash'),
    /** The secret before this one, good for a while, so that it can be replaced without a failed request. */
    previousSecretHash: text('previous_secret_hash'),
    previousSecretUntil: integer('previous_secret_until'),
    /** RFC 7592: whoever holds it manages the client. */
    registrationTokenHash: text('registration_token_hash'),
    /** Whom it acts as by itself (client credentials); nobody means as itself. */
    actsAs: text('acts_as').$type<PersonId>(),
    /** What it may exchange tokens for (RFC 8693); null means nothing. */
    exchange: text('exchange', { mode: 'json' }).$type<ExchangePolicy>(),
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

/** Protected resources: what `resource` may name beside this server itself (RFC 8707, RFC 9728). */
export const resources = sqliteTable('resources', {
  /** The identifier, in its canonical form. */
  id: text('id').primaryKey(),
  description: text('description', { mode: 'json' }).$type<ResourceDescription>().notNull(),
  createdAt: integer('created_at').notNull(),
});

/** What lets a stranger register a client that is managed (RFC 7591 §3, RFC 7592). */
export const initialAccessTokens = sqliteTable('initial_access_tokens', {
  id: text('id').primaryKey(),
  hash: text('hash').notNull().unique(),
  name: text('name').notNull(),
  usesLeft: integer('uses_left').notNull(),
  /** The request that used it last: sent again, it takes no second use. */
  takenBy: text('taken_by').notNull(),
  expiresAt: integer('expires_at').notNull(),
  createdAt: integer('created_at').notNull(),
});

/** Who else may vouch for people (RFC 7523 §2.1). */
export const trustedIssuers = sqliteTable('trusted_issuers', {
  issuer: text('issuer').primaryKey(),
  trust: text('trust', { mode: 'json' }).$type<IssuerTrust>().notNull(),
  createdAt: integer('created_at').notNull(),
});

/** Whom a trusted issuer means by a subject. */
export const issuerSubjects = sqliteTable(
  'issuer_subjects',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    personId: text('person_id').$type<PersonId>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.subject] })],
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
    index('grants_by_client').on(table.clientId),
    index('grants_by_expiry').on(table.expiresAt),
    index('grants_by_revocation').on(table.revokedAt),
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
    index('tokens_by_grant').on(table.grantId),
    index('tokens_by_client').on(table.clientId),
    index('tokens_by_person').on(table.personId),
  ],
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
  {
    hash: text('hash').primaryKey(),
    expiresAt: integer('expires_at').notNull(),
    /** The request that spent it: sent again, it recognises its own. */
    spentBy: text('spent_by').notNull().default(''),
  },
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
