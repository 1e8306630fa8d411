/**
 * The token cache: valid access tokens of connections. Of all requests in the world that find one expired, one refreshes
 * it; the others wait for the result.
 */
import { randomText } from '../crypto/random.ts';
import { NO_AUTHENTICATION } from '../protocol/authentication-method.ts';
import type { UserId } from '../protocol/credentials.ts';
import { HOUR, REFRESH_AHEAD, REFRESH_WAIT, SECOND, TOKEN_LEEWAY } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import { type ConnectionTokens, type GrantedTokens, openTokens } from '../storage/providers/connection-tokens.ts';
import { type ConnectionRow, connectionId, findConnection } from '../storage/providers/connections.ts';
import { ensureOwnConnection } from '../storage/providers/own-connection.ts';
import { acquireLease, type Lease } from '../storage/providers/refresh-lease.ts';
import {
  ANSWER_LOST,
  markForReconnection,
  type RefreshFailure,
  recordRefreshFailure,
  saveRefreshed,
  sealRefreshed,
} from '../storage/providers/refresh-outcome.ts';
import { type AppDeps, providerClientOfApp, scopesOfApp } from './connected-apps.ts';
import { ProviderFailure } from './provider-failure.ts';
import { mailReconnection } from './reconnection-notice.ts';
import { refusalMeaning } from './refusal.ts';
import { refreshTokens, requestOwnTokens } from './token-request.ts';
import { keepUnpersisted, persistRefreshed } from './unpersisted-tokens.ts';

export type ValidTokens = { tokens: ConnectionTokens; row: ConnectionRow };

export type TokenRequirement = {
  app: ConnectedApp;
  /** The user; '' for the app itself. */
  userId: UserId | '';
  /** An access token that was refused although it had not expired: any other is accepted. */
  refused?: string;
};

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

function isUsable(row: ConnectionRow, tokens: ConnectionTokens, { refused }: TokenRequirement, now: number): boolean {
  if (refused !== undefined && tokens.accessToken === refused) return false;
  return row.expiresAt === null || row.expiresAt - now > TOKEN_LEEWAY;
}

/** True where a refresh after the response is due, so that no request waits for it. */
function isRefreshDue(row: ConnectionRow, tokens: ConnectionTokens, now: number): boolean {
  if (row.expiresAt === null || (tokens.refreshToken === undefined && row.userId !== '')) return false;
  const ahead = Math.min(REFRESH_AHEAD, (row.expiresAt - row.refreshedAt) / 4);
  return row.expiresAt - now <= ahead && row.leaseUntil <= now && (row.failedAt ?? 0) < now - TOKEN_LEEWAY;
}

/** @returns `busy` where another request has the lease; `overtaken` where a later attempt settled first. */
async function refreshIfFree(
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
    if (await markForReconnection(deps.databases, row, reason)) notifyOwner(deps, requirement.app, row, reason);
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

/** RFC 6749 §4.4: the client credentials grant type MUST only be used by confidential clients. */
const isPublicThere = ({ registration }: ConnectedApp) => registration.authMethod === NO_AUTHENTICATION;

const assertionRequired = ({ description: { name } }: ConnectedApp) =>
  new OAuthError(
    'connection_required',
    `this server is a public client of ${name}, without a token of its own: connect it by an assertion.`,
  );

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
    if (needsNotice) notifyOwner(deps, app, row, outcome.reason);
    if (outcome.needsReconnect) throw connectionRequired(deps, app, outcome.reason);
    throw unavailable(outcome.reason, error);
  }
}

function notifyOwner(deps: AppDeps, app: ConnectedApp, row: ConnectionRow, reason: string): void {
  mailReconnection(deps, app, row, { reason, address: connectAddress(deps.config.issuer, app.id) });
}

/** Ambiguous refusals within an hour that end the connection. */
const MAX_AMBIGUOUS = 3;

/** Classifies a failed refresh: a final refusal, or repeated ambiguous ones, need reconnecting. */
function classifyFailure(failure: ProviderFailure, { row, isSuccessor }: Lease, now: number): RefreshFailure {
  const meaning = failure.refusal && refusalMeaning(failure.refusal);
  const refusedAt = meaning === 'ambiguous' ? [...row.refusedAt.filter((time) => time > now - HOUR), now] : undefined;
  const isFinal = meaning === 'final' || (refusedAt?.length ?? 0) >= MAX_AMBIGUOUS;
  const needsReconnect = row.userId !== '' && isFinal;
  const isLost = needsReconnect && isSuccessor && failure.code === 'invalid_grant';
  return { reason: isLost ? ANSWER_LOST : failure.message, needsReconnect, ...(refusedAt && { refusedAt }) };
}

/** The page on which a user connects an app and grants further scopes. */
export function connectAddress(issuer: string, appId: string, scopes: readonly string[] = []): string {
  const query = scopes.length > 0 ? `?${new URLSearchParams({ scope: scopes.join(' ') })}` : '';
  return `${issuer}/account/connections/${appId}${query}`;
}

function connectionRequired({ config }: AppDeps, app: ConnectedApp, reason: string): OAuthError {
  const description = `reconnect needed: ${reason}. The user can do it at ${connectAddress(config.issuer, app.id)}`;
  return new OAuthError('connection_required', description);
}

function unavailable(reason: string, cause?: unknown): OAuthError {
  const description = `the token could not be refreshed: ${reason}.`;
  const headers = { 'Retry-After': '5' };
  return new OAuthError('temporarily_unavailable', description, { cause, headers, kind: 'provider_unavailable' });
}
