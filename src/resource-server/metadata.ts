/** Protected resource metadata (RFC 9728 §2), for the issuer and any path below it. */
import type { Config } from '../config.ts';
import { PROOF_ALGORITHMS } from '../crypto/assertion.ts';
import { resourceDocument } from '../guard/resource-document.ts';
import { isOurs, type Registry, scopesOfResource } from '../protocol/resource.ts';
import { ADMIN_SCOPE, knownScopes, OFFLINE_ACCESS } from '../protocol/scope.ts';
import type { Settings } from '../protocol/settings.ts';

/**
 * @param resource in canonical form. RFC 9728 §3.3: the "resource" value returned MUST be identical to the resource
 * identifier into which the well-known part was inserted.
 */
export function resourceMetadata(config: Config, settings: Settings, registry: Registry, resource: string) {
  const registered = registry.get(resource);
  return resourceDocument({
    resource,
    issuer: config.issuer,
    name: registered?.name ?? settings.resource_name,
    scopes: scopesOf(config, settings, registry, resource),
    documentation: registered ? registered.documentation : settings.resource_documentation,
    policyUri: registered ? registered.policy_uri : settings.resource_policy_uri,
    tosUri: registered ? registered.tos_uri : settings.resource_tos_uri,
    // What a guard elsewhere takes, only the registry can say.
    proofAlgorithms: registered?.dpop_required || isOurs(resource, config.issuer) ? PROOF_ALGORITHMS : undefined,
    onlyBound: registered?.dpop_required,
  });
}

/** What is worth asking for: a client that finds a scope here asks for it. */
function scopesOf({ issuer }: Config, settings: Settings, registry: Registry, resource: string): string[] {
  if (resource === `${issuer}/api/admin` || resource.startsWith(`${issuer}/api/admin/`)) return [ADMIN_SCOPE];
  const scopes = scopesOfResource(registry, resource) ?? knownScopes(settings.scopes_supported);
  return scopes.filter((scope) => scope.listed && scope.name !== OFFLINE_ACCESS).map((scope) => scope.name);
}
