/** The operations that take access from a user: sign-in methods, sessions, and all that was granted. */
import { notifyOwner } from '../../http/account-notice.ts';
import type { Deps } from '../../http/context.ts';
import { parsePasskeyId, type UserId } from '../../protocol/credentials.ts';
import { revokeAllAccess } from '../../storage/grants/withdraw-consent.ts';
import { removePasskey } from '../../storage/users/passkey-changes.ts';
import { removeSecondFactor } from '../../storage/users/second-factors.ts';
import { endSessionsOf } from '../../storage/users/session-revocation.ts';
import { lastSignInMethod } from '../../storage/users/sign-in-methods.ts';
import { type Identity, unlinkIdentity } from '../../storage/users/user-identities.ts';
import type { User } from '../../storage/users/users.ts';

/**
 * For a user who lost a device: the last passkey, too.
 * @throws OAuthError conflict where it is the only way in of the last administrator.
 */
export async function removeUserPasskey(deps: Deps, actor: string, user: User, passkey: string) {
  const { databases, moment } = deps;
  const passkeyId = parsePasskeyId(passkey);
  if (!passkeyId) return;
  const { isGone, removed } = await removePasskey(databases, moment, actor, user.id, passkeyId);
  if (!isGone) throw lastSignInMethod('this passkey');
  if (removed !== undefined) notifyOwner(deps, user, 'passkey-removed', removed);
}

/** For a user without their authenticator app and recovery codes. They are told by mail. */
export async function resetSecondFactor(deps: Deps, actor: string, user: User): Promise<void> {
  const isRemoved = await removeSecondFactor(deps.databases, deps.moment, actor, user.id);
  if (isRemoved) notifyOwner(deps, user, 'factor-reset');
}

/** Ends all that a client has, all that a user gave, or all that a user gave a client: codes in flight, too. */
export async function revokeAllCredentials(
  deps: Deps,
  actor: string,
  { client, user }: { client: string | undefined; user: UserId | undefined },
): Promise<void> {
  await revokeAllAccess(deps.databases, deps.moment, actor, { client, user });
  // With all that a user gave, their sessions are over; this is so that the applications are told.
  if (user && client === undefined) tellApplications(deps, actor, user);
}

export function tellApplications({ databases, moment, waitUntil, sessionsEnded }: Deps, actor: string, id: UserId) {
  const ends = endSessionsOf(databases, moment, actor, id);
  waitUntil(
    'end sessions',
    ends.then(({ ended }) => sessionsEnded(ended)),
  );
}

/**
 * Unlinks an account at an identity provider.
 * @throws OAuthError conflict where it is the only way in of the last administrator.
 */
export async function unlinkUserIdentity(
  { databases, moment }: Deps,
  actor: string,
  identity: Identity,
): Promise<void> {
  if (!(await unlinkIdentity(databases, moment, actor, identity))) throw lastSignInMethod('this linked account');
}

/** Signs a user out everywhere. @returns the number of ended sessions, and the databases in which they end as soon as these answer. */
export async function signOutEverywhere({ databases, moment, sessionsEnded }: Deps, actor: string, id: UserId) {
  const { ended, pendingShards } = await endSessionsOf(databases, moment, actor, id);
  sessionsEnded(ended);
  return { ended: ended.length, pendingShards };
}
