/** Verification of a workload's JWT, by the keys and rules that an administrator set for a client (RFC 7523 §3). */
import { type AssertionClaims, verifyAssertion } from '../../../crypto/assertion.ts';
import { ASYMMETRIC_ALGORITHMS } from '../../../crypto/foreign-signature.ts';
import { InvalidJwt } from '../../../crypto/invalid-jwt.ts';
import { withExternalKeys } from '../../../http/outbound/external-keys.ts';
import { SPIFFE_JWT } from '../../../protocol/authentication-method.ts';
import { MAX_ASSERTION_LIFETIME } from '../../../protocol/lifetimes.ts';
import { svidKeys, trustDomainOf } from '../../../protocol/spiffe.ts';
import { unacceptedClaim } from '../../../protocol/workload-identity.ts';
import type { WorkloadIdentity } from '../../../protocol/workload-identity-schema.ts';
import type { SingleUse } from '../../../storage/grants/single-use.ts';
import { type Client, outboundBudgetOf } from '../client.ts';
import { type AuthenticateDeps, invalidAssertion } from './method.ts';

/** The types of a JWT-SVID beside JWT (JWT-SVID §2.3). */
const SVID_TYPES = ['jose'];

/** The accepted audiences, where the administrator named none, and types. */
type Accepted = { audiences: string[]; types: readonly string[] };

/**
 * Checks the JWT that authenticates a client. A platform hands the same one to a workload until it expires, so it is not
 * single-use.
 * @throws OAuthError invalid_client
 */
export async function checkWorkloadAssertion(...parameters: Parameters<typeof verifyWorkload>): Promise<SingleUse[]> {
  try {
    const { cnf } = await verifyWorkload(...parameters);
    // RFC 7800 §3.1: the presenter MUST prove possession of the key, which client authentication has no proof of.
    if (cnf !== undefined)
      throw new InvalidJwt('it is bound to a key (cnf): present it as a JWT bearer grant with DPoP');
    return [];
  } catch (cause) {
    throw invalidAssertion(cause);
  }
}

/**
 * Verifies the JWT, which is a JWT-SVID where that is the method of the client.
 * @throws InvalidJwt with a public reason, which says the claim that is not accepted and no value that is.
 */
export async function verifyWorkload(
  deps: AuthenticateDeps,
  client: Client,
  workload: WorkloadIdentity,
  assertion: string,
  accepted: Accepted,
): Promise<AssertionClaims> {
  const isSvid = client.metadata.token_endpoint_auth_method === SPIFFE_JWT;
  const claims = await (isSvid
    ? verifySvid(deps, client, assertion)
    : verify(deps, client, workload, assertion, accepted));
  // Bundles MUST be keyed by the trust domain: this one is the client's.
  if (isSvid && trustDomainOf(claims.sub) !== workload.issuer)
    throw new InvalidJwt('its sub is not of the trust domain');
  const claim = unacceptedClaim(workload, claims);
  if (claim !== undefined) throw new InvalidJwt(`its ${claim} is not accepted for this client`);
  return claims;
}

function verify(
  deps: AuthenticateDeps,
  client: Client,
  workload: WorkloadIdentity,
  assertion: string,
  { audiences, types }: Accepted,
): Promise<AssertionClaims> {
  const algorithm = client.metadata.token_endpoint_auth_signing_alg;
  return withExternalKeys(deps, client.metadata, outboundBudgetOf(client), (keys) =>
    verifyAssertion(assertion, keys, {
      issuer: workload.issuer,
      audiences: workload.audience === undefined ? audiences : [workload.audience],
      types,
      algorithms: algorithm ? [algorithm] : ASYMMETRIC_ALGORITHMS,
      now: deps.moment.now,
      maxLifetime: MAX_ASSERTION_LIFETIME,
    }),
  );
}

/** draft-ietf-oauth-spiffe-client-auth §3.1: aud is the issuer of this server as its sole value; iss is not part of an SVID. */
function verifySvid(deps: AuthenticateDeps, client: Client, assertion: string): Promise<AssertionClaims> {
  return withExternalKeys(deps, client.metadata, outboundBudgetOf(client), (keys) =>
    verifyAssertion(assertion, svidKeys(keys), {
      audiences: [deps.config.issuer],
      types: SVID_TYPES,
      algorithms: ASYMMETRIC_ALGORITHMS,
      now: deps.moment.now,
      maxLifetime: MAX_ASSERTION_LIFETIME,
    }),
  );
}
