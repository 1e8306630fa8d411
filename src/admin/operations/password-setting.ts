/** Passwords are switched off only where users, and an administrator among them, can sign in without. */

import type { Deps } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { unavailableReason } from '../../social-login/requirements.ts';
import { listSocialLogins } from '../../storage/providers/social-logins.ts';
import { readSettingsFromPrimary } from '../../storage/server/settings.ts';
import { administratorNeedsNoPassword } from '../../storage/users/users.ts';

type Where = Pick<Deps, 'databases' | 'config'>;

/** @throws OAuthError conflict where no user, or no administrator, could sign in any more. */
export async function checkPasswordSignInCanBeDisabled(deps: Where): Promise<void> {
  if (!(await isAnotherShown(deps, ''))) {
    throw new OAuthError(
      'conflict',
      'no social login is complete and enabled: without passwords nobody could sign in.',
    );
  }
  if (!(await administratorNeedsNoPassword(deps.databases))) {
    throw new OAuthError(
      'conflict',
      'no administrator has a passkey or a linked account: without passwords none of them could sign in.',
    );
  }
}

/**
 * @param id the social login that is to go.
 * @throws OAuthError conflict where it is the last, and passwords are switched off.
 */
export async function checkAnotherSignInMethod(deps: Where, id: string): Promise<void> {
  const { password_sign_in } = await readSettingsFromPrimary(deps.databases);
  if (password_sign_in || (await isAnotherShown(deps, id))) return;
  throw new OAuthError('conflict', 'it is the last social login, and passwords are switched off (password_sign_in).');
}

async function isAnotherShown({ databases, config }: Where, except: string): Promise<boolean> {
  const logins = await listSocialLogins(databases);
  return logins.some((login) => login.id !== except && unavailableReason(login, config) === undefined);
}
