/** Passwords are switched off only where people, and an administrator among them, can sign in without. */
import { OAuthError } from '../../protocol/oauth-error.ts';
import { whyNotShown } from '../../social-login/record.ts';
import { administratorNeedsNoPassword } from '../../storage/people.ts';
import { readLatestSettings } from '../../storage/settings.ts';
import { listSocialLogins } from '../../storage/social-logins.ts';
import type { Deps } from '../../web/context.ts';

type Where = Pick<Deps, 'databases' | 'config'>;

/** @throws OAuthError conflict where nobody, or no administrator, could sign in any more. */
export async function checkPasswordsMayGo(deps: Where): Promise<void> {
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
export async function checkAnotherWayIn(deps: Where, id: string): Promise<void> {
  const { password_sign_in } = await readLatestSettings(deps.databases);
  if (password_sign_in || (await isAnotherShown(deps, id))) return;
  throw new OAuthError('conflict', 'it is the last social login, and passwords are switched off (password_sign_in).');
}

async function isAnotherShown({ databases, config }: Where, except: string): Promise<boolean> {
  const logins = await listSocialLogins(databases);
  return logins.some((login) => login.id !== except && whyNotShown(login, config) === undefined);
}
