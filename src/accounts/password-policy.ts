/** The policy of password sign-in, which an administrator can disable. */

import type { Deps } from '../http/context.ts';
import type { Settings } from '../protocol/settings.ts';

type PasswordDeps = Pick<Deps, 'config'>;

/** True where only the first administrator's password signs in: on loopback, against locking oneself out. */
export function isAdministratorOnly({ config }: PasswordDeps, { password_sign_in }: Settings): boolean {
  return !password_sign_in && config.isLoopback && config.firstAdministrator !== undefined;
}

/** True where the sign-in page has a password field. */
export const offersPasswordSignIn = (deps: PasswordDeps, settings: Settings): boolean =>
  settings.password_sign_in || isAdministratorOnly(deps, settings);

/** True where the account with this address may sign in with a password. */
export function acceptsPassword(deps: PasswordDeps, settings: Settings, email: string): boolean {
  if (settings.password_sign_in) return true;
  const first = deps.config.firstAdministrator?.email.toLowerCase();
  return isAdministratorOnly(deps, settings) && email.toLowerCase() === first;
}
