/** The commands that write records: create, change and put, with an option for each field. */
import type * as z from 'zod';
import { filledIn } from '../../../src/admin/records/action.ts';
import type { RecordValues } from '../../../src/admin/records/field.ts';
import type { RecordDefinition } from '../../../src/admin/records/record.ts';
import { isNested, namesSetBy, nested, withoutEmpty } from '../../../src/admin/records/request.ts';
import { type Command, parsed, validated } from '../command.ts';
import { fieldsIn, parseJson } from '../option-values.ts';
import { type FieldOption, fieldOptions, textIn, textOption, type Values } from '../options.ts';
import { recordText } from './cells.ts';
import { apiPath, keyNames, parameterNames, withUserIds } from './path.ts';

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
function requestIn(
  definition: RecordDefinition,
  options: readonly FieldOption[],
  values: Values,
  before: RecordValues = {},
) {
  const { fields } = definition;
  const set = fieldsIn(options, values);
  if (!isNested(fields)) return { ...before, ...set };
  const [suggested, request] = [nested(fields, before), nested(fields, set)];
  for (const { name } of holderOptions(definition)) {
    const whole = parseJson(name, textIn(values, name)) as RecordValues | undefined;
    request[name] = { ...(suggested[name] as RecordValues), ...whole, ...(request[name] as RecordValues) };
  }
  return { ...suggested, ...request };
}

export function createCommand(definition: RecordDefinition, schema: z.ZodObject): Command {
  const { command, api, fields, texts = {}, one } = definition;
  const { positions = [], create = 'create', fill, created } = command;
  const options = optionsOf(definition, schema, positions);
  return {
    name: `${command.noun} ${create}`,
    takes: parameterNames(fields, positions),
    about: texts.createSummary ?? `Creates: ${one}`,
    options: [...options, ...holderOptions(definition)],
    request: (parameters, values) => {
      const named = Object.fromEntries(positions.map((name, index) => [name, parameters[index]]));
      return validated(schema, requestIn(definition, options, values, { ...fill?.(named), ...named }));
    },
    run: async (caller, _, request) =>
      caller('POST', api.path, await withUserIds(caller, fields, positions, request as RecordValues)),
    show: (answer) =>
      typeof created === 'function'
        ? created(answer)
        : created === undefined
          ? recordText(definition, markedOnce(definition, answer))
          : filledIn(created, answer),
  };
}

/** The answer, with a mark at what is shown only this once. */
function markedOnce({ once }: RecordDefinition, answer: RecordValues): Record<string, unknown> {
  const isOnce = (name: string) => once !== undefined && Object.hasOwn(once.shape, name);
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [name, isOnce(name) ? `${String(value)}  (shown this once)` : value]),
  );
}

/** The verbs `change` (PATCH) and `put` (PUT). */
export function writeCommand(definition: RecordDefinition, verb: 'change' | 'put', schema: z.ZodObject): Command {
  const { command, texts = {}, one, fields } = definition;
  const { positions = [], read, written } = command;
  const given = read && verb === 'put' ? positions : [];
  const options = optionsOf(definition, schema, given);
  const key = keyNames(definition);
  return {
    name: `${command.noun} ${verb === 'put' ? (command.verbs?.put ?? verb) : verb}`,
    takes: [...key, ...given],
    about: texts.changeSummary ?? `${verb === 'put' ? 'Creates or changes' : 'Changes'}: ${one}`,
    options: [...options, ...holderOptions(definition)],
    request(parameters, values) {
      const named = Object.fromEntries([...key, ...given].map((name, index) => [name, parameters[index]]));
      const request = withoutEmpty(fields, requestIn(definition, options, values));
      return given.length > 0 && read ? parsed(read(named)) : validated(schema, request);
    },
    run: async (api, parameters, request) =>
      api(verb === 'put' ? 'PUT' : 'PATCH', await apiPath(api, definition, parameters), request),
    show: (answer) => written?.(answer) ?? recordText(definition, answer),
  };
}
