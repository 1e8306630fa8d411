/**
 * Keyset pagination: a page begins where the previous one ended, and reads at most twice its rows, whatever the length
 * of the list. Each order and each filter has an index; the rowid at its end orders equal keys.
 */
import { and, asc, desc, eq, getTableColumns, gt, gte, lt, lte, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Shard } from '../../protocol/credentials.ts';
import { acrossShards } from './across-shards.ts';
import type { Database, Databases } from './database.ts';

/** The end of a page: sort key, shard and rowid of its last row. */
export type Cursor = { key: number | string; shard: Shard; row: number };

export type Order = { by: SQLiteColumn; descending: boolean };

/** From `from` (inclusive) to `below` (exclusive). */
export type Range = { from?: SQL | number | undefined; below?: SQL | number | undefined };

export type PageRequest = {
  order: Order;
  /** A condition on the leading columns of the index of this order only. */
  where?: SQL | undefined;
  /** Bounds of the sort key. */
  range?: Range | undefined;
  after: Cursor | undefined;
  most: number;
};

export type ListPage<Row> = {
  rows: Row[];
  /** Set after a full page; undefined after the last one. */
  next: Cursor | undefined;
  /** Databases that did not answer: their rows are missing. */
  unreachable: Shard[];
};

const rowid = sql<number>`rowid`;

/** A page over these databases: equal keys are ordered by the position of their database in the list. */
export async function readPage<T extends SQLiteTable>(
  databases: Databases,
  shards: readonly Shard[],
  table: T,
  request: PageRequest,
): Promise<ListPage<T['$inferSelect']>> {
  const { order, most } = request;
  const lists = await acrossShards(
    databases,
    async (db, shard) => (await rowsOf(db, shard, shards, table, request)).map((row) => withCursor(row, shard, order)),
    shards,
  );
  // A single list is sorted already; only SQLite knows its order of texts.
  const ordered = shards.length === 1 ? lists.rows : lists.rows.sort(compare(order, shards));
  const page = ordered.slice(0, most);
  const next = page.length === most ? page.at(-1)?.cursor : undefined;
  return { rows: page.map(({ row }) => row), next, unreachable: lists.unreachable };
}

type Row = Record<string, unknown> & { rowid: number };

async function rowsOf(db: Database, shard: Shard, shards: readonly Shard[], table: SQLiteTable, wanted: PageRequest) {
  const { order, where, range = {}, after, most } = wanted;
  const { by, descending } = order;
  const direction = descending ? desc : asc;
  const { from, below } = range;
  // With a cursor, the index seeks the cursor: a plus makes SQLite only compare with the other bound.
  const plus = sql.raw(after ? '+' : '');
  const within = and(
    from === undefined ? undefined : sql`${descending ? sql`` : plus}${by} >= ${from}`,
    below === undefined ? undefined : sql`${descending ? plus : sql``}${by} < ${below}`,
  );
  const select = async (beyond: SQL | undefined, limit: number) =>
    (await db
      .select({ ...getTableColumns(table), rowid })
      .from(table)
      .where(and(where, within, beyond))
      .orderBy(direction(by), direction(rowid))
      .limit(limit)) as Row[];
  if (!after) return select(undefined, most);
  const { key } = after;
  const [beyond, beyondOrEqual] = descending ? [lt, lte] : [gt, gte];
  if (shard !== after.shard) {
    const comesLater = shards.indexOf(shard) > shards.indexOf(after.shard);
    return select((comesLater ? beyondOrEqual : beyond)(by, key), most);
  }
  // Equal keys first: SQLite does not seek a pair whose second half is the rowid.
  const isBehind = descending ? sql`rowid < ${after.row}` : sql`rowid > ${after.row}`;
  const equal = await select(and(eq(by, key), isBehind), most);
  return equal.length === most ? equal : [...equal, ...(await select(beyond(by, key), most - equal.length))];
}

type RowWithCursor = { row: Record<string, unknown>; cursor: Cursor };

function withCursor({ rowid, ...row }: Row, shard: Shard, { by }: Order): RowWithCursor {
  const field = Object.entries(getTableColumns(by.table)).find(([, column]) => column.name === by.name)?.[0] ?? '';
  return { row, cursor: { key: row[field] as Cursor['key'], shard, row: rowid } };
}

function compare({ descending }: Order, shards: readonly Shard[]) {
  const sign = descending ? -1 : 1;
  return ({ cursor: a }: RowWithCursor, { cursor: b }: RowWithCursor): number => {
    if (a.key !== b.key) return a.key < b.key ? -sign : sign;
    return shards.indexOf(a.shard) - shards.indexOf(b.shard) || sign * (a.row - b.row);
  };
}

/** The range of texts with this prefix, in lower case. Letters beyond ASCII are not folded. */
export const prefixRange = (text: string): Range => ({
  from: sql`lower(${text})`,
  below: sql`lower(${text}) || char(1114111)`,
});
