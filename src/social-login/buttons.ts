/** The buttons of the sign-in page: one for each record that is enabled and complete. */
import { beginPath } from '../protocol/social-login.ts';
import { listNearLogins } from '../storage/social-logins.ts';
import type { Deps, WayToSignIn } from '../web/context.ts';
import { provesFresh } from './fresh.ts';
import { whyNotShown } from './record.ts';

export async function waysToSignIn({ databases, moment, config }: Deps): Promise<WayToSignIn[]> {
  const logins = await listNearLogins(databases, moment.now);
  return logins
    .filter((login) => whyNotShown(login, config) === undefined)
    .map((login) => ({
      action: beginPath(login.id),
      name: login.description.name,
      provesFresh: provesFresh(login),
    }));
}
