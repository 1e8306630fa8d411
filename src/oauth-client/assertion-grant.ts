/**
 * Connections without a browser: tokens for an assertion that another Worker has (RFC 7523 §2.1), about a workload or a
 * user; or for an id_token of an identity provider, in exchange for an identity assertion (ID-JAG §4.3, §4.4).
 */
import type { UserId } from '../protocol/credentials.ts';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../protocol/grant-type.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { OFFLINE_ACCESS } from '../protocol/scope-names.ts';
import { ID_JAG_TOKEN_TYPE, ID_TOKEN_TYPE } from '../protocol/token-type.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import { mayConnectInAbsence } from '../storage/providers/connection-conditions.ts';
import type { GrantedTokens } from '../storage/providers/connection-tokens.ts';
import { type ConnectionRow, findConnection, putConnection } from '../storage/providers/connections.ts';
import { wasDisconnected } from '../storage/providers/disconnected-apps.ts';
import { findUser, isSubjectAllowed } from '../storage/users/users.ts';
import { type AppDeps, mayConnect, providerClientOfApp, scopesOfApp } from './connected-apps.ts';
import { revokeTokens } from './connection-revocation.ts';
import { enabledApp } from './connections.ts';
import { type ProviderClient, providerHost } from './provider-client.ts';
import { ProviderFailure } from './provider-failure.ts';
import { grantedTokens, requestByGrant } from './token-request.ts';

/** An assertion for the server of the app; or an id_token, and the connected app that is this server at its issuer. */
export type AssertionGrant = { assertion: string } | { id_token: string; identity_provider: string };

export type AssertedConnection = { appId: string; userId: UserId | ''; grant: AssertionGrant; actor: string };

/**
 * Connects an app by an assertion. A refused assertion is not sent again, and no other grant is tried.
 * @returns the granted scopes.
 * @throws OAuthError access_denied, not_found, temporarily_unavailable.
 */
export async function connectByAssertion(
  deps: AppDeps,
  { appId, userId, grant, actor }: AssertedConnection,
): Promise<{ scope: string }> {
  const app = await enabledApp(deps, appId);
  const seen = userId === '' ? undefined : await checkUser(deps, app, userId);
  try {
    const client = await providerClientOfApp(deps, app);
    const scopes = scopesOfApp(app, client.server).filter((name) => name !== OFFLINE_ACCESS);
    const assertion = 'assertion' in grant ? grant.assertion : await requestIdJag(deps, client, grant, scopes);
    const granted = await redeemAssertion(deps, client, assertion, scopes);
    const owner = { appId, userId, issuer: app.issuer, account: null, actor };
    const mayStore = mayConnectInAbsence(app, userId, seen);
    if (!(await putConnection(deps.databases, deps.config.root, deps.moment, owner, granted, mayStore))) {
      await revokeTokens(deps, app, granted.tokens);
      throw new OAuthError('access_denied', 'it was disconnected or changed during the request: nothing is stored.');
    }
    return { scope: granted.scopes.join(' ') };
  } catch (error) {
    throw error instanceof ProviderFailure ? connectionFailure(error) : error;
  }
}

/**
 * Refuses before a request to the provider; the statement that stores the connection decides.
 * @returns the connection that the user has.
 * @throws OAuthError access_denied for a user who may not connect the app, or who disconnected it.
 */
async function checkUser(
  { databases }: AppDeps,
  app: ConnectedApp,
  userId: UserId,
): Promise<ConnectionRow | undefined> {
  const owner = { appId: app.id, userId };
  const [user, known] = await Promise.all([findUser(databases, userId), findConnection(databases, owner)]);
  if (!user || !isSubjectAllowed(user) || !mayConnect(app, user))
    throw new OAuthError('access_denied', 'this user may not connect this application.');
  if (!known && (await wasDisconnected(databases, owner)))
    throw new OAuthError('access_denied', 'the user disconnected this application: only they can connect it again.');
  return known;
}

const connectionFailure = (failure: ProviderFailure) =>
  failure.kind === 'refused'
    ? new OAuthError('access_denied', `${failure.message}.`, { cause: failure })
    : new OAuthError('temporarily_unavailable', `${failure.message}.`, {
        cause: failure,
        headers: { 'Retry-After': '5' },
        kind: 'provider_unavailable',
      });

const scopeParameter = (scopes: string[]): Record<string, string> =>
  scopes.length > 0 ? { scope: scopes.join(' ') } : {};

/** Exchanges the id_token for an ID-JAG, whose audience is the server of the app (ID-JAG §4.3). */
async function requestIdJag(
  deps: AppDeps,
  target: ProviderClient,
  { id_token, identity_provider }: Extract<AssertionGrant, { id_token: string }>,
  scopes: string[],
): Promise<string> {
  const client = await providerClientOfApp(deps, await enabledApp(deps, identity_provider));
  const answer = await requestByGrant(deps, client, TOKEN_EXCHANGE, {
    requested_token_type: ID_JAG_TOKEN_TYPE,
    audience: target.server.issuer,
    ...(target.resource !== undefined && { resource: target.resource }),
    ...scopeParameter(scopes),
    subject_token: id_token,
    subject_token_type: ID_TOKEN_TYPE,
  });
  if (answer.body.issued_token_type === ID_JAG_TOKEN_TYPE) return answer.body.access_token;
  throw new ProviderFailure('unusable', `${providerHost(client)} did not issue an identity assertion (ID-JAG)`);
}

async function redeemAssertion(
  deps: AppDeps,
  client: ProviderClient,
  assertion: string,
  scopes: string[],
): Promise<GrantedTokens> {
  const parameters = {
    assertion,
    ...scopeParameter(scopes),
    // RFC 8707 §2.2
    ...(client.resource !== undefined && { resource: client.resource }),
  };
  const { body, proofKey } = await requestByGrant(deps, client, JWT_BEARER, parameters);
  return grantedTokens(deps, client, body, { scopes, proofKey });
}
