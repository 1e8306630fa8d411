/** Asking a token endpoint: by code, by refresh token, or for this server itself (RFC 6749 §4.1.3, §6, §4.4). */
import * as oauth from 'oauth4webapi';
import { verifySignature } from '../crypto/assertion.ts';
import { InvalidJwt, type JWTPayload } from '../crypto/jwt.ts';
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import { SCOPE_TOKEN } from '../protocol/scope.ts';
import type { Granted } from '../storage/connections.ts';
import { withKeys } from '../web/foreign-keys.ts';
import { clientOf, guardedTokens, hostOf, type Party, type PartyDeps } from './party.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';
import type { TokenAnswer } from './providers/provider.ts';

/** Longer is for ever, and no date. */
const LONGEST = 3650 * DAY;

/** What came of a code: tokens, and who the provider says that it is. */
export type Redeemed = Granted & { claims: JWTPayload | undefined };

/** Where a code came from, and what proves that it is ours. */
export type Redemption = { parameters: URLSearchParams; verifier: string; nonce: string; scopes: string[] };

/**
 * Exchanges the code; an id_token is verified (OpenID Connect Core §3.1.3.7).
 * @throws ProviderFailure
 */
export async function redeemCode(deps: PartyDeps, party: Party, asked: Redemption): Promise<Redeemed> {
  const { server, authenticate, redirectUri, provider } = party;
  return judged(party, async () => {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      clientOf(party),
      authenticate,
      asked.parameters,
      redirectUri,
      asked.verifier,
      { ...guardedTokens(deps, conforming(party, !provider.ignoresIdToken)), ...forResource(party) },
    );
    const body = await oauth.processAuthorizationCodeResponse(server, clientOf(party), response, {
      // Only a request for an id_token carries a nonce that must come back.
      ...(asked.scopes.includes('openid') && !provider.ignoresIdToken ? { expectedNonce: asked.nonce } : {}),
      requireIdToken: asked.scopes.includes('openid') && !provider.ignoresIdToken,
    });
    const claims = oauth.getValidatedIdTokenClaims(body);
    if (claims && body.id_token) await checkSignature(deps, party, body.id_token);
    return { ...grantedBy(deps, body, asked.scopes), claims: claims as JWTPayload | undefined };
  });
}

/**
 * New tokens for old. A refresh token that is not sent again goes on (RFC 6749 §6).
 * @throws ProviderFailure
 */
export async function refreshTokens(
  deps: PartyDeps,
  party: Party,
  refreshToken: string,
  scopes: string[],
): Promise<Granted> {
  const { server, authenticate } = party;
  return judged(party, async () => {
    const response = await oauth.refreshTokenGrantRequest(server, clientOf(party), authenticate, refreshToken, {
      // Nothing is taken from an id_token here: one that is odd must not lose the tokens beside it.
      ...guardedTokens(deps, conforming(party, false)),
      ...forResource(party),
    });
    const granted = grantedBy(deps, await oauth.processRefreshTokenResponse(server, clientOf(party), response), scopes);
    return { ...granted, tokens: { refreshToken, ...granted.tokens } };
  });
}

/** @throws ProviderFailure */
export async function requestOwnTokens(deps: PartyDeps, party: Party, scopes: string[]): Promise<Granted> {
  const { server, authenticate } = party;
  const parameters = new URLSearchParams();
  if (scopes.length > 0) parameters.set('scope', scopes.join(' '));
  if (party.resource) parameters.set('resource', party.resource);
  return judged(party, async () => {
    const response = await oauth.clientCredentialsGrantRequest(server, clientOf(party), authenticate, parameters, {
      ...guardedTokens(deps, conforming(party, false)),
    });
    return grantedBy(deps, await oauth.processClientCredentialsResponse(server, clientOf(party), response), scopes);
  });
}

async function judged<T>(party: Party, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw asProviderFailure(hostOf(party), error);
  }
}

/** What RFC 6749 §5.1 demands and servers leave out, and what the provider does in its own way. */
function conforming({ provider }: Party, withIdToken: boolean) {
  return (answer: TokenAnswer): TokenAnswer => {
    const { status, body } = provider.conform?.(answer) ?? answer;
    const { id_token, ...rest } = body;
    const conform = { token_type: 'Bearer', ...rest, ...(withIdToken && id_token !== undefined ? { id_token } : {}) };
    return { status, body: status === 200 ? conform : body };
  };
}

/** RFC 8707 §2.2: the resource is named to the token endpoint, too. */
const forResource = ({ resource }: Party) =>
  resource === undefined ? {} : { additionalParameters: new URLSearchParams({ resource }) };

function grantedBy(deps: PartyDeps, body: oauth.TokenEndpointResponse, asked: string[]): Granted {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: lifetime, scope } = body;
  return {
    tokens: { accessToken, ...(refreshToken ? { refreshToken } : {}) },
    // RFC 6749 §5.1: OPTIONAL, if identical to the scope requested by the client.
    scopes: scope === undefined ? asked : scope.split(' ').filter((name) => SCOPE_TOKEN.test(name)),
    // RFC 6749 §5.1: expires_in is RECOMMENDED. Without it, the token is good until somebody says that it is not.
    expiresAt: lifetime === undefined ? null : deps.moment.now + Math.floor(Math.min(lifetime * SECOND, LONGEST)),
  };
}

async function checkSignature(deps: PartyDeps, { server }: Party, idToken: string): Promise<void> {
  try {
    await withKeys(deps, { jwks_uri: server.jwks_uri, isRecorded: true }, (keys) => verifySignature(idToken, keys));
  } catch (cause) {
    if (!(cause instanceof InvalidJwt)) throw cause;
    const message = `${new URL(server.issuer).host} sent an id_token that cannot be believed: ${cause.message}`;
    throw new ProviderFailure('unusable', message, { cause });
  }
}
