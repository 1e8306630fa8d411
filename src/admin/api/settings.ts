/** /api/admin/settings: every setting with its value, its default and its help. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { type ApiTable, requireParsed, route } from '../../http/api/routes.ts';
import type { Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { DEFAULT_SETTINGS, SETTING_NAMES, SETTINGS, type SettingName } from '../../protocol/settings.ts';
import { settingIsUnchanged } from '../../storage/database/precondition.ts';
import { readSettingsFromPrimary, readStoredSetting } from '../../storage/server/settings.ts';
import { changeSettings, resetToDefault } from '../operations/settings.ts';
import * as requests from '../request-schemas.ts';
import { parseSettingValue, SettingNameParameter, type SettingRequest } from '../request-schemas.ts';
import { actorOf } from './authenticate.ts';
import * as answers from './response-schemas.ts';

async function listSettings(c: Context<Web>) {
  const values = await readSettingsFromPrimary(c.get('deps').databases);
  return c.json({ settings: SETTING_NAMES.map((name) => describe(name, values[name])) });
}

async function getSetting(c: Context<Web>) {
  const name = nameOf(c);
  const values = await readSettingsFromPrimary(c.get('deps').databases);
  return c.json(describe(name, values[name]));
}

async function settingIsStill(c: Context<Web>) {
  const name = nameOf(c);
  return settingIsUnchanged(name, await readStoredSetting(c.get('deps').databases, name));
}

/** Back to the default. Other isolates follow within 30 seconds. */
async function deleteSetting(c: Context<Web>) {
  await resetToDefault(c.get('deps'), actorOf(c), nameOf(c));
  return c.body(null, 204);
}

/** Other isolates follow within 30 seconds. */
async function putSetting(c: Context<Web>, body: z.infer<typeof SettingRequest>) {
  const name = nameOf(c);
  const value = requireParsed(parseSettingValue(name, body.value), 'value');
  await changeSettings(c.get('deps'), actorOf(c), { [name]: value });
  return c.json(describe(name, value));
}

function nameOf(c: Context<Web>): SettingName {
  const name = SettingNameParameter.safeParse(c.req.param('name'));
  if (!name.success) throw new OAuthError('not_found', 'there is no such setting.');
  return name.data;
}

const describe = (name: SettingName, value: unknown) => ({
  name,
  value,
  default: DEFAULT_SETTINGS[name],
  label: SETTINGS[name].label,
  help: SETTINGS[name].help,
  group: SETTINGS[name].group,
});

/** Routes of settings in the API table. */
export const SETTING_ROUTES: ApiTable['routes'] = {
  listSettings: {
    method: 'GET',
    path: '/settings',
    summary: 'Every setting, with its value, its default and its help',
    response: answers.SettingListSchema,
    handle: listSettings,
  },
  getSetting: {
    method: 'GET',
    path: '/settings/{name}',
    summary: 'One setting',
    response: answers.SettingSchema,
    handle: getSetting,
    precondition: settingIsStill,
  },
  putSetting: route({
    method: 'PUT',
    path: '/settings/{name}',
    summary: 'Changes a setting; others follow within 30 seconds',
    body: requests.SettingRequest,
    response: answers.SettingSchema,
    handle: putSetting,
  }),
  deleteSetting: {
    method: 'DELETE',
    path: '/settings/{name}',
    summary: 'Back to the default',
    handle: deleteSetting,
  },
};
