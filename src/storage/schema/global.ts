/** Tables that are global, in `DB`. */
import { type SQL, sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ClaimMapping } from '../../protocol/claim-mapping-schema.ts';
import type { ClientMetadata } from '../../protocol/client-metadata.ts';
import type { ApiKeyId, PasskeyId, Shard, UserId } from '../../protocol/credentials.ts';
import type { IdJagTargets } from '../../protocol/id-jag-targets.ts';
import type { IssuerTrust } from '../../protocol/issuer-trust.ts';
import type { ResourceDescription } from '../../protocol/resource-description.ts';
import type { TokenExchangePolicy } from '../../protocol/token-exchange-policy.ts';
import type { WorkloadIdentity } from '../../protocol/workload-identity-schema.ts';
import { jsonList } from './columns.ts';

export type ClientOrigin = 'registration' | 'administrator' | 'document';

/** A replaced client secret, valid until then. */
export type PreviousSecret = { hash: string; until: number };

export const settings = sqliteTable('settings', {
  name: text('name').primaryKey(),
  value: text('value', { mode: 'json' }).$type<unknown>().notNull(),
});

export const users = sqliteTable(
  'users',
  {
    id: text('id').$type<UserId>().primaryKey(),
    /** Lower case: one account per address, in whatever case it is typed. */
    email: text('email').notNull().unique(),
    /** Time at which ownership of the address was confirmed; null where it was not. */
    emailVerifiedAt: integer('email_verified_at'),
    name: text('name').notNull(),
    givenName: text('given_name'),
    familyName: text('family_name'),
    /** The URL of a picture. */
    picture: text('picture'),
    /** The language that the user chose (RFC 5646); null for that of their browser. */
    locale: text('locale'),
    passwordHash: text('password_hash'),
    passwordSetAt: integer('password_set_at'),
    roles: jsonList('roles'),
    createdAt: integer('created_at').notNull(),
    /** Time of the last change of a claim (OpenID Connect Core §5.1, updated_at). */
    updatedAt: integer('updated_at'),
    disabledAt: integer('disabled_at'),
    /** Time at which an administrator changed the e-mail address: earlier one-time links are invalid. */
    emailChangedAt: integer('email_changed_at'),
    /** Number of the last change of roles or e-mail address; a cutoff in every shard has the same (user-attributes.ts). */
    attributesChangedAt: integer('attributes_changed_at'),
    /** Time of the request for deletion; null where there is none, or it was cancelled. */
    deletionRequestedAt: integer('deletion_requested_at'),
    /** End of the grace period. */
    deletionDueAt: integer('deletion_due_at'),
    /** Time at which the cron began to delete the user's data: from then on the deletion cannot be cancelled. */
    purgeStartedAt: integer('purge_started_at'),
    /** Time at which the user set up a second factor; null without one. Its secret is in `second_factors`. */
    secondFactorAt: integer('second_factor_at'),
    /** The key of searches by name. */
    searchName: text('search_name').generatedAlwaysAs((): SQL => sql`lower(${users.name})`, { mode: 'virtual' }),
  },
  (table) => [
    index('users_by_age').on(table.createdAt),
    index('users_by_name').on(table.searchName),
    index('users_with_roles').on(table.createdAt).where(sql`roles <> '[]'`),
    index('users_that_administer').on(table.id).where(sql`roles LIKE '%"administrator"%'`),
    index('users_by_deletion').on(table.deletionDueAt).where(sql`deletion_due_at IS NOT NULL`),
  ],
);

/** Passkeys (WebAuthn): public keys with which users sign in. */
export const passkeys = sqliteTable(
  'passkeys',
  {
    id: text('id').$type<PasskeyId>().primaryKey(),
    /** The credential id of the authenticator, in base64url. */
    credentialId: text('credential_id').notNull().unique(),
    userId: text('user_id').$type<UserId>().notNull(),
    /** The user's name for it. */
    name: text('name').notNull(),
    /** COSE, in base64url. */
    publicKey: text('public_key').notNull(),
    /** The authenticator's signature counter; one that decreases indicates a copy (WebAuthn §6.1.1). */
    counter: integer('counter').notNull(),
    transports: jsonList('transports'),
    /** Backup eligibility: it may be copied to other devices of its user (WebAuthn §6.1.3). */
    synced: integer('synced', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [index('passkeys_by_user').on(table.userId)],
);

/** Second factors: the secret that a user's authenticator app has, too (RFC 6238). */
export const secondFactors = sqliteTable('second_factors', {
  userId: text('user_id').$type<UserId>().primaryKey(),
  /** Sealed, with the user's id as additional data. */
  sealedSecret: text('sealed_secret').notNull(),
  /** The latest time step of which a code was used. */
  lastStep: integer('last_step').notNull(),
  /** The request that used it: a repeated request recognises its own use. */
  lastUsedBy: text('last_used_by').notNull(),
  createdAt: integer('created_at').notNull(),
  lastUsedAt: integer('last_used_at'),
});

/** Recovery codes, for a user without their authenticator app. Each is single-use. */
export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    /** SHA-256 of the user and the code. */
    hash: text('hash').primaryKey(),
    userId: text('user_id').$type<UserId>().notNull(),
    createdAt: integer('created_at').notNull(),
    usedAt: integer('used_at'),
    /** The request that used it: a repeated request recognises its own use. */
    usedBy: text('used_by'),
  },
  (table) => [index('recovery_codes_by_user').on(table.userId)],
);

