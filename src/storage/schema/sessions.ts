/** Sessions, and the logout tokens that their ends queue, in the shard of the session. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { SessionId, UserId } from '../../protocol/credentials.ts';
import { jsonList } from './columns.ts';

export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the cookie; the cookie itself is not stored. */
    cookieHash: text('cookie_hash').primaryKey(),
    id: text('id').$type<SessionId>().notNull().unique(),
    userId: text('user_id').$type<UserId>().notNull(),
    /** Time of the last sign-in in this session: a cutoff at or after this ends it. */
    signedInAt: integer('signed_in_at').notNull(),
    /**
     * Time of the authentication (OpenID Connect Core §2, auth_time); null where an identity provider did not name it.
     */
    authTime: integer('auth_time'),
    /** Time at which the password used was set; null for other authentication methods. */
    passwordSetAt: integer('password_set_at'),
    /** Authentication method references (RFC 8176), such as `pwd`. */
    amr: jsonList('amr').default(['pwd']),
    /** SHA-256 of the `state` of the sign-in at an identity provider. */
    upstreamStateHash: text('upstream_state_hash'),
    /** The social login of the sign-in; null for others. */
    loginId: text('login_id'),
    /** The User-Agent header. */
    userAgent: text('user_agent'),
    lastSeenAt: integer('last_seen_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    endedAt: integer('ended_at'),
  },
  (table) => [
    index('sessions_by_expiry').on(table.expiresAt),
    index('sessions_by_user').on(table.userId, table.signedInAt),
    index('sessions_by_age').on(table.signedInAt),
  ],
);

/** Outstanding logout tokens (OpenID Connect Back-Channel Logout §2.5). */
export const logoutDeliveries = sqliteTable(
  'logout_deliveries',
  {
    sessionId: text('session_id').$type<SessionId>().notNull(),
    clientId: text('client_id').notNull(),
    userId: text('user_id').$type<UserId>().notNull(),
    createdAt: integer('created_at').notNull(),
    attempts: integer('attempts').notNull(),
    /** Time of the next attempt. */
    dueAt: integer('due_at').notNull(),
    /**
     * Time of delivery or of the last attempt. Until it is swept, the row prevents a second delivery for the session.
     */
    doneAt: integer('done_at'),
    /** Reason of the last failure. */
    problem: text('problem'),
  },
  (table) => [
    primaryKey({ columns: [table.sessionId, table.clientId] }),
    index('logout_deliveries_by_due').on(table.doneAt, table.dueAt),
    index('logout_deliveries_by_age').on(table.createdAt),
  ],
);
