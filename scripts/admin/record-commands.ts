/** The commands of a record, from its definition: list, show, create, change, put, its actions and further answers. */
import type * as z from 'zod';
import { type ActionDefinition, doneSentence, filledIn, parametersIn } from '../../src/admin/records/action.ts';
import { memberOf, type Shown } from '../../src/admin/records/field.ts';
import type { RecordDefinition, ViewDefinition } from '../../src/admin/records/record.ts';
import { isNested, namesSetBy, nested, putBodyOf, settableIn, withoutEmpty } from '../../src/admin/records/request.ts';
import { type Api, type Command, everyRow, nothing, queryOf, record, table, userIdOf, validated } from './command.ts';
import type { Values } from './options.ts';
import { type FieldOption, fieldOptions, fieldsIn, flagOption, parseJson, textIn, textOption } from './options.ts';

/** Every command of a record. */
export const recordCommands = (definition: RecordDefinition): readonly Command[] => [
  listCommand(definition),
  showCommand(definition),
  ...(definition.create ? [createCommand(definition, definition.create)] : []),
  ...(definition.change && settableIn('notInCommand', definition.fields, definition.change)
    ? [writeCommand(definition, 'change', definition.change)]
    : []),
  ...(definition.put ? [writeCommand(definition, 'put', putBodyOf(definition.put))] : []),
  ...Object.entries(definition.actions).flatMap(([name, action]) =>
    action.notInCommand === undefined ? [actionCommand(definition, name, action)] : [],
  ),
  ...Object.entries(definition.views ?? {}).flatMap(([, view]) => viewCommand(definition, view)),
];

const USER = 'e-mail';

/** The names of the parameters that identify one record. */
const keyOf = ({ command }: RecordDefinition): string[] => command.id.split(' / ');

/** The path of the record that the first parameters name; a user may be named by e-mail address. */
async function pathOf(api: Api, definition: RecordDefinition, parameters: readonly string[]): Promise<string> {
  const parts = keyOf(definition).map(async (name, index) => {
    const given = parameters[index] ?? '';
    return encodeURIComponent(name === USER ? await userIdOf(api, given) : given);
  });
  return [definition.api.path, ...(await Promise.all(parts))].join('/');
}

/** A cell of a list: a text on one line. */
function cell(value: unknown): string {
  if (value === undefined || value === null || value === false) return '';
  if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? one : String(one.name))).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The rows of a list in columns, below the labels of the members. */
export function recordTable({ fields, id, list, many }: RecordDefinition, rows: readonly Shown[]): string {
  const { sentence, none = `There are no ${many}.` } = list;
  if (sentence)
    return table(
      rows.map((row) => [String(row[id]), sentence(row)]),
      none,
    );
  const names = [id, ...(list.inCommand ?? list.columns).filter((name) => name !== id)];
  const head = names.map((name) => fields[name]?.label ?? name);
  const cellOf = (row: Shown, name: string) => {
    const value = memberOf(fields, row, name);
    if (value === undefined || value === null) return fields[name]?.unset ?? '';
    return (typeof value === 'boolean' && fields[name]?.choices?.[String(value)]) || cell(value);
  };
  return table(rows.length === 0 ? [] : [head, ...rows.map((row) => names.map((name) => cellOf(row, name)))], none);
}

function listCommand(definition: RecordDefinition): Command {
  const { command, api, list } = definition;
  const filters = Object.entries(list.filters ?? {});
  return {
    name: `${command.noun} list`,
    takes: [],
    about: list.summary,
    options: [
      ...filters.map(([name, help]) => textOption(name.replaceAll('_', '-'), help)),
      ...(list.anywhere || list.everyPage ? [] : [flagOption('all', 'Every page, not only the first.')]),
    ],
    request: (_, values) => ({
      filters: Object.fromEntries(filters.map(([name]) => [name, textIn(values, name.replaceAll('_', '-'))])),
      all: values.all === true,
    }),
    run: async (caller, _, request) => {
      const { filters: narrowed, all } = request as { filters: Record<string, string | undefined>; all: boolean };
      const query = await queryOf(caller, narrowed);
      if (!all && !list.everyPage) return caller('GET', `${api.path}?${query}`);
      return { [api.rows]: await everyRow(caller, api.path, api.rows, query) };
    },
    show: ({ [api.rows]: rows, next }) =>
      next === undefined ? recordTable(definition, rows) : `${recordTable(definition, rows)}\nThere are more: --all`,
  };
}

