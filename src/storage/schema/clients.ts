/** Clients and what limits their registration, in `DB`. */
import { type SQL, sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ClaimMapping } from '../../protocol/claim-mapping-schema.ts';
import type { ClientMetadata } from '../../protocol/client-metadata.ts';
import type { UserId } from '../../protocol/credentials.ts';
import type { IdJagTargets } from '../../protocol/id-jag-targets.ts';
import type { TokenExchangePolicy } from '../../protocol/token-exchange-policy.ts';
import type { WorkloadIdentity } from '../../protocol/workload-identity-schema.ts';
import { jsonList } from './columns.ts';

export type ClientOrigin = 'registration' | 'administrator' | 'document';

/** A replaced client secret, valid until then. */
export type PreviousSecret = { hash: string; until: number };

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
    index('clients_by_acting_user').on(table.actsAs).where(sql`acts_as IS NOT NULL`),
    index('clients_by_workload').on(sql`workload ->> '$.issuer'`).where(sql`workload IS NOT NULL`),
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
  (table) => [index('registration_counts_by_number').on(table.unused, table.network)],
);

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
