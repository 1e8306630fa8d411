/** Whether passwords sign in here: an administrator may switch them off. */
import type { Settings } from '../protocol/settings.ts';
import type { Deps } from '../web/context.ts';

type Where = Pick<Deps, 'config'>;

/** The way back of whoever locks themselves out on their own machine: the first administrator keeps their password. */
export function onlyForAdministrator({ config }: Where, { password_sign_in }: Settings): boolean {
  return !password_sign_in && config.isLoopback && config.firstAdministrator !== undefined;
}

/** Whether the sign-in page asks for a password. */
export const asksPassword = (deps: Where, settings: Settings): boolean =>
  settings.password_sign_in || onlyForAdministrator(deps, settings);

/** Whether a password will do for the account with this address. */
export function takesPassword(deps: Where, settings: Settings, email: string): boolean {
  if (settings.password_sign_in) return true;
  const first = deps.config.firstAdministrator?.email.toLowerCase();
  return onlyForAdministrator(deps, settings) && email.toLowerCase() === first;
}
