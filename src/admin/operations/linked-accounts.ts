/** The operations on accounts of users elsewhere: those that sign in here, and those whose tokens are used from here. */
import { requestedPage } from '../../http/api/cursor.ts';
import type { Deps } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { ConnectionRow } from '../../storage/providers/connections.ts';
import { OLDEST_FIRST } from '../../storage/server/list-query.ts';
import { CONNECTION_SORTS, IDENTITY_SORTS, listConnections, listIdentities } from '../../storage/server/lists.ts';
import { findIdentity, type Identity } from '../../storage/users/user-identities.ts';
import { time, timeOrNull } from '../query-parameters.ts';
import { APP_CONNECTION, CONNECTION } from '../records/connection.ts';
import { LINKED_IDENTITY } from '../records/linked-identity.ts';
import { connectionOwner, requireConnectedApp, revokeConnection } from './connected-apps.ts';
import { bindRecord } from './record.ts';
import { requireSort, written } from './record-page.ts';
import { unlinkUserIdentity } from './user-access.ts';

export const LINKED_IDENTITIES = bindRecord(LINKED_IDENTITY, {
  async find({ databases }, id): Promise<Identity> {
    const identity = await findIdentity(databases, id);
    if (!identity) throw new OAuthError('not_found', 'no such account is linked.');
    return identity;
  },
  show: (identity) => ({
    id: identity.id,
    login: identity.loginId,
    issuer: identity.issuer,
    subject: identity.subject,
    user: identity.userId,
    account: identity.account,
    created_at: time(identity.createdAt),
    last_used_at: time(identity.lastUsedAt),
  }),
  fields: ({ account, subject }) => ({ account: account ?? subject }),
  async list({ databases }, { sort, descending, filters, ...asked }) {
    const by = { sort: requireSort(IDENTITY_SORTS, sort), descending, ...filters };
    return written(await listIdentities(databases, by, requestedPage(databases, asked)));
  },
  sorts: IDENTITY_SORTS,
  // Also the last way in of its user, but for the last administrator.
  actions: { delete: ({ deps, actor }, identity) => unlinkUserIdentity(deps, actor, identity) },
});

/** The connection of a user, also of one who is disabled. @throws OAuthError not_found */
async function requireConnection({ databases }: Deps, id: string): Promise<ConnectionRow> {
  const [app, user = ''] = id.split('/');
  const by = { ...OLDEST_FIRST, app, user: connectionOwner(user) };
  const [row] = (await listConnections(databases, by, { after: undefined, most: 1 })).rows;
  if (!row) throw new OAuthError('not_found', 'there is no such connection.');
  return row;
}

export const CONNECTION_RECORDS = bindRecord(CONNECTION, {
  find: requireConnection,
  // Never the tokens.
  show: (row) => ({
    id: row.id,
    app: row.appId,
    user: row.userId || APP_CONNECTION,
    issuer: row.issuer,
    account: row.account,
    scope: row.scopes.join(' '),
    state: row.state,
    reason: row.reason,
    expires_at: timeOrNull(row.expiresAt),
    failed_at: timeOrNull(row.failedAt),
    created_at: time(row.createdAt),
    refreshed_at: time(row.refreshedAt),
  }),
  async list({ databases }, { sort, descending, filters: { app, user }, ...asked }) {
    const by = { sort: requireSort(CONNECTION_SORTS, sort), descending, app, user };
    return written(await listConnections(databases, by, requestedPage(databases, asked)));
  },
  sorts: CONNECTION_SORTS,
  actions: {
    async delete({ deps, actor }, { appId, userId }) {
      const app = await requireConnectedApp(deps, appId);
      const untold = await revokeConnection(deps, actor, app, userId);
      return { disconnected: true, ...(untold !== undefined && { untold }) };
    },
  },
});
