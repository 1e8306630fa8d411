/** Tables of social login, in `DB`: identity providers, and users' accounts there. */
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { ClientAuthMethod } from '../../protocol/authentication-method.ts';
import type { IdentityId, UserId } from '../../protocol/credentials.ts';
import type { SocialLoginDescription } from '../../protocol/social-login.ts';

export const socialLogins = sqliteTable('social_logins', {
  id: text('id').primaryKey(),
  /** A name of the table of providers. */
  provider: text('provider').notNull(),
  description: text('description', { mode: 'json' }).$type<SocialLoginDescription>().notNull(),
  /** The issuer for which credentials are sealed; null until it is configured. */
  issuer: text('issuer'),
  /** The URL of its metadata; null where the provider's definition or an administrator names the endpoints. */
  metadataUrl: text('metadata_url'),
  /** The URL of a second metadata document of the same issuer, where it adds members that the first one lacks. */
  completedBy: text('completed_by'),
  /** A problem of the metadata for administrators; null where there is none. */
  warning: text('warning'),
  clientId: text('client_id'),
  authMethod: text('auth_method').$type<ClientAuthMethod>().notNull(),
  sealedSecret: text('sealed_secret'),
  createdAt: integer('created_at').notNull(),
  disabledAt: integer('disabled_at'),
});

/** An account at an identity provider, linked to a user. */
export const userIdentities = sqliteTable(
  'user_identities',
  {
    id: text('id').$type<IdentityId>().primaryKey(),
    loginId: text('login_id').notNull(),
    issuer: text('issuer').notNull(),
    /** The subject identifier there, which never changes. */
    subject: text('subject').notNull(),
    userId: text('user_id').$type<UserId>().notNull(),
    /** The name of the account, as the user recognises it. */
    account: text('account'),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at').notNull(),
  },
  (table) => [
    uniqueIndex('user_identities_by_subject').on(table.loginId, table.issuer, table.subject),
    index('user_identities_by_user').on(table.userId, table.createdAt),
    index('user_identities_by_login').on(table.loginId, table.createdAt),
    index('user_identities_by_age').on(table.createdAt),
  ],
);
