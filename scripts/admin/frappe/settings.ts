/** OAuth Settings of a Frappe site: settings of the same names here. */
import { parseSettingValue } from '../../../src/admin/records/setting.ts';
import type { SettingName } from '../../../src/protocol/settings.ts';
import type { FrappeExport } from './export-file.ts';
import type { Planned } from './plan.ts';

const SWITCHES = [
  'show_auth_server_metadata',
  'skip_authorization',
  'enable_dynamic_client_registration',
  'show_protected_resource_metadata',
] as const satisfies SettingName[];

const TEXTS = [
  'allowed_public_client_origins',
  'resource_name',
  'resource_documentation',
  'resource_policy_uri',
  'resource_tos_uri',
] as const satisfies SettingName[];

/** Values that name the framework, not the site. */
const OF_FRAPPE = ['Frappe Framework Application', 'https://docs.frappe.io/framework'];

export function planSettings({
  oauth_settings,
  oauth_provider_settings,
}: FrappeExport): Planned<[SettingName, unknown]> {
  const planned: Planned<[SettingName, unknown]> = { records: [], leftOut: [], notes: [] };
  const add = (name: SettingName, value: unknown) => {
    const result = parseSettingValue(name, value);
    const problem = result.success ? undefined : result.error.issues[0]?.message;
    if (problem === undefined) planned.records.push([name, value]);
    else planned.leftOut.push({ kind: 'setting', name, text: problem });
  };
  const given = new Map(Object.entries(oauth_settings).filter(([, value]) => value !== null && value !== ''));
  for (const name of SWITCHES) {
    if (given.has(name)) add(name, isOn(given.get(name)));
  }
  if (!isOn(given.get('skip_authorization')) && oauth_provider_settings.skip_authorization === 'Auto') {
    planned.records = planned.records.filter(([name]) => name !== 'skip_authorization');
    add('skip_authorization', true);
  }
  for (const name of TEXTS) {
    const value = String(given.get(name) ?? '').trim();
    if (value !== '' && !OF_FRAPPE.includes(value)) add(name, value);
  }
  if (isOn(given.get('show_social_login_key_as_authorization_server'))) {
    const name = 'show_social_login_key_as_authorization_server';
    planned.leftOut.push({ kind: 'setting', name, text: 'only this server issues tokens for its resources' });
  }
  return planned;
}

const isOn = (value: unknown): boolean => value === true || Number(value) === 1;
