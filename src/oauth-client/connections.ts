/** Use of connections: the app and the user, and issuing an access token. */
import { hasUserPrefix, type UserId } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { type ConnectedApp, findConnectedApp } from '../storage/providers/connected-apps.ts';
import type { AppDeps } from './connected-apps.ts';
import { withIssuerCheck } from './issuer-migration.ts';
import { connectAddress } from './refresh-failure.ts';
import { validTokens } from './token-cache.ts';
import type { ValidTokens } from './token-refresh.ts';

/** An access token of a provider, as clients and Workers get it. */
export type ConnectionToken = {
  access_token: string;
  token_type: 'Bearer';
  scope: string;
  /** Seconds; absent where the provider sets none. */
  expires_in?: number;
};

/**
 * Parses the user that another Worker names: a user id, or the empty text for the connection of the app itself.
 * @throws OAuthError invalid_request
 */
export function connectionUser(text: string): UserId | '' {
  if (text === '' || hasUserPrefix(text)) return text;
  throw new OAuthError('invalid_request', 'the user is named by an id that begins with u_.');
}

/** The connected app. @throws OAuthError not_found for one that does not exist or is disabled. */
export async function enabledApp(deps: AppDeps, id: string): Promise<ConnectedApp> {
  const app = await findConnectedApp(deps.databases, id, deps.moment.now);
  if (!app || app.disabledAt !== null) throw new OAuthError('not_found', 'there is no such connected app.');
  return app;
}

/**
 * A valid access token, for clients of the user or Workers, where the app's raw_tokens allows it.
 * @throws OAuthError access_denied, insufficient_scope (with all scopes to request), and what `validTokens` throws.
 */
export async function connectionToken(
  deps: AppDeps,
  request: { appId: string; userId: UserId | ''; scopes: readonly string[]; by: 'users' | 'workers' },
): Promise<ConnectionToken> {
  const app = await enabledApp(deps, request.appId);
  const { raw_tokens } = app.description;
  if (raw_tokens !== 'both' && raw_tokens !== request.by)
    throw new OAuthError(
      'access_denied',
      `tokens of this app are not given to ${CONSUMERS[request.by]}; see raw_tokens.`,
    );
  const fresh = await withIssuerCheck(deps, app, () => validTokens(deps, { app, userId: request.userId }));
  // RFC 9449: its use needs proofs by a key that never leaves this server.
  if (fresh.tokens.dpop?.isBound) throw new OAuthError('access_denied', boundTokenMessage(app));
  checkScopes(deps, app, fresh, request.scopes);
  const { expiresAt, scopes } = fresh.row;
  return {
    access_token: fresh.tokens.accessToken,
    token_type: 'Bearer',
    scope: scopes.join(' '),
    ...(expiresAt !== null && { expires_in: Math.max(0, Math.floor((expiresAt - Date.now()) / 1000)) }),
  };
}

const boundTokenMessage = ({ id, description: { dpop } }: ConnectedApp) =>
  `the token is bound to a key of this server (DPoP) and is used only here: send requests through connections.fetch${
    dpop === 'always' ? `, or set dpop of ${id} to never and connect again` : ', or connect again'
  }.`;

const CONSUMERS = { users: 'clients of users', workers: 'other Workers' };

/** @throws OAuthError insufficient_scope with all scopes to request: the granted and the missing ones. */
function checkScopes({ config }: AppDeps, app: ConnectedApp, { row }: ValidTokens, needed: readonly string[]): void {
  const missing = needed.filter((scope) => !row.scopes.includes(scope));
  if (missing.length === 0) return;
  const union = [...new Set([...row.scopes, ...missing])];
  const description = `${missing.join(' ')} was not granted. The user can grant it at ${connectAddress(config.issuer, app.id, missing)}`;
  throw new OAuthError('insufficient_scope', description, { scope: union.join(' ') });
}
