/** Parts that every list of the console has: search, order, and the link to the next page by key. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import { Pagination } from '../../ui/components.tsx';
import { Field } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { type Column, Table } from '../../ui/table.tsx';
import { readListRequest } from '../query-parameters.ts';

/** Rows of a page: with more of them a page would weigh more than 40 KB. */
export const ROWS = 30;

/** Parses which page of a list is requested. */
export const listPage = (c: Context<Web>) => readListRequest(c, ROWS);

/** The query of a list's address. `after` is the key that the list wrote; its reader parses it. */
export type ListQuery<Sort extends string = string> = {
  search: string;
  sort: Sort;
  descending: boolean;
  after: string | undefined;
};

/**
 * @param sorts the orders that the list has, the first being its own.
 * @param descending whether its own order begins with the greatest, as that of times does.
 */
export function listQuery<Sort extends string>(
  c: Context<Web>,
  sorts: readonly [Sort, ...Sort[]],
  descending = false,
): ListQuery<Sort> {
  const sort = sorts.find((name) => name === c.req.query('sort'));
  const order = c.req.query('order');
  return {
    search: (c.req.query('q') ?? '').trim().slice(0, 200),
    sort: sort ?? sorts[0],
    descending: order === undefined ? sort === undefined && descending : order === 'desc',
    after: c.req.query('after')?.slice(0, 3000),
  };
}

export type ListColumn<Sort extends string> = { label: string; sort?: Sort };

export function List<Sort extends string>(props: {
  c: Context<Web>;
  query: ListQuery<Sort>;
  /** The caption of the table. */
  caption: string;
  /** The label of the search box; no search box where it is left out. */
  search?: { label: string; hint?: string };
  /** Further parameters of this list that its links keep. */
  keep?: Record<string, string | undefined>;
  /** Further fields of the search, and their values in the address. */
  more?: { query: Record<string, string | undefined>; fields: Child };
  columns: readonly ListColumn<Sort>[];
  rows: readonly (readonly Child[])[];
  /** The cursor of the next page. */
  next: string | undefined;
  /** Databases that did not answer. */
  unreachable?: readonly string[];
  /** True where the search may mean several records, which the page offers above the list. */
  isAmbiguous?: boolean;
}) {
  const { c, query, caption, search, keep = {}, more, columns, rows, next, unreachable = [], isAmbiguous } = props;
  const say = textsOf(c, 'console');
  const { pathname } = new URL(c.req.url);
  const order = { sort: query.sort, order: query.descending ? 'desc' : 'asc' };
  const all = { ...keep, ...more?.query, q: query.search || undefined, ...order };
  const isNarrowed = [query.search, ...Object.values(more?.query ?? {})].some(Boolean);
  const to = (changes: Record<string, string | undefined>) => addressOf(pathname, { ...all, ...changes });
  const heads = columns.map(({ label, sort }): Column => {
    if (sort === undefined) return { label };
    const current = sort === query.sort;
    return {
      label,
      href: to({ sort, order: current && !query.descending ? 'desc' : 'asc' }),
      sorted: current ? (query.descending ? 'descending' : 'ascending') : undefined,
    };
  });
  return (
    <>
      {search && (
        <search>
          <form class="search" method="get" action={pathname}>
            {Object.entries({ ...keep, ...order }).map(([name, value]) =>
              value === undefined ? null : <input type="hidden" name={name} value={value} />,
            )}
            <Field name="q" type="search" autocomplete="off" optional value={query.search} {...search} />
            {more?.fields}
            <button type="submit" class="secondary">
              {say.search}
            </button>
            {isNarrowed && <a href={addressOf(pathname, { ...keep, ...order })}>{say.all}</a>}
          </form>
        </search>
      )}
      {unreachable.length > 0 && <p class="warning">{say.partly(unreachable.join(', '))}</p>}
      {rows.length === 0 ? (
        !isAmbiguous && <p>{isNarrowed ? say.noneFound : say.none}</p>
      ) : (
        <Table caption={caption} columns={heads} rows={rows} />
      )}
      <Pagination
        label={say.pages}
        next={next === undefined ? undefined : { href: to({ after: next }), label: say.next }}
        first={query.after === undefined ? undefined : { href: to({}), label: say.first }}
      />
    </>
  );
}

/** A path with those parameters that have a value. */
export function addressOf(path: string, parameters: Record<string, string | undefined>): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}
