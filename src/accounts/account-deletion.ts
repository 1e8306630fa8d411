/** Requests and cancels the deletion of a user, for the user and for administrators alike. */

import { notifyOwner } from '../http/account-notice.ts';
import type { Deps } from '../http/context.ts';
import { DAY } from '../protocol/lifetimes.ts';
import { endSessionsOf } from '../storage/users/session-revocation.ts';
import { cancelDeletionBySignIn, type Requester, requestDeletion } from '../storage/users/user-deletion.ts';
import type { User } from '../storage/users/users.ts';

/**
 * Schedules the deletion for the end of the grace period, and revokes all access of the user now.
 * @returns the updated user; undefined where there is none.
 * @throws OAuthError conflict for the last administrator.
 */
export async function scheduleDeletion(
  deps: Deps,
  actor: string,
  { id }: Pick<User, 'id'>,
  by: Requester,
): Promise<User | undefined> {
  const { databases, moment, waitUntil, sessionsEnded } = deps;
  const dueAt = moment.now + (await deps.settings()).deletion_grace_days * DAY;
  const user = await requestDeletion(databases, moment, actor, id, { dueAt, by });
  if (user?.deletionRequestedAt !== moment.now) return user;
  // The cutoff has ended the sessions already; this sends the logout tokens.
  const ends = endSessionsOf(databases, moment, actor, id);
  waitUntil(
    'end sessions',
    ends.then(({ ended }) => sessionsEnded(ended)),
  );
  const notice = by === 'user' ? 'deletion-requested' : 'deletion-requested-by-administrator';
  notifyOwner(deps, user, notice, new Date(dueAt));
  return user;
}

/**
 * Cancels the deletion that a user requested, and notifies them.
 * @returns false after the grace period, or where only an administrator may cancel it.
 */
export async function cancelOwnDeletion(deps: Deps, user: Pick<User, 'id' | 'email' | 'locale'>): Promise<boolean> {
  const isCancelled = await cancelDeletionBySignIn(deps.databases, deps.moment, user.id);
  if (isCancelled) notifyOwner(deps, user, 'deletion-cancelled');
  return isCancelled;
}
