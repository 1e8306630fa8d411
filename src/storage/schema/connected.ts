/** Tables of the client role, in `DB`: where this server is a client, and whose accounts there it may use. */
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { AppRegistration, ConnectedAppDescription } from '../../protocol/connected-app.ts';
import type { ConnectionId, PersonId } from '../../protocol/credentials.ts';
import { names } from './columns.ts';

export const connectedApps = sqliteTable('connected_apps', {
  id: text('id').primaryKey(),
  template: text('template').notNull(),
  description: text('description', { mode: 'json' }).$type<ConnectedAppDescription>().notNull(),
  /** Whom the credentials and tokens belong to: what they are sealed for. */
  issuer: text('issuer').notNull(),
  /** Where its metadata stands; null where an administrator typed the endpoints. */
  metadataUrl: text('metadata_url'),
  /** What its resource asks for (RFC 9728), where there is one. */
  resourceScopes: text('resource_scopes', { mode: 'json' }).$type<string[]>(),
  registration: text('registration', { mode: 'json' }).$type<AppRegistration>().notNull(),
  sealedSecret: text('sealed_secret'),
  createdAt: integer('created_at').notNull(),
  disabledAt: integer('disabled_at'),
});

/** The token cache: one row for a connected app and a person, and one for the app itself, whose person is ''. */
export const connections = sqliteTable(
  'connections',
  {
    id: text('id').$type<ConnectionId>().primaryKey(),
    appId: text('app_id').notNull(),
    personId: text('person_id').$type<PersonId | ''>().notNull(),
    issuer: text('issuer').notNull(),
    /** The tokens; null until there are any. */
    sealed: text('sealed'),
    scopes: names('scopes'),
    /** Of the access token; null where the provider does not say. */
    expiresAt: integer('expires_at'),
    /** What the person is there. */
    account: text('account'),
    state: text('state').$type<'connected' | 'reconnect'>().notNull(),
    /** Why a reconnection is needed, or what the last failure was; and when that was. */
    reason: text('reason'),
    failedAt: integer('failed_at'),
    /** Counts the attempts to refresh: whoever holds the last number may settle. */
    fence: integer('fence').notNull(),
    /** The last attempt that came to an end. */
    settledFence: integer('settled_fence').notNull(),
    leaseUntil: integer('lease_until').notNull(),
    /** The request that holds the lease: sent again, it recognises its own. */
    leasedBy: text('leased_by').notNull(),
    createdAt: integer('created_at').notNull(),
    refreshedAt: integer('refreshed_at').notNull(),
  },
  (table) => [
    uniqueIndex('connections_by_app').on(table.appId, table.personId),
    index('connections_by_app_age').on(table.appId, table.createdAt),
    index('connections_by_person').on(table.personId, table.createdAt),
    index('connections_by_age').on(table.createdAt),
  ],
);
