/**
 * The token cache: valid access tokens of connections. Of all requests in the world that find one expired, one refreshes
 * it; the others wait for the result.
 */
import { REFRESH_AHEAD, REFRESH_WAIT, SECOND, TOKEN_LEEWAY } from '../protocol/lifetimes.ts';
import { type ConnectionTokens, openTokens } from '../storage/providers/connection-tokens.ts';
import { type ConnectionRow, connectionId, findConnection } from '../storage/providers/connections.ts';
import { ensureOwnConnection } from '../storage/providers/own-connection.ts';
import type { AppDeps } from './connected-apps.ts';
import { connectionRequired, unavailable } from './refresh-failure.ts';
import { isUsable, refreshIfFree, type TokenRequirement, type ValidTokens } from './token-refresh.ts';
import { persistRefreshed } from './unpersisted-tokens.ts';

/**
 * Tokens that do not expire soon. One storage round where the stored ones are valid.
 * @throws OAuthError connection_required where the user must connect (again); temporarily_unavailable where the
 *   provider, or the request that refreshes, does not answer.
 */
export async function validTokens(deps: AppDeps, requirement: TokenRequirement): Promise<ValidTokens> {
  const began = Date.now();
  await persistRefreshed(deps.databases, connectionId(requirement.app.id, requirement.userId), began);
  // Each attempt reads the row: short pauses first, because most providers answer within half a second.
  for (let pause = 100; ; pause = Math.min(pause * 2, SECOND)) {
    const row = await findRow(deps, requirement);
    const tokens = await openTokens(deps.config.root, row);
    const now = Date.now();
    if (tokens && isUsable(row, tokens, requirement, now)) {
      if (isRefreshDue(row, tokens, now)) deps.waitUntil('refresh ahead', refreshIfFree(deps, requirement, row));
      return { tokens, row };
    }
    // Another request failed meanwhile: no immediate retry.
    if (row.failedAt !== null && row.failedAt >= began) throw unavailable(row.reason ?? 'it failed');
    const outcome = row.leaseUntil <= now ? await refreshIfFree(deps, requirement, row) : 'busy';
    if (outcome === 'overtaken') continue;
    if (outcome !== 'busy') return outcome;
    if (Date.now() + pause > began + REFRESH_WAIT) throw unavailable('another request is refreshing it');
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function findRow(deps: AppDeps, { app, userId }: TokenRequirement): Promise<ConnectionRow> {
  const owner = { appId: app.id, userId };
  let row = await findConnection(deps.databases, owner);
  if (!row && userId === '') {
    await ensureOwnConnection(deps.databases, deps.moment, app.id, app.issuer);
    row = await findConnection(deps.databases, owner);
  }
  if (!row) throw connectionRequired(deps, app, `${app.description.name} is not connected`);
  if (row.issuer !== app.issuer && userId !== '')
    throw connectionRequired(deps, app, 'the application is connected through another server now');
  if (row.state === 'reconnect') throw connectionRequired(deps, app, row.reason ?? 'it ended');
  return row;
}

/** True where a refresh after the response is due, so that no request waits for it. */
function isRefreshDue(row: ConnectionRow, tokens: ConnectionTokens, now: number): boolean {
  if (row.expiresAt === null || (tokens.refreshToken === undefined && row.userId !== '')) return false;
  const ahead = Math.min(REFRESH_AHEAD, (row.expiresAt - row.refreshedAt) / 4);
  return row.expiresAt - now <= ahead && row.leaseUntil <= now && (row.failedAt ?? 0) < now - TOKEN_LEEWAY;
}
