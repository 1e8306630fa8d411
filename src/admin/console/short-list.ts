/** Lists of records that administrators create one by one: read whole, then searched, sorted and paged like the long ones. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { keysOf } from '../../protocol/table.ts';
import { type ListQuery, listQuery, ROWS } from './list.tsx';

type Of<Row, Sort extends string> = {
  id: (row: Row) => string;
  /** The texts that the search looks through, anywhere in them, without regard to case. */
  texts: (row: Row) => readonly string[];
  /** The orders beside the one in which the rows came. */
  sorts: Record<Sort, (row: Row) => string>;
};

export function shortList<Row, Sort extends string>(
  c: Context<Web>,
  all: readonly Row[],
  { id, texts, sorts }: Of<Row, Sort>,
): { query: ListQuery<Sort | 'created'>; rows: readonly Row[]; next: string | undefined } {
  const query = listQuery<Sort | 'created'>(c, ['created', ...keysOf(sorts)]);
  const sought = query.search.toLowerCase();
  const found = all.filter((row) => texts(row).some((text) => text.toLowerCase().includes(sought)));
  const keyOf = query.sort === 'created' ? undefined : sorts[query.sort as Sort];
  const sorted = keyOf ? found.toSorted((one, other) => keyOf(one).localeCompare(keyOf(other))) : found;
  const ordered = query.descending ? sorted.toReversed() : sorted;
  // A row that is gone meanwhile: from the beginning.
  const start = ordered.findIndex((row) => id(row) === query.after) + 1;
  const rows = ordered.slice(start, start + ROWS);
  const last = rows.at(-1);
  return { query, rows, next: last && ordered.at(-1) !== last ? id(last) : undefined };
}
