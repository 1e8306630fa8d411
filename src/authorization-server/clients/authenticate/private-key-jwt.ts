/**
 * `private_key_jwt` (RFC 7523 §2.2, §3; OpenID Connect Core §9): an assertion signed with the client's private key, or,
 * for a client with a workload identity, by the issuer that an administrator named.
 * `client_secret_jwt` is not supported: it needs the stored secret in clear text.
 */
import { type AssertionExpectations, MAX_ASSERTION_LENGTH, verifyAssertion } from '../../../crypto/assertion.ts';
import { InvalidJwt } from '../../../crypto/invalid-jwt.ts';
import { decodeClaims } from '../../../crypto/jwt-decoding.ts';
import { withExternalKeys } from '../../../http/outbound/external-keys.ts';
import { PRIVATE_KEY_JWT } from '../../../protocol/authentication-method.ts';
import { ENDPOINTS } from '../../../protocol/endpoints.ts';
import { MAX_ASSERTION_LIFETIME, MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { invalidClient } from '../../../protocol/oauth-error.ts';
import type { SingleUse } from '../../../storage/grants/single-use.ts';
import { type Client, outboundBudgetOf } from '../client.ts';
import {
  type AuthenticateDeps,
  type AuthMethod,
  type ClientCredentials,
  invalidAssertion,
  requiredParameter,
} from './method.ts';
import { SPIFFE_ASSERTION_TYPE } from './spiffe-jwt.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The explicit type of the update of RFC 7523. */
const ASSERTION_TYPES = ['client-authentication+jwt'];

export const privateKeyJwt: AuthMethod = {
  method: PRIVATE_KEY_JWT,
  isPresented: ({ form }) =>
    (form.one('client_assertion') ?? form.one('client_assertion_type')) !== undefined &&
    form.one('client_assertion_type') !== SPIFFE_ASSERTION_TYPE,
  clientId: (credentials) => {
    const { iss, sub } = decodeClaims(readAssertion(credentials)) ?? {};
    if (typeof sub !== 'string') throw invalidClient('the client assertion is not a JWT with a subject.');
    // The subject of another issuer is a workload: client_id names its client.
    return iss === sub ? sub : (credentials.form.one('client_id') ?? sub);
  },
  check: async (deps, client, credentials) => checkAssertion(deps, client, readAssertion(credentials)),
};

function readAssertion(credentials: ClientCredentials): string {
  if (credentials.form.one('client_assertion_type') !== ASSERTION_TYPE) {
    throw invalidClient(`client_assertion_type must be ${ASSERTION_TYPE}.`);
  }
  const assertion = requiredParameter(credentials, 'client_assertion');
  if (assertion.length > MAX_ASSERTION_LENGTH) throw invalidClient('the client assertion is too long.');
  return assertion;
}

async function checkAssertion(deps: AuthenticateDeps, client: Client, assertion: string): Promise<SingleUse[]> {
  if (client.workload) {
    const accepted = { audiences: audiencesOf(deps), types: ASSERTION_TYPES };
    // Loaded with the first workload.
    const { checkWorkloadAssertion } = await import('./workload.ts');
    return checkWorkloadAssertion(deps, client, client.workload, assertion, accepted);
  }
  try {
    return await checkOwnAssertion(deps, client, assertion);
  } catch (cause) {
    throw invalidAssertion(cause);
  }
}

/**
 * RFC 7523 §3: the JWT MUST contain an "aud" claim that identifies the authorization server. RFC 9126 §2: it MUST accept
 * its issuer identifier, token endpoint URL, or pushed authorization request endpoint URL.
 */
const audiencesOf = ({ config: { issuer } }: AuthenticateDeps): string[] => [
  issuer,
  issuer + ENDPOINTS.token_endpoint,
  issuer + ENDPOINTS.pushed_authorization_request_endpoint,
];

/** An assertion that the client signed. @returns its single-use value. */
async function checkOwnAssertion(deps: AuthenticateDeps, client: Client, assertion: string): Promise<SingleUse[]> {
  const { id, metadata } = client;
  const algorithm = metadata.token_endpoint_auth_signing_alg;
  const expected: AssertionExpectations = {
    // RFC 7523 §3: "iss" and "sub": for client authentication both are the client_id.
    issuer: id,
    subject: id,
    audiences: audiencesOf(deps),
    types: ASSERTION_TYPES,
    // OpenID Connect Registration §2: the algorithm that MUST be used, where the client registered one.
    ...(algorithm && { algorithms: [algorithm] }),
    now: deps.moment.now,
    maxLifetime: MAX_ASSERTION_LIFETIME,
  };
  const claims = await withExternalKeys(deps, metadata, outboundBudgetOf(client), (keys) =>
    verifyAssertion(assertion, keys, expected),
  );
  if (claims.jti === undefined) throw new InvalidJwt('it has no jti');
  return [{ text: `assertion:${id}:${claims.jti}`, expiresAt: claims.exp * SECOND + MINUTE }];
}
