/** Revocation of a connection, here and at the provider (RFC 7009). */
import * as oauth from 'oauth4webapi';
import { PROTOCOL_LIMITS, safeSend } from '../http/outbound/safe-fetch.ts';
import type { UserId } from '../protocol/credentials.ts';
import { openAppSecret } from '../storage/providers/connected-app-secrets.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import { type ConnectionTokens, openTokens } from '../storage/providers/connection-tokens.ts';
import { type ConnectionRow, removeConnection } from '../storage/providers/connections.ts';
import { type AppDeps, providerClientOfApp } from './connected-apps.ts';
import { fetchOptions, oauthClientOf, type ProviderClient, providerHost } from './provider-client.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';

/**
 * Deletes a connection and revokes its tokens at the provider (RFC 7009), where it supports that.
 * @returns the message of a failed revocation; undefined where it succeeded.
 */
export async function disconnect(
  deps: AppDeps,
  actor: string,
  app: ConnectedApp,
  userId: UserId | '',
): Promise<string | undefined> {
  const row = await removeConnection(deps.databases, deps.moment, actor, { appId: app.id, userId });
  return row && (await revokeAtProvider(deps, app, row))?.message;
}

/** Revokes the tokens of a row at their provider. @returns the failure; undefined where it succeeded. */
export async function revokeAtProvider(
  deps: AppDeps,
  app: ConnectedApp,
  row: ConnectionRow,
): Promise<ProviderFailure | undefined> {
  const tokens = await openTokens(deps.config.root, row);
  return tokens && row.issuer === app.issuer ? revokeTokens(deps, app, tokens) : undefined;
}

/** Revokes tokens at the provider of an app (RFC 7009). @returns the failure; undefined where it succeeded. */
export async function revokeTokens(
  deps: AppDeps,
  app: ConnectedApp,
  tokens: ConnectionTokens,
): Promise<ProviderFailure | undefined> {
  try {
    const client = await providerClientOfApp(deps, app);
    // RFC 7009 §2.1: with the refresh token, the access tokens of the same grant go as well.
    await revoke(deps, app, client, tokens.refreshToken ?? tokens.accessToken);
    return undefined;
  } catch (error) {
    if (error instanceof ProviderFailure) return error;
    throw error;
  }
}

async function revoke(deps: AppDeps, app: ConnectedApp, client: ProviderClient, token: string): Promise<void> {
  const { server, provider } = client;
  try {
    if (provider.revocation) {
      const secret = (await openAppSecret(deps.config.root, app)) ?? '';
      const { url, ...sending } = provider.revocation(client.clientId, secret, token);
      await safeSend(deps, url, sending, PROTOCOL_LIMITS);
    } else if (server.revocation_endpoint) {
      const oauthClient = oauthClientOf(client);
      const response = await oauth.revocationRequest(
        server,
        oauthClient,
        client.authenticate,
        token,
        fetchOptions(deps),
      );
      await oauth.processRevocationResponse(response);
    } else {
      throw new ProviderFailure('unusable', `${providerHost(client)} does not support revocation`);
    }
  } catch (error) {
    throw asProviderFailure(providerHost(client), error);
  }
}
