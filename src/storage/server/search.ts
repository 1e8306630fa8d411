/** Search of users and clients in administrators' lists, by the beginnings of their words. */
import { and, gte, lt, or, type SQL, sql } from 'drizzle-orm';
import { searchWords, wordVariants } from '../../protocol/search-words.ts';
import type { Databases } from '../database/database.ts';
import { clients, type SearchKind, searchTerms, users } from '../schema/index.ts';

/** The table of each kind. */
const TABLES = { user: 'users', client: 'clients' } as const satisfies Record<SearchKind, string>;

/** Records with the longest word of a search that are compared with its other words, at most. */
const MAX_CANDIDATES = 500;

/** The end of the texts that begin so. */
const endOf = (beginning: string): string => `${beginning}\u{10ffff}`;

const beginsWith = (word: string): SQL =>
  or(...wordVariants(word).map((text) => and(gte(searchTerms.term, text), lt(searchTerms.term, endOf(text))))) as SQL;

/** A query for the ids of records that have a word with each beginning, or whose ID begins so. */
function matching(kind: SearchKind, search: string, most: number): SQL {
  const byId = sql`SELECT id FROM (SELECT id FROM ${sql.raw(TABLES[kind])}
    WHERE id >= ${search} AND id < ${endOf(search)} LIMIT ${most})`;
  const [longest, ...others] = searchWords(search);
  if (longest === undefined) return byId;
  const candidates = sql`(SELECT DISTINCT id FROM (SELECT id FROM search_terms
    WHERE kind = ${kind} AND ${beginsWith(longest)} LIMIT ${MAX_CANDIDATES})) AS candidate`;
  const hasAll = others.map(
    (word) =>
      sql`EXISTS (SELECT 1 FROM search_terms WHERE kind = ${kind} AND id = candidate.id AND ${beginsWith(word)})`,
  );
  const byWords = sql`SELECT id FROM (SELECT id FROM ${candidates}
    WHERE ${sql.join([sql`true`, ...hasAll], sql` AND `)} LIMIT ${most})`;
  return sql`${byWords} UNION ${byId}`;
}

/** Users that have each word of the search by its beginning, by name. */
export const searchUsers = (databases: Databases, search: string, most: number) =>
  databases.global
    .select()
    .from(users)
    .where(sql`${users.id} IN (${matching('user', search, most)})`)
    .orderBy(users.searchName)
    .limit(most);

/** Clients that have each word of the search by its beginning, by name. */
export const searchClients = (databases: Databases, search: string, most: number) =>
  databases.global
    .select()
    .from(clients)
    .where(sql`${clients.id} IN (${matching('client', search, most)})`)
    .orderBy(clients.searchName)
    .limit(most);
