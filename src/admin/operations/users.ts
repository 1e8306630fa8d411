/** Operations of administrators on users, shared by the API (and so the command) and the console. */
import type * as z from 'zod';
import { scheduleDeletion } from '../../accounts/account-deletion.ts';
import { invitationLink } from '../../accounts/one-time-link.ts';
import { notifyOwner } from '../../http/account-notice.ts';
import type { Deps } from '../../http/context.ts';
import { canSendMail, mailLater, mailTextsFor } from '../../http/mail.ts';
import { newUserId, parseUserId, type UserId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { insertUser } from '../../storage/users/new-user.ts';
import { changeUser } from '../../storage/users/user-changes.ts';
import { cancelDeletion } from '../../storage/users/user-deletion.ts';
import type { UserExport } from '../../storage/users/user-export.ts';
import { findUser as findRow, type ProfileChanges, type User } from '../../storage/users/users.ts';
import type { NewUserRequest, UserChangesRequest } from '../records/user.ts';
import { tellApplications } from './user-access.ts';

/** A one-time link to choose a password, and whether another one was mailed. */
export type Invitation = { link: string; mailed: boolean };

const noSuchUser = () => new OAuthError('not_found', 'there is no such user.');

/** Parses the id of a user in a path. @throws OAuthError not_found */
export function requireUserId(text: string | undefined): UserId {
  const id = parseUserId(text);
  if (!id) throw noSuchUser();
  return id;
}

/** @throws OAuthError not_found */
export async function requireUser({ databases }: Pick<Deps, 'databases'>, id: string): Promise<User> {
  const user = await findRow(databases, requireUserId(id));
  if (!user) throw noSuchUser();
  return user;
}

/**
 * A user is added without a password: the one-time link lets them choose one.
 * @throws OAuthError conflict where the address has an account.
 */
export async function createUser(
  deps: Deps,
  actor: string,
  request: z.infer<typeof NewUserRequest>,
): Promise<{ user: User; invitation: Invitation }> {
  const { email, name, roles } = request;
  const profile = profileOf(request, deps.moment.now);
  const row = { id: newUserId(), email, name, roles, passwordHash: null, ...profile };
  if (!(await insertUser(deps.databases, deps.moment, actor, row, 'user.added'))) {
    throw new OAuthError('conflict', 'email: this e-mail address has an account already.');
  }
  const user = await requireUser(deps, row.id);
  return { user, invitation: await inviteUser(deps, user) };
}

/**
 * A one-time link for the administrator to pass on; where mail is set up, another one is mailed. They differ, because only
 * the mailed one verifies the address.
 */
export async function inviteUser(deps: Deps, { id, email, locale }: User): Promise<Invitation> {
  const settings = await deps.settings();
  const mailed = canSendMail(deps, settings);
  if (mailed) {
    mailLater(deps, async () => {
      const link = await invitationLink(deps, id, email);
      const { texts } = await mailTextsFor(deps, locale);
      return { to: email, mail: texts.invitation(settings.brand_name, link) };
    });
  }
  return { link: await invitationLink(deps, id), mailed };
}

/**
 * Changes the e-mail address, roles and profile, disables or enables: in one batch. Of another address the user is told
 * at both, and it is unverified unless the request says otherwise.
 * @throws OAuthError conflict where no administrator would remain, or where another account has the address.
 */
export async function updateUser(
  deps: Deps,
  actor: string,
  { id, email: before, locale }: User,
  request: z.infer<typeof UserChangesRequest>,
): Promise<User> {
  const { databases, moment } = deps;
  const { disabled, roles, email } = request;
  const movesTo = email === undefined || email === before ? undefined : email;
  const changes = {
    ...(email !== undefined && { email }),
    ...(movesTo !== undefined && { emailVerifiedAt: null, emailChangedAt: moment.now }),
    ...profileOf(request, moment.now),
    ...(roles && { roles }),
    ...(disabled !== undefined && { disabled }),
  };
  const changed = await changeUser(databases, moment, actor, id, changes);
  if (!changed) throw new OAuthError('not_found', 'there is no such user.');
  // The cutoff has ended the sessions already; this notifies the applications (back-channel logout).
  if (disabled) tellApplications(deps, actor, id);
  if (movesTo !== undefined) {
    notifyOwner(deps, { email: before, locale }, 'changed-by-administrator', movesTo);
    notifyOwner(deps, { email: movesTo, locale }, 'address-given');
  }
  return changed;
}

/** @returns the members of the profile that the request sets. */
function profileOf(request: z.infer<typeof UserChangesRequest>, now: number): ProfileChanges {
  const { name, given_name, family_name, picture, locale, email_verified } = request;
  return {
    ...(name !== undefined && { name }),
    ...(given_name !== undefined && { givenName: given_name }),
    ...(family_name !== undefined && { familyName: family_name }),
    ...(picture !== undefined && { picture }),
    ...(locale !== undefined && { locale }),
    ...(email_verified !== undefined && { emailVerifiedAt: email_verified ? now : null }),
  };
}

/**
 * Requests the deletion of a user, who is disabled with it.
 * @throws OAuthError conflict for the last administrator.
 */
export async function scheduleUserDeletion(deps: Deps, actor: string, user: User): Promise<User> {
  const scheduled = await scheduleDeletion(deps, actor, user, 'administrator');
  if (!scheduled) throw new OAuthError('not_found', 'there is no such user.');
  return scheduled;
}

/** @throws OAuthError conflict where it is too late. */
export async function cancelUserDeletion(deps: Deps, actor: string, user: User): Promise<User> {
  const kept = await cancelDeletion(deps.databases, deps.moment, actor, user);
  if (!kept) throw new OAuthError('not_found', 'there is no such user.');
  if (kept.deletionDueAt !== null) {
    throw new OAuthError('conflict', 'the grace period has ended: the data of this user is being deleted.');
  }
  if (user.deletionDueAt !== null) notifyOwner(deps, user, 'deletion-cancelled');
  return kept;
}

/**
 * Everything that is stored about a user, without secrets. The audit log notes that it was read.
 * @throws OAuthError not_found
 */
export async function exportUserData(deps: Deps, actor: string, id: string): Promise<UserExport> {
  const { databases, moment, waitUntil } = deps;
  const userId = requireUserId(id);
  // Loaded when it is first needed.
  const { exportUser, recordExport } = await import('../../storage/users/user-export.ts');
  const exported = await exportUser(databases, userId, requireUser(deps, id), moment.now);
  waitUntil('note an export', recordExport(databases, moment, actor, userId));
  return exported;
}
