/** A failed refresh of a connection: whether it ends the connection, the error, and the mail to the user. */
import { HOUR } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import type { ConnectionRow } from '../storage/providers/connections.ts';
import type { Lease } from '../storage/providers/refresh-lease.ts';
import { ANSWER_LOST, type RefreshFailure } from '../storage/providers/refresh-outcome.ts';
import type { AppDeps } from './connected-apps.ts';
import type { ProviderFailure } from './provider-failure.ts';
import { mailReconnection } from './reconnection-notice.ts';
import { refusalMeaning } from './refusal-meaning.ts';

export function notifyReconnection(deps: AppDeps, app: ConnectedApp, row: ConnectionRow, reason: string): void {
  mailReconnection(deps, app, row, { reason, address: connectAddress(deps.config.issuer, app.id) });
}

/** Ambiguous refusals within an hour that end the connection. */
const MAX_AMBIGUOUS = 3;

/** Classifies a failed refresh: a final refusal, or repeated ambiguous ones, need reconnecting. */
export function classifyFailure(failure: ProviderFailure, { row, isSuccessor }: Lease, now: number): RefreshFailure {
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

export function connectionRequired({ config }: AppDeps, app: ConnectedApp, reason: string): OAuthError {
  const description = `reconnect needed: ${reason}. The user can do it at ${connectAddress(config.issuer, app.id)}`;
  return new OAuthError('connection_required', description);
}

export function unavailable(reason: string, cause?: unknown): OAuthError {
  const description = `the token could not be refreshed: ${reason}.`;
  const headers = { 'Retry-After': '5' };
  return new OAuthError('temporarily_unavailable', description, { cause, headers, kind: 'provider_unavailable' });
}