/** A record as lines: the members of a nested object are lines like the others. */
function shown({ fields }: RecordDefinition, answer: Shown): string {
  const holders = new Set(Object.values(fields).map(({ within }) => within));
  const entries = Object.entries(answer).flatMap(([name, value]) =>
    holders.has(name) ? Object.entries(value as Shown) : [[name, value] as const],
  );
  return record(Object.fromEntries(entries));
}

function showCommand(definition: RecordDefinition): Command {
  const { command, texts = {}, one } = definition;
  return {
    name: `${command.noun} show`,
    takes: keyOf(definition),
    about: texts.getSummary ?? `One ${one}`,
    request: nothing,
    run: async (api, parameters) => api('GET', await pathOf(api, definition, parameters)),
    show: (answer) => shown(definition, answer),
  };
}

/** The fields of a request that are no parameters, as options; a member that holds fields is one, too. */
function optionsOf(definition: RecordDefinition, schema: z.ZodObject, positions: readonly string[] = []) {
  const { fields, command } = definition;
  const names = namesSetBy(fields, schema).filter(
    (name) => !positions.includes(name) && fields[name]?.notInCommand === undefined,
  );
  const own = (name: string) => (schema.shape[name] ?? fields[name]?.schema) as z.ZodType;
  return fieldOptions(
    Object.fromEntries(names.map((name) => [name, { ...fields[name], schema: own(name) }])),
    command.yesNo,
  );
}

const holderOptions = ({ fields }: RecordDefinition) =>
  [...new Set(Object.values(fields).map(({ within }) => within))].flatMap((holder) =>
    holder === undefined
      ? []
      : [
          textOption(
            holder,
            `${fields[holder]?.label ?? holder} as one object; the other options go before it.`,
            'JSON',
          ),
        ],
  );

/** The fields that the options name, as the request has them. @param before members that hold where none is named. */
function requestIn(definition: RecordDefinition, options: readonly FieldOption[], values: Values, before: Shown = {}) {
  const { fields } = definition;
  const set = fieldsIn(options, values);
  if (!isNested(fields)) return { ...before, ...set };
  const [suggested, request] = [nested(fields, before), nested(fields, set)];
  for (const { name } of holderOptions(definition)) {
    const whole = parseJson(name, textIn(values, name)) as Shown | undefined;
    request[name] = { ...(suggested[name] as Shown), ...whole, ...(request[name] as Shown) };
  }
  return { ...suggested, ...request };
}

function createCommand(definition: RecordDefinition, schema: z.ZodObject): Command {
  const { command, api, fields, texts = {}, one } = definition;
  const { positions = [], create = 'create', fill, created } = command;
  const options = optionsOf(definition, schema, positions);
  const isUser = (name: string) => fields[name]?.display === 'user';
  return {
    name: `${command.noun} ${create}`,
    takes: positions.map((name) => (isUser(name) || name === 'email' ? USER : name)),
    about: texts.createSummary ?? `Creates: ${one}`,
    options: [...options, ...holderOptions(definition)],
    request: (parameters, values) => {
      const named = Object.fromEntries(positions.map((name, index) => [name, parameters[index]]));
      return validated(schema, requestIn(definition, options, values, { ...fill?.(named), ...named }));
    },
    run: async (caller, _, request) =>
      caller('POST', api.path, await withUserIds(caller, definition, request as Shown)),
    show: (answer) =>
      typeof created === 'function'
        ? created(answer)
        : created === undefined
          ? shown(definition, markedOnce(definition, answer))
          : filledIn(created, answer),
  };
}

