/** The page of one record, from its definition: warnings, facts, links to what can be done, and records that belong to it. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import { DescriptionList, Table } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { BOUND } from '../operations/index.ts';
import { namedRecord } from '../operations/record.ts';
import { idIn } from '../query-parameters.ts';
import type { Shown } from '../records/field.ts';
import type { RecordDefinition, RelationDefinition, TabDefinition } from '../records/record.ts';
import { consolePage, type Operator } from './console-page.tsx';
import { addressOf } from './list.tsx';
import { namesFor } from './names.ts';
import { RecordFrame } from './record-head.tsx';
import { cellOf, RowLinks } from './record-list.tsx';
import { actionLinks, type ConsoleRecord, nameOf, readOne } from './record-parts.tsx';
import { factsOf, referencesOf } from './record-values.tsx';

/** The records of a relation on one page; the list of all of them is a page of its own. */
const MOST = 20;

export async function showOne(c: Context<Web>, here: Operator, kind: ConsoleRecord) {
  const { definition, parts } = kind;
  const say = { ...textsOf(c, 'console'), ...textsOf(c, 'layout') };
  const reading = readOne(c, kind);
  const naming = reading.then(({ record }) => {
    const members = factNames(definition, record, parts.omitted);
    return namesFor(c.get('deps'), referencesOf(definition.fields, [record], members));
  });
  const [read, names, below, ...related] = await Promise.all([
    reading,
    naming,
    parts.detail?.(c, here, reading as Promise<never>),
    ...ownRelations(definition).map((relation) => readRelation(c, here, relation, idIn(c, definition))),
  ]);
  const { record } = read;
  return consolePage(
    c,
    here,
    { title: nameOf(record), section: definition.console.section },
    <RecordFrame definition={definition} record={record} here={here} say={say}>
      <DescriptionList
        facts={[
          ...factsOf(definition.fields, record, factNames(definition, record, parts.omitted), { say, names }),
          ...(parts.facts?.(c, read as never) ?? []),
        ]}
      />
      <Links definition={definition} record={record} />
      {below}
      {related}
    </RecordFrame>,
  );
}

/** A further page about one record: records that belong to it, or content of its own. */
export async function showTab(c: Context<Web>, here: Operator, kind: ConsoleRecord, tab: TabDefinition) {
  const { definition, parts } = kind;
  const reading = readOne(c, kind);
  const relation = definition.relations?.find(({ type }) => type === tab.relation);
  const [{ record }, content] = await Promise.all([
    reading,
    relation
      ? readRelation(c, here, relation, idIn(c, definition))
      : parts.tabs?.[tab.path]?.(c, here, reading as Promise<never>),
  ]);
  const { section } = definition.console;
  return consolePage(
    c,
    here,
    { title: `${tab.label}: ${nameOf(record)}`, section },
    <RecordFrame definition={definition} record={record} here={here} say={textsOf(c, 'console')} tab={tab.path}>
      {content}
    </RecordFrame>,
  );
}

/** The relations that are not on a tab of their own. */
const ownRelations = ({ relations = [], console: { tabs = [] } }: RecordDefinition): readonly RelationDefinition[] =>
  relations.filter(({ type }) => !tabs.some(({ relation }) => relation === type));

/** The members of the answer that the page shows: its name is the heading, and some have no meaning for such a record. */
function factNames({ fields, answer, named }: RecordDefinition, record: Shown, omitted: readonly string[] = []) {
  const isMember = (name: string) => Object.hasOwn(answer.shape, name) || fields[name]?.within !== undefined;
  const holders = Object.values(fields).map(({ within }) => within);
  return Object.keys(fields).filter(
    (name) =>
      isMember(name) &&
      name !== named &&
      !holders.includes(name) &&
      !omitted.includes(name) &&
      (fields[name]?.when?.(record) ?? true),
  );
}

/** Links to lists of other records, narrowed to those of this one. */
function Links({ definition: { links = [], id }, record }: { definition: RecordDefinition; record: Shown }) {
  if (links.length === 0) return null;
  return (
    <p>
      <RowLinks links={links.map(({ path, label }) => ({ label, href: addressOf(path, { q: String(record[id]) }) }))} />
    </p>
  );
}

/** The latest records of a relation, with what can be done with each. */
async function readRelation(c: Context<Web>, here: Operator, relation: RelationDefinition, id: string): Promise<Child> {
  const deps = c.get('deps');
  const say = { ...textsOf(c, 'console'), ...textsOf(c, 'layout') };
  const { type, filter, columns, heading, none, only } = relation;
  const bound = BOUND.find(({ definition }) => definition.type === type);
  if (!bound) throw new Error(`there is no record of the type ${type}`);
  const { definition, operations } = bound;
  const [sort = ''] = Object.keys(operations.sorts ?? {});
  const { descending = false } = definition.list;
  const page = await operations.list(deps, {
    sort,
    descending,
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
          <a href={addressOf(definition.console.path, { q: id })}>{say.allOf(definition.many)}</a>
        </p>
      )}
    </>
  );
}
