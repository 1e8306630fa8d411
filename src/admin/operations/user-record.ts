/** The record of a user: its definition with its operations. */
import { requestedPage } from '../../http/api/cursor.ts';
import type { UserId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { ADMINISTRATOR_ROLE } from '../../protocol/scope.ts';
import { userIsUnchanged } from '../../storage/database/precondition.ts';
import { listApplications } from '../../storage/grants/applications.ts';
import { withdrawConsent } from '../../storage/grants/withdraw-consent.ts';
import { listUsers, USER_SORTS } from '../../storage/server/lists.ts';
import { searchUsers } from '../../storage/server/search.ts';
import { listPasskeys, type Passkey } from '../../storage/users/passkeys.ts';
import { findUserByEmail, type User } from '../../storage/users/users.ts';
import { PAGE_SIZE, time } from '../query-parameters.ts';
import { USER } from '../records/user-record.ts';
import type { Acting } from './acting.ts';
import { bindRecord } from './record.ts';
import { requireSort, written } from './record-page.ts';
import { removeUserPasskey, resetSecondFactor, revokeAllCredentials, signOutEverywhere } from './user-access.ts';
import {
  cancelUserDeletion,
  createUser,
  exportUserData,
  inviteUser,
  requireUser,
  requireUserId,
  scheduleUserDeletion,
  updateUser,
} from './users.ts';

const show = (user: User) => ({
  id: user.id,
  email: user.email,
  email_verified: user.emailVerifiedAt !== null,
  name: user.name,
  given_name: user.givenName,
  family_name: user.familyName,
  picture: user.picture,
  locale: user.locale,
  roles: user.roles,
  has_password: user.passwordHash !== null,
  second_factor: user.secondFactorAt !== null,
  created_at: time(user.createdAt),
  disabled: user.disabledAt !== null,
  deletion_due_at: user.deletionDueAt === null ? null : time(user.deletionDueAt),
});

const showPasskey = ({ id, name, synced, createdAt, lastUsedAt }: Passkey) => ({
  id,
  name,
  synced,
  created_at: time(createdAt),
  last_used_at: lastUsedAt === null ? null : time(lastUsedAt),
});

/** A page of the applications with access; the first one stands in the answer about the user, too. */
async function applicationsOf({ databases, moment, settings }: Acting['deps'], id: UserId, after?: string) {
  const page = { after, most: PAGE_SIZE };
  const { applications, next, unreachable } = await listApplications(databases, id, moment.now, await settings(), page);
  return {
    applications: applications.map(({ clientId, scopes, resources, since, lastUsedAt }) => ({
      client_id: clientId,
      scope: scopes.join(' '),
      resources,
      since: time(since),
      last_used: time(lastUsedAt),
    })),
    next,
    shards_that_did_not_answer: unreachable,
  };
}

/** Refuses what administrators cannot undo for themselves in the console. @throws OAuthError conflict */
function refuseForSelf({ self }: Acting, { id }: User, sentence: string): void {
  if (self === id) throw new OAuthError('conflict', sentence);
}

export const USERS = bindRecord(USER, {
  find: requireUser,
  show,
  fields: ({ purgeStartedAt }) => ({ purging: purgeStartedAt !== null }),
  async detail(deps, text) {
    const id = requireUserId(text);
    const [applications, passkeys] = await Promise.all([applicationsOf(deps, id), listPasskeys(deps.databases, id)]);
    return { ...applications, passkeys: passkeys.map(showPasskey) };
  },
  async list({ databases }, { sort, descending, filters, ...page }) {
    const { email, email_begins, name_begins: name } = filters;
    if (email !== undefined) {
      const user = await findUserByEmail(databases, email);
      return { rows: user ? [user] : [] };
    }
    const wanted = requestedPage(databases, page);
    if (filters.search !== undefined) return { rows: await searchUsers(databases, filters.search, wanted.most) };
    const by = { sort: requireSort(USER_SORTS, sort), descending, name, email: email_begins?.toLowerCase() };
    return written(await listUsers(databases, by, wanted));
  },
  sorts: USER_SORTS,
  precondition: async (deps, id) => userIsUnchanged(await requireUser(deps, id)),
  async create({ deps, actor }, request) {
    const { user, invitation } = await createUser(deps, actor, request);
    return { row: user, once: invitation };
  },
  async change(acting, user, request) {
    if (request.roles?.includes(ADMINISTRATOR_ROLE) === false) {
      refuseForSelf(acting, user, 'roles: nobody takes the role administrator from themselves; another one can.');
    }
    if (request.disabled) refuseForSelf(acting, user, 'nobody disables themselves; another administrator can.');
    if (Object.keys(request).length === 0) return user;
    return updateUser(acting.deps, acting.actor, user, request);
  },
  actions: {
    invite: ({ deps }, user) => inviteUser(deps, user),
    async 'sign-out'({ deps, actor }, { id }) {
      const { ended, pendingShards } = await signOutEverywhere(deps, actor, id);
      return { ended, shards_that_did_not_answer: pendingShards };
    },
    revoke: ({ deps, actor }, { id }) => revokeAllCredentials(deps, actor, { client: undefined, user: id }),
    delete(acting, user) {
      refuseForSelf(
        acting,
        user,
        'you can delete your own account on its page Your data, or another administrator can.',
      );
      return scheduleUserDeletion(acting.deps, acting.actor, user);
    },
    'cancel-deletion': ({ deps, actor }, user) => cancelUserDeletion(deps, actor, user),
    withdraw: ({ deps: { databases, moment }, actor }, { id }, { client = '' }) =>
      withdrawConsent(databases, moment, actor, id, client),
    'remove-passkey': ({ deps, actor }, user, { passkey = '' }) => removeUserPasskey(deps, actor, user, passkey),
    'reset-second-factor': ({ deps, actor }, user) => resetSecondFactor(deps, actor, user),
  },
  ends: { delete: async ({ settings }) => ({ days: (await settings()).deletion_grace_days }) },
  views: {
    applications: ({ deps }, { id }, { after }) => applicationsOf(deps, id, after),
    export: ({ deps, actor }, { id }) => exportUserData(deps, actor, id),
  },
});
