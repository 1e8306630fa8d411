/** The list of a record, from its definition: columns, search, filters, and the actions of each row. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { textsOf } from '../../ui/locale.ts';
import type { RecordDefinition } from '../records/record.ts';
import { Head } from './action-links.tsx';
import { type ConsoleUser, consolePage } from './console-page.tsx';
import { List } from './list.tsx';
import { WhichOne } from './matches.tsx';
import { namesFor } from './names.ts';
import { cellOf, RowLinks } from './record-cells.tsx';
import { type ConsoleRecord, changeLinks, titleOf } from './record-parts.tsx';
import { pagedList, wholeList } from './record-search.ts';
import { referencesOf } from './record-values.tsx';

export async function showList(c: Context<Web>, here: ConsoleUser, kind: ConsoleRecord) {
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
        more={{ query: narrowed, fields: <FilterFields filters={narrowed} /> }}
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
const FilterFields = ({ filters }: { filters: Readonly<Record<string, string>> }) => (
  <>
    {Object.entries(filters).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
  </>
);

const searchOf = ({ list }: RecordDefinition, say: ReturnType<typeof textsOf<'console'>>) =>
  list.anywhere ? { search: say.anywhere } : list.search && { search: { hint: say.wholeId, ...list.search } };
