/** Related records on the page of one: records of another type, and lists in its own answer. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import { textsOf } from '../../ui/locale.ts';
import { Table } from '../../ui/table.tsx';
import { BOUND } from '../operations/index.ts';
import { namedRecord } from '../operations/record.ts';
import { filledIn } from '../records/action.ts';
import type { RecordValues } from '../records/field.ts';
import type { RelationDefinition, TableDefinition } from '../records/list.ts';
import type { RecordDefinition } from '../records/record.ts';
import type { ConsoleUser } from './console-page.tsx';
import { addressOf } from './list.tsx';
import { namesFor } from './names.ts';
import { cellOf, RowLinks } from './record-cells.tsx';
import { actionLinks, type ConsoleRecord, recordAddress } from './record-parts.tsx';
import { referencesOf, shownValue } from './record-values.tsx';

/** The records of a relation on one page; the list of all of them is a page of its own. */
const MOST = 20;

/** The latest records of a relation, with what can be done with each. */
export async function readRelation(
  c: Context<Web>,
  here: ConsoleUser,
  relation: RelationDefinition,
  id: string,
): Promise<Child> {
  const deps = c.get('deps');
  const say = { ...textsOf(c, 'console'), ...textsOf(c, 'layout') };
  const { type, filter, columns, heading, none, only } = relation;
  const bound = BOUND.find(({ definition }) => definition.type === type);
  if (!bound) throw new Error(`there is no record of the type ${type}`);
  const { definition, operations } = bound;
  const [sort = ''] = Object.keys(operations.sorts ?? {});
  const { descending = false, latestFirst = descending } = definition.list;
  const page = await operations.list(deps, {
    sort,
    descending: latestFirst,
    filters: { [filter]: id },
    after: undefined,
    most: MOST,
  });
  const rows = page.rows.map((row) => namedRecord(bound, row, deps)).filter((row) => only?.(row) ?? true);
  const names = await namesFor(deps, referencesOf(definition.fields, rows, columns));
  const acts = here.mayChange && Object.keys(definition.actions).length > 0;
  return (
    <>
      <h2>{heading}</h2>
      {(page.unreachable ?? []).length > 0 && <p class="warning">{say.partly((page.unreachable ?? []).join(', '))}</p>}
      {rows.length === 0 ? (
        <p>{none}</p>
      ) : (
        <Table
          caption={say.latest(MOST)}
          columns={[...columns.map((name) => definition.fields[name]?.label ?? name), ...(acts ? [say.actions] : [])]}
          rows={rows.map((record) => [
            ...columns.map((name) =>
              cellOf({ c, kind: { ...bound, parts: {} }, record, name, first: false, showing: { say, names } }),
            ),
            ...(acts ? [<RowLinks links={actionLinks(definition, record)} />] : []),
          ])}
        />
      )}
      {page.next !== undefined && (
        <p>
          <a href={addressOf(definition.console.path, { [filter]: id })}>{say.allOf(definition.many)}</a>
        </p>
      )}
    </>
  );
}

/** The lists in the answer about the record, each with the action on one of its rows. */
export async function readTables(c: Context<Web>, here: ConsoleUser, kind: ConsoleRecord, id: string): Promise<Child> {
  const { definition, operations } = kind;
  const { tables = [] } = definition;
  if (tables.length === 0) return null;
  const detail = (await operations.detail?.(c.get('deps'), id)) ?? {};
  return Promise.all(
    tables.map((table) => tableOf(c, here, definition, id, table, detail[table.member] as RecordValues[])),
  );
}

async function tableOf(
  c: Context<Web>,
  here: ConsoleUser,
  definition: RecordDefinition,
  id: string,
  table: TableDefinition,
  rows: readonly RecordValues[],
) {
  const { fields, actions } = definition;
  const { columns, heading, caption, none } = table;
  const say = { ...textsOf(c, 'console'), ...textsOf(c, 'layout') };
  const names = await namesFor(c.get('deps'), referencesOf(fields, rows, columns));
  const { page = '', label = '' } = (here.mayChange && table.action !== undefined && actions[table.action]) || {};
  const address = (row: RecordValues) => {
    const parts = Object.entries(row).map(([name, value]) => [name, encodeURIComponent(String(value))]);
    return recordAddress(definition, { [definition.id]: id }, filledIn(page, Object.fromEntries(parts)));
  };
  const cell = (row: RecordValues, name: string) => fields[name] && shownValue(fields[name], row[name], { say, names });
  return (
    <>
      <h2>{heading}</h2>
      {rows.length === 0 ? (
        <p>{none}</p>
      ) : (
        <Table
          caption={caption}
          columns={[...columns.map((name) => fields[name]?.label ?? name), ...(label ? [say.actions] : [])]}
          rows={rows.map((row) => [
            ...columns.map((name) => cell(row, name)),
            ...(label ? [<a href={address(row)}>{label}</a>] : []),
          ])}
        />
      )}
    </>
  );
}