export const clients = sqliteTable(
  'clients',
  {
    id: text('id').primaryKey(),
    /** Origin: registration (RFC 7591), an administrator, or a Client ID Metadata Document. */
    origin: text('origin').$type<ClientOrigin>().notNull(),
    metadata: text('metadata', { mode: 'json' }).$type<ClientMetadata>().notNull(),
    secretHash: text('secret_hash'),
    /** Previous secrets that are still valid, oldest first: rotation does not break deployed clients. */
    previousSecrets: text('previous_secrets', { mode: 'json' }).$type<PreviousSecret[]>().notNull().default([]),
    /** The registration access token (RFC 7592). */
    registrationTokenHash: text('registration_token_hash'),
    /** The user that tokens of client credentials are issued for; the client itself where there is none. */
    actsAs: text('acts_as').$type<UserId>(),
    /** Token exchange policy (RFC 8693); null where exchange is not allowed. */
    exchange: text('exchange', { mode: 'json' }).$type<TokenExchangePolicy>(),
    /** The servers for which it may request ID-JAGs of its users; null for none. */
    idJag: text('id_jag', { mode: 'json' }).$type<IdJagTargets>(),
    /** The JWTs of another issuer by which it authenticates; null where it signs its assertions itself. */
    workload: text('workload', { mode: 'json' }).$type<WorkloadIdentity>(),
    /** Skips the consent page. */
    trusted: integer('trusted', { mode: 'boolean' }).notNull().default(false),
    /** Requires a PKCE challenge; an administrator may exempt a confidential client. */
    requirePkce: integer('require_pkce', { mode: 'boolean' }).notNull().default(true),
    /** Roles of which a user needs one to authorize the client; empty for all users. */
    roles: jsonList('roles').default([]),
    /** Omits `iss` from authorization responses. */
    omitIss: integer('omit_iss', { mode: 'boolean' }).notNull().default(false),
    /** Requires a second factor of users who authorize it. */
    requireSecondFactor: integer('require_second_factor', { mode: 'boolean' }).notNull().default(false),
    allowedOrigins: jsonList('allowed_origins').default([]),
    refreshGraceSeconds: integer('refresh_grace_seconds'),
    /** User claims in id_tokens; null for the setting's value. */
    claimsInIdToken: text('claims_in_id_token').$type<'include' | 'omit'>(),
    /** Claims that are renamed or added for it. */
    claimMapping: text('claim_mapping', { mode: 'json' }).$type<ClaimMapping>(),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at').notNull(),
    /** Keyed hash of the network that registered it without a token, until it completes an authorization; null for all others. */
    registeredFrom: text('registered_from'),
    disabledAt: integer('disabled_at'),
    /** The decision of an administrator about it; null where rules and the setting decide. */
    approval: text('approval').$type<'approved' | 'refused'>(),
    /** Time of the first use by a signed-in user while it awaited approval. */
    approvalRequestedAt: integer('approval_requested_at'),
    /** The key of searches by name. */
    searchName: text('search_name').generatedAlwaysAs(
      (): SQL => sql`lower(coalesce(${clients.metadata} ->> '$.client_name', ''))`,
      { mode: 'virtual' },
    ),
    /** The key of searches by address: the first redirect URI, without its scheme. */
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
    index('clients_without_pkce').on(table.createdAt).where(sql`require_pkce = 0`),
    index('clients_by_request')
      .on(table.approvalRequestedAt)
      .where(sql`approval IS NULL AND approval_requested_at IS NOT NULL`),
    index('clients_by_network').on(table.registeredFrom, table.lastUsedAt).where(sql`registered_from IS NOT NULL`),
    index('clients_by_required_role').on(table.id).where(sql`roles <> '[]'`),
  ],
);

/** The records that the console's search finds by the words of their names and addresses. */
export type SearchKind = 'user' | 'client';

/**
 * Words of names, e-mail addresses and hosts, in lower case, each with the record that has it: what a search by the beginning
 * of a word reads. A full-text table (FTS5) would make `wrangler d1 export` refuse the database.
 */
