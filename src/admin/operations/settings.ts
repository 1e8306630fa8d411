/** Changing settings: the same for the API, and so the command, and for the console. */

import type { Deps } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { SettingName } from '../../protocol/settings.ts';
import { resetSetting, writeSettings } from '../../storage/server/settings.ts';
import { checkPasswordSignInCanBeDisabled } from './password-setting.ts';

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
