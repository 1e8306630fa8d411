/** Exchange of an authorization code at a provider (RFC 6749 §4.1.3, OpenID Connect Core §3.1.3). */
import * as oauth from 'oauth4webapi';
import type { DpopKey } from '../crypto/dpop-key.ts';
import type { JWTPayload } from '../crypto/jwt.ts';
import { OPENID_SCOPE } from '../protocol/scope-names.ts';
import type { GrantedTokens } from '../storage/providers/connection-tokens.ts';
import type { AlternativeMethod } from './client-authentication.ts';
import { acceptedAlgorithms, checkSignature } from './id-token-signature.ts';
import {
  conformingFetchOptions,
  oauthClientOf,
  type ProviderClient,
  type ProviderClientDeps,
  providerHost,
} from './provider-client.ts';
import { ProviderFailure } from './provider-failure.ts';
import { refusalMeaning } from './refusal-meaning.ts';
import { conformTo, forResource, grantedTokens, withProof } from './token-request.ts';

/** The result of a code exchange: tokens, and the claims of the id_token. */
export type CodeExchangeResult = GrantedTokens & { claims: JWTPayload | undefined };

/** A code with the values of its flow that the exchange needs. */
export type CodeExchange = {
  parameters: URLSearchParams;
  verifier: string;
  nonce: string;
  scopes: string[];
  proofKey: DpopKey | undefined;
};

/**
 * Exchanges the code; an id_token is verified (OpenID Connect Core §3.1.3.7). Where the provider refuses the client, the
 * alternative authentication method is tried once, and stored where it is accepted.
 * @throws ProviderFailure
 */
export async function exchangeCode(
  deps: ProviderClientDeps,
  client: ProviderClient,
  exchange: CodeExchange,
): Promise<CodeExchangeResult> {
  try {
    return await exchangeCodeOnce(deps, client, exchange);
  } catch (refused) {
    if (!client.alternative || !refusesClient(refused)) throw refused;
    return exchangeByAlternative(deps, client, exchange, { other: client.alternative, refused });
  }
}

/**
 * True for invalid_client (RFC 6749 §5.2) or 401, in any form; and for unauthorized_client, which Glewlwyd sends for a
 * secret that it cannot read.
 */
function refusesClient(failure: unknown): boolean {
  if (!(failure instanceof ProviderFailure) || failure.kind === 'unreachable') return false;
  if (failure.code === 'unauthorized_client') return true;
  return failure.status === 401 || (failure.refusal !== undefined && refusalMeaning(failure.refusal) === 'credentials');
}

async function exchangeByAlternative(
  deps: ProviderClientDeps,
  client: ProviderClient,
  exchange: CodeExchange,
  { other: alternative, refused }: { other: AlternativeMethod; refused: unknown },
): Promise<CodeExchangeResult> {
  const save = () => deps.waitUntil('save a client authentication method', alternative.save());
  try {
    const redeemed = await exchangeCodeOnce(deps, { ...client, authenticate: alternative.authenticate }, exchange);
    save();
    return redeemed;
  } catch (failure) {
    const isOfSecret = refused instanceof ProviderFailure && refused.code !== 'unauthorized_client';
    if (!isOfSecret || !(failure instanceof ProviderFailure) || failure.code !== 'invalid_grant') throw refused;
    // The client was accepted, but the first request consumed the code.
    save();
    const message = `${providerHost(client)} accepts each code once, and the first attempt used this one. Please start again`;
    throw new ProviderFailure('refused', message, { cause: failure, detail: `${message}: ${failure.detail}` });
  }
}

async function exchangeCodeOnce(
  deps: ProviderClientDeps,
  client: ProviderClient,
  exchange: CodeExchange,
): Promise<CodeExchangeResult> {
  const { server, authenticate, redirectUri, provider } = client;
  // Without the scope openid no id_token was requested: an unexpected one is not read.
  const takesIdToken = exchange.scopes.includes(OPENID_SCOPE) && !provider.ignoresIdToken;
  return withProof(client, exchange.proofKey, async (proof) => {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      oauthClientOf(client),
      authenticate,
      exchange.parameters,
      redirectUri,
      // RFC 9700 §2.1.1: the nonce, which must come back, protects the code instead.
      exchange.verifier === '' ? oauth.nopkce : exchange.verifier,
      {
        ...conformingFetchOptions(deps, client.server, 'token', conformTo(client, takesIdToken)),
        ...forResource(client),
        ...proof,
      },
    );
    const validatingServer = {
      ...server,
      id_token_signing_alg_values_supported: acceptedAlgorithms(server.id_token_signing_alg_values_supported),
    };
    const body = await oauth.processAuthorizationCodeResponse(validatingServer, oauthClientOf(client), response, {
      // Only a request for an id_token carries a nonce that must come back.
      ...(takesIdToken && { expectedNonce: exchange.nonce }),
      requireIdToken: takesIdToken,
    });
    const claims = oauth.getValidatedIdTokenClaims(body);
    if (claims && body.id_token) await checkSignature(deps, client, body.id_token);
    const result = grantedTokens(deps, client, body, exchange);
    return { ...result, claims: claims as JWTPayload | undefined };
  });
}
