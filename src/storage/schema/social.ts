/** Tables of social login, in `DB`: the providers, and which account there is which person here. */
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { ClientAuthMethod } from '../../protocol/connected-app.ts';
import type { IdentityId, PersonId } from '../../protocol/credentials.ts';
import type { SocialLoginDescription } from '../../protocol/social-login.ts';

export const socialLogins = sqliteTable('social_logins', {
  id: text('id').primaryKey(),
  /** What is known of the provider: a name of the table of presets. */
  provider: text('provider').notNull(),
  description: text('description', { mode: 'json' }).$type<SocialLoginDescription>().notNull(),
  /** Whom the credentials belong to; null until the provider is known well enough. */
  issuer: text('issuer'),
  /** Where its metadata stands; null where the preset or an administrator names the endpoints. */
  metadataUrl: text('metadata_url'),
  clientId: text('client_id'),
  authMethod: text('auth_method').$type<ClientAuthMethod>().notNull(),
  sealedSecret: text('sealed_secret'),
  createdAt: integer('created_at').notNull(),
  disabledAt: integer('disabled_at'),
});

/** An account elsewhere that signs in a person here. */
export const personIdentities = sqliteTable(
  'person_identities',
  {
    id: text('id').$type<IdentityId>().primaryKey(),
    loginId: text('login_id').notNull(),
    issuer: text('issuer').notNull(),
    /** Who they are there, for ever. */
    subject: text('subject').notNull(),
    personId: text('person_id').$type<PersonId>().notNull(),
    /** What the person recognises it by. */
    account: text('account'),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at').notNull(),
  },
  (table) => [
    uniqueIndex('person_identities_by_subject').on(table.loginId, table.issuer, table.subject),
    index('person_identities_by_person').on(table.personId, table.createdAt),
    index('person_identities_by_login').on(table.loginId, table.createdAt),
    index('person_identities_by_age').on(table.createdAt),
  ],
);
