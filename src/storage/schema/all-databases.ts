/** Tables that every database uses. */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Shard } from '../../protocol/credentials.ts';

/** Revocations by subject: everything of the subject that was authorized at or before `at` is invalid. */
export const cutoffs = sqliteTable(
  'cutoffs',
  {
    subject: text('subject').primaryKey(),
    at: integer('at').notNull(),
    /** Order of writes: the latest one counts, in whatever order copies arrive. */
    writtenAt: integer('written_at').notNull(),
    /** In DB only: the shards to which it is not yet delivered. */
    pendingShards: text('pending_shards', { mode: 'json' }).$type<Shard[]>().notNull(),
  },
  (table) => [
    index('cutoffs_by_time').on(table.at),
    index('cutoffs_pending').on(table.writtenAt).where(sql`pending_shards <> '[]'`),
  ],
);

/** Values that may be used once. The insert is the use. */
export const singleUses = sqliteTable(
  'single_uses',
  {
    hash: text('hash').primaryKey(),
    expiresAt: integer('expires_at').notNull(),
    /** The request that used it: a repeated request recognises its own use. */
    usedBy: text('used_by').notNull().default(''),
  },
  (table) => [index('single_uses_by_expiry').on(table.expiresAt)],
);

/** The audit log, append-only, in the database that made the decision. */
export const auditEvents = sqliteTable(
  'audit_events',
  {
    /** Request id and type: an event that is written again is the same row. */
    requestId: text('request_id').notNull(),
    type: text('type').notNull(),
    subject: text('subject').notNull(),
    at: integer('at').notNull(),
    /** The user, client or local command that acted. */
    actor: text('actor').notNull(),
    detail: text('detail', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.requestId, table.type, table.subject] }),
    index('audit_events_by_time').on(table.at),
    index('audit_events_by_subject').on(table.subject, table.at),
    index('audit_events_by_actor').on(table.actor, table.at),
    index('audit_events_by_type').on(table.type, table.at),
  ],
);

/** Counters of a day (UTC), in this database. */
export const dailyCounts = sqliteTable(
  'daily_counts',
  {
    /** Such as `2026-11-25`. */
    day: text('day').notNull(),
    name: text('name').notNull(),
    count: integer('count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.name] })],
);

/** Up to which row of a table the daily counters have counted. */
export const countedRows = sqliteTable('counted_rows', {
  /** The name of the table. */
  name: text('name').primaryKey(),
  position: integer('position').notNull(),
});
