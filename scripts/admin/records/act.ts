/** The commands of the actions on a record. */
import type * as z from 'zod';
import { type ActionDefinition, doneSentence, parametersIn } from '../../../src/admin/records/action.ts';
import type { RecordValues } from '../../../src/admin/records/field.ts';
import type { ActedOn } from '../../../src/admin/records/record.ts';
import { type Command, validated } from '../command.ts';
import { fieldsIn } from '../option-values.ts';
import { type FieldOption, fieldOptions, flagOption, type Values } from '../options.ts';
import { recordText } from './cells.ts';
import { apiPath, keyNames, parameterNames, withUserIds } from './path.ts';

export function actionCommand(definition: ActedOn, name: string, action: ActionDefinition): Command {
  const { noun = definition.command.noun, path = '', body, sets, parameters = [], positions = [], answer } = action;
  const { fields } = definition;
  const key = keyNames(definition);
  const options = bodyOptions(definition, action);
  const switches = Object.entries(action.flags ?? {}).map(([flag, { help }]) => flagOption(flag, help));
  return {
    name: `${noun} ${name}`,
    takes: [...key, ...parameters, ...parameterNames(fields, positions)],
    about: action.summary,
    options: [...options, ...switches],
    request(given, values) {
      const named = positions.map((member, index) => [member, given[key.length + parameters.length + index]]);
      const members = { ...Object.fromEntries(named), ...fieldsIn(options, values) };
      return (body ? validated(body.schema, members) : sets) ?? values;
    },
    async run(api, given, request) {
      const at = await apiPath(api, definition, given);
      if (sets) return api('PATCH', at, sets);
      const below = parametersIn(path).reduce(
        (text, parameter, index) => text.replace(`{${parameter}}`, encodeURIComponent(given[key.length + index] ?? '')),
        path,
      );
      const on = switches.filter((flag) => (request as Values)[flag.name] === true).map((flag) => [flag.name, 'true']);
      const query = on.length > 0 ? `?${new URLSearchParams(on)}` : '';
      const sent = body && (await withUserIds(api, fields, Object.keys(body.schema.shape), request as RecordValues));
      return api(action.method ?? 'DELETE', at + below + query, sent);
    },
    show: (done) =>
      (sets || answer === 'record') && action.says === undefined
        ? recordText(definition, done)
        : doneSentence(action, done ?? {}),
  };
}

/** An option for each member of the body that is not given by position. */
function bodyOptions({ fields }: ActedOn, { body, positions = [] }: ActionDefinition): FieldOption[] {
  const members = Object.entries(body?.schema.shape ?? {}).filter(([name]) => !positions.includes(name));
  return fieldOptions(
    Object.fromEntries(members.map(([name, schema]) => [name, { ...fields[name], schema: schema as z.ZodType }])),
  );
}
