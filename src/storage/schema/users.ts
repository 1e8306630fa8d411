/** Users and their API keys, in `DB`. */
import { type SQL, sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ApiKeyId, UserId } from '../../protocol/credentials.ts';
import { jsonList } from './columns.ts';

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
    /** Number of times that every remembered browser was forgotten. */
    browsersForgotten: integer('browsers_forgotten').notNull().default(0),
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
