/** Tables that are global, in `DB`. */
import { type SQL, sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ClientMetadata } from '../../protocol/client-metadata.ts';
import type { ApiKeyId, PasskeyId, PersonId } from '../../protocol/credentials.ts';
import type { ExchangePolicy } from '../../protocol/exchange-policy.ts';
import type { IssuerTrust } from '../../protocol/issuer-trust.ts';
import type { ResourceDescription } from '../../protocol/resource.ts';
import { names } from './columns.ts';

export type ClientOrigin = 'registration' | 'administrator' | 'document';

export const settings = sqliteTable('settings', {
  name: text('name').primaryKey(),
  value: text('value', { mode: 'json' }).$type<unknown>().notNull(),
});

export const people = sqliteTable(
  'people',
  {
    id: text('id').$type<PersonId>().primaryKey(),
    /** Lower case: one account per address, however it is typed. */
    email: text('email').notNull().unique(),
    /** When somebody proved that they read mail at the address; null while nobody has. */
    emailVerifiedAt: integer('email_verified_at'),
    name: text('name').notNull(),
    givenName: text('given_name'),
    familyName: text('family_name'),
    /** The address of a picture. */
    picture: text('picture'),
    passwordHash: text('password_hash'),
    passwordSetAt: integer('password_set_at'),
    roles: names('roles'),
    createdAt: integer('created_at').notNull(),
    disabledAt: integer('disabled_at'),
    /** What a search by name looks at. */
    searchName: text('search_name').generatedAlwaysAs((): SQL => sql`lower(${people.name})`, { mode: 'virtual' }),
  },
  (table) => [index('people_by_age').on(table.createdAt), index('people_by_name').on(table.searchName)],
);

/** Passkeys (WebAuthn): public keys with which people sign in. */
export const passkeys = sqliteTable(
  'passkeys',
  {
    id: text('id').$type<PasskeyId>().primaryKey(),
    /** What the authenticator calls it, in base64url. */
    credentialId: text('credential_id').notNull().unique(),
    personId: text('person_id').$type<PersonId>().notNull(),
    /** What the person calls it. */
    name: text('name').notNull(),
    /** COSE, in base64url. */
    publicKey: text('public_key').notNull(),
    /** How often the authenticator says it was used; one that goes back was copied (WebAuthn §6.1.1). */
    counter: integer('counter').notNull(),
    transports: names('transports'),
    /** Whether it may be copied to other devices of its person (WebAuthn §6.1.3, backup eligibility). */
    synced: integer('synced', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [index('passkeys_by_person').on(table.personId)],
);

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
    /** What a search by name looks at. */
    searchName: text('search_name').generatedAlwaysAs(
      (): SQL => sql`lower(coalesce(${clients.metadata} ->> '$.client_name', ''))`,
      { mode: 'virtual' },
    ),
    /** The same by address: that of the first redirect URI, without its scheme. */
    searchAddress: text('search_address').generatedAlwaysAs(
      (): SQL => {
        const first = sql`coalesce(${clients.metadata} ->> '$.redirect_uris[0]', '')`;
        return sql`lower(substr(${first}, instr(${first}, '://') + 3))`;
      },
      { mode: 'virtual' },
    ),
  },
  (table) => [
    index('clients_by_use').on(table.origin, table.lastUsedAt),
    index('clients_by_age').on(table.createdAt),
    index('clients_by_name').on(table.searchName),
    index('clients_by_address').on(table.searchAddress),
  ],
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

/** API keys of people: what acts as them, within scopes, without a client. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text('id').$type<ApiKeyId>().primaryKey(),
    personId: text('person_id').$type<PersonId>().notNull(),
    name: text('name').notNull(),
    scopes: names('scopes'),
    secretHash: text('secret_hash').notNull(),
    createdAt: integer('created_at').notNull(),
    /** When its secret was made: a cutoff at or after this ends it. */
    bornAt: integer('born_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** To the minute. */
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    index('api_keys_by_person').on(table.personId, table.createdAt),
    index('api_keys_by_age').on(table.createdAt),
    index('api_keys_by_expiry').on(table.expiresAt),
  ],
);

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