export const searchTerms = sqliteTable(
  'search_terms',
  {
    term: text('term').notNull(),
    kind: text('kind').$type<SearchKind>().notNull(),
    id: text('id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.term, table.id] }),
    index('search_terms_by_record').on(table.kind, table.id, table.term),
  ],
);

/** Number of unused registrations of each network; the row with an empty name counts all. The cron recomputes them. */
export const registrationCounts = sqliteTable(
  'registration_counts',
  {
    /** The keyed hash that `registered_from` holds. */
    network: text('network').primaryKey(),
    unused: integer('unused').notNull(),
  },
  (table) => [index('registration_counts_by_number').on(table.unused)],
);

/** Recent problems of clients, connected apps and social logins: few rows for each. */
export const recentProblems = sqliteTable(
  'recent_problems',
  {
    /** The id of a client, or `connected-app:` or `social-login:` and an id. */
    subject: text('subject').notNull(),
    /** The error code, or the kind of failure of a provider. */
    error: text('error').notNull(),
    /** The error description. */
    reason: text('reason').notNull(),
    /** As sent, without the values of its query; '' where the error concerns none. */
    redirectUri: text('redirect_uri').notNull(),
    count: integer('count').notNull(),
    firstSeenAt: integer('first_seen_at').notNull(),
    lastSeenAt: integer('last_seen_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.subject, table.error, table.reason, table.redirectUri] }),
    index('recent_problems_by_time').on(table.lastSeenAt),
  ],
);

/** Every shard that was ever bound, except `DB`: its rows are available again when it is bound again. */
export const shards = sqliteTable('shards', {
  name: text('name').$type<Shard>().primaryKey(),
  /** Time at which it was first bound. */
  createdAt: integer('created_at').notNull(),
  /** Time from which no session begins in it. */
  drainingSince: integer('draining_since'),
  /** Time of its removal: no credential of it was valid. */
  removedAt: integer('removed_at'),
});

/** Fingerprints of the server's secrets: a deployment compares them with those that would replace them. */
export const secretFingerprints = sqliteTable('secret_fingerprints', {
  name: text('name').primaryKey(),
  fingerprint: text('fingerprint').notNull(),
  firstSeenAt: integer('first_seen_at').notNull(),
});

/** Protected resources: valid values of `resource` beside this server itself (RFC 8707, RFC 9728). */
export const resources = sqliteTable('resources', {
  /** The identifier as it was registered, byte for byte. */
  id: text('id').primaryKey(),
  description: text('description', { mode: 'json' }).$type<ResourceDescription>().notNull(),
  createdAt: integer('created_at').notNull(),
});

/** Initial access tokens: authorization to register a managed client (RFC 7591 §3, RFC 7592). */
export const initialAccessTokens = sqliteTable('initial_access_tokens', {
  id: text('id').primaryKey(),
  hash: text('hash').notNull().unique(),
  name: text('name').notNull(),
  usesLeft: integer('uses_left').notNull(),
  /** The request that used it last: a repeated request takes no second use. */
  lastUsedBy: text('last_used_by').notNull(),
  expiresAt: integer('expires_at').notNull(),
  createdAt: integer('created_at').notNull(),
});

/** API keys of users: access to this server's APIs as the user, limited by scopes, without a client. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text('id').$type<ApiKeyId>().primaryKey(),
    userId: text('user_id').$type<UserId>().notNull(),
    name: text('name').notNull(),
    scopes: jsonList('scopes'),
    secretHash: text('secret_hash').notNull(),
    /** The public part that an imported key had at the server that it comes from; null for a key of this server. */
    legacyKey: text('legacy_key').unique(),
    createdAt: integer('created_at').notNull(),
    /** Time of creation of its secret: a cutoff at or after this revokes it. */
    authorizedAt: integer('authorized_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** With a precision of one minute. */
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    index('api_keys_by_user').on(table.userId, table.createdAt),
    index('api_keys_by_age').on(table.createdAt),
    index('api_keys_by_expiry').on(table.expiresAt),
  ],
);

/** Trusted issuers of JWT bearer assertions (RFC 7523 §2.1). */
export const trustedIssuers = sqliteTable('trusted_issuers', {
  issuer: text('issuer').primaryKey(),
  trust: text('trust', { mode: 'json' }).$type<IssuerTrust>().notNull(),
  createdAt: integer('created_at').notNull(),
});

/** The user of a subject of a trusted issuer. */
export const issuerSubjects = sqliteTable(
  'issuer_subjects',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: text('user_id').$type<UserId>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.subject] })],
);

/** Failed sign-ins by account, known browser or network. */
export const signInFailures = sqliteTable('sign_in_failures', {
  key: text('key').primaryKey(),
  failures: integer('failures').notNull(),
  windowStartedAt: integer('window_started_at').notNull(),
  blockedUntil: integer('blocked_until').notNull(),
});
