/** The questions before the actions on a record, from its definition. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { act, namedRecord } from '../operations/record.ts';
import { idIn } from '../query-parameters.ts';
import { type ActionDefinition, doneOf, filledIn, needsBody, parametersIn } from '../records/action.ts';
import type { RecordValues } from '../records/field.ts';
import { type Confirmation, confirmationPages } from './confirmations.tsx';
import { CHANGERS, type ConsolePage } from './console-page.tsx';
import { formPage } from './forms/form.tsx';
import { actionForm } from './record-edit.ts';
import { actingHere, backTo, type ConsoleRecord, leadsTo, onePath, readOne } from './record-parts.tsx';
import { shownOnce } from './shown-once.tsx';

/** The question before each action; a form where it needs more than an answer. */
export const questionPages = (kind: ConsoleRecord): ConsolePage[] =>
  Object.entries(kind.definition.actions).flatMap(([name, action]) => {
    if (action.notInConsole !== undefined) return [];
    const { section } = kind.definition.console;
    const path = onePath(kind.definition);
    if (needsBody(action)) {
      const form = formPage((c, here) => actionForm(c, here, kind, name, action));
      return [{ path: path + pageOf(name, action), section, roles: CHANGERS, fresh: true, ...form }];
    }
    const find = subjectOf(kind, action);
    const back = (row: RecordValues) => leadsTo(kind, action, row);
    return confirmationPages({ section, path, find, back }, [questionOf(kind, name, action)]);
  });

/** The path of a question below that of the record. */
const pageOf = (name: string, { page = `/${name}` }: ActionDefinition) => page.replaceAll(/\{(\w+)\}/g, ':$1');

/** The record that a question is about, as far as the page names it or leads back by it. */
const subjectOf =
  (kind: ConsoleRecord, { unread, leadsTo: to }: ActionDefinition) =>
  async (c: Context<Web>): Promise<RecordValues> =>
    unread || (c.req.method === 'POST' && typeof to !== 'function')
      ? { [kind.definition.id]: idIn(c, kind.definition) }
      : (await readOne(c, kind)).record;

/** The switches that a question carries, each as the record was when it was asked. */
const switchesOf = ({ flags = {} }: ActionDefinition, record: RecordValues): Record<string, string> =>
  Object.fromEntries(Object.entries(flags).map(([name, { on }]) => [name, String(on(record))]));

function questionOf(kind: ConsoleRecord, name: string, action: ActionDefinition): Confirmation<RecordValues> {
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
      const answer = (done ?? {}) as RecordValues;
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
