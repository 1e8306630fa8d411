/** The buttons of the sign-in page: one for each record that is enabled and complete. */

import type { Deps, SignInButton } from '../http/context.ts';
import { socialLoginPath } from '../protocol/social-login.ts';
import { listSocialLoginsFromReplica } from '../storage/providers/social-logins.ts';
import { provesReauthentication } from './reauthentication.ts';
import { unavailableReason } from './requirements.ts';

export async function signInButtons({ databases, moment, config }: Deps): Promise<SignInButton[]> {
  const logins = await listSocialLoginsFromReplica(databases, moment.now);
  return logins
    .filter((login) => unavailableReason(login, config) === undefined)
    .map((login) => ({
      action: socialLoginPath(login.id),
      name: login.description.name,
      canReauthenticate: provesReauthentication(login),
    }));
}
