/**
 * Every setting, once. Its group has a file in `settings/`, where it is one entry: default and schema, label
 * and help. The admin API, OpenAPI, console, command and docs/reference derive from this list, whose order is theirs.
 */
import { BRAND_SETTINGS } from './settings/brand.ts';
import { CLIENT_SETTINGS } from './settings/clients.ts';
import { CONSENT_SETTINGS } from './settings/consent.ts';
import type { SettingDefinition, SettingGroup } from './settings/definition.ts';
import { DEVICE_SETTINGS } from './settings/devices.ts';
import { LOG_SETTINGS } from './settings/logs.ts';
import { RESOURCE_SETTINGS } from './settings/resource.ts';
import { TOKEN_SETTINGS } from './settings/tokens.ts';
import { USER_SETTINGS } from './settings/users.ts';
import { keysOf } from './table.ts';

export { SETTING_GROUPS, type SettingGroup } from './settings/definition.ts';

const DEFINITIONS = {
  ...BRAND_SETTINGS,
  ...USER_SETTINGS,
  ...CONSENT_SETTINGS,
  ...TOKEN_SETTINGS,
  ...CLIENT_SETTINGS,
  ...DEVICE_SETTINGS,
  ...RESOURCE_SETTINGS,
  ...LOG_SETTINGS,
};

export type SettingName = keyof typeof DEFINITIONS;

/** The same entries, typed without their values. */
export const SETTINGS: Record<SettingName, SettingDefinition> = DEFINITIONS;
export const SETTING_NAMES = keysOf(SETTINGS);
export const isSettingName = (name: string): name is SettingName => Object.hasOwn(SETTINGS, name);

/** All settings as one record. */
export type Settings = { [Name in SettingName]: (typeof DEFINITIONS)[Name]['initial'] };

export const DEFAULT_SETTINGS = Object.fromEntries(
  SETTING_NAMES.map((name) => [name, SETTINGS[name].initial]),
) as Settings;

/** The names of the settings of a group, in order. */
export const settingsInGroup = (group: SettingGroup): SettingName[] =>
  SETTING_NAMES.filter((name) => SETTINGS[name].group === group);
