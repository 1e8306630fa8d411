/** The refresh of a connection under its lease, so that one request does it for all. */

import { randomText } from '../crypto/random.ts';
import { NO_AUTHENTICATION } from '../protocol/authentication-method.ts';
import type { UserId } from '../protocol/credentials.ts';
import { TOKEN_LEEWAY } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import { type ConnectionTokens, type GrantedTokens, openTokens } from '../storage/providers/connection-tokens.ts';
import type { ConnectionRow } from '../storage/providers/connections.ts';
import { acquireLease, type Lease } from '../storage/providers/refresh-lease.ts';
import {
  markForReconnection,
  recordRefreshFailure,
  saveRefreshed,
  sealRefreshed,
} from '../storage/providers/refresh-outcome.ts';
import { type AppDeps, providerClientOfApp, scopesOfApp } from './connected-apps.ts';
import { ProviderFailure } from './provider-failure.ts';
import { classifyFailure, connectionRequired, notifyReconnection, unavailable } from './refresh-failure.ts';
import { refreshTokens, requestOwnTokens } from './token-request.ts';
import { keepUnpersisted } from './unpersisted-tokens.ts';

export type ValidTokens = { tokens: ConnectionTokens; row: ConnectionRow };

export type TokenRequirement = {
  app: ConnectedApp;
  /** The user; '' for the app itself. */
  userId: UserId | '';
  /** An access token that was refused although it had not expired: any other is accepted. */
  refused?: string;
};

export function isUsable(
  row: ConnectionRow,
  tokens: ConnectionTokens,
  { refused }: TokenRequirement,
  now: number,
): boolean {
  if (refused !== undefined && tokens.accessToken === refused) return false;
  return row.expiresAt === null || row.expiresAt - now > TOKEN_LEEWAY;
}

/** @returns `busy` where another request has the lease; `overtaken` where a later attempt settled first. */
export async function refreshIfFree(
  deps: AppDeps,
  requirement: TokenRequirement,
  seen: ConnectionRow,
): Promise<ValidTokens | 'busy' | 'overtaken'> {
  if (seen.userId === '' && isPublicThere(requirement.app)) throw assertionRequired(requirement.app);
  const lease = await acquireLease(deps.databases, seen.id, randomText(16), Date.now());
  if (!lease) return 'busy';
  const { row } = lease;
  const tokens = await openTokens(deps.config.root, row);
  // The previous holder of the lease may have saved between the read and the lease.
  if (row.settledFence > seen.settledFence && tokens && isUsable(row, tokens, requirement, Date.now())) {
    await releaseLease(deps, lease);
    return { tokens, row };
  }
  if (row.userId !== '' && tokens?.refreshToken === undefined) {
    const reason = tokens ? 'it expired, and there is no refresh token' : 'its tokens cannot be read';
    if (await markForReconnection(deps.databases, row, reason)) notifyReconnection(deps, requirement.app, row, reason);
    throw connectionRequired(deps, requirement.app, reason);
  }
  const granted = await requestTokens(deps, requirement.app, tokens, lease);
  const refreshed = await sealRefreshed(deps.config.root, lease, granted);
  const { scopes, expiresAt } = granted;
  try {
    if (!(await saveRefreshed(deps.databases, refreshed, Date.now()))) return 'overtaken';
  } catch {
    // The provider may have revoked the old tokens already: these are the only valid ones.
    keepUnpersisted(deps, refreshed);
  }
  return { tokens: granted.tokens, row: { ...row, scopes, expiresAt, sealed: refreshed.sealed } };
}

async function releaseLease({ databases }: AppDeps, { row, fence }: Lease): Promise<void> {
  const same = { id: row.id, fence, sealed: row.sealed ?? '', scopes: row.scopes, expiresAt: row.expiresAt };
  await saveRefreshed(databases, same, row.refreshedAt);
}

async function requestTokens(
  deps: AppDeps,
  app: ConnectedApp,
  tokens: ConnectionTokens | undefined,
  lease: Lease,
): Promise<GrantedTokens> {
  const { row } = lease;
  try {
    const client = await providerClientOfApp(deps, app);
    return row.userId === ''
      ? await requestOwnTokens(deps, client, tokens, scopesOfApp(app, client.server))
      : await refreshTokens(deps, client, tokens ?? {}, row.scopes);
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    const now = Date.now();
    const outcome = classifyFailure(error, lease, now);
    const needsNotice = await recordRefreshFailure(deps.databases, deps.moment, lease, outcome, now);
    if (needsNotice) notifyReconnection(deps, app, row, outcome.reason);
    if (outcome.needsReconnect) throw connectionRequired(deps, app, outcome.reason);
    throw unavailable(outcome.reason, error);
  }
}

/** RFC 6749 §4.4: the client credentials grant type MUST only be used by confidential clients. */
const isPublicThere = ({ registration }: ConnectedApp) => registration.authMethod === NO_AUTHENTICATION;

const assertionRequired = ({ description: { name } }: ConnectedApp) =>
  new OAuthError(
    'connection_required',
    `this server is a public client of ${name}, without a token of its own: connect it by an assertion.`,
  );
