/** Outstanding requests of clients: device authorizations and pushed authorization requests, in the shard of the request. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { DeviceId, GrantId, PushedRequestId, SessionId, UserId } from '../../protocol/credentials.ts';
import { jsonList } from './columns.ts';

/** Device authorizations (RFC 8628), in the shard of the device's request. */
export const deviceCodes = sqliteTable(
  'device_codes',
  {
    id: text('id').$type<DeviceId>().primaryKey(),
    deviceCodeHash: text('device_code_hash').notNull().unique(),
    userCodeHash: text('user_code_hash').notNull().unique(),
    clientId: text('client_id').notNull(),
    scopes: jsonList('scopes'),
    resources: jsonList('resources'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** Minimum of seconds between two polls. */
    interval: integer('interval').notNull(),
    polledAt: integer('polled_at').notNull(),
    decision: text('decision').$type<'allowed' | 'denied'>(),
    decidedAt: integer('decided_at'),
    userId: text('user_id').$type<UserId>(),
    sessionId: text('session_id').$type<SessionId>(),
    authTime: integer('auth_time'),
    /** Authentication method references of the session that decided. */
    amr: jsonList('amr').default([]),
    /** The one grant that the device code can become. */
    grantId: text('grant_id').$type<GrantId>(),
  },
  (table) => [index('device_codes_by_expiry').on(table.expiresAt)],
);

/** Pushed authorization requests (RFC 9126), in the shard of the client's request. */
export const pushedRequests = sqliteTable(
  'pushed_requests',
  {
    id: text('id').$type<PushedRequestId>().primaryKey(),
    uriHash: text('uri_hash').notNull().unique(),
    clientId: text('client_id').notNull(),
    /** The request as a query string. */
    parameters: text('parameters').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** The consent form, or the authorization request without one, that answered it: once. */
    answeredBy: text('answered_by'),
    /** The part of the answer that has no room in the code. */
    codeOverflow: text('code_overflow', { mode: 'json' }).$type<Record<string, unknown>>(),
  },
  (table) => [index('pushed_requests_by_expiry').on(table.expiresAt)],
);
