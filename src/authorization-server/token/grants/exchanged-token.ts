/** The tokens of a token exchange (RFC 8693 §2.1): subject and actor token, and the `act` claim that they give. */
import { InvalidJwt } from '../../../crypto/invalid-jwt.ts';
import type { Deps } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { type AccessTokenClaims, type Actor, verifyAccessToken } from '../../../protocol/access-token.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import type { TokenExchangePolicy } from '../../../protocol/token-exchange-policy.ts';
import { ACCESS_TOKEN_TYPE } from '../../../protocol/token-type.ts';
import type { Client } from '../../clients/client.ts';

/** The longest chain of actors: repeated exchange would grow the token without limit. */
const MAX_ACTORS = 8;

/** The types of this server's access tokens (RFC 8693 §3). */
const TOKEN_TYPES = [ACCESS_TOKEN_TYPE, 'urn:ietf:params:oauth:token-type:jwt'];

// RFC 8693 §2.2.2: if the subject or actor token is invalid, or unacceptable by policy, the error is invalid_request.
const invalidRequest = (description: string, cause?: unknown) =>
  new OAuthError('invalid_request', description, { cause });

/** The error of a token that was revoked. */
export const inactiveToken = (name: string) =>
  invalidRequest(`${name} was revoked, or the user or a client of it is disabled.`);

/** @throws OAuthError invalid_request for another token type than those of this server. */
export function checkTokenType(name: string, type: string): void {
  if (!TOKEN_TYPES.includes(type)) throw invalidRequest(`${name} must be one of: ${TOKEN_TYPES.join(', ')}.`);
}

/** Verifies an access token that was issued to this client, or to one in its policy. @throws OAuthError invalid_request */
export async function verifyExchangedToken(
  deps: Deps,
  client: Client,
  policy: TokenExchangePolicy,
  form: Parameters,
  name: 'subject_token' | 'actor_token',
): Promise<AccessTokenClaims> {
  // RFC 8693 §2.1: subject_token_type REQUIRED; actor_token_type REQUIRED when the actor_token is present.
  checkTokenType(`${name}_type`, form.required(`${name}_type`));
  const { issuer, signingKeys } = deps.config;
  const expected = { keys: signingKeys, issuer, now: deps.moment.now };
  const claims = await verifyAccessToken(form.required(name), expected).catch((cause: unknown) => {
    if (cause instanceof InvalidJwt) throw invalidRequest(`${name} is not a valid access token of this server.`, cause);
    throw cause;
  });
  if (claims.client_id !== client.id && !policy.from.includes('*') && !policy.from.includes(claims.client_id)) {
    throw invalidRequest(`this client may not exchange ${name}: it was issued to another client.`);
  }
  return claims;
}

/** Verifies the actor token, if any. @throws OAuthError invalid_request */
export async function verifyActorToken(deps: Deps, client: Client, policy: TokenExchangePolicy, form: Parameters) {
  if (form.one('actor_token') !== undefined) return verifyExchangedToken(deps, client, policy, form, 'actor_token');
  // RFC 8693 §2.1: actor_token_type MUST NOT be included where there is no actor_token.
  if (form.one('actor_token_type') !== undefined)
    throw invalidRequest('actor_token_type has no actor_token beside it.');
  return undefined;
}

/** The `act` claim for delegation, with earlier actors nested (RFC 8693 §4.1). */
export function actorClaim(
  client: Client,
  { semantics }: TokenExchangePolicy,
  subject: AccessTokenClaims,
  actor: AccessTokenClaims | undefined,
): Actor | undefined {
  if (actor && !semantics.includes('delegation'))
    throw invalidRequest('this client is not allowed to use delegation (actor_token).');
  // RFC 8693 §1.1: without actor_token it is impersonation, if allowed.
  if (!actor && semantics.includes('impersonation')) return subject.act;
  const act = { sub: actor?.sub ?? client.id, ...(subject.act && { act: subject.act }) };
  if (actorChainLength(act) > MAX_ACTORS) throw invalidRequest(`the chain of actors is limited to ${MAX_ACTORS}.`);
  return act;
}

const actorChainLength = (act: Actor | undefined): number => (act ? 1 + actorChainLength(act.act) : 0);
