/** Authentication beside the password: passkeys and second factors; and the throttle of sign-ins. In `DB`. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { PasskeyId, UserId } from '../../protocol/credentials.ts';
import { jsonList } from './columns.ts';

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

/** Failed sign-ins by account, known browser or network. */
export const signInFailures = sqliteTable('sign_in_failures', {
  key: text('key').primaryKey(),
  failures: integer('failures').notNull(),
  windowStartedAt: integer('window_started_at').notNull(),
  blockedUntil: integer('blocked_until').notNull(),
});
