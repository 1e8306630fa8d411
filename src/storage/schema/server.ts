/** The server itself, in `DB`: settings, shards, fingerprints of its secrets, protected resources, trusted issuers. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Shard, UserId } from '../../protocol/credentials.ts';
import type { IssuerTrust } from '../../protocol/issuer-trust.ts';
import type { ResourceDescription } from '../../protocol/resource-description.ts';

export const settings = sqliteTable('settings', {
  name: text('name').primaryKey(),
  value: text('value', { mode: 'json' }).$type<unknown>().notNull(),
});

/** Every shard that was ever bound, except `DB`: its rows are available again when it is bound again. */
export const shards = sqliteTable('shards', {
  name: text('name').$type<Shard>().primaryKey(),
  /** Time at which it was first bound. */
  createdAt: integer('created_at').notNull(),
  /** Time from which it has every cutoff of before; until then no session begins in it. */
  readyAt: integer('ready_at'),
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
  (table) => [
    primaryKey({ columns: [table.issuer, table.subject] }),
    index('issuer_subjects_by_user').on(table.userId),
  ],
);
