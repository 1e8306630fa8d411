/** The definition of a setting, and the groups that settings stand in. */
import type * as z from 'zod/mini';

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
type Entry<Schema extends z.ZodMiniType> = {
  schema: Schema;
  label: string;
  /** The effect, in a sentence or two. */
  help: string;
  /** The labels of the values of a choice. */
  choices?: Record<string, string>;
};
export type SettingDefinition<Schema extends z.ZodMiniType = z.ZodMiniType> = Entry<Schema> & { group: SettingGroup };

type Entries<Schemas extends Record<string, z.ZodMiniType>> = { [Name in keyof Schemas]: Entry<Schemas[Name]> };
type Definitions<Schemas extends Record<string, z.ZodMiniType>> = {
  [Name in keyof Schemas]: SettingDefinition<Schemas[Name]>;
};

/** @returns the settings of a group, by name. */
export const defineSettings = <Schemas extends Record<string, z.ZodMiniType>>(
  group: SettingGroup,
  entries: Entries<Schemas>,
): Definitions<Schemas> => {
  const definitions = Object.entries<Entry<z.ZodMiniType>>(entries).map(([name, entry]) => [name, { ...entry, group }]);
  return Object.fromEntries(definitions);
};
