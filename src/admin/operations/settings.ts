/** Settings: the record for the API and the command, and changing several together for the console. */

import { requireParsed } from '../../http/api/routes.ts';
import type { Deps } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { SETTING_NAMES, type SettingName } from '../../protocol/settings.ts';
import { type Precondition, settingsAreUnchanged } from '../../storage/database/precondition.ts';
import {
  readSettingsFromPrimary,
  readStoredSettings,
  resetSetting,
  writeSettings,
} from '../../storage/server/settings.ts';
import { describeSetting, parseSettingValue, SETTING, SettingNameParameter } from '../records/setting.ts';
import { checkPasswordSignInCanBeDisabled } from './password-setting.ts';
import { bindRecord } from './record.ts';

/**
 * @param values have passed their schemas.
 * @throws OAuthError conflict where no user could sign in any more, or no key has the algorithm of id_tokens.
 */
export async function changeSettings(
  deps: Pick<Deps, 'databases' | 'config' | 'moment' | 'documentsChanged'>,
  actor: string,
  values: Partial<Record<SettingName, unknown>>,
): Promise<void> {
  if (values.password_sign_in === false) await checkPasswordSignInCanBeDisabled(deps);
  checkAlgorithm(deps, values.id_token_algorithm);
  await writeSettings(deps.databases, deps.moment, actor, values);
  deps.documentsChanged();
}

/** The condition that holds for as long as none of these settings is changed. */
export const settingsPrecondition = async (
  { databases }: Pick<Deps, 'databases'>,
  names: readonly SettingName[],
): Promise<Precondition> => settingsAreUnchanged(names, await readStoredSettings(databases, names));

/** Resets a setting to its default. */
export async function resetToDefault(
  { databases, moment, documentsChanged }: Pick<Deps, 'databases' | 'moment' | 'documentsChanged'>,
  actor: string,
  name: SettingName,
): Promise<void> {
  await resetSetting(databases, moment, actor, name);
  documentsChanged();
}

function checkAlgorithm({ config }: Pick<Deps, 'config'>, algorithm: unknown): void {
  const signing = config.signers.map(({ alg }) => alg);
  if (algorithm === undefined || signing.some((alg) => alg === algorithm)) return;
  const why = `no key signs with ${algorithm}: SIGN_WITH names keys for ${signing.join(', ')}.`;
  throw new OAuthError('conflict', `id_token_algorithm: ${why}`);
}

type SettingRow = { name: SettingName; value: unknown };

/** @throws OAuthError not_found */
function requireName(text: string): SettingName {
  const name = SettingNameParameter.safeParse(text);
  if (!name.success) throw new OAuthError('not_found', 'there is no such setting.');
  return name.data;
}

export const SETTINGS_RECORD = bindRecord(SETTING, {
  async find({ databases }, text): Promise<SettingRow> {
    const name = requireName(text);
    return { name, value: (await readSettingsFromPrimary(databases))[name] };
  },
  show: ({ name, value }) => describeSetting(name, value),
  async list({ databases }) {
    const values = await readSettingsFromPrimary(databases);
    return { rows: SETTING_NAMES.map((name) => ({ name, value: values[name] })) };
  },
  precondition: async (deps, text) => settingsPrecondition(deps, [requireName(text)]),
  async put({ deps, actor }, text, members) {
    const name = requireName(text);
    const value = requireParsed(parseSettingValue(name, members.value), 'value');
    await changeSettings(deps, actor, { [name]: value });
    return { name, value };
  },
  actions: { reset: ({ deps, actor }, { name }) => resetToDefault(deps, actor, name) },
});
