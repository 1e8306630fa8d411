/** The commands that read records: list, show, and further answers. */
import { capitalised } from '../../../src/admin/records/action.ts';
import type { RecordValues } from '../../../src/admin/records/field.ts';
import type { ActedOn, RecordDefinition } from '../../../src/admin/records/record.ts';
import type { ViewDefinition } from '../../../src/admin/records/view.ts';
import { type Command, everyRow, nothing, queryOf, table } from '../command.ts';
import { flagOption, textIn, textOption, type Values } from '../options.ts';
import { cell, recordTable, recordText } from './cells.ts';
import { apiPath, keyNames } from './path.ts';

type Many = { filters: Readonly<Record<string, string | undefined>>; all: boolean };

/** The options of a list: its filters, and `--all` where it comes in pages. */
const manyOptions = (filters: Readonly<Record<string, string>>, all: string | undefined) => [
  ...Object.entries(filters).map(([name, help]) => textOption(name.replaceAll('_', '-'), help)),
  ...(all === undefined ? [] : [flagOption('all', all)]),
];

const manyIn = (filters: Readonly<Record<string, string>>, values: Values): Many => ({
  filters: Object.fromEntries(Object.keys(filters).map((name) => [name, textIn(values, name.replaceAll('_', '-'))])),
  all: values.all === true,
});

const EVERY_PAGE = 'Every page, not only the first.';

export function listCommand(definition: RecordDefinition): Command {
  const { command, api, list } = definition;
  const { filters = {}, anywhere, everyPage = false } = list;
  return {
    name: `${command.noun} list`,
    takes: [],
    about: list.summary,
    options: manyOptions(filters, anywhere || everyPage ? undefined : EVERY_PAGE),
    request: (_, values) => manyIn(filters, values),
    run: async (caller, _, request) => {
      const { filters: narrowed, all } = request as Many;
      const query = await queryOf(caller, narrowed);
      if (!all && !everyPage) return caller('GET', `${api.path}?${query}`);
      return { [api.rows]: await everyRow(caller, api.path, api.rows, query) };
    },
    show: ({ [api.rows]: rows, next }) =>
      next === undefined ? recordTable(definition, rows) : `${recordTable(definition, rows)}\nThere are more: --all`,
  };
}

export function showCommand(definition: RecordDefinition): Command {
  const { command, texts = {}, one } = definition;
  return {
    name: `${command.noun} ${command.verbs?.show ?? 'show'}`,
    takes: keyNames(definition),
    about: texts.getSummary ?? `One ${one}`,
    request: nothing,
    run: async (api, parameters) => api('GET', await apiPath(api, definition, parameters)),
    show: (answer) => recordText(definition, answer),
  };
}

/** The query of a view that no option sets: its order, its cursor, and what `--all` says. */
const WAYS = ['after', 'sort', 'order', 'all'];

/** A further answer: its list as a table, else as it is. */
export function viewCommand(definition: ActedOn, { path, summary, query = {}, command }: ViewDefinition): Command[] {
  if (!command) return [];
  const { noun = definition.command.noun, verb, rows } = command;
  const filters = Object.fromEntries(Object.entries(query).filter(([name]) => !WAYS.includes(name)));
  const isPaged = rows !== undefined && 'after' in query;
  return [
    {
      name: `${noun} ${verb}`,
      takes: keyNames(definition),
      about: summary,
      options: manyOptions(filters, isPaged ? (query.all ?? EVERY_PAGE) : undefined),
      request: (_, values) => manyIn(filters, values),
      run: async (api, given, request) => {
        const { filters: narrowed, all } = request as Many;
        const text = await queryOf(api, { ...narrowed, ...(all && 'all' in query && { all: 'true' }) });
        const at = (await apiPath(api, definition, given)) + path;
        if (rows !== undefined && all) return { [rows]: await everyRow(api, at, rows, text) };
        return api('GET', at + (text === '' ? '' : `?${text}`));
      },
      show: (answer) => viewText(command, answer),
    },
  ];
}

function viewText(
  { rows, columns = [], lead, none = 'There is none.' }: NonNullable<ViewDefinition['command']>,
  answer: RecordValues,
): string {
  if (rows === undefined) return JSON.stringify(answer, null, 2);
  const found = (answer[rows] as RecordValues[]).map((row) => columns.map((name) => cell(row[name])));
  const list = found.length === 0 ? [] : [columns.map((name) => capitalised(name.replaceAll('_', ' '))), ...found];
  return lead === undefined ? table(list, none) : `${cell(answer[lead])}\n\n${table(list, none)}`;
}
