/** The page of one record, from its definition: warnings, facts, links to what can be done, and records that belong to it. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { DescriptionList } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { idIn } from '../query-parameters.ts';
import type { RecordValues } from '../records/field.ts';
import type { RelationDefinition } from '../records/list.ts';
import type { RecordDefinition } from '../records/record.ts';
import type { TabDefinition } from '../records/view.ts';
import { type ConsoleUser, consolePage } from './console-page.tsx';
import { addressOf } from './list.tsx';
import { namesFor } from './names.ts';
import { RowLinks } from './record-cells.tsx';
import { RecordFrame } from './record-head.tsx';
import { type ConsoleRecord, nameOf, readOne } from './record-parts.tsx';
import { factsOf, referencesOf } from './record-values.tsx';
import { readRelation, readTables } from './related.tsx';

export async function showOne(c: Context<Web>, here: ConsoleUser, kind: ConsoleRecord) {
  const { definition, parts } = kind;
  const say = { ...textsOf(c, 'console'), ...textsOf(c, 'layout') };
  const reading = readOne(c, kind);
  const naming = reading.then(({ record }) => {
    const members = factNames(definition, record, parts.omitted);
    return namesFor(c.get('deps'), referencesOf(definition.fields, [record], members));
  });
  const [read, names, tables, below, ...related] = await Promise.all([
    reading,
    naming,
    readTables(c, here, kind, idIn(c, definition)),
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
      {tables}
      {below}
      {related}
    </RecordFrame>,
  );
}

/** A further page about one record: records that belong to it, or content of its own. */
export async function showTab(c: Context<Web>, here: ConsoleUser, kind: ConsoleRecord, tab: TabDefinition) {
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
function factNames({ fields, answer, named }: RecordDefinition, record: RecordValues, omitted: readonly string[] = []) {
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
function Links({ definition: { links = [], id }, record }: { definition: RecordDefinition; record: RecordValues }) {
  if (links.length === 0) return null;
  return (
    <p>
      <RowLinks links={links.map(({ path, label }) => ({ label, href: addressOf(path, { q: String(record[id]) }) }))} />
    </p>
  );
}
