/** Using what is connected: taking a token out, sending a request with one, giving access back. */
import * as oauth from 'oauth4webapi';
import type { PersonId } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { type ConnectedApp, findConnectedApp, openAppSecret } from '../storage/connected-apps.ts';
import { type ConnectionRow, openTokens, removeConnection } from '../storage/connections.ts';
import { PROTOCOL, sendForeign } from '../web/outbound.ts';
import { type AppDeps, partyOf } from './connected-apps.ts';
import { watched } from './moved.ts';
import { clientOf, guarded, hostOf, type Party } from './party.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';
import { connectAddress, type Fresh, freshTokens } from './token-cache.ts';

export type TakenToken = {
  access_token: string;
  token_type: 'Bearer';
  scope: string;
  /** Seconds; left out where the provider does not say. */
  expires_in?: number;
};

/** @throws OAuthError not_found for one that does not exist or is disabled. */
export async function enabledApp(deps: AppDeps, id: string): Promise<ConnectedApp> {
  const app = await findConnectedApp(deps.databases, id, deps.moment.now);
  if (!app || app.disabledAt !== null) throw new OAuthError('not_found', 'there is no such connected app.');
  return app;
}

/**
 * A token that is good now, for programs of the person or for Workers, where the app's setting lets them have it.
 * @throws OAuthError access_denied, insufficient_scope (with the union to ask for), and what `freshTokens` throws.
 */
export async function takeToken(
  deps: AppDeps,
  who: { appId: string; personId: PersonId | ''; scopes: readonly string[]; by: 'people' | 'workers' },
): Promise<TakenToken> {
  const app = await enabledApp(deps, who.appId);
  const { raw_tokens } = app.description;
  if (raw_tokens !== 'both' && raw_tokens !== who.by)
    throw new OAuthError('access_denied', `tokens of this app are not given to ${NAMES[who.by]}; see raw_tokens.`);
  const fresh = await watched(deps, app, () => freshTokens(deps, { app, personId: who.personId }));
  // RFC 9449: whoever presents it must prove that they hold the key, which stays here.
  if (fresh.tokens.dpop?.isBound) throw new OAuthError('access_denied', boundInWords(app));
  checkScopes(deps, app, fresh, who.scopes);
  const { expiresAt, scopes } = fresh.row;
  return {
    access_token: fresh.tokens.accessToken,
    token_type: 'Bearer',
    scope: scopes.join(' '),
    ...(expiresAt !== null && { expires_in: Math.max(0, Math.floor((expiresAt - Date.now()) / 1000)) }),
  };
}

const boundInWords = ({ id, description: { dpop } }: ConnectedApp) =>
  `the token is bound to a key of this server (DPoP) and of no use to anybody else: send requests through connections.fetch${
    dpop === 'always' ? `, or set dpop of ${id} to never and connect again` : ', or connect again'
  }.`;

const NAMES = { people: 'programs of people', workers: 'other Workers' };

/** @throws OAuthError insufficient_scope that names everything to ask for: what is needed beside what was granted. */
function checkScopes({ config }: AppDeps, app: ConnectedApp, { row }: Fresh, needed: readonly string[]): void {
  const missing = needed.filter((scope) => !row.scopes.includes(scope));
  if (missing.length === 0) return;
  const union = [...new Set([...row.scopes, ...missing])];
  const description = `${missing.join(' ')} was not granted. The person can grant it at ${connectAddress(config.issuer, app.id, missing)}`;
  throw new OAuthError('insufficient_scope', description, { scope: union.join(' ') });
}

/**
 * Ends a connection: here, and at the provider (RFC 7009) where it has a way.
 * @returns what the provider could not be told, in words; undefined where all is well.
 */
export async function disconnect(
  deps: AppDeps,
  actor: string,
  app: ConnectedApp,
  personId: PersonId | '',
): Promise<string | undefined> {
  const row = await removeConnection(deps.databases, deps.moment, actor, { appId: app.id, personId });
  return row && (await giveBack(deps, app, row))?.message;
}

/** Gives the tokens of a row back to whom they are from. @returns what went wrong; undefined where nothing did. */
export async function giveBack(
  deps: AppDeps,
  app: ConnectedApp,
  row: ConnectionRow,
): Promise<ProviderFailure | undefined> {
  const tokens = await openTokens(deps.config.root, row);
  if (!tokens || row.issuer !== app.issuer) return undefined;
  try {
    const party = await partyOf(deps, app);
    // RFC 7009 §2.1: with the refresh token, the access tokens of the same grant go as well.
    await revoke(deps, app, party, tokens.refreshToken ?? tokens.accessToken);
    return undefined;
  } catch (error) {
    if (error instanceof ProviderFailure) return error;
    throw error;
  }
}

async function revoke(deps: AppDeps, app: ConnectedApp, party: Party, token: string): Promise<void> {
  const { server, provider } = party;
  try {
    if (provider.revocation) {
      const secret = (await openAppSecret(deps.config.root, app)) ?? '';
      const { url, ...sending } = provider.revocation(party.clientId, secret, token);
      await sendForeign(deps, url, sending, PROTOCOL);
    } else if (server.revocation_endpoint) {
      const client = clientOf(party);
      const response = await oauth.revocationRequest(server, client, party.authenticate, token, guarded(deps));
      await oauth.processRevocationResponse(response);
    } else {
      throw new ProviderFailure('unusable', `${hostOf(party)} has no way to give access back`);
    }
  } catch (error) {
    throw asProviderFailure(hostOf(party), error);
  }
}
