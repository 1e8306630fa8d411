/** The rows of a list: those that its search and the filters of the address mean. */
import type { Context } from 'hono';
import type { Deps, Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type BoundRecord, namedRecord } from '../operations/record.ts';
import type { RecordPage } from '../operations/record-page.ts';
import type { RecordValues } from '../records/field.ts';
import type { RecordDefinition } from '../records/record.ts';
import { type ListQuery, listQuery, ROWS } from './list.tsx';
import { type Match, matchesOf } from './matches.tsx';
import type { ConsoleRecord } from './record-parts.tsx';
import { shortList } from './short-list.ts';

type Found = {
  query: ListQuery<string>;
  page: RecordPage<RecordValues>;
  filters: RecordValues;
  /** The filters that the address names. */
  narrowed: Readonly<Record<string, string>>;
  /** Several users or clients that have the name that was searched. */
  several?: readonly Match[];
};

const named = (bound: BoundRecord, page: RecordPage<unknown>, deps: Deps): RecordPage<RecordValues> => ({
  ...page,
  rows: page.rows.map((row) => namedRecord(bound, row, deps)),
});

/** A list that is read whole: searched, sorted and paged here. */
export async function wholeList(c: Context<Web>, kind: ConsoleRecord): Promise<Found> {
  const { definition, operations } = kind;
  const deps = c.get('deps');
  const { anywhere = [], columns } = definition.list;
  const all = await operations.list(deps, { sort: '', descending: false, filters: {}, after: undefined, most: ROWS });
  const sorts = columns.flatMap((name) => {
    const sort = definition.fields[name]?.sort;
    return sort === undefined ? [] : [[sort, (row: RecordValues) => String(row[name] ?? '')] as const];
  });
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));
  const { query, rows, next } = shortList(c, named(kind, all, deps).rows, {
    id: (row) => String(row[definition.id]),
    texts: (row) => anywhere.map((name) => textOf(row[name])),
    sorts: Object.fromEntries(sorts),
  });
  return { query, page: { rows, next }, filters: {}, narrowed: {} };
}

export async function pagedList(c: Context<Web>, kind: ConsoleRecord): Promise<Found> {
  const { definition, operations } = kind;
  const deps = c.get('deps');
  const { searched = {}, descending = false, latestFirst = descending } = definition.list;
  const [first = 'created', ...others] = Object.keys(operations.sorts ?? {});
  const query = listQuery(c, [first, ...others], latestFirst);
  const meant = await meantBy(deps, query.search, searched);
  const narrowed = narrowedTo(c, kind.definition);
  if (meant.length > 1) return { query, page: { rows: [] }, filters: {}, narrowed, several: meant };
  const [only] = meant;
  const sought = only?.filter ?? (query.search === '' ? {} : filterFor(query.search, searched));
  if (sought.id !== undefined) return { query, page: await onlyOne(deps, kind, sought.id), filters: {}, narrowed };
  const filters = { ...narrowed, ...sought };
  const page = await operations.list(deps, {
    sort: query.sort,
    descending: query.descending,
    filters,
    after: query.after,
    most: ROWS,
  });
  return { query, page: named(kind, page, deps), filters, narrowed };
}

/** The filters that the address names, as links from the page of another record do. */
const narrowedTo = (c: Context<Web>, { list: { filters = {} } }: RecordDefinition): Record<string, string> =>
  Object.fromEntries(
    Object.keys(filters).flatMap((name) => {
      const value = c.req.query(name);
      return value === undefined ? [] : [[name, value.slice(0, 2000)]];
    }),
  );

/** The beginnings of IDs: any other text may be a name. */
const IS_ID = /^(u_|c_|g_|https?:)/;

/** The users and clients whose name is searched, each with the filter that the list has for it. */
async function meantBy(deps: Deps, search: string, searched: Readonly<Record<string, string>>) {
  if (search === '' || IS_ID.test(search)) return [];
  const filters = Object.values(searched);
  const kinds = (['user', 'client'] as const).filter((kind) => filters.includes(kind));
  const found = await Promise.all(
    kinds.map(async (kind) =>
      (await matchesOf(deps, kind, search)).map((match) => ({ ...match, filter: { [kind]: match.id } })),
    ),
  );
  return found.flat();
}

/** The record with this id, as a list; none where it cannot be read. */
async function onlyOne(deps: Deps, bound: BoundRecord, id: string): Promise<RecordPage<RecordValues>> {
  try {
    return named(bound, { rows: [await bound.operations.find(deps, id)] }, deps);
  } catch (error) {
    if (error instanceof OAuthError && error.status < 500) return { rows: [] };
    throw error;
  }
}

/** The filter that a searched text means: by its beginning, or by a part of it after `*`. */
function filterFor(text: string, searched: Readonly<Record<string, string>>): Record<string, string> {
  const means = ([key]: [string, string]) =>
    key.startsWith('*') ? text.includes(key.slice(1)) : key !== '' && text.startsWith(key);
  const [, filter] = Object.entries(searched).find(means) ?? [];
  const name = filter ?? searched[''];
  return name === undefined ? {} : { [name]: text };
}
