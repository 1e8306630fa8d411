/** Asking a token endpoint: by code, by refresh token, or for this server itself (RFC 6749 §4.1.3, §6, §4.4). */
import * as oauth from 'oauth4webapi';
import { verifySignature } from '../crypto/assertion.ts';
import { InvalidJwt, type JWTPayload } from '../crypto/jwt.ts';
import { newProofKey, type ProofKey } from '../crypto/proof-key.ts';
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import { SCOPE_TOKEN } from '../protocol/scope.ts';
import type { Granted, Tokens } from '../storage/connections.ts';
import { withKeys } from '../web/foreign-keys.ts';
import { clientOf, guardedTokens, hostOf, type Party, type PartyDeps } from './party.ts';
import { askWithProof } from './proofs.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';
import type { TokenAnswer } from './providers/provider.ts';

/** Longer is for ever, and no date. */
const LONGEST = 3650 * DAY;

/** What came of a code: tokens, and who the provider says that it is. */
export type Redeemed = Granted & { claims: JWTPayload | undefined };

/** Where a code came from, and what proves that it is ours. */
export type Redemption = {
  parameters: URLSearchParams;
  verifier: string;
  nonce: string;
  scopes: string[];
  proofKey: ProofKey | undefined;
};

/**
 * Exchanges the code; an id_token is verified (OpenID Connect Core §3.1.3.7).
 * @throws ProviderFailure
 */
export async function redeemCode(deps: PartyDeps, party: Party, asked: Redemption): Promise<Redeemed> {
  const { server, authenticate, redirectUri, provider } = party;
  return judged(party, asked.proofKey, async (proof) => {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      clientOf(party),
      authenticate,
      asked.parameters,
      redirectUri,
      asked.verifier,
      { ...guardedTokens(deps, conforming(party, !provider.ignoresIdToken)), ...forResource(party), ...proof },
    );
    const body = await oauth.processAuthorizationCodeResponse(server, clientOf(party), response, {
      // Only a request for an id_token carries a nonce that must come back.
      ...(asked.scopes.includes('openid') && !provider.ignoresIdToken ? { expectedNonce: asked.nonce } : {}),
      requireIdToken: asked.scopes.includes('openid') && !provider.ignoresIdToken,
    });
    const claims = oauth.getValidatedIdTokenClaims(body);
    if (claims && body.id_token) await checkSignature(deps, party, body.id_token);
    const granted = grantedBy(deps, party, body, asked);
    return { ...granted, claims: claims as JWTPayload | undefined };
  });
}

/**
 * New tokens for old. A refresh token that is not sent again goes on (RFC 6749 §6); so does the key of the old ones, to
 * which it is bound where this server is a public client (RFC 9449 §5).
 * @throws ProviderFailure
 */
export async function refreshTokens(
  deps: PartyDeps,
  party: Party,
  { refreshToken = '', dpop }: Partial<Tokens>,
  scopes: string[],
): Promise<Granted> {
  const { server, authenticate } = party;
  const proofKey = dpop?.key ?? (await keyForNew(party));
  return judged(party, proofKey, async (proof) => {
    const response = await oauth.refreshTokenGrantRequest(server, clientOf(party), authenticate, refreshToken, {
      // Nothing is taken from an id_token here: one that is odd must not lose the tokens beside it.
      ...guardedTokens(deps, conforming(party, false)),
      ...forResource(party),
      ...proof,
    });
    const body = await oauth.processRefreshTokenResponse(server, clientOf(party), response);
    const granted = grantedBy(deps, party, body, { scopes, proofKey });
    return { ...granted, tokens: { refreshToken, ...granted.tokens } };
  });
}

/**
 * Tokens of this server itself.
 * @param before the ones that it had, whose key goes on.
 * @throws ProviderFailure
 */
export async function requestOwnTokens(
  deps: PartyDeps,
  party: Party,
  before: Tokens | undefined,
  scopes: string[],
): Promise<Granted> {
  const { server, authenticate } = party;
  const parameters = new URLSearchParams();
  if (scopes.length > 0) parameters.set('scope', scopes.join(' '));
  if (party.resource) parameters.set('resource', party.resource);
  const proofKey = (party.usesDpop && before?.dpop?.key) || (await keyForNew(party));
  return judged(party, proofKey, async (proof) => {
    const options = { ...guardedTokens(deps, conforming(party, false)), ...proof };
    const client = clientOf(party);
    const response = await oauth.clientCredentialsGrantRequest(server, client, authenticate, parameters, options);
    const body = await oauth.processClientCredentialsResponse(server, client, response);
    return grantedBy(deps, party, body, { scopes, proofKey });
  });
}

const keyForNew = async ({ usesDpop }: Party) => (usesDpop ? newProofKey() : undefined);

async function judged<T>(
  party: Party,
  proofKey: ProofKey | undefined,
  ask: (proof: oauth.DPoPRequestOptions) => Promise<T>,
): Promise<T> {
  try {
    return await askWithProof(proofKey, ask);
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

function grantedBy(
  deps: PartyDeps,
  party: Party,
  body: oauth.TokenEndpointResponse,
  { scopes, proofKey }: Pick<Redemption, 'scopes' | 'proofKey'>,
): Granted {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: lifetime, scope } = body;
  const isBound = body.token_type === 'dpop';
  if (isBound && !proofKey) {
    const message = `${hostOf(party)} sent a token that is bound to a key (DPoP), which this server did not ask for`;
    throw new ProviderFailure('unusable', message);
  }
  return {
    // RFC 9449 §5: a token_type of Bearer says that the access token is not bound, although there was a proof.
    tokens: {
      accessToken,
      ...(refreshToken && { refreshToken }),
      ...(proofKey && { dpop: { key: proofKey, isBound } }),
    },
    // RFC 6749 §5.1: OPTIONAL, if identical to the scope requested by the client.
    scopes: scope === undefined ? scopes : scope.split(' ').filter((name) => SCOPE_TOKEN.test(name)),
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
