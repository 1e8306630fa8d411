/** Imports tokens of connected apps, for users who were imported from the same source. They are sealed as any other. */
import type * as z from 'zod';
import type { Deps } from '../../http/context.ts';
import { findConnectedAppFromPrimary } from '../../storage/providers/connected-apps.ts';
import { mayBeImported } from '../../storage/providers/connection-conditions.ts';
import { findConnection, putConnection } from '../../storage/providers/connections.ts';
import { wasDisconnected } from '../../storage/providers/disconnected-apps.ts';
import { findUser, isSubjectAllowed } from '../../storage/users/users.ts';
import { importedUserId } from './ids.ts';
import { eachInTurn, exists, imported, refused } from './outcome.ts';
import type { ImportConnectionsRequest, ImportedConnection, ImportOutcome } from './schemas.ts';

type Connection = z.infer<typeof ImportedConnection>;

/** One outcome for each connection, by the name of its user. One that the user has already stays. */
export const importConnectionRecords = (
  deps: Deps,
  actor: string,
  { source, dry_run, connections }: z.infer<typeof ImportConnectionsRequest>,
): Promise<ImportOutcome[]> =>
  eachInTurn(connections, async (connection) => {
    const owner = { appId: connection.app, userId: importedUserId(source, connection.user) };
    if (await findConnection(deps.databases, owner)) return exists(connection.user);
    // A dry run imports neither users nor apps.
    return dry_run ? imported(connection.user) : store(deps, actor, owner, connection);
  });

async function store(
  { databases, config, moment }: Deps,
  actor: string,
  owner: { appId: string; userId: ReturnType<typeof importedUserId> },
  { user, app: id, access_token, refresh_token, scopes }: Connection,
): Promise<ImportOutcome> {
  const [app, row] = await Promise.all([findConnectedAppFromPrimary(databases, id), findUser(databases, owner.userId)]);
  if (!app) return refused(user, `there is no connected app ${id}`);
  if (!row || !isSubjectAllowed(row)) return refused(user, 'its user was not imported, or is disabled');
  if (await wasDisconnected(databases, owner)) return refused(user, 'it was imported before, and disconnected here');
  const tokens = { accessToken: access_token, ...(refresh_token !== undefined && { refreshToken: refresh_token }) };
  // The time of expiry at the source is not known to the second: a refresh asks the provider.
  const expiresAt = refresh_token === undefined ? null : moment.now;
  const whose = { ...owner, issuer: app.issuer, account: null, actor };
  const granted = { tokens, scopes, expiresAt };
  const mayStore = mayBeImported(app, owner, moment.now);
  const isStored = await putConnection(databases, config.root, moment, whose, granted, mayStore);
  return isStored ? imported(user) : refused(user, 'meanwhile it was connected or disconnected here');
}
