/** Protected resource metadata (RFC 9728 §2). */

export type ResourceFacts = {
  /** RFC 9728 §3.3: the document's "resource" MUST be identical to the identifier it was found by. */
  resource: string;
  issuer: string;
  name?: string | undefined;
  /** The scopes that clients should request. */
  scopes: readonly string[];
  documentation?: string | undefined;
  policyUri?: string | undefined;
  tosUri?: string | undefined;
  /** The accepted algorithms of DPoP proofs, and the requirement of sender-constrained tokens (RFC 9449). */
  proofAlgorithms?: readonly string[] | undefined;
  onlyBound?: boolean | undefined;
};

export function resourceDocument(facts: ResourceFacts): Record<string, unknown> {
  const document = {
    resource: facts.resource,
    authorization_servers: [facts.issuer],
    bearer_methods_supported: ['header'],
    resource_name: facts.name,
    scopes_supported: facts.scopes,
    resource_documentation: facts.documentation,
    resource_policy_uri: facts.policyUri,
    resource_tos_uri: facts.tosUri,
    dpop_signing_alg_values_supported: facts.proofAlgorithms,
    dpop_bound_access_tokens_required: facts.onlyBound || undefined,
  };
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined && value !== ''));
}
