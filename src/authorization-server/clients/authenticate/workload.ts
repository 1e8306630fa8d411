/** Verification of a workload's JWT, by the keys and rules that an administrator set for a client (RFC 7523 §3). */
import { type AssertionClaims, verifyAssertion } from '../../../crypto/assertion.ts';
import { ASYMMETRIC_ALGORITHMS } from '../../../crypto/foreign-signature.ts';
import { InvalidJwt } from '../../../crypto/invalid-jwt.ts';
import { withExternalKeys } from '../../../http/outbound/external-keys.ts';
import { MAX_ASSERTION_LIFETIME } from '../../../protocol/lifetimes.ts';
import { unacceptedClaim } from '../../../protocol/workload-identity.ts';
import type { WorkloadIdentity } from '../../../protocol/workload-identity-schema.ts';
import { type Client, outboundBudgetOf } from '../client.ts';
import type { AuthenticateDeps } from './method.ts';

/** The accepted audiences, where the administrator named none, and types. */
type Accepted = { audiences: string[]; types: readonly string[] };

/** @throws InvalidJwt with a public reason, which says the claim that is not accepted and no value that is. */
export async function verifyWorkload(
  deps: AuthenticateDeps,
  client: Client,
  workload: WorkloadIdentity,
  assertion: string,
  { audiences, types }: Accepted,
): Promise<AssertionClaims> {
  const algorithm = client.metadata.token_endpoint_auth_signing_alg;
  const claims = await withExternalKeys(deps, client.metadata, outboundBudgetOf(client), (keys) =>
    verifyAssertion(assertion, keys, {
      issuer: workload.issuer,
      audiences: workload.audience === undefined ? audiences : [workload.audience],
      types,
      algorithms: algorithm ? [algorithm] : ASYMMETRIC_ALGORITHMS,
      now: deps.moment.now,
      maxLifetime: MAX_ASSERTION_LIFETIME,
    }),
  );
  const claim = unacceptedClaim(workload, claims);
  if (claim !== undefined) throw new InvalidJwt(`its ${claim} is not accepted for this client`);
  return claims;
}
