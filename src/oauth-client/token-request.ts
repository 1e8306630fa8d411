/** Token requests: refresh token and client credentials (RFC 6749 §6, §4.4), and what every token request shares. */
import * as oauth from 'oauth4webapi';
import { type DpopKey, generateDpopKey } from '../crypto/dpop-key.ts';
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import { SCOPE_TOKEN } from '../protocol/scope.ts';
import type { TokenAnswer } from '../providers/provider.ts';
import type { ConnectionTokens, GrantedTokens } from '../storage/providers/connection-tokens.ts';
import { withDpopProof } from './dpop-proofs.ts';
import {
  conformingFetchOptions,
  oauthClientOf,
  type ProviderClient,
  type ProviderClientDeps,
  providerHost,
} from './provider-client.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';

/** The longest lifetime of a token that is stored. */
const MAX_TOKEN_LIFETIME = 3650 * DAY;

/**
 * Refreshed tokens. A refresh token that is not replaced stays (RFC 6749 §6); so does the key of the old ones, to
 * which it is bound where this server is a public client (RFC 9449 §5).
 * @throws ProviderFailure
 */
export async function refreshTokens(
  deps: ProviderClientDeps,
  client: ProviderClient,
  { refreshToken = '', dpop }: Partial<ConnectionTokens>,
  scopes: string[],
): Promise<GrantedTokens> {
  const { server, authenticate } = client;
  const proofKey = dpop?.key ?? (await keyForNew(client));
  return withProof(client, proofKey, async (proof) => {
    const response = await oauth.refreshTokenGrantRequest(server, oauthClientOf(client), authenticate, refreshToken, {
      // The id_token is not read here: an invalid one must not lose the tokens beside it.
      ...conformingFetchOptions(deps, client.server, 'token', conformTo(client, false)),
      ...forResource(client),
      ...proof,
    });
    const body = await oauth.processRefreshTokenResponse(server, oauthClientOf(client), response);
    const result = grantedTokens(deps, client, body, { scopes, proofKey });
    return { ...result, tokens: { refreshToken, ...result.tokens } };
  });
}

/**
 * Tokens by client credentials.
 * @param before the previous tokens, whose key is kept.
 * @throws ProviderFailure
 */
export async function requestOwnTokens(
  deps: ProviderClientDeps,
  client: ProviderClient,
  before: ConnectionTokens | undefined,
  scopes: string[],
): Promise<GrantedTokens> {
  const { server, authenticate } = client;
  const parameters = new URLSearchParams();
  if (scopes.length > 0) parameters.set('scope', scopes.join(' '));
  if (client.resource) parameters.set('resource', client.resource);
  const proofKey = (client.usesDpop && before?.dpop?.key) || (await keyForNew(client));
  return withProof(client, proofKey, async (proof) => {
    const options = { ...conformingFetchOptions(deps, client.server, 'token', conformTo(client, false)), ...proof };
    const oauthClient = oauthClientOf(client);
    const response = await oauth.clientCredentialsGrantRequest(server, oauthClient, authenticate, parameters, options);
    const body = await oauth.processClientCredentialsResponse(server, oauthClient, response);
    return grantedTokens(deps, client, body, { scopes, proofKey });
  });
}

/**
 * The response to an extension grant (RFC 6749 §4.5), and the key of its tokens.
 * @throws ProviderFailure
 */
export async function requestByGrant(
  deps: ProviderClientDeps,
  client: ProviderClient,
  grantType: string,
  parameters: Record<string, string>,
): Promise<{ body: oauth.TokenEndpointResponse; proofKey: DpopKey | undefined }> {
  const { server, authenticate } = client;
  const proofKey = await keyForNew(client);
  return withProof(client, proofKey, async (proof) => {
    const options = { ...conformingFetchOptions(deps, client.server, 'token', conformTo(client, false)), ...proof };
    const request = [server, oauthClientOf(client)] as const;
    const response = await oauth.genericTokenEndpointRequest(...request, authenticate, grantType, parameters, options);
    const body = await oauth.processGenericTokenEndpointResponse(...request, response, NO_ACCESS_TOKEN);
    return { body, proofKey };
  });
}

/** RFC 8693 §2.2.1: N_A, for a token that is no access token. */
const NO_ACCESS_TOKEN = { recognizedTokenTypes: { n_a: () => undefined } };

const keyForNew = async ({ usesDpop }: ProviderClient) => (usesDpop ? generateDpopKey() : undefined);

/** Sends a token request with a DPoP proof where there is a key (RFC 9449 §5). @throws ProviderFailure */
export async function withProof<T>(
  client: ProviderClient,
  proofKey: DpopKey | undefined,
  ask: (proof: oauth.DPoPRequestOptions) => Promise<T>,
): Promise<T> {
  try {
    return await withDpopProof(proofKey, ask);
  } catch (error) {
    throw asProviderFailure(providerHost(client), error);
  }
}

/** Converts the provider's answer; an id_token stays only where it is read. */
export function conformTo({ provider }: ProviderClient, withIdToken: boolean) {
  return (answer: TokenAnswer): TokenAnswer => {
    const { status, body } = provider.conform?.(answer) ?? answer;
    const { id_token, ...rest } = body;
    return { status, body: withIdToken ? body : rest };
  };
}

/** The resource parameter of the token request (RFC 8707 §2.2). */
export const forResource = ({ resource }: ProviderClient) =>
  resource === undefined ? {} : { additionalParameters: new URLSearchParams({ resource }) };

/**
 * The tokens, scopes and expiry of a token response (RFC 6749 §5.1).
 * @throws ProviderFailure for a DPoP-bound token that was not requested.
 */
export function grantedTokens(
  deps: ProviderClientDeps,
  client: ProviderClient,
  body: oauth.TokenEndpointResponse,
  { scopes, proofKey }: { scopes: string[]; proofKey: DpopKey | undefined },
): GrantedTokens {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: lifetime, scope } = body;
  const isBound = body.token_type === 'dpop';
  if (isBound && !proofKey) {
    const message = `${providerHost(client)} sent a token that is bound to a key (DPoP), which this server did not request`;
    throw new ProviderFailure('unusable', message);
  }
  return {
    // RFC 9449 §5: a token_type of Bearer means that the access token is not bound, although there was a proof.
    tokens: {
      accessToken,
      ...(refreshToken && { refreshToken }),
      ...(proofKey && { dpop: { key: proofKey, isBound } }),
    },
    // RFC 6749 §5.1: OPTIONAL, if identical to the scope requested by the client.
    scopes: scope === undefined ? scopes : scope.split(' ').filter((name) => SCOPE_TOKEN.test(name)),
    // RFC 6749 §5.1: expires_in is RECOMMENDED. Without it, the token is valid until it is refused.
    expiresAt:
      lifetime === undefined ? null : deps.moment.now + Math.floor(Math.min(lifetime * SECOND, MAX_TOKEN_LIFETIME)),
  };
}
