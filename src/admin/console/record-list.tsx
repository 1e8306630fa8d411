/** The list of a record, from its definition: columns, search, filters, and the actions of each row. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Deps, Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { textsOf } from '../../ui/locale.ts';
import { Named } from '../../ui/names.tsx';
import { type BoundRecord, namedRecord, type RecordPage } from '../operations/record.ts';
import type { Shown } from '../records/field.ts';
import type { RecordDefinition } from '../records/record.ts';
import { Head } from './action-links.tsx';
import { consolePage, type Operator } from './console-page.tsx';
import { List, type ListQuery, listQuery, ROWS } from './list.tsx';
import { type Match, matchesOf, WhichOne } from './matches.tsx';
import { namesFor } from './names.ts';
import { type ConsoleRecord, changeLinks, recordAddress, titleOf } from './record-parts.tsx';
import { referencesOf, type Showing, shownValue } from './record-values.tsx';
import { shortList } from './short-list.ts';

export async function showList(c: Context<Web>, here: Operator, kind: ConsoleRecord) {
  const { definition, parts } = kind;
  const say = { ...textsOf(c, 'console'), ...textsOf(c, 'layout') };
  const { list, create, put, one } = definition;
  const { path, section, page: hasPage } = definition.console;
  const [{ query, page, filters, narrowed, several }, beside] = await Promise.all([
    list.anywhere ? wholeList(c, kind) : pagedList(c, kind),
    parts.besideList?.(c, here),
  ]);
  const names = await namesFor(c.get('deps'), referencesOf(definition.fields, page.rows, list.columns));
  // A record with a page of its own has its actions there.
  const hasActions = !hasPage && (definition.change || put || Object.keys(definition.actions).length > 0);
  const acts = here.mayChange && hasActions;
  const add = `${path}/new${new URL(c.req.url).search && filters.user ? `?user=${filters.user}` : ''}`;
  return consolePage(
    c,
    here,
    { title: titleOf(definition), section },
    <>
      <Head
        title={titleOf(definition)}
        main
        acts={[here.mayChange && (create ?? put) !== undefined && { label: say.create(one), href: add }]}
      />
      <p>{definition.about}</p>
      {await parts.aboveList?.(c, here, filters)}
      {beside}
      {several && <WhichOne path={path} found={several} say={say.which} />}
      <List
        c={c}
        query={query}
        caption={titleOf(definition)}
        {...searchOf(definition, say)}
        more={{ said: narrowed, fields: <Narrowed filters={narrowed} /> }}
        columns={[
          ...list.columns.map((name) => ({
            label: definition.fields[name]?.label ?? name,
            ...(definition.fields[name]?.sort !== undefined && { sort: definition.fields[name].sort }),
          })),
          ...(acts ? [{ label: say.actions }] : []),
        ]}
        rows={page.rows.map((row) => [
          ...list.columns.map((name, index) =>
            cellOf({ c, kind, record: row, name, first: index === 0, showing: { say, names } }),
          ),
          ...(acts ? [<RowLinks links={changeLinks(definition, row, say.change)} />] : []),
        ])}
        next={page.next}
        unreachable={page.unreachable ?? []}
        isAmbiguous={several !== undefined}
      />
    </>,
  );
}

/** The filters of the address, which a search keeps. */
const Narrowed = ({ filters }: { filters: Readonly<Record<string, string>> }) => (
  <>
    {Object.entries(filters).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
  </>
);

const searchOf = ({ list }: RecordDefinition, say: ReturnType<typeof textsOf<'console'>>) =>
  list.anywhere ? { search: say.anywhere } : list.search && { search: { hint: say.wholeId, ...list.search } };

type Found = {
  query: ListQuery<string>;
  page: RecordPage<Shown>;
  filters: Shown;
  /** The filters that the address names. */
  narrowed: Readonly<Record<string, string>>;
  /** Several users or clients that have the name that was searched. */
  several?: readonly Match[];
};

const named = (bound: BoundRecord, page: RecordPage<unknown>, deps: Deps): RecordPage<Shown> => ({
  ...page,
  rows: page.rows.map((row) => namedRecord(bound, row, deps)),
});

/** A list that is read whole: searched, sorted and paged here. */
async function wholeList(c: Context<Web>, kind: ConsoleRecord): Promise<Found> {
  const { definition, operations } = kind;
  const deps = c.get('deps');
  const { anywhere = [], columns } = definition.list;
  const all = await operations.list(deps, { sort: '', descending: false, filters: {}, after: undefined, most: ROWS });
  const sorts = columns.flatMap((name) => {
    const sort = definition.fields[name]?.sort;
    return sort === undefined ? [] : [[sort, (row: Shown) => String(row[name] ?? '')] as const];
  });
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));
  const { query, rows, next } = shortList(c, named(kind, all, deps).rows, {
    id: (row) => String(row[definition.id]),
    texts: (row) => anywhere.map((name) => textOf(row[name])),
    sorts: Object.fromEntries(sorts),
  });
  return { query, page: { rows, next }, filters: {}, narrowed: {} };
}

async function pagedList(c: Context<Web>, kind: ConsoleRecord): Promise<Found> {
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
async function onlyOne(deps: Deps, bound: BoundRecord, id: string): Promise<RecordPage<Shown>> {
  try {
    return named(bound, { rows: [await bound.operations.find(deps, id)] }, deps);
  } catch (error) {
    if (error instanceof OAuthError && error.status < 500) return { rows: [] };
    throw error;
  }
}

/** The filter that a searched text means: by its beginning, or by a part of it after `*`. */
export function filterFor(text: string, searched: Readonly<Record<string, string>>): Record<string, string> {
  const means = ([key]: [string, string]) =>
    key.startsWith('*') ? text.includes(key.slice(1)) : key !== '' && text.startsWith(key);
  const [, filter] = Object.entries(searched).find(means) ?? [];
  const name = filter ?? searched[''];
  return name === undefined ? {} : { [name]: text };
}

type CellProps = {
  c: Context<Web>;
  kind: ConsoleRecord;
  record: Shown;
  name: string;
  first: boolean;
  showing: Showing;
};

/** A cell of a list; the first one leads to the page of the record. */
export function cellOf({ c, kind: { definition, parts }, record, name, first, showing }: CellProps): Child {
  const field = definition.fields[name];
  const own = parts.cells?.[name];
  const value = (own ? own(c, record) : field && shownValue(field, record[name], showing)) ?? '';
  if (!definition.console.page || !first) return value;
  const text = value === '' || name === definition.named ? String(record.name) : value;
  const href = recordAddress(definition, record);
  if (field?.display === 'code') return <a href={href}>{value}</a>;
  return <Named tile name={String(text)} href={href} detail={definition.console.subtitle?.(record)} />;
}

export const RowLinks = ({ links }: { links: readonly { label: string; href: string }[] }) => (
  <>
    {links.map(({ label, href }, index) => (
      <>
        {index > 0 && ' · '}
        <a href={href}>{label}</a>
      </>
    ))}
  </>
);
