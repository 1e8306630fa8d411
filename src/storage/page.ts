/**
 * Lists by key: a page begins where the one before it ended, and reads at most twice the rows that it shows, however
 * long the list is. Each order and each filter has an index, which ends in the rowid: that settles what is equal.
 */
import { and, asc, desc, eq, getTableColumns, gt, gte, lt, lte, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Shard } from '../protocol/credentials.ts';
import { acrossShards, type Database, type Databases } from './database.ts';

/** Where a page ended: the value that it is ordered by, and the row that had it. */
export type Cursor = { key: number | string; shard: Shard; row: number };

export type Order = { by: SQLiteColumn; descending: boolean };

/** From `from` on, and below `below`. */
export type Range = { from?: SQL | number | undefined; below?: SQL | number | undefined };

export type Wanted = {
  order: Order;
  /** Nothing but what the index of this order begins with. */
  where?: SQL | undefined;
  /** Which values of what it is ordered by. */
  range?: Range | undefined;
  after: Cursor | undefined;
  most: number;
};

export type Page<Row> = {
  rows: Row[];
  /** Behind a full page; nothing behind the last one. */
  next: Cursor | undefined;
  /** Databases that did not answer: their rows are missing. */
  unreachable: Shard[];
};

const rowid = sql<number>`rowid`;

/** A page over these databases: what is equal in two of them comes in the order of their names here. */
export async function readPage<T extends SQLiteTable>(
  databases: Databases,
  shards: readonly Shard[],
  table: T,
  wanted: Wanted,
): Promise<Page<T['$inferSelect']>> {
  const { order, most } = wanted;
  const lists = await acrossShards(
    databases,
    async (db, shard) => (await rowsOf(db, shard, shards, table, wanted)).map((row) => placed(row, shard, order)),
    shards,
  );
  // One list has its order already, and of texts only SQLite knows it.
  const ordered = shards.length === 1 ? lists.rows : lists.rows.sort(compare(order, shards));
  const page = ordered.slice(0, most);
  const next = page.length === most ? page.at(-1)?.place : undefined;
  return { rows: page.map(({ row }) => row), next, unreachable: lists.unreachable };
}

type Row = Record<string, unknown> & { rowid: number };

async function rowsOf(db: Database, shard: Shard, shards: readonly Shard[], table: SQLiteTable, wanted: Wanted) {
  const { order, where, range = {}, after, most } = wanted;
  const { by, descending } = order;
  const direction = descending ? desc : asc;
  const { from, below } = range;
  // Behind a cursor it is the cursor that is sought: with a plus before it, SQLite only compares with the other bound.
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
  // What is equal first: SQLite does not seek a pair whose second half is the rowid.
  const isBehind = descending ? sql`rowid < ${after.row}` : sql`rowid > ${after.row}`;
  const equal = await select(and(eq(by, key), isBehind), most);
  return equal.length === most ? equal : [...equal, ...(await select(beyond(by, key), most - equal.length))];
}

type Placed = { row: Record<string, unknown>; place: Cursor };

function placed({ rowid, ...row }: Row, shard: Shard, { by }: Order): Placed {
  const field = Object.entries(getTableColumns(by.table)).find(([, column]) => column.name === by.name)?.[0] ?? '';
  return { row, place: { key: row[field] as Cursor['key'], shard, row: rowid } };
}

function compare({ descending }: Order, shards: readonly Shard[]) {
  const sign = descending ? -1 : 1;
  return ({ place: a }: Placed, { place: b }: Placed): number => {
    if (a.key !== b.key) return a.key < b.key ? -sign : sign;
    return shards.indexOf(a.shard) - shards.indexOf(b.shard) || sign * (a.row - b.row);
  };
}

/** The range of what begins like this, in lower case. Letters beyond ASCII are taken as they are. */
export const beginning = (text: string): Range => ({
  from: sql`lower(${text})`,
  below: sql`lower(${text}) || char(1114111)`,
});
