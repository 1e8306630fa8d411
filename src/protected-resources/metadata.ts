/** Protected resource metadata (RFC 9728 §2), for the issuer and any path below it. */
import { resourceDocument } from '@postern/resource-server/building-blocks';
import type { Config } from '../config.ts';
import { DPOP_ALGORITHMS } from '../crypto/self-signed-jwt.ts';
import { knownScopes } from '../protocol/configured-scopes.ts';
import {
  isOwnResource,
  type ResourceRegistry,
  requireCanonicalResource,
  scopesOfResource,
} from '../protocol/resource.ts';
import { ADMIN_SCOPE, OFFLINE_ACCESS } from '../protocol/scope-names.ts';
import type { Settings } from '../protocol/settings.ts';

/**
 * The document of a resource.
 * @param resource the requested identifier. RFC 9728 §3.3: the "resource" value returned MUST be identical to the resource
 * identifier into which the well-known part was inserted.
 */
export function resourceMetadata(config: Config, settings: Settings, registry: ResourceRegistry, resource: string) {
  const registered = registry.get(resource);
  return resourceDocument({
    resource,
    issuer: config.issuer,
    name: registered?.name ?? settings.resource_name,
    scopes: listedScopes(config, settings, registry, resource),
    documentation: registered ? registered.documentation : settings.resource_documentation,
    policyUri: registered ? registered.policy_uri : settings.resource_policy_uri,
    tosUri: registered ? registered.tos_uri : settings.resource_tos_uri,
    // For a foreign resource only its record says if it accepts DPoP.
    proofAlgorithms: registered?.dpop_required || isOwnResource(resource, config.issuer) ? DPOP_ALGORITHMS : undefined,
    onlyBound: registered?.dpop_required,
  });
}

/** The listed scopes: a client requests every scope that it finds here. */
function listedScopes({ issuer }: Config, settings: Settings, registry: ResourceRegistry, resource: string): string[] {
  if (`${requireCanonicalResource(resource)}/`.startsWith(`${issuer}/api/admin/`)) return [ADMIN_SCOPE];
  const scopes = scopesOfResource(registry, resource) ?? knownScopes(settings.scopes_supported);
  return scopes.filter((scope) => scope.listed && scope.name !== OFFLINE_ACCESS).map((scope) => scope.name);
}
