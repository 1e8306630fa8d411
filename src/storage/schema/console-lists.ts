/** Search terms and recent problems: found and listed by the console beside the records themselves. In `DB`. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** The records that the console's search finds by the words of their names and addresses. */
export type SearchKind = 'user' | 'client';

/**
 * Words of names, e-mail addresses and hosts, in lower case, each with the record that has it: what a search by the beginning
 * of a word reads. A full-text table (FTS5) would make `wrangler d1 export` refuse the database.
 */
export const searchTerms = sqliteTable(
  'search_terms',
  {
    term: text('term').notNull(),
    kind: text('kind').$type<SearchKind>().notNull(),
    id: text('id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.term, table.id] }),
    index('search_terms_by_record').on(table.kind, table.id, table.term),
  ],
);

/** Recent problems of clients, connected apps and social logins: few rows for each. */
export const recentProblems = sqliteTable(
  'recent_problems',
  {
    /** The id of a client, or `connected-app:` or `social-login:` and an id. */
    subject: text('subject').notNull(),
    /** The error code, or the kind of failure of a provider. */
    error: text('error').notNull(),
    /** The error description. */
    reason: text('reason').notNull(),
    /** As sent, without the values of its query; '' where the error concerns none. */
    redirectUri: text('redirect_uri').notNull(),
    count: integer('count').notNull(),
    firstSeenAt: integer('first_seen_at').notNull(),
    lastSeenAt: integer('last_seen_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.subject, table.error, table.reason, table.redirectUri] }),
    index('recent_problems_by_time').on(table.lastSeenAt),
  ],
);
