/** The definition of a setting, and the groups that settings stand in. */
import type * as z from 'zod/mini';
import type { SettingValue } from './schemas.ts';

/** The groups of the console and the reference, in their order. */
export const SETTING_GROUPS = {
  brand: 'Name and appearance',
  users: 'Sign-in and accounts',
  consent: 'Consent and authorization codes',
  tokens: 'Tokens and grants',
  clients: 'Clients and registration',
  devices: 'Device authorization',
  resource: 'Protected resource and metadata',
  logs: 'Logs and backups',
} as const;
export type SettingGroup = keyof typeof SETTING_GROUPS;

/** An entry of a group. */
type Entry<Value> = {
  value: SettingValue<Value>;
  label: string;
  /** The effect, in a sentence or two. */
  help: string;
  /** The labels of the values of a choice. */
  choices?: Record<string, string>;
};

export type SettingDefinition<Value = unknown> = Omit<Entry<Value>, 'value'> & {
  group: SettingGroup;
  initial: Value;
  readonly schema: z.ZodMiniType<Value>;
};

type Entries<Values extends Record<string, unknown>> = { [Name in keyof Values]: Entry<Values[Name]> };
type Definitions<Values extends Record<string, unknown>> = { [Name in keyof Values]: SettingDefinition<Values[Name]> };

/** @returns the settings of a group, by name. */
export const defineSettings = <Values extends Record<string, unknown>>(
  group: SettingGroup,
  entries: Entries<Values>,
): Definitions<Values> => {
  const definitions = Object.entries<Entry<unknown>>(entries).map(([name, entry]) => [name, define(group, entry)]);
  return Object.fromEntries(definitions);
};

function define(group: SettingGroup, { value, ...texts }: Entry<unknown>): SettingDefinition {
  let schema: z.ZodMiniType | undefined;
  return {
    ...texts,
    group,
    initial: value.initial,
    get schema() {
      schema ??= value.schema();
      return schema;
    },
  };
}
