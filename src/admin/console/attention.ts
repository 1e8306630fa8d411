/** Problems that need an administrator: a sentence each, with a link to the page that fixes it. Few rows are read. */

import { clientNameOf } from '../../authorization-server/clients/client.ts';
import type { Deps } from '../../http/context.ts';
import { canDeliverMail } from '../../http/mail.ts';
import type { Texts } from '../../locales/index.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { listClientsWithoutPkce } from '../../storage/clients/clients.ts';
import { countUnreadable } from '../../storage/database/sealed-sample.ts';
import { listPendingCutoffs } from '../../storage/grants/cutoff-delivery.ts';
import { type DailyCount, dayOf } from '../../storage/server/daily-counts.ts';
import { CLIENT } from '../records/client-record.ts';
import { CONNECTED_APP } from '../records/connected-app-record.ts';
import { SHARD } from '../records/shard.ts';
import { clientAddress } from './links.tsx';
import { resourceAddress } from './resources.tsx';
import { SETTINGS_PAGE } from './setting-fields.tsx';
import { keyStates, SIGNING_KEYS_PAGE } from './signing-keys.tsx';
import { waitingOf } from './waiting-clients.tsx';

/** Of one kind; of more than that only the existence is reported. */
const MOST = 10;

export type Attention = { text: string; href?: string };

export async function attentionOf(
  deps: Deps,
  counting: Promise<{ counts: readonly DailyCount[]; unreachable: readonly string[] }>,
  say: Texts['consoleOverview']['attention'],
): Promise<Attention[]> {
  const [{ counts, unreachable }, settings, registry, pending, unreadable, withoutPkce, waiting] = await Promise.all([
    counting,
    deps.settings(),
    deps.latestRegistry(),
    listPendingCutoffs(deps.databases),
    countUnreadable(deps.databases, deps.config.root),
    listClientsWithoutPkce(deps.databases, MOST + 1),
    waitingOf(deps),
  ]);
  const withoutScopes = [...registry].filter(([, { scopes }]) => scopes.length === 0);
  const since = dayOf(deps.moment.now - DAY);
  const failed = counts.filter(({ name, day }) => name === 'connections.failed' && day >= since);
  const connections = failed.reduce((sum, { count }) => sum + count, 0);
  const isOpen = settings.sign_up === 'allow';
  return [
    ...unreachable.map((name) =>
      deps.databases.shard(name)
        ? { text: say.unreachable(name) }
        : { text: say.unbound(name), href: SHARD.console.path },
    ),
    ...(unreadable > 0 ? [{ text: say.unreadable(unreadable) }] : []),
    ...deps.config.unusable.map(({ reason }) => ({ text: say.unusableSecret(reason) })),
    ...keyStates(deps)
      .filter(({ isOld }) => isOld)
      .map(({ slot, ageDays }) => ({ text: say.oldKey(slot, ageDays ?? 0), href: SIGNING_KEYS_PAGE })),
    ...pending.map(({ subject, pendingShards }) => ({ text: say.cutoff(subject, pendingShards.join(', ')) })),
    ...(waiting.length > 0 ? [{ text: say.waiting(waiting.length), href: CLIENT.console.path }] : []),
    ...withoutScopes.map(([id, { name }]) => ({ text: say.noScopes(name), href: resourceAddress(id) })),
    ...withoutPkce
      .slice(0, MOST)
      .map((client) => ({ text: say.withoutPkce(clientNameOf(client)), href: clientAddress(client.id) })),
    ...(withoutPkce.length > MOST ? [{ text: say.moreWithoutPkce, href: CLIENT.console.path }] : []),
    ...(connections > 0 ? [{ text: say.connections(connections), href: CONNECTED_APP.console.path }] : []),
    ...(isOpen ? [{ text: say.signUp, href: `${SETTINGS_PAGE}/users` }] : []),
    ...(isOpen && !canDeliverMail(deps, settings) ? [{ text: say.noMail, href: `${SETTINGS_PAGE}/users` }] : []),
    ...(settings.allowed_public_client_origins.split('\n').some((line) => line.trim() === '*')
      ? [{ text: say.anyOrigin, href: `${SETTINGS_PAGE}/clients` }]
      : []),
  ];
}
