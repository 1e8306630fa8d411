/** Settings as fields of a form and as values in a list, as their definitions say. */
import * as z from 'zod';
import type { Texts } from '../../locales/index.ts';
import {
  DEFAULT_SETTINGS,
  SETTING_GROUPS,
  SETTINGS,
  type SettingGroup,
  type SettingName,
  settingsInGroup,
} from '../../protocol/settings.ts';
import { keysOf } from '../../protocol/table.ts';
import { kindOf } from '../records/kind.ts';
import { SETTING } from '../records/setting.ts';
import { emptyOf } from './forms/field-text.ts';
import type { FormField } from './forms/form-field.ts';

type Say = Texts['consoleSettings'];

export const SETTINGS_PAGE = SETTING.console.path;
export const groupAddress = (group: string): string => `${SETTINGS_PAGE}/${group}`;

/** The groups that have settings, in their order. */
export const GROUPS = keysOf(SETTING_GROUPS);

/** A value as it is displayed. */
export function shown(name: SettingName, value: unknown, say: Say): string {
  if (typeof value === 'boolean') return value ? say.on : say.off;
  return value === '' ? say.empty : (SETTINGS[name].choices?.[String(value)] ?? String(value));
}

/** The schema of the settings of a group: every one has a value. */
export const groupSchema = (group: SettingGroup) =>
  z.object(Object.fromEntries(settingsInGroup(group).map((name) => [name, SETTINGS[name].schema])));

export function settingField(name: SettingName, say: Say): FormField {
  const { label, help, choices, schema } = SETTINGS[name];
  const kind = kindOf(schema);
  const hint = `${help} ${say.byDefault(shown(name, DEFAULT_SETTINGS[name], say))}`;
  const optional = z.safeParse(schema, '').success;
  return { name, kind, optional, label, help: hint, choices, empty: emptyOf(schema, kind) };
}
