/** The words by which users and clients are found: written in the batch that changes a record. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { WORD_SEPARATORS } from '../../protocol/search-words.ts';
import type { Database } from '../database/database.ts';
import { type SearchKind, searchTerms } from '../schema/index.ts';

/** Characters of a word that is stored. */
const MAX_TERM = 40;

/** Words of a record, and of a client that no administrator created or trusts: anyone can register those. */
const MAX_TERMS = 40;
const MAX_UNVERIFIED_TERMS = 8;

/** A list of the words of a text, as JSON; the empty ones between two separators among them. */
function wordsOf(text: string): string {
  const quoted = WORD_SEPARATORS.map((separator) => `'${separator.replace("'", "''")}'`);
  const spaced = [...quoted, 'char(9)', 'char(10)', 'char(13)'].reduce(
    (so, one) => `replace(${so}, ${one}, ' ')`,
    text,
  );
  return `'[' || replace(json_quote(lower(${spaced})), ' ', '","') || ']'`;
}

const HOST = `substr(value, instr(value, '://') + 3)`;
const HOSTS = `(SELECT group_concat(substr(${HOST}, 1, instr(${HOST} || '/', '/') - 1), ' ')
  FROM json_each(metadata, '$.redirect_uris'))`;

type Source = { table: string; text: string; most: string };

/** The searched text of each kind: the name first, because few words of an unverified client are kept. */
const SOURCES: Readonly<Record<SearchKind, Source>> = {
  user: { table: 'users', text: `name || ' ' || email`, most: `${MAX_TERMS}` },
  client: {
    table: 'clients',
    text: `coalesce(metadata ->> '$.client_name', '') || ' ' || iif(origin = 'document', id, '') || ' ' || coalesce(${HOSTS}, '')`,
    most: `iif(origin = 'administrator' OR trusted, ${MAX_TERMS}, ${MAX_UNVERIFIED_TERMS})`,
  },
};

/** The statement that adds the terms of a record that has none of another text. */
export function insertTerms(db: Database, kind: SearchKind, id: string | SQL) {
  const { table, text, most } = SOURCES[kind];
  const record = sql`(SELECT id, ${sql.raw(wordsOf(text))} AS words FROM ${sql.raw(table)} WHERE id = ${id}) AS record`;
  const limit = sql`(SELECT ${sql.raw(most)} FROM ${sql.raw(table)} WHERE id = ${id})`;
  const terms = sql`SELECT DISTINCT substr(word.value, 1, ${MAX_TERM}), ${kind}, record.id FROM ${record},
    json_each(record.words) AS word WHERE word.value <> '' LIMIT coalesce(${limit}, 0)`;
  return db.insert(searchTerms).select(terms).onConflictDoNothing();
}

/** Statements that make the terms of a record those of its row, for the end of the batch that writes or deletes it. */
export const followTerms = (db: Database, kind: SearchKind, id: string) =>
  [forgetTerms(db, kind, sql`(${id})`), insertTerms(db, kind, id)] as const;

/** The statement that adds the terms of new users, for the batch that adds many. @param ids a list in brackets, or a query. */
export function addUserTerms(db: Database, ids: SQL) {
  const { table, text } = SOURCES.user;
  const records = sql`(SELECT id, ${sql.raw(wordsOf(text))} AS words FROM ${sql.raw(table)} WHERE id IN ${ids}) AS record`;
  const terms = sql`SELECT DISTINCT substr(word.value, 1, ${MAX_TERM}), 'user', record.id FROM ${records},
    json_each(record.words) AS word WHERE word.value <> '' AND word.key < ${MAX_TERMS}`;
  return db.insert(searchTerms).select(terms).onConflictDoNothing();
}

/** Deletes the terms of records, for a batch that deletes these. @param ids a list in brackets, or a query. */
export const forgetTerms = (db: Database, kind: SearchKind, ids: SQL) =>
  db.delete(searchTerms).where(and(eq(searchTerms.kind, kind), sql`id IN ${ids}`));
