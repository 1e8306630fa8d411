/** Authorization requests to a provider: PKCE, `state`, `nonce` and the expected issuer (RFC 9700 §2.1). */
import * as oauth from 'oauth4webapi';
import { generateDpopKey } from '../crypto/dpop-key.ts';
import { randomText } from '../crypto/random.ts';
import { FLOW_LIFETIME } from '../protocol/lifetimes.ts';
import { OPENID_SCOPE } from '../protocol/scope-names.ts';
import { thumbprintOf } from './dpop-proofs.ts';
import type { Flow } from './flow.ts';
import {
  conformingFetchOptions,
  oauthClientOf,
  type ProviderClient,
  type ProviderClientDeps,
  providerHost,
} from './provider-client.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';

/** Characters of an address beyond which PAR is preferred: some servers and proxies truncate longer ones. */
const LONG_ADDRESS = 2000;

/**
 * The authorization request as an address, and the flow that its answer must match.
 * @throws ProviderFailure where the server does not support this flow.
 */
export async function createAuthorizationRequest(
  deps: ProviderClientDeps,
  client: ProviderClient,
  request: Pick<Flow, 'purpose' | 'scopes' | 'user' | 'reauthentication' | 'sentMaxAge' | 'returnTo'>,
): Promise<{ url: string; flow: Flow }> {
  const { server } = client;
  checkServer(client);
  if (client.pkce === 'never') checkNonce(client, request.scopes);
  const flow: Flow = {
    ...request,
    state: randomText(43),
    verifier: client.pkce === 'never' ? '' : randomText(64),
    nonce: randomText(22),
    ...(client.usesDpop && { proofKey: await generateDpopKey() }),
    issuer: server.issuer,
    expiresAt: deps.moment.now + FLOW_LIFETIME,
  };
  const parameters = new URLSearchParams({ ...client.query, ...(await parametersOf(client, flow)) });
  const url = new URL(server.authorization_endpoint ?? '');
  const isLong = url.href.length + parameters.toString().length > LONG_ADDRESS;
  const isPushed = server.require_pushed_authorization_requests || isLong;
  const query = isPushed ? await pushRequest(deps, client, parameters) : parameters;
  for (const [name, value] of query) url.searchParams.set(name, value);
  return { url: url.href, flow };
}

/** @throws ProviderFailure for a server without PKCE where it is required, or without the endpoints. */
function checkServer(client: ProviderClient): void {
  const { server, provider } = client;
  const host = new URL(server.issuer).host;
  const methods = server.code_challenge_methods_supported;
  // MCP: If code_challenge_methods_supported is absent, the authorization server does not support PKCE and MCP clients
  // MUST refuse to proceed. One that lists methods without S256 is refused in any case.
  const isRequired = provider.requiresPkce || client.pkce === 'always';
  if (client.pkce !== 'never' && (methods ? !methods.includes('S256') : isRequired))
    throw new ProviderFailure('unusable', `${host} does not support PKCE with S256, which is required`, {
      detail: `${host} does not support PKCE with S256 (it lists ${methods?.join(', ') ?? 'no methods'}); see pkce`,
    });
  if (!server.authorization_endpoint || !server.token_endpoint)
    throw new ProviderFailure('unusable', `${host} names no authorization or no token endpoint`);
}

/** RFC 9700 §2.1.1: without PKCE, the nonce of OpenID protects the code: it must come back in an id_token. */
function checkNonce({ server, provider }: ProviderClient, scopes: readonly string[]): void {
  const problem = pkceProblem(provider, scopes);
  if (problem) throw new ProviderFailure('unusable', `${new URL(server.issuer).host}: ${problem}`);
}

/** The reason that a flow needs PKCE; undefined where the nonce is enough. */
export function pkceProblem(provider: ProviderClient['provider'], scopes: readonly string[]): string | undefined {
  if (provider.requiresPkce) return 'PKCE is required of MCP servers';
  if (!scopes.includes(OPENID_SCOPE) || provider.ignoresIdToken)
    return 'without PKCE the scope openid is needed, whose nonce protects the code';
  return undefined;
}

async function parametersOf(client: ProviderClient, flow: Flow): Promise<Record<string, string>> {
  const scope = flow.scopes.join(' ');
  return {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    state: flow.state,
    ...(flow.verifier !== '' && {
      code_challenge: await oauth.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
    }),
    ...(scope && { [client.provider.scopeParameter ?? 'scope']: scope }),
    // OpenID Connect Core §3.1.2.1: it comes back in the id_token.
    ...(flow.scopes.includes(OPENID_SCOPE) && { nonce: flow.nonce }),
    // RFC 9449 §10: the code is valid only with a proof by this key.
    ...(flow.proofKey && { dpop_jkt: await thumbprintOf(flow.proofKey) }),
    ...(client.resource !== undefined && { resource: client.resource }),
  };
}

/** The parameters after a pushed authorization request (RFC 9126), where the server has the endpoint. */
async function pushRequest(
  deps: ProviderClientDeps,
  client: ProviderClient,
  parameters: URLSearchParams,
): Promise<URLSearchParams> {
  const { server, authenticate } = client;
  if (!server.pushed_authorization_request_endpoint) return parameters;
  try {
    const response = await oauth.pushedAuthorizationRequest(
      server,
      oauthClientOf(client),
      authenticate,
      parameters,
      conformingFetchOptions(deps, server, 'pushed'),
    );
    const { request_uri } = await oauth.processPushedAuthorizationResponse(server, oauthClientOf(client), response);
    return new URLSearchParams({ client_id: client.clientId, request_uri });
  } catch (error) {
    throw asProviderFailure(providerHost(client), error);
  }
}
