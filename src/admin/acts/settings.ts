/** Changing settings: the same for the API, and so the command, and for the console. */
import type { SettingName } from '../../protocol/settings.ts';
import { writeSettings } from '../../storage/settings.ts';
import type { Deps } from '../../web/context.ts';
import { checkPasswordsMayGo } from './password-switch.ts';

/**
 * @param values have passed their schemas.
 * @throws OAuthError conflict where nobody could sign in any more.
 */
export async function changeSettings(
  deps: Pick<Deps, 'databases' | 'config' | 'moment'>,
  actor: string,
  values: Partial<Record<SettingName, unknown>>,
): Promise<void> {
  if (values.password_sign_in === false) await checkPasswordsMayGo(deps);
  await writeSettings(deps.databases, deps.moment, actor, values);
}
