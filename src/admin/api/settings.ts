/** /api/admin/settings: every setting with its value, its default and its help. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { DEFAULT_SETTINGS, helpOf, SETTING_NAMES, type SettingName } from '../../protocol/settings.ts';
import { settingIsAsRead } from '../../storage/precondition.ts';
import { readLatestSettings, readStoredSetting, resetSetting } from '../../storage/settings.ts';
import { type ApiTable, parsed, route } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { changeSettings } from '../acts/settings.ts';
import * as requests from '../requests.ts';
import { parseSettingValue, SettingNameParameter, type SettingRequest } from '../requests.ts';
import * as answers from './answers.ts';
import { actorOf } from './authenticate.ts';

async function listSettings(c: Context<Web>) {
  const values = await readLatestSettings(c.get('deps').databases);
  return c.json({ settings: SETTING_NAMES.map((name) => describe(name, values[name])) });
}

async function getSetting(c: Context<Web>) {
  const name = nameOf(c);
  const values = await readLatestSettings(c.get('deps').databases);
  return c.json(describe(name, values[name]));
}

async function settingIsStill(c: Context<Web>) {
  const name = nameOf(c);
  return settingIsAsRead(name, await readStoredSetting(c.get('deps').databases, name));
}

/** Back to the default. Other isolates follow within 30 seconds. */
async function deleteSetting(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  await resetSetting(databases, moment, actorOf(c), nameOf(c));
  return c.body(null, 204);
}

/** Other isolates follow within 30 seconds. */
async function putSetting(c: Context<Web>, body: z.infer<typeof SettingRequest>) {
  const name = nameOf(c);
  const value = parsed(parseSettingValue(name, body.value));
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
  help: helpOf(name),
});

/** What the API table says of them. */
export const SETTING_ROUTES: ApiTable['routes'] = {
  listSettings: {
    ...{ method: 'GET', path: '/settings', summary: 'Every setting, with its value, its default and its help' },
    ...{ answer: answers.SettingList, handle: listSettings },
  },
  getSetting: {
    ...{ method: 'GET', path: '/settings/{name}', summary: 'One setting' },
    ...{ answer: answers.Setting, handle: getSetting, isAsRead: settingIsStill },
  },
  putSetting: route({
    ...{ method: 'PUT', path: '/settings/{name}', summary: 'Changes a setting; others follow within 30 seconds' },
    ...{ body: requests.SettingRequest, answer: answers.Setting, handle: putSetting },
  }),
  deleteSetting: {
    ...{ method: 'DELETE', path: '/settings/{name}', summary: 'Back to the default', handle: deleteSetting },
  },
};
