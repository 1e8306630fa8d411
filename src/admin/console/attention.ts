/** What somebody should look at: each a sentence, and where to mend it. Nothing is searched for; few rows are read. */
import { DAY } from '../../protocol/lifetimes.ts';
import { listPendingCutoffs } from '../../storage/cutoffs.ts';
import { type DailyCount, dayOf } from '../../storage/daily-counts.ts';
import type { Deps } from '../../web/context.ts';
import { canMail } from '../../web/mail.ts';
import type { Words } from '../../words/index.ts';
import { APPS } from './connected-apps.tsx';
import { KEYS, keyStates } from './keys.tsx';
import { resourceAddress } from './resources.tsx';
import { SETTINGS } from './settings.tsx';

export type Attention = { text: string; href?: string };

export async function attentionOf(
  deps: Deps,
  counting: Promise<{ counts: readonly DailyCount[]; unreachable: readonly string[] }>,
  say: Words['consoleOverview']['attention'],
): Promise<Attention[]> {
  const [{ counts, unreachable }, settings, registry, pending] = await Promise.all([
    counting,
    deps.settings(),
    deps.latestRegistry(),
    listPendingCutoffs(deps.databases),
  ]);
  const withoutScopes = [...registry].filter(([, { scopes }]) => scopes.length === 0);
  const since = dayOf(deps.moment.now - DAY);
  const failed = counts.filter(({ name, day }) => name === 'connections.failed' && day >= since);
  const connections = failed.reduce((sum, { count }) => sum + count, 0);
  const isOpen = settings.sign_up === 'allow';
  return [
    ...unreachable.map((name) => ({ text: say.unreachable(name) })),
    ...keyStates(deps)
      .filter(({ isOld }) => isOld)
      .map(({ slot, ageDays }) => ({ text: say.oldKey(slot, ageDays ?? 0), href: KEYS })),
    ...pending.map(({ subject, owing }) => ({ text: say.cutoff(subject, owing.join(', ')) })),
    ...withoutScopes.map(([id, { name }]) => ({ text: say.noScopes(name), href: resourceAddress({ id }) })),
    ...(connections > 0 ? [{ text: say.connections(connections), href: APPS }] : []),
    ...(isOpen ? [{ text: say.signUp, href: `${SETTINGS}/people` }] : []),
    ...(isOpen && !canMail(deps, settings) ? [{ text: say.noMail, href: `${SETTINGS}/people` }] : []),
    ...(settings.allowed_public_client_origins.split('\n').some((line) => line.trim() === '*')
      ? [{ text: say.anyOrigin, href: `${SETTINGS}/clients` }]
      : []),
  ];
}
