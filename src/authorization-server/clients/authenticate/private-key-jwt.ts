/**
 * `private_key_jwt` (RFC 7523 §2.2, §3; OpenID Connect Core §9): an assertion signed with the client's private key, or,
 * for a client with a workload identity, by the issuer that an administrator named.
 * `client_secret_jwt` is not supported: it needs the stored secret in clear text.
 */
import { type AssertionExpectations, verifyAssertion } from '../../../crypto/assertion.ts';
import { decodeClaims, InvalidJwt } from '../../../crypto/jwt.ts';
import { withExternalKeys } from '../../../http/outbound/external-keys.ts';
import { PRIVATE_KEY_JWT } from '../../../protocol/authentication-method.ts';
import { ENDPOINTS } from '../../../protocol/endpoints.ts';
import { MAX_ASSERTION_LIFETIME } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { unacceptedClaim } from '../../../protocol/workload-identity.ts';
import type { SingleUse } from '../../../storage/grants/single-use.ts';
import { type Client, outboundBudgetOf } from '../client.ts';
import { type AuthenticateDeps, type AuthMethod, type ClientCredentials, requiredParameter } from './method.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The explicit type of the update of RFC 7523. */
const ASSERTION_TYPES = ['client-authentication+jwt'];

/** The longest accepted assertion, in characters. */
const MAX_ASSERTION_LENGTH = 16 * 1024;

export const privateKeyJwt: AuthMethod = {
  method: PRIVATE_KEY_JWT,
  isPresented: ({ form }) =>
    form.one('client_assertion') !== undefined || form.one('client_assertion_type') !== undefined,
  clientId: (credentials) => {
    const { iss, sub } = decodeClaims(readAssertion(credentials)) ?? {};
    if (typeof sub !== 'string') throw invalid('the client assertion is not a JWT with a subject.');
    // The subject of another issuer is a workload: client_id names its client.
    return iss === sub ? sub : (credentials.form.one('client_id') ?? sub);
  },
  check: async (deps, client, credentials) => checkAssertion(deps, client, readAssertion(credentials)),
};

const invalid = (description: string, cause?: unknown) => new OAuthError('invalid_client', description, { cause });

function readAssertion(credentials: ClientCredentials): string {
  if (credentials.form.one('client_assertion_type') !== ASSERTION_TYPE) {
    throw invalid(`client_assertion_type must be ${ASSERTION_TYPE}.`);
  }
  const assertion = requiredParameter(credentials, 'client_assertion');
  if (assertion.length > MAX_ASSERTION_LENGTH) throw invalid('the client assertion is too long.');
  return assertion;
}

async function checkAssertion(deps: AuthenticateDeps, client: Client, assertion: string): Promise<SingleUse[]> {
  try {
    const claims = await withExternalKeys(deps, client.metadata, outboundBudgetOf(client), (keys) =>
      verifyAssertion(assertion, keys, expectationsOf(deps, client)),
    );
    if (client.workload) {
      const claim = unacceptedClaim(client.workload, claims);
      if (claim !== undefined) throw new InvalidJwt(`its ${claim} is not accepted for this client`);
      // A platform hands the same JWT to a workload until it expires.
      return [];
    }
    if (claims.jti === undefined) throw new InvalidJwt('it has no jti');
    return [{ text: `assertion:${client.id}:${claims.jti}`, expiresAt: claims.exp * 1000 + 60_000 }];
  } catch (cause) {
    if (cause instanceof InvalidJwt) throw invalid(`the client assertion is not valid: ${cause.message}.`, cause);
    throw cause;
  }
}

function expectationsOf(
  { config, moment }: AuthenticateDeps,
  { id, metadata, workload }: Client,
): AssertionExpectations {
  const { issuer } = config;
  const algorithm = metadata.token_endpoint_auth_signing_alg;
  // RFC 7523 §3: the JWT MUST contain an "aud" claim that identifies the authorization server. RFC 9126 §2: it MUST
  // accept its issuer identifier, token endpoint URL, or pushed authorization request endpoint URL.
  const ownAudiences = [
    issuer,
    issuer + ENDPOINTS.token_endpoint,
    issuer + ENDPOINTS.pushed_authorization_request_endpoint,
  ];
  const { audience } = workload ?? {};
  return {
    // RFC 7523 §3: the JWT MUST contain an "iss" and a "sub" claim; for client authentication both are the client_id,
    // unless the JWT is of another issuer.
    ...(workload ? { issuer: workload.issuer } : { issuer: id, subject: id }),
    audiences: audience === undefined ? ownAudiences : [audience],
    types: ASSERTION_TYPES,
    // OpenID Connect Registration §2: the algorithm that MUST be used, where the client registered one.
    ...(algorithm && { algorithms: [algorithm] }),
    now: moment.now,
    maxLifetime: MAX_ASSERTION_LIFETIME,
  };
}
