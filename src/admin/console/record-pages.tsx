/** The console's pages of a record, from its definition: list, one record, forms, and the questions before an action. */
import type { Context } from 'hono';
import type * as z from 'zod';
import type { Web } from '../../http/context.ts';
import { act, type BoundRecord, namedRecord } from '../operations/record.ts';
import { idIn } from '../query-parameters.ts';
import { type ActionDefinition, doneOf, filledIn, needsBody, parametersIn } from '../records/action.ts';
import type { Shown } from '../records/field.ts';
import type { RecordDefinition } from '../records/record.ts';
import { namesSetBy, settableIn } from '../records/request.ts';
import { type Confirmation, confirmationPages } from './confirmations.tsx';
import { CHANGERS, type ConsolePage, type Operator, READERS } from './console-page.tsx';
import { formPage, type RecordForm } from './forms/form.tsx';
import { actionForm, editForm, newForm } from './record-forms.tsx';
import { showList } from './record-list.tsx';
import { showOne, showTab } from './record-one.tsx';
import {
  actingHere,
  backTo,
  type ConsoleRecord,
  leadsTo,
  onePath,
  type Presets,
  type RecordParts,
  readOne,
} from './record-parts.tsx';
import { shownOnce } from './shown-once.tsx';

/** Every page of a record. */
export function recordPages(bound: BoundRecord, parts: RecordParts = {}): readonly ConsolePage[] {
  const kind: ConsoleRecord = { ...bound, parts };
  const { definition } = kind;
  const { section, path, listed, page: hasPage } = definition.console;
  const one = onePath(definition);
  const { create, change, put, fresh = {} } = definition;
  return [
    { path, section, roles: READERS, show: (c, here) => showList(c, here, kind), ...(listed && { listed }) },
    ...(parts.presets ? presetPages(kind, parts.presets) : []),
    ...(parts.presets ? [] : page(definition, create ?? put, `${path}/new`, (c, here) => newForm(c, here, kind))).map(
      (form) => ({ ...form, ...(fresh.create && { fresh: fresh.create }) }),
    ),
    ...(hasPage
      ? [{ path: one, section, roles: READERS, show: (c: Context<Web>, here: Operator) => showOne(c, here, kind) }]
      : []),
    ...(definition.console.tabs ?? [])
      .filter((tab) => tab.relation !== undefined || parts.tabs?.[tab.path] !== undefined)
      .map(
        (tab): ConsolePage => ({
          path: one + tab.path,
          section,
          roles: READERS,
          show: (c, here) => showTab(c, here, kind, tab),
        }),
      ),
    ...page(definition, change ?? put, `${one}/edit`, (c, here) => editForm(c, here, kind)).map((form) => ({
      ...form,
      ...(fresh.change && { fresh: fresh.change }),
    })),
    ...questionPages(kind),
  ];
}

/** The pages on which the kind of a new record is chosen, and the form of each kind. */
function presetPages(kind: ConsoleRecord, { page: show, form }: Presets): ConsolePage[] {
  const { definition } = kind;
  const { section, path, presets: parameter = 'kind' } = definition.console;
  const nameIn = (c: Context<Web>) => c.req.param(parameter) ?? '';
  return [
    { path: `${path}/new`, section, roles: CHANGERS, show },
    ...page(definition, definition.create, `${path}/new/:${parameter}`, async (c, here) =>
      newForm(c, here, kind, form(c, nameIn(c))),
    ).map((one) => ({ ...one, ...(definition.fresh?.create && { fresh: definition.fresh.create }) })),
  ];
}

/** A page with a form, where the record has such a request. */
function page(
  { fields, console: { section } }: RecordDefinition,
  schema: z.ZodObject | undefined,
  path: string,
  form: (c: Context<Web>, here: Operator) => RecordForm<z.ZodType> | Promise<RecordForm<z.ZodType>>,
): ConsolePage[] {
  if (!schema || !settableIn('notInConsole', fields, schema)) return [];
  // A box for each value that is chosen.
  const hasBoxes = (name: string) => fields[name]?.from !== undefined || fields[name]?.known !== undefined;
  const repeatable = namesSetBy(fields, schema).filter(hasBoxes);
  return [{ path, section, roles: CHANGERS, ...(repeatable.length > 0 && { repeatable }), ...formPage(form) }];
}

/** The question before each action; a form where it needs more than an answer. */
const questionPages = (kind: ConsoleRecord): ConsolePage[] =>
  Object.entries(kind.definition.actions).flatMap(([name, action]) => {
    if (action.notInConsole !== undefined) return [];
    const { section } = kind.definition.console;
    const path = onePath(kind.definition);
    if (needsBody(action)) {
      const form = formPage((c, here) => actionForm(c, here, kind, name, action));
      return [{ path: path + pageOf(name, action), section, roles: CHANGERS, fresh: true, ...form }];
    }
    const find = subjectOf(kind, action);
    const back = (row: Shown) => leadsTo(kind, action, row);
    return confirmationPages({ section, path, find, back }, [questionOf(kind, name, action)]);
  });

/** The path of a question below that of the record. */
const pageOf = (name: string, { page = `/${name}` }: ActionDefinition) => page.replaceAll(/\{(\w+)\}/g, ':$1');

/** The record that a question is about, as far as the page names it or leads back by it. */
const subjectOf =
  (kind: ConsoleRecord, { unread, leadsTo: to }: ActionDefinition) =>
  async (c: Context<Web>): Promise<Shown> =>
    unread || (c.req.method === 'POST' && typeof to !== 'function')
      ? { [kind.definition.id]: idIn(c, kind.definition) }
      : (await readOne(c, kind)).record;

/** The switches that a question carries, each as the record was when it was asked. */
const switchesOf = ({ flags = {} }: ActionDefinition, record: Shown): Record<string, string> =>
  Object.fromEntries(Object.entries(flags).map(([name, { on }]) => [name, String(on(record))]));

function questionOf(kind: ConsoleRecord, name: string, action: ActionDefinition): Confirmation<Shown> {
  const { definition, operations } = kind;
  const { heading = '', effect = '', submit = '', flags = {}, once } = action;
  return {
    path: pageOf(name, action),
    ...(action.leadsTo === 'list' && { leadsTo: definition.console.path }),
    ends: async (c) => operations.ends?.[name]?.(c.get('deps'), idIn(c, definition)) ?? {},
    carries: (_, record) => switchesOf(action, record),
    asks(c, record, ends) {
      const named = { ...record, ...c.req.param() };
      const what = typeof effect === 'string' ? effect : effect(record, ends);
      const filled = [what].flat().map((sentence) => filledIn(sentence, named));
      return { heading: filledIn(heading, named), what: filled, submit };
    },
    async act({ c, here, form }) {
      const deps = c.get('deps');
      const row = await operations.find(deps, idIn(c, definition));
      const names = [...parametersIn(action.path ?? ''), ...Object.keys(flags)];
      const request = Object.fromEntries(names.map((one) => [one, c.req.param(one) ?? form.one(one)]));
      const done = await act(kind, [name, action], actingHere(c, here), row, request);
      const answer = (done ?? {}) as Shown;
      if (!once) return doneOf(action, answer);
      const record = namedRecord(kind, row, deps);
      return shownOnce(c, here, {
        section: definition.console.section,
        title: filledIn(once.title, record),
        once: once.text(answer),
        label: once.label,
        secret: String(answer[once.member]),
        go: backTo(kind, record),
      });
    },
  };
}
