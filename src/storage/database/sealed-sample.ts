/** Opens a sample of the sealed values, to see that the root secrets are those that sealed them (ARCHITECTURE §3). */
import type { RootSecrets } from '../../crypto/seal.ts';
import { openAppSecret } from '../providers/connected-app-secrets.ts';
import { listConnectedApps } from '../providers/connected-apps.ts';
import { openTokens } from '../providers/connection-tokens.ts';
import { SEALED_SAMPLE } from '../providers/reseal-connections.ts';
import { openLoginSecret } from '../providers/social-login-secrets.ts';
import { listSocialLogins } from '../providers/social-logins.ts';
import { OLDEST_FIRST } from '../server/list-query.ts';
import { listConnections } from '../server/lists.ts';
import type { Databases } from './database.ts';

/** The number of values of the sample that no root secret opens. */
export async function countUnreadable(databases: Databases, root: RootSecrets): Promise<number> {
  const [apps, logins, { rows }] = await Promise.all([
    listConnectedApps(databases),
    listSocialLogins(databases),
    listConnections(databases, { ...OLDEST_FIRST, descending: true }, { after: undefined, most: SEALED_SAMPLE }),
  ]);
  const opened = await Promise.all([
    ...apps
      .filter(({ sealedSecret }) => sealedSecret)
      .slice(0, SEALED_SAMPLE)
      .map((app) => openAppSecret(root, app)),
    ...logins
      .filter(({ sealedSecret }) => sealedSecret)
      .slice(0, SEALED_SAMPLE)
      .map((login) => openLoginSecret(root, login)),
    ...rows.filter(({ sealed }) => sealed).map((row) => openTokens(root, row)),
  ]);
  return opened.filter((value) => value === undefined).length;
}
