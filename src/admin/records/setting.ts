/** The record of a setting: one value of this server, which always exists and can have its default again. */
import * as z from 'zod';
import {
  DEFAULT_SETTINGS,
  SETTING_GROUPS,
  SETTING_NAMES,
  SETTINGS,
  type SettingName,
} from '../../protocol/settings.ts';
import { keysOf } from '../../protocol/table.ts';
import type { RecordValues } from './field.ts';
import { defineRecord } from './record.ts';
import { pick, pickAll } from './request.ts';

export const SettingNameParameter = z.enum(SETTING_NAMES, {
  error: 'there is no such setting; "settings list" shows them all',
});

const Value = z.union([z.string(), z.number(), z.boolean()]);

const FIELDS = {
  name: { schema: z.string(), label: 'Setting', display: 'code' },
  value: {
    schema: Value.describe('The value, of the type that the setting has.'),
    label: 'Value',
    choices: { true: 'true', false: 'false' },
    unset: '(empty)',
  },
  default: { schema: Value, label: 'Default' },
  label: { schema: z.string(), label: 'Label' },
  help: { schema: z.string().describe('Its effect.'), label: 'Effect' },
  group: { schema: z.enum(keysOf(SETTING_GROUPS)), label: 'Group' },
} as const;

/** The value of one setting, by the schema that the Worker reads it with. */
export function parseSettingValue(name: SettingName, value: unknown): z.ZodSafeParseResult<unknown> {
  return z.safeParse(SETTINGS[name].schema, value);
}

/** The request that a text makes: the value has the setting's own type where it fits; `\n` stands for a new line. */
function requestOf(name: SettingName, text: string): z.ZodSafeParseResult<RecordValues> {
  const readings = [text.replaceAll('\\n', '\n'), ...(/^(true|false|\d+)$/.test(text) ? [JSON.parse(text)] : [])];
  const schema = z.object({ [name]: SETTINGS[name].schema });
  const parsed = readings.map((reading) => schema.safeParse({ [name]: reading }));
  const fit = parsed.find(({ success }) => success) ?? parsed.at(-1);
  return fit?.success ? { success: true, data: { value: fit.data[name] } } : (fit as z.ZodSafeParseError<RecordValues>);
}

/** The setting as the API answers with it. */
export const describeSetting = (name: SettingName, value: unknown) => ({
  name,
  value: Value.parse(value),
  default: DEFAULT_SETTINGS[name],
  label: SETTINGS[name].label,
  help: SETTINGS[name].help,
  group: SETTINGS[name].group,
});

export const SETTING = defineRecord({
  type: 'Setting',
  one: 'setting',
  many: 'settings',
  about: 'The settings of this server. Their fields stand in src/protocol/settings, an entry for each.',
  fields: FIELDS,
  id: 'name',
  parameter: 'name',
  named: 'label',
  answer: pickAll(FIELDS),
  put: pick(FIELDS, 'value'),
  texts: { getSummary: 'One setting', changeSummary: 'Changes a setting; others follow within 30 seconds' },
  api: { path: '/settings', rows: 'settings' },
  console: {
    path: '/console/settings',
    section: 'settings',
    own: 'all settings stand on one page, where those of a group are edited in place and saved together',
  },
  command: {
    noun: 'settings',
    id: 'name',
    positions: ['value'],
    verbs: { show: 'get', put: 'set' },
    read({ name, value }) {
      const known = SettingNameParameter.safeParse(name);
      if (!known.success) return { success: false, error: known.error as z.ZodError<never> };
      return requestOf(known.data, String(value));
    },
    written: ({ name, value }) =>
      `${String(name)} is now ${String(value).replaceAll('\n', '; ') || '(empty)'}. Everywhere within 30 seconds.`,
  },
  list: {
    summary: 'Every setting, with its value, its default and its help',
    columns: ['name', 'value', 'help'],
    anywhere: ['name', 'label', 'help'],
  },
  actions: {
    reset: {
      operationId: 'deleteSetting',
      summary: 'Back to the default',
      says: 'It has its default again. Everywhere within 30 seconds.',
      notInConsole: 'a button beside the setting resets it, without a question',
    },
  },
});
