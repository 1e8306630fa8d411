/** The state of a user's account for its overview, read in one round. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { listApplications } from '../../storage/grants/applications.ts';
import { listConnectedApps } from '../../storage/providers/connected-apps.ts';
import { listConnectionsOf } from '../../storage/providers/connections.ts';
import { listSocialLoginsFromReplica } from '../../storage/providers/social-logins.ts';
import { listSessionsOf } from '../../storage/users/active-sessions.ts';
import { listKeysOf } from '../../storage/users/api-keys.ts';
import { listPasskeys } from '../../storage/users/passkeys.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { listIdentitiesOf } from '../../storage/users/user-identities.ts';

/** Sessions and applications beyond this number are not counted. */
const MOST_COUNTED = 200;

/** An account at another service: its address, where the service gave one, and the name of the service. */
export type ServiceAccount = { account: string | null; service: string };

export type AccountState = Awaited<ReturnType<typeof readAccountState>>;

/** @returns what the user has; sessions and applications are those of the databases that answered. */
export async function readAccountState(c: Context<Web>, { user: { id } }: SignedIn) {
  const { databases, moment, settings: readSettings } = c.get('deps');
  const settings = await readSettings();
  const { now } = moment;
  const [passkeys, keys, identities, logins, connections, apps, sessions, applications] = await Promise.all([
    listPasskeys(databases, id),
    listKeysOf(databases, { user: id }, now),
    listIdentitiesOf(databases, id),
    listSocialLoginsFromReplica(databases, now),
    listConnectionsOf(databases, id),
    listConnectedApps(databases),
    listSessionsOf(databases, id, now, settings, MOST_COUNTED),
    listApplications(databases, id, now, settings, { most: MOST_COUNTED }),
  ]);
  return {
    passkeys,
    keys,
    sessions: sessions.sessions.length,
    applications: applications.applications.length,
    methods: identities.map(
      ({ account, loginId }): ServiceAccount => ({
        account,
        service: logins.find((login) => login.id === loginId)?.description.name ?? loginId,
      }),
    ),
    connections: connections.map(({ account, appId, state }) => ({
      account,
      service: apps.find((app) => app.id === appId)?.description.name ?? appId,
      needsReconnect: state === 'reconnect',
    })),
  };
}