/** Users are named by e-mail address on the command line, and by id in the API. */
async function withUserIds(api: Api, { fields, command }: RecordDefinition, request: Shown): Promise<Shown> {
  const entries = Object.entries(request).map(async ([name, value]) => [
    name,
    command.positions?.includes(name) && fields[name]?.display === 'user' ? await userIdOf(api, String(value)) : value,
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** The answer, with a mark at what is shown only this once. */
function markedOnce({ once }: RecordDefinition, answer: Shown): Record<string, unknown> {
  const isOnce = (name: string) => once !== undefined && Object.hasOwn(once.shape, name);
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [name, isOnce(name) ? `${String(value)}  (shown this once)` : value]),
  );
}

/** The verbs `change` (PATCH) and `put` (PUT). */
function writeCommand(definition: RecordDefinition, verb: 'change' | 'put', schema: z.ZodObject): Command {
  const { command, texts = {}, one, fields } = definition;
  const options = optionsOf(definition, schema);
  return {
    name: `${command.noun} ${verb}`,
    takes: keyOf(definition),
    about: texts.changeSummary ?? `${verb === 'put' ? 'Creates or changes' : 'Changes'}: ${one}`,
    options: [...options, ...holderOptions(definition)],
    request: (_, values) => validated(schema, withoutEmpty(fields, requestIn(definition, options, values))),
    run: async (api, parameters, request) =>
      api(verb === 'put' ? 'PUT' : 'PATCH', await pathOf(api, definition, parameters), request),
    show: (answer) => shown(definition, answer),
  };
}

function actionCommand(definition: RecordDefinition, name: string, action: ActionDefinition): Command {
  const { method = 'DELETE', path = '', summary, body, flags = {}, sets, parameters = [], answer } = action;
  const key = keyOf(definition);
  const members = Object.entries(body?.schema.shape ?? {}).map(([name, schema]) => [name, { schema }]);
  const options = fieldOptions(Object.fromEntries(members));
  const switches = Object.entries(flags).map(([flag, { help }]) => flagOption(flag, help));
  return {
    name: `${definition.command.noun} ${name}`,
    takes: [...key, ...parameters],
    about: summary,
    options: [...options, ...switches],
    request: (_, values) => (body ? validated(body.schema, fieldsIn(options, values)) : sets) ?? values,
    async run(api, given, request) {
      const at = await pathOf(api, definition, given);
      if (sets) return api('PATCH', at, sets);
      const below = parametersIn(path).reduce(
        (text, parameter, index) => text.replace(`{${parameter}}`, encodeURIComponent(given[key.length + index] ?? '')),
        path,
      );
      const on = switches.filter((flag) => (request as Values)[flag.name] === true).map((flag) => [flag.name, 'true']);
      const query = on.length > 0 ? `?${new URLSearchParams(on)}` : '';
      return api(method, at + below + query, body ? request : undefined);
    },
    show: (done) =>
      (sets || answer === 'record') && action.says === undefined
        ? shown(definition, done)
        : doneSentence(action, done ?? {}),
  };
}

/** A further answer: its list as a table, else as it is. */
function viewCommand(definition: RecordDefinition, { path, summary, query = {}, command }: ViewDefinition): Command[] {
  if (!command) return [];
  const { verb, rows, columns = [], lead, none = 'There is none.' } = command;
  const parameters = Object.entries(query);
  return [
    {
      name: `${definition.command.noun} ${verb}`,
      takes: keyOf(definition),
      about: summary,
      options: parameters.map(([name, help]) => textOption(name, help)),
      request: (_, values) => Object.fromEntries(parameters.map(([name]) => [name, textIn(values, name)])),
      run: async (api, given, request) => {
        const text = await queryOf(api, request as Record<string, string | undefined>);
        return api('GET', (await pathOf(api, definition, given)) + path + (text === '' ? '' : `?${text}`));
      },
      show: (answer) => {
        if (rows === undefined) return JSON.stringify(answer, null, 2);
        const list = table(
          (answer[rows] as Shown[]).map((row) => columns.map((name) => cell(row[name]))),
          none,
        );
        return lead === undefined ? list : `${cell(answer[lead])}\n\n${list}`;
      },
    },
  ];
}
