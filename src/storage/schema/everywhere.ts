/** Tables that every database uses. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Shard } from '../../protocol/credentials.ts';

/** Rights taken away: whatever of the subject was born at or before `at` is dead. */
export const cutoffs = sqliteTable(
  'cutoffs',
  {
    subject: text('subject').primaryKey(),
    at: integer('at').notNull(),
    /** The last word wins, in whatever order it arrives. */
    writtenAt: integer('written_at').notNull(),
    /** In DB only: the shards that do not have it yet. */
    owing: text('owing', { mode: 'json' }).$type<Shard[]>().notNull(),
  },
  (table) => [index('cutoffs_by_time').on(table.at)],
);

/** Everything that may be used once. The insert is the use. */
export const spent = sqliteTable(
  'spent',
  {
    hash: text('hash').primaryKey(),
    expiresAt: integer('expires_at').notNull(),
    /** The request that spent it: sent again, it recognises its own. */
    spentBy: text('spent_by').notNull().default(''),
  },
  (table) => [index('spent_by_expiry').on(table.expiresAt)],
);

/** What happened, append-only, in the database that decided it. */
export const auditEvents = sqliteTable(
  'audit_events',
  {
    /** The request and the type: an event that is sent again is the same row. */
    requestId: text('request_id').notNull(),
    type: text('type').notNull(),
    subject: text('subject').notNull(),
    at: integer('at').notNull(),
    /** Who did it: a person, a client, or the local command. */
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

/** How much of what happened on a day (UTC), in this database. */
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
