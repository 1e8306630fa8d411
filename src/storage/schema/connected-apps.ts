/** Tables of the client role, in `DB`: connected apps, and users' connections to them. */
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { AppRegistration, ConnectedAppDescription } from '../../protocol/connected-app.ts';
import type { ConnectionId, UserId } from '../../protocol/credentials.ts';
import { jsonList } from './columns.ts';

export const connectedApps = sqliteTable('connected_apps', {
  id: text('id').primaryKey(),
  template: text('template').notNull(),
  description: text('description', { mode: 'json' }).$type<ConnectedAppDescription>().notNull(),
  /** The issuer for which credentials and tokens are sealed. */
  issuer: text('issuer').notNull(),
  /** The URL of its metadata; null where an administrator set the endpoints. */
  metadataUrl: text('metadata_url'),
  /** The URL of a second metadata document of the same issuer, where it adds members that the first one lacks. */
  completedBy: text('completed_by'),
  /** A problem of the metadata for administrators; null where there is none. */
  warning: text('warning'),
  /** Scopes of the metadata of its resource (RFC 9728). */
  resourceScopes: text('resource_scopes', { mode: 'json' }).$type<string[]>(),
  /** The identifier of its resource in the resource's metadata (RFC 9728 §2); null where that has none. */
  publishedResource: text('published_resource'),
  registration: text('registration', { mode: 'json' }).$type<AppRegistration>().notNull(),
  sealedSecret: text('sealed_secret'),
  createdAt: integer('created_at').notNull(),
  disabledAt: integer('disabled_at'),
});

/** The token cache: one row for a connected app and a user, and one for the app itself, with '' as user. */
export const connections = sqliteTable(
  'connections',
  {
    id: text('id').$type<ConnectionId>().primaryKey(),
    appId: text('app_id').notNull(),
    userId: text('user_id').$type<UserId | ''>().notNull(),
    issuer: text('issuer').notNull(),
    /** The tokens, sealed; null before the first ones. */
    sealed: text('sealed'),
    scopes: jsonList('scopes'),
    /** Expiry of the access token; null where the provider does not name one. */
    expiresAt: integer('expires_at'),
    /** The name of the user's account at the provider. */
    account: text('account'),
    state: text('state').$type<'connected' | 'reconnect'>().notNull(),
    /** The reason for a reconnection, or the last failure; `failedAt` is its time. */
    reason: text('reason'),
    failedAt: integer('failed_at'),
    /** Times, in milliseconds, of refusals that may mean that the grant was revoked; a success empties the list. */
    refusedAt: text('refused_at', { mode: 'json' }).$type<number[]>().notNull().default([]),
    /** The fencing token: the number of attempts to refresh. Only the latest one is saved. */
    fence: integer('fence').notNull(),
    /** The latest attempt that ended. */
    settledFence: integer('settled_fence').notNull(),
    leaseUntil: integer('lease_until').notNull(),
    /** The request that holds the lease: a repeated request recognises its own. */
    leasedBy: text('leased_by').notNull(),
    createdAt: integer('created_at').notNull(),
    refreshedAt: integer('refreshed_at').notNull(),
  },
  (table) => [
    uniqueIndex('connections_by_app').on(table.appId, table.userId),
    index('connections_by_app_age').on(table.appId, table.createdAt),
    index('connections_by_user').on(table.userId, table.createdAt),
    index('connections_by_age').on(table.createdAt),
  ],
);

/** The apps that a user disconnected, until the user connects them again: without it others could, in their absence. */
export const disconnectedApps = sqliteTable(
  'disconnected_apps',
  {
    appId: text('app_id').notNull(),
    userId: text('user_id').$type<UserId | ''>().notNull(),
    disconnectedAt: integer('disconnected_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.appId, table.userId] }),
    index('disconnected_apps_by_user').on(table.userId),
  ],
);
