/** The query of a list for administrators: order, filters and page, in `DB` or over every shard. */
import { type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Databases } from '../database/database.ts';
import { type Cursor, type ListPage, type Order, type PageRequest, readPage } from '../database/list-page.ts';
import { FIRST_SHARD } from '../database/shard-names.ts';

export type ListRequest = { after: Cursor | undefined; most: number };

/** The default order of the lists sorted by creation. */
export const OLDEST_FIRST = { sort: 'created', descending: false } as const;

/** Sort key and direction. */
export type ListOrder<Sorts> = { sort: keyof Sorts & string; descending: boolean };

export type Optional<Fields extends string> = { [Field in Fields]?: string | undefined };

export const orderOf = <Sorts extends Record<string, Order['by']>>(
  sorts: Sorts,
  { sort, descending }: ListOrder<Sorts>,
): Order => ({
  by: sorts[sort] as Order['by'],
  descending,
});

/** A condition on a column of text, such as an id, which a query of any form is compared with. */
export const equal = (column: SQLiteColumn, value: string | undefined): SQL | undefined =>
  value === undefined ? undefined : sql`${column} = ${value}`;

type Read = <T extends SQLiteTable>(
  databases: Databases,
  table: T,
  order: Order,
  narrowed: Pick<PageRequest, 'where' | 'range'>,
  asked: ListRequest,
) => Promise<ListPage<T['$inferSelect']>>;

export const readFromGlobal: Read = (databases, table, order, narrowed, asked) =>
  readPage(databases, [FIRST_SHARD], table, { order, ...narrowed, ...asked });

export const readFromShards: Read = async (databases, table, order, narrowed, asked) => {
  const [page, missing] = await Promise.all([
    readPage(databases, databases.shardNames, table, { order, ...narrowed, ...asked }),
    databases.unboundShards(),
  ]);
  return { ...page, unreachable: [...page.unreachable, ...missing] };
};
